// The clocks of the load client: wall time for what the gateway stamped, steady time for the rest.
#pragma once

#include <time.h>

#include <chrono>
#include <cstdint>

namespace ticker::load {

inline constexpr std::int64_t second_ns = 1'000'000'000;

inline std::int64_t steady_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

inline std::int64_t steady_us() { return steady_ns() / 1'000; }

inline std::int64_t wall_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// Processor time of the calling thread.
inline std::int64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * second_ns + time.tv_nsec;
}

inline std::int64_t ns_of(double seconds) {
  return static_cast<std::int64_t>(seconds * static_cast<double>(second_ns));
}

}  // namespace ticker::load
