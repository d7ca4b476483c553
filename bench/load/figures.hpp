// The figures of a run by name, for --fail-if and the report's table. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "bench/load/outcome.hpp"

namespace ticker::load {

struct Figure {
  std::string_view name;
  std::string_view meaning;
  double (*of)(const Outcome& outcome);  // not a number: not measured
};

/// All of them; latencies are of the fast clients.
[[nodiscard]] const std::vector<Figure>& figures();

}  // namespace ticker::load
