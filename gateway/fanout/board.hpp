// The board: what this shard last heard of every instrument: ticker, last trades, names. Owned by
// one shard thread, fed from the ring alone, so every answer to a client agrees with the stream
// that follows it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/protocol/lost_range.hpp"
#include "gateway/protocol/pattern.hpp"
#include "gateway/protocol/shape.hpp"
#include "schemas/event.hpp"

namespace ticker {

/// The last trades of one instrument and the interruptions between them, oldest first, without a
/// hole in their numbers; the oldest make room.
class TradeHistory {
 public:
  explicit TradeHistory(std::size_t events_max) : events_max_(events_max) {}
  /// A trade or a gap, the next in number.
  void push(const Event& event);
  /// Some went by unseen: what was kept does not join what comes.
  void clear();
  [[nodiscard]] std::size_t size() const { return events_.size(); }
  const Event& operator[](std::size_t i) const { return events_[(first_ + i) % events_.size()]; }
  /// Was the upstream interrupted after `seq`, before the oldest event that is kept?
  [[nodiscard]] bool forgot_gap_after(std::uint64_t seq) const { return forgotten_gap_ > seq; }

 private:
  void forget(const Event& event);

  std::size_t events_max_;
  std::size_t first_ = 0;
  std::vector<Event> events_;
  std::uint64_t forgotten_gap_ = 0;  // newest gap that is not kept any more
};

/// The newest trades of a history, at most so many, none from before a gap.
class TradeTail {
 public:
  TradeTail(const TradeHistory& history, std::size_t trades_max);
  [[nodiscard]] std::size_t size() const { return history_.size() - first_; }
  const Event& operator[](std::size_t i) const { return history_[first_ + i]; }

 private:
  const TradeHistory& history_;
  std::size_t first_;
};

/// What the board learnt from one event.
struct Heard {
  bool fresh = false;     // newer than what was known; else nothing is new but `lost`
  bool missed = false;    // of a ticker: changes went by unseen before it
  FieldMask changed = 0;  // of the ticker: what may be different now
  LostRange lost;         // trades that went by unseen
};

struct View {
  std::string_view symbol;
  VenueId venue = 0;
  bool known = false;
  Event ticker;                 // its `seq` is the ticker's; everything null until the first data
  std::uint64_t trade_seq = 0;  // of the trades channel
  TradeHistory trades{0};
  std::array<std::uint64_t, field_count + 1> changed_seq{};  // of each field's last change; then
                                                             // of the status'

  /// Takes over a newer ticker. `changed`: what may be different since the one before.
  void update(const Event& event, FieldMask changed);
  /// The fields that may have changed after `seq`.
  [[nodiscard]] FieldMask changed_since(std::uint64_t seq) const;
  /// Takes in a ticker, a trade or a gap, if it is newer than what is known.
  Heard hear(const Event& event);

 private:
  Heard hear_ticker(const Event& event);
  Heard hear_numbered(const Event& event);
  LostRange trades_missed(std::uint64_t before);
};

class Board {
 public:
  Board(const InstrumentTable& table, std::size_t trades_max)
      : table_(table), trades_max_(trades_max) {}

  [[nodiscard]] bool knows(InstrumentId id) const { return id < views_.size() && views_[id].known; }
  View& add(InstrumentId id);
  View& at(InstrumentId id) { return views_[id]; }
  [[nodiscard]] const View& at(InstrumentId id) const { return views_[id]; }
  [[nodiscard]] std::size_t size() const { return views_.size(); }

  /// The id of a venue name, given out at its first mention.
  VenueId add_venue(std::string_view name);

  /// `venue:BASE-QUOTE` of a known instrument, or `venue:*` of a known venue.
  [[nodiscard]] std::optional<Pattern> find(std::string_view symbol) const;

 private:
  const InstrumentTable& table_;
  const std::size_t trades_max_;
  std::vector<View> views_;  // by instrument id
  std::unordered_map<std::string_view, InstrumentId> by_symbol_;
  std::vector<std::string> venues_;
};

}  // namespace ticker
