// Coinbase Exchange, the public feed of its spot market: `level2_batch`, `ticker` and `match`.
// Advanced Trade is another protocol at another endpoint. Pure over bytes: no I/O, no clock. An
// adapter keeps a reader's memory between frames and nothing that it learnt from them; it belongs
// to one feed thread.
#pragma once

#include <memory>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"

namespace ticker::feeds::coinbase {

/// Which of the venue's streams speaks: `TickerUpdate::stream`. README.md says what each owns.
enum Stream : std::uint8_t { ticker_stream = 0, match_stream = 1, level2_stream = 2 };

inline constexpr std::string_view endpoints[] = {
    "ws-feed.exchange.coinbase.com", "ws-feed.pro.coinbase.com", "ws-direct.exchange.coinbase.com"};
inline constexpr std::string_view categories[] = {"spot"};
inline constexpr std::string_view trades[] = {"match"};
inline constexpr std::string_view quotes[] = {"level2_batch", "ticker"};

[[nodiscard]] std::unique_ptr<Adapter> make_adapter(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_dialect(const VenueOptions& options);

}  // namespace ticker::feeds::coinbase
