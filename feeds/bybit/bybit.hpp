// Bybit, WebSocket v5, public topics `orderbook.<depth>`, `tickers` and `publicTrade` of the spot
// and the linear market; `dialect.cpp` is what we say to it. Pure over bytes: no I/O, no clock. An
// adapter keeps memory between frames and nothing that it learnt from them; it belongs to one feed
// thread.
#pragma once

#include <memory>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"

namespace ticker::feeds::bybit {

/// Which of the venue's topics speaks: `TickerUpdate::stream`. README.md says what each owns.
enum Stream : std::uint8_t { quote_stream = 0, trade_stream = 1, ticker_stream = 2 };

inline constexpr std::string_view endpoints[] = {"stream.bybit.com/v5/public/spot",
                                                 "stream-testnet.bybit.com/v5/public/spot"};
inline constexpr std::string_view linear_endpoints[] = {
    "stream.bybit.com/v5/public/linear", "stream-testnet.bybit.com/v5/public/linear"};
inline constexpr std::string_view categories[] = {"spot"};
inline constexpr std::string_view linear_categories[] = {"linear"};
inline constexpr std::string_view trades[] = {"publicTrade"};
// Spot tickers have no bid and no ask.
inline constexpr std::string_view quotes[] = {"orderbook.1", "orderbook.50", "orderbook.200"};
inline constexpr std::string_view linear_quotes[] = {"orderbook.1", "orderbook.50", "orderbook.200",
                                                     "tickers"};

[[nodiscard]] std::unique_ptr<Adapter> make_adapter(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_dialect(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_linear_dialect(const VenueOptions& options);

}  // namespace ticker::feeds::bybit
