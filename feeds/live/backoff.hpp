// How long to wait before the next attempt: full jitter under a cap that doubles, so that many
// gateways do not come back in one moment (AWS Architecture Blog, «Exponential Backoff And
// Jitter»). Pure: chance is seeded, time is the caller's. Belongs to one feed thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>

namespace ticker::feeds {

class Backoff {
 public:
  Backoff(std::uint32_t min_ms, std::uint32_t max_ms, std::uint64_t seed)
      : min_ms_(min_ms), max_ms_(std::max(min_ms, max_ms)), random_(seed) {}

  /// The wait after one more failure, ns: anything up to min × 2^failures or the cap, and never
  /// less than a tenth of that, nor less than what the venue asked for.
  [[nodiscard]] std::int64_t next_ns(std::int64_t retry_after_ms) {
    constexpr std::uint32_t doublings_max = 20;
    const std::uint64_t cap_ms = std::min<std::uint64_t>(
        max_ms_, std::uint64_t{min_ms_} << std::min(failures_, doublings_max));
    ++failures_;
    std::uniform_int_distribution<std::int64_t> any(static_cast<std::int64_t>(cap_ms) * 100'000,
                                                    static_cast<std::int64_t>(cap_ms) * 1'000'000);
    return std::max(any(random_), retry_after_ms * 1'000'000);
  }

  /// It has worked for long enough.
  void reset() { failures_ = 0; }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }

 private:
  const std::uint32_t min_ms_;
  const std::uint32_t max_ms_;
  std::mt19937_64 random_;
  std::uint32_t failures_ = 0;
};

}  // namespace ticker::feeds
