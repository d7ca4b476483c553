// Overload of a shard: how late its loop is, and what that means for clients. A state machine over
// lags it is told; no clock, no I/O.
#pragma once

#include <cstdint>

#include "gateway/base/limits.hpp"

namespace ticker {

class Overload {
 public:
  explicit Overload(const Limits& limits) : limits_(limits) {}

  /// The loop's lag at the last look; told about every 100 ms. True: `widened` changed.
  bool note(std::int64_t lag_us, std::int64_t now_ns);

  /// New clients are refused: the lag is above `lag_soft_ms`.
  [[nodiscard]] bool refuses() const { return refuses_; }
  /// Fast interval classes are served at 250 ms: the lag was above `lag_hard_ms`, and has not been
  /// low for `lag_calm_ms` since.
  [[nodiscard]] bool widened() const { return widened_; }

 private:
  const Limits& limits_;
  bool refuses_ = false;
  bool widened_ = false;
  std::int64_t calm_since_ns_ = 0;
};

}  // namespace ticker
