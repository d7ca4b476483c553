// Kraken spot, WebSocket v2, channels `book`, `ticker` and `trade`. Version 1 of the protocol, at
// the same host without `/v2`, is another language and not understood. Pure over bytes: no I/O, no
// clock. An adapter keeps memory between frames and nothing that it learnt from them; it belongs to
// one feed thread.
#pragma once

#include <memory>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"

namespace ticker::feeds::kraken {

/// Which of the venue's channels speaks: `TickerUpdate::stream`. README.md says what each owns.
enum Stream : std::uint8_t { ticker_stream = 0, trade_stream = 1, book_stream = 2 };

/// Prices a side that the book is subscribed to with: the checksum covers as many.
inline constexpr std::size_t book_depth = 10;

inline constexpr std::string_view endpoints[] = {"ws.kraken.com/v2"};
inline constexpr std::string_view categories[] = {"spot"};
inline constexpr std::string_view trades[] = {"trade"};
inline constexpr std::string_view quotes[] = {"book", "ticker"};

[[nodiscard]] std::unique_ptr<Adapter> make_adapter(const VenueOptions& options);
[[nodiscard]] std::unique_ptr<Dialect> make_dialect(const VenueOptions& options);

}  // namespace ticker::feeds::kraken
