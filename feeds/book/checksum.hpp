// The sums that venues send with their books, over the digits of the best prices. Pure functions.
#pragma once

#include <cstdint>
#include <optional>

#include "feeds/book/book_side.hpp"

namespace ticker::feeds {

/// Kraken, WebSocket v2: the ten best asks, lowest first, then the ten best bids, highest first; of
/// each the digits of price and size, without point and leading zeros, all in one text (docs of
/// spot-websocket-v2, «Checksum»). The venue counts every digit of its precision; a number that was
/// written with fewer (`1e-7`, or without the zeros at its end) gets them back by the scales, the
/// largest of this book. Nothing where a size is null.
[[nodiscard]] std::optional<std::uint32_t> kraken_checksum(const BookSide& bids,
                                                           const BookSide& asks, int price_scale,
                                                           int size_scale);

/// OKX, until June of 2026: the 25 best, bid and ask in turn, each `price:size` as it was sent,
/// joined by colons; where one side is shorter the other goes on alone (docs of v5, «Checksum»).
/// The venue sends the sum as a signed number of 32 bits. Nothing where a size is null.
[[nodiscard]] std::optional<std::uint32_t> okx_checksum(const BookSide& bids, const BookSide& asks);

}  // namespace ticker::feeds
