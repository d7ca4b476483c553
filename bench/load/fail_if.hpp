// --fail-if: conditions over the figures of a run. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/figures.hpp"

namespace ticker::load {

struct Condition {
  enum class Sign : std::uint8_t { greater, less, at_least, at_most, equal, unequal };
  const Figure* figure = nullptr;
  Sign sign = Sign::greater;
  double bound = 0;
  std::string text;  // as written
};

/// Reads `p99_ms>50,holes>0`; signs are > < >= <= == !=. Answers what is wrong, empty when all is
/// well.
[[nodiscard]] std::string parse_conditions(std::string_view text, std::vector<Condition>& out);

/// Those that are met, with the value; one whose figure was not measured counts as met.
[[nodiscard]] std::vector<std::string> met(const std::vector<Condition>& conditions,
                                           const Outcome& outcome);

}  // namespace ticker::load
