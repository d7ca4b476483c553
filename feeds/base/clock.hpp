// The two clocks of the process, read together. Who does no I/O gets the time passed in.
#pragma once

#include <chrono>

#include "schemas/event.hpp"

namespace ticker {

[[nodiscard]] inline Receipt clock_now() {
  using std::chrono::duration_cast;
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  return {duration_cast<std::chrono::microseconds>(wall).count(),
          duration_cast<std::chrono::nanoseconds>(steady).count()};
}

}  // namespace ticker
