// A histogram of microseconds in the manner of HdrHistogram: exact below 256, above that in steps
// of less than 0.8 % of the value. Recording costs a few nanoseconds and never allocates. A plain
// value: owned and used by the load client's only thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace ticker::load {

class Histogram {
 public:
  static constexpr std::uint64_t value_max = (std::uint64_t{1} << 36) - 1;  // 19 hours in µs

  /// Negative values (a clock that stepped back) count as 0; values beyond `value_max` as that.
  void record(std::int64_t value) {
    const auto positive = static_cast<std::uint64_t>(value > 0 ? value : 0);
    const auto kept = std::min(positive, value_max);
    ++buckets_[index_of(kept)];
    ++count_;
    max_ = std::max(max_, kept);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t max() const { return max_; }

  /// The value that `share` (0 … 1) of all records do not exceed: the upper edge of its step, never
  /// above `max`. 0 when nothing was recorded.
  [[nodiscard]] std::uint64_t value_at(double share) const {
    const auto wanted = std::ceil(share * static_cast<double>(count_));
    const auto rank = std::clamp(static_cast<std::uint64_t>(wanted), std::uint64_t{1},
                                 std::max(count_, std::uint64_t{1}));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      seen += buckets_[i];
      if (seen >= rank) return std::min(upper_edge(i), max_);
    }
    return 0;
  }

  void add(const Histogram& other) {
    for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
  }

 private:
  static constexpr unsigned steps_bits = 7;  // 128 steps for each power of two
  static constexpr std::size_t steps = std::size_t{1} << steps_bits;
  static constexpr std::size_t bucket_count = (36 - steps_bits + 1) * steps;

  static std::size_t index_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    const unsigned shift = width > steps_bits + 1 ? width - (steps_bits + 1) : 0;
    return (std::size_t{shift} << steps_bits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t upper_edge(std::size_t index) {
    const std::size_t shift = index < 2 * steps ? 0 : index / steps - 1;
    return ((std::uint64_t{index - shift * steps} + 1) << shift) - 1;
  }

  std::array<std::uint64_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace ticker::load
