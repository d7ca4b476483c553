// What the values of venues' frames mean: numbers, ids, times, sides. One way for all adapters to
// read them. Every reader returns false when the value is no such thing: then the frame is
// malformed. Pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "feeds/contract/adapter.hpp"
#include "feeds/json/frame_reader.hpp"

namespace ticker::feeds {

/// Times before 2000 or after 2100 are no times: venues send 0001-01-01 and 1970-01-01 where they
/// have none.
inline constexpr std::int64_t time_min_us = 946'684'800'000'000;
inline constexpr std::int64_t time_max_us = 4'102'444'800'000'000;
constexpr bool is_time(std::int64_t time_us) {
  return time_us >= time_min_us && time_us <= time_max_us;
}

/// A string that is not empty.
[[nodiscard]] bool read_symbol(const Value& value, std::string_view& out);

/// A JSON integer of 64 bits, never negative.
[[nodiscard]] bool read_id(const Value& value, std::uint64_t& out);

/// As `read_id`, or its digits in a string: venues quote their ids, or began to.
[[nodiscard]] bool read_loose_id(const Value& value, std::uint64_t& out);

/// A JSON integer since the epoch, of milliseconds, or of microseconds where it is beyond 10^14 (as
/// milliseconds that would be the year 5138). 0 for what is no time.
[[nodiscard]] bool read_epoch_time(const Value& value, std::int64_t& out_us);

/// As `read_epoch_time`, or its digits in a string.
[[nodiscard]] bool read_loose_time(const Value& value, std::int64_t& out_us);

/// `2022-12-01T00:00:00.122581Z` (RFC 3339 in UTC, up to nine digits of a second, cut to
/// microseconds). 0 for what is no time.
[[nodiscard]] bool read_text_time(const Value& value, std::int64_t& out_us);

/// `buy` or `sell`.
[[nodiscard]] bool read_side(const Value& value, Side& out);

/// Reads the numbers of one frame, which are JSON strings or JSON numbers by `type`; none may be
/// negative. One that does not fit a Decimal becomes null and counts as overflow. `empty_is_none`:
/// an empty string is how the venue says that there is no value: null.
class NumberReader {
 public:
  explicit NumberReader(Value::Type type, bool empty_is_none = false)
      : type_(type), empty_is_none_(empty_is_none) {}

  [[nodiscard]] bool read(const Value& value, Decimal& out);

  /// A price; zero is none (an empty side of the book, an instrument that never traded): null.
  [[nodiscard]] bool read_price(const Value& value, Decimal& out);

  /// The price of a trade: never zero.
  [[nodiscard]] bool read_traded(const Value& value, Decimal& out);

  /// Sets a field of `update` when the value is there. `is_price`: zero becomes null.
  [[nodiscard]] bool add(const Value& value, Field field, bool is_price, TickerUpdate& update);

  /// Sets a price and its size; without a price the size is null too. An absent size is null (the
  /// one before belongs to another price), an absent price is malformed.
  [[nodiscard]] bool add_quote(const Value& price, const Value& size, Field price_field,
                               TickerUpdate& update);

  /// Sets the best price of a side and its size from a list of one level, or of none: no value.
  [[nodiscard]] bool add_best(std::span<const Cells> rows, Field price_field, TickerUpdate& update);

  /// Tells the sink of the overflows so far. Only once it is clear that the frame is sound.
  void tell(Sink& sink) const;

 private:
  const Value::Type type_;
  const bool empty_is_none_;
  int overflows_ = 0;
};

/// The last price and size that a trade makes, with the trade's stream, order and time.
[[nodiscard]] TickerUpdate last_of(const TradeUpdate& trade);

}  // namespace ticker::feeds
