// Binance spot, JSON streams `bookTicker` or `depth`, `aggTrade` or `trade`, and `ticker`;
// Binance.US speaks the same protocol. Pure over bytes: no I/O, no clock. An adapter keeps a
// reader's memory between frames and nothing that it learnt from them; it belongs to one feed
// thread.
#pragma once

#include <memory>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"

namespace ticker::feeds::binance {

/// Which of the venue's streams speaks: `TickerUpdate::stream`. README.md says what each owns.
enum Stream : std::uint8_t {
  book_ticker_stream = 0,
  trade_stream = 1,
  day_ticker_stream = 2,
  depth_stream = 3
};

// Streams, then hosts of REST answers.
inline constexpr std::string_view endpoints[] = {"stream.binance.com", "data-stream.binance.vision",
                                                 "api.binance.com", "www.binance.com/api"};
inline constexpr std::string_view us_endpoints[] = {"stream.binance.us", "api.binance.us"};
inline constexpr std::string_view categories[] = {"spot"};
inline constexpr std::string_view trades[] = {"aggTrade", "trade"};
inline constexpr std::string_view quotes[] = {"bookTicker", "depth"};

[[nodiscard]] std::unique_ptr<Adapter> make_adapter(const VenueOptions& options);  // binance.com
/// binance.us: other quote assets
[[nodiscard]] std::unique_ptr<Adapter> make_us_adapter(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_dialect(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_us_dialect(const VenueOptions& options);

}  // namespace ticker::feeds::binance
