// OKX, WebSocket v5, public channels `bbo-tbt`, `books`, `tickers` and `trades`; `dialect.cpp` is
// what we say to it. Pure over bytes: no I/O, no clock. An adapter keeps memory between frames and
// nothing that it learnt from them; it belongs to one feed thread.
#pragma once

#include <memory>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"

namespace ticker::feeds::okx {

/// Which of the venue's channels speaks: `TickerUpdate::stream`. README.md says what each owns.
enum Stream : std::uint8_t { quote_stream = 0, trade_stream = 1, ticker_stream = 2 };

inline constexpr std::string_view endpoints[] = {"ws.okx.com/ws/v5/public",
                                                 "wspap.okx.com/ws/v5/public"};
inline constexpr std::string_view categories[] = {"spot", "linear", "inverse", "option"};
inline constexpr std::string_view trades[] = {"trades"};
inline constexpr std::string_view quotes[] = {"bbo-tbt", "books", "tickers"};

[[nodiscard]] std::unique_ptr<Adapter> make_adapter(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_dialect(const VenueOptions& options);

}  // namespace ticker::feeds::okx
