// What kind of market an adapter speaks of. Told by the venue's configuration, never guessed from a
// name: `BTCUSDT` is a pair in one market of a venue and a perpetual future in another.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ticker::feeds {

/// `linear` and `inverse`: futures and perpetuals settled in the quote asset, in the base asset.
enum class Category : std::uint8_t { spot, linear, inverse, option };
inline constexpr std::array<std::string_view, 4> category_names = {"spot", "linear", "inverse",
                                                                   "option"};

}  // namespace ticker::feeds
