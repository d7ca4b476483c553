// The normalised records that walk from market through the ring to every shard.
// Plain, trivially copyable; a record that does not fit its slot does not compile.
//
// Each part says where it has a meaning:
//   [anywhere]  in every process that reads the event
//   [epoch]     in every process, together with the instrument's name and the epoch of the market
//               that numbered it
//   [local]     in this process only: another one must replace or drop it
// Enums travel by their names, never by their numbers.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "schemas/decimal.hpp"
#include "schemas/instrument.hpp"

namespace ticker {

/// The numeric ticker fields, in the order of the wire.
enum class Field : std::uint8_t {
  bid,
  bid_size,
  ask,
  ask_size,
  last,
  last_size,
  open_24h,
  high_24h,
  low_24h,
  volume_24h,
};
inline constexpr std::size_t field_count = 10;
inline constexpr std::array<std::string_view, field_count> field_names = {
    "bid",       "bid_size", "ask",      "ask_size", "last",
    "last_size", "open_24h", "high_24h", "low_24h",  "volume_24h"};

/// [anywhere] by the names of its fields. A set of ticker fields; bit `status_bit` stands for
/// status, reason and since together.
using FieldMask = std::uint16_t;
inline constexpr FieldMask status_bit = 1u << field_count;
inline constexpr FieldMask all_fields = (1u << (field_count + 1)) - 1;
constexpr FieldMask bit(Field field) {
  return static_cast<FieldMask>(1u << static_cast<unsigned>(field));
}

/// Values of all numeric fields; packed, because every ring slot holds one.
class Fields {
 public:
  Fields() { scales_.fill(Decimal::null_scale); }
  [[nodiscard]] Decimal get(Field field) const {
    const auto i = static_cast<std::size_t>(field);
    return {mantissas_[i], scales_[i]};
  }
  void set(Field field, Decimal value) {
    const auto i = static_cast<std::size_t>(field);
    mantissas_[i] = value.mantissa;
    scales_[i] = value.scale;
  }

 private:
  std::array<std::int64_t, field_count> mantissas_{};
  std::array<std::int8_t, field_count> scales_;
};

/// May a dashboard trust the price? `pending`: configured, nothing received yet.
enum class Status : std::uint8_t { pending, live, stale, resyncing, down };
inline constexpr std::array<std::string_view, 5> status_names = {"pending", "live", "stale",
                                                                 "resyncing", "down"};

/// Why a status is what it is.
enum class Reason : std::uint8_t {
  none,
  replay_ended,
  feed_stopped,
  feed_silent,     // nothing was heard for longer than the venue promises
  upstream,        // of a gap in trades
  disconnected,    // no connection to the venue
  reconnected,     // connected again; no price has come yet
  sequence_gap,    // an update of the book is missing
  bad_checksum,    // the book is not what the venue says that it is
  crossed_book,    // its best bid is at or above its best offer
  short_book,      // its known prices are used up
  refused,         // the venue does not serve the subscription
  unknown_symbol,  // the venue does not know the instrument
  maintenance,     // the venue does not trade now
};
inline constexpr std::array<std::string_view, 14> reason_names = {"",
                                                                  "replay_ended",
                                                                  "feed_stopped",
                                                                  "feed_silent",
                                                                  "upstream",
                                                                  "disconnected",
                                                                  "reconnected",
                                                                  "sequence_gap",
                                                                  "bad_checksum",
                                                                  "crossed_book",
                                                                  "short_book",
                                                                  "refused",
                                                                  "unknown_symbol",
                                                                  "maintenance"};

/// The taker's side.
enum class Side : std::uint8_t { unknown, buy, sell };
inline constexpr std::array<std::string_view, 3> side_names = {"", "buy", "sell"};

/// When a message reached the process that numbered it. Wall time is for clients, the steady clock
/// for ages inside the process.
struct Receipt {
  std::int64_t wall_us = 0;    // [anywhere] microseconds since 1970, by the clock of that host
  std::int64_t steady_ns = 0;  // [local] nanoseconds of CLOCK_MONOTONIC
};

/// [anywhere] The venue's id of a trade, as text (numbers and UUIDs both occur).
struct TradeId {
  static constexpr std::size_t text_max = 39;
  char text[text_max];
  std::uint8_t size;
  [[nodiscard]] std::string_view view() const { return {text, size}; }
  void assign(std::string_view id) { size = static_cast<std::uint8_t>(id.copy(text, text_max)); }
};

/// Full state of an instrument's ticker after the change that `Event::seq` numbers, and what that
/// change touched.
struct TickerBody {
  std::uint64_t trade_seq;  // [epoch] last seq of the trades channel
  std::int64_t since_us;    // [anywhere] of the status; wall time, as `Receipt::wall_us`
  Fields fields;            // [anywhere]
  FieldMask changed;        // [epoch] since the event numbered `seq - 1`; nothing to others
  Status status;            // [anywhere] as the numbering market sees it: a reader that is cut off
                            // from it shows a status of its own
  Reason reason;            // [anywhere] of that status
};

struct TradeBody {
  Decimal price;  // [anywhere]
  Decimal size;   // [anywhere]
  TradeId id;     // [anywhere]
  Side side;      // [anywhere]
};

/// Trades are missing: the upstream was interrupted. Takes the one seq of its event.
struct GapBody {
  Reason reason;  // [anywhere]
};

/// Begin and end of a pass in which the market publishes every instrument once more, for readers of
/// its ring. Such an event never leaves the process.
struct RepairBody {
  std::uint64_t pass;  // [local]
  bool complete;       // [local]
};

struct Event {
  enum class Kind : std::uint8_t { ticker, trade, instrument, gap, repair };
  /// Published once more for a shard that was lapped; the seq is not new.
  static constexpr std::uint8_t repair_flag = 1;

  Kind kind;                // [anywhere] but `repair`, which is [local]
  std::uint8_t flags;       // [local] `repair_flag`
  InstrumentId instrument;  // [local] index of this process's table; elsewhere it is the name
  std::uint64_t seq;        // [epoch] of the ticker, or of the trades channel for trade and gap;
                            // 0 of others
  Receipt received;
  std::int64_t exchange_us;  // [anywhere] microseconds since 1970, by the venue's clock; 0: none
  union {
    TickerBody ticker;
    TradeBody trade;
    GapBody gap;
    RepairBody repair;
  };

  Event() : kind{}, flags{}, instrument{}, seq{}, exchange_us{}, ticker{} {}
};
inline constexpr std::size_t event_kinds = 5;
inline constexpr std::array<std::string_view, event_kinds> event_kind_names = {
    "ticker", "trade", "instrument", "gap", "repair"};
static_assert(std::is_trivially_copyable_v<Event>);
static_assert(sizeof(Event) == 160);

}  // namespace ticker
