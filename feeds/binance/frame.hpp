// What a frame of Binance is, before it is understood: the keys that are read of it, and its kind.
// Pure functions over what a reader holds.
#pragma once

#include <cstdint>
#include <string_view>

#include "feeds/json/frame_reader.hpp"

namespace ticker::feeds::binance {

// The same letter means another thing in another kind of frame: `a` is an ask in one, the asks of a
// book in another, a trade's id in the next.
inline constexpr std::string_view keys[] = {
    "e",    "E",    "u",      "s",     "b",    "B",  "a", "A", "p",      "q",
    "t",    "T",    "m",      "o",     "h",    "l",  "v", "U", "stream", "lastUpdateId",
    "bids", "asks", "result", "error", "code", "msg"};
inline constexpr std::string_view tables[] = {"b", "a", "bids", "asks"};
inline constexpr Layout layout{keys, "data", tables};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

/// `answer`: to a request of ours. `leaving`: the server is about to close the connection.
enum class Kind : std::uint8_t {
  book_ticker,
  agg_trade,
  trade,
  day_ticker,
  depth,
  answer,
  leaving,
  ignored,
  unknown
};

/// A frame that claims to be of a kind by its event type, its stream or its fields is held to it:
/// what it then lacks makes it malformed.
[[nodiscard]] Kind kind_of(const Row& row, std::string_view stream_name);

}  // namespace ticker::feeds::binance
