// Waiting in tests: a condition, a deadline, no sleeps of a guessed length. TEST_TIME_SCALE, a
// number, stretches the deadlines on slow machines.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>

namespace ticker {

inline std::chrono::milliseconds scaled(std::chrono::milliseconds time) {
  const char* const text = std::getenv("TEST_TIME_SCALE");
  const double scale = text != nullptr ? std::atof(text) : 1;
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(time.count()) * (scale > 0 ? scale : 1)));
}

/// True as soon as `holds()` is; false when `time` is over.
template <typename Condition>
bool eventually(Condition holds, std::chrono::milliseconds time = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + scaled(time);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace ticker
