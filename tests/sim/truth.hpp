// The truth: what the upstream said, kept apart from the gateway by whoever said it. For every
// instrument each change of its ticker and each trade by its number, so that what a client was told
// can be compared at any number. One process life of the gateway; never looks at the gateway.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/event.hpp"

namespace ticker::sim {

inline constexpr std::size_t venue_count = 2;
inline constexpr std::array<std::string_view, venue_count> venue_names = {"aa", "bb"};
inline constexpr std::size_t pairs_a_venue = 10;
inline constexpr std::size_t instrument_count = venue_count * pairs_a_venue;

struct StatusText {
  std::string status, reason;
  std::int64_t since_us = 0;
  bool operator==(const StatusText&) const = default;
};

struct ChangeTimes {
  std::int64_t exchange_us = 0, received_us = 0;  // 0: the venue gave none; nothing came yet
};

struct TruthTrade {
  bool gap = false;  // the upstream was interrupted
  std::string price, size, side, id;
  std::int64_t exchange_us = 0;
};

class TruthInstrument {
 public:
  [[nodiscard]] bool known() const { return !statuses_.empty(); }
  [[nodiscard]] std::uint64_t seq() const { return changes_.size(); }
  [[nodiscard]] std::uint64_t trade_seq() const { return trades_.size(); }
  /// As of a number; "null" where there is no value.
  [[nodiscard]] const std::string& value(std::size_t field, std::uint64_t seq) const;
  [[nodiscard]] const StatusText& status(std::uint64_t seq) const;
  [[nodiscard]] const TruthTrade& trade(std::uint64_t seq) const { return trades_[seq - 1]; }
  /// What changed after `after`, up to `seq`; and how many changes touched `mask`.
  [[nodiscard]] FieldMask changed(std::uint64_t after, std::uint64_t seq) const;
  [[nodiscard]] std::uint64_t count(std::uint64_t after, std::uint64_t seq, FieldMask mask) const;
  /// Of the last change up to `seq` that touched `mask`; nothing before the first.
  [[nodiscard]] ChangeTimes times(std::uint64_t seq, FieldMask mask) const;
  /// Was the upstream interrupted somewhere in `from`..`to` of the trades?
  [[nodiscard]] bool interrupted(std::uint64_t from, std::uint64_t to) const;

  // What the upstream says; the rules are those of feeds/adapter.hpp.
  struct NewValue {
    std::size_t field;
    std::string text;
  };
  void begin(std::int64_t now_us);
  void update(const std::vector<NewValue>& values, std::int64_t exchange_us, std::int64_t now_us);
  void add_trade(const TruthTrade& trade, std::int64_t now_us);
  void miss_trades();
  void set_status(Status status, Reason reason, std::int64_t now_us, bool held);

 private:
  struct Change {
    FieldMask changed;
    ChangeTimes times;
  };
  struct Value {
    std::uint64_t seq;
    std::string text;
  };
  struct StatusAt {
    std::uint64_t seq;
    Status status;
    Reason reason;
    StatusText text;
  };

  bool change_status(Status status, Reason reason, std::int64_t now_us, std::uint64_t seq);
  bool go_live(std::int64_t now_us, std::uint64_t seq);
  void add_change(FieldMask changed, ChangeTimes times);

  std::vector<Change> changes_;                         // of number 1, 2, …
  std::array<std::vector<Value>, field_count> values_;  // with the number since when they hold
  std::vector<StatusAt> statuses_;
  std::vector<TruthTrade> trades_;  // of number 1, 2, …
  bool held_ = false;
  std::int64_t received_us_ = 0;  // its values; a status does not make them newer
};

/// By index; names are made of indexes.
using Truth = std::array<TruthInstrument, instrument_count>;

inline std::size_t venue_of(std::size_t instrument) { return instrument / pairs_a_venue; }
/// The venue's own name of an instrument: its part behind `venue:`.
std::string pair_name(std::size_t instrument);
std::string symbol_name(std::size_t instrument);
/// `instrument_count` if there is no such symbol.
std::size_t instrument_of(std::string_view symbol);

}  // namespace ticker::sim
