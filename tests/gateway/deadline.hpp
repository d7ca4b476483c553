// Deadlines for tests that wait for other threads. TEST_TIME_SCALE, a number, stretches them on
// slow machines.
#pragma once

#include <chrono>
#include <cstdlib>
#include <thread>

namespace ticker {

inline std::chrono::steady_clock::time_point deadline_in(double seconds) {
  const char* const scale = std::getenv("TEST_TIME_SCALE");
  const double factor = scale != nullptr ? std::atof(scale) : 1.0;
  return std::chrono::steady_clock::now() +
         std::chrono::milliseconds(static_cast<std::int64_t>(seconds * factor * 1'000));
}

/// True as soon as `condition` holds, false if it does not by the deadline.
template <typename Condition>
bool wait_until(std::chrono::steady_clock::time_point deadline, Condition condition) {
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace ticker
