// Faults that can be planted in the gateway, to prove that the simulation (tests/sim) finds each of
// them. Only the simulation's own build has them; in every other build `planted` is constant, and
// costs nothing.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ticker {

enum class Bug : std::uint8_t {
  none,
};
inline constexpr std::array<std::string_view, 1> bug_names = {"none"};

#ifdef TICKER_PLANTED_BUGS
inline Bug planted_bug = Bug::none;
inline bool planted(Bug bug) { return planted_bug == bug; }
#else
constexpr bool planted(Bug) { return false; }
#endif

}  // namespace ticker
