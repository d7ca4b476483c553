// The pairs that the simulated feed trades: real names with their usual price and grid, and behind
// them invented ones. Pure; any thread may ask.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ticker::feeds {

struct Pair {
  std::string name;         // BASE-QUOTE
  std::int64_t price;       // usual price, in ticks
  std::int64_t tick;        // mantissa of one tick
  std::int8_t price_scale;  // digits behind the point of a price
  std::int8_t size_scale;   // and of a size
  std::uint32_t size;       // usual size of an order, as mantissa
};

/// How many different pairs there are.
inline constexpr std::uint32_t pairs_max = 10'000;

/// The first `count` pairs, at most `pairs_max`: the busy ones first, no name twice.
[[nodiscard]] std::vector<Pair> make_pairs(std::uint32_t count);

}  // namespace ticker::feeds
