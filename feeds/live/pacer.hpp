// Keeps to a venue's pace: so many in any window of time, and a gap between two. A rolling window,
// because the bursts of a token bucket break the rolling limits that venues count by. Pure: the
// clock is passed in. Belongs to one feed thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "feeds/contract/dialect.hpp"

namespace ticker::feeds {

class Pacer {
 public:
  explicit Pacer(Pace pace) : pace_(pace) {}

  /// Steady time (ns) from which on something of this weight may be done; not after `now_ns` if it
  /// may be done at once. A weight beyond the whole window counts as a full window; one of 0 keeps
  /// the gap only.
  [[nodiscard]] std::int64_t ready_at(std::int64_t now_ns, std::uint32_t weight = 1) {
    std::int64_t at = std::max(held_ns_, next_ns_);
    if (pace_.count == 0) return at;
    forget(now_ns);
    const std::uint32_t room = pace_.count - std::min(weight, pace_.count);
    std::uint64_t used = used_;
    for (const Done& done : done_) {
      if (used <= room) break;
      used -= done.weight;
      at = std::max(at, done.at_ns + window_ns());
    }
    return at;
  }

  /// It was done now.
  void took(std::int64_t now_ns, std::uint32_t weight = 1) {
    next_ns_ = now_ns + std::int64_t{pace_.gap_ms} * 1'000'000;
    if (pace_.count == 0 || weight == 0) return;
    forget(now_ns);
    done_.push_back({now_ns, weight});
    used_ += weight;
  }

  /// The venue wants quiet until then (429 with Retry-After).
  void hold_until(std::int64_t steady_ns) { held_ns_ = std::max(held_ns_, steady_ns); }

 private:
  struct Done {
    std::int64_t at_ns;
    std::uint32_t weight;
  };

  [[nodiscard]] std::int64_t window_ns() const { return std::int64_t{pace_.window_ms} * 1'000'000; }

  void forget(std::int64_t now_ns) {
    while (!done_.empty() && done_.front().at_ns + window_ns() <= now_ns) {
      used_ -= done_.front().weight;
      done_.pop_front();
    }
  }

  Pace pace_;
  std::int64_t next_ns_ = INT64_MIN;
  std::int64_t held_ns_ = INT64_MIN;
  std::deque<Done> done_;  // within the window; as many as its count at most
  std::uint64_t used_ = 0;
};

}  // namespace ticker::feeds
