// What a frame of Kraken is, before it is understood: the keys that are read of it, and its kind.
// Pure functions over what a reader holds.
#pragma once

#include <cstdint>
#include <string_view>

#include "feeds/json/frame_reader.hpp"

namespace ticker::feeds::kraken {

inline constexpr std::string_view keys[] = {
    "channel", "type",      "method", "success", "error",    "symbol",  "side",   "price",
    "qty",     "trade_id",  "bid",    "bid_qty", "ask",      "ask_qty", "volume", "low",
    "high",    "timestamp", "bids",   "asks",    "checksum", "system"};
inline constexpr std::string_view tables[] = {"bids", "asks"};
inline constexpr std::string_view cells[] = {"price", "qty"};
inline constexpr Layout layout{keys, "data", tables, cells};
/// Of an answer to a request: its result is the row.
inline constexpr Layout answer_layout{keys, "result"};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

/// `answer`: to a request of ours.
enum class Kind : std::uint8_t {
  ticker,
  trade,
  trade_snapshot,
  book,
  book_snapshot,
  heartbeat,
  status,
  answer,
  ignored,
  unknown,
  malformed
};

/// A frame of a channel that we read is held to it, so it must have a type. A type that nobody has
/// heard of is another kind of frame.
[[nodiscard]] Kind kind_of(const Row& head);

}  // namespace ticker::feeds::kraken
