// Binance spot, JSON streams `bookTicker` and `aggTrade`; Binance.US speaks the same protocol.
// Pure over bytes: no I/O, no clock. An adapter keeps a parser's memory between frames and nothing
// that it learnt from them; it belongs to one feed thread.
#pragma once

#include <memory>

#include "feeds/adapter.hpp"

namespace ticker::feeds::binance {

/// Which of the venue's streams speaks: `TickerUpdate::stream`. README.md says what each owns.
enum Stream : std::uint8_t { book_ticker_stream = 0, agg_trade_stream = 1 };

/// A frame longer than this is malformed; the longest that the venue sends is a depth snapshot.
inline constexpr std::size_t frame_bytes_max = 4 * 1024 * 1024;

[[nodiscard]] std::unique_ptr<Adapter> make_adapter();     // binance.com
[[nodiscard]] std::unique_ptr<Adapter> make_us_adapter();  // binance.us: other quote assets

}  // namespace ticker::feeds::binance
