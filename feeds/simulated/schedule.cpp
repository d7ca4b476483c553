#include "feeds/simulated/schedule.hpp"

#include <algorithm>
#include <limits>

namespace ticker::feeds {
namespace {

constexpr std::uint64_t second_ns = 1'000'000'000;

}  // namespace

Schedule::Schedule(std::uint32_t rate, std::int64_t start_ns) : rate_(rate), start_ns_(start_ns) {}

std::uint64_t Schedule::due(std::int64_t now_ns) {
  const std::uint64_t all = due_in_all(now_ns);
  if (all <= said_) return 0;
  // Nobody wants to see the prices of a second ago told at once: a feed that stood still goes on
  // from now.
  const std::uint64_t backlog_max =
      std::max<std::uint64_t>(rate_ * (static_cast<std::uint64_t>(stall_max_ns) / second_ns), 1);
  if (all - said_ > backlog_max) {
    skipped_ += all - said_ - 1;
    said_ = all - 1;
  }
  return all - said_;
}

std::int64_t Schedule::next_turn(std::int64_t now_ns) const {
  if (rate_ == 0) return std::numeric_limits<std::int64_t>::max();
  const std::int64_t due_ns = due_at_ns(said_ + 1);
  if (due_ns <= now_ns) return due_ns;
  const std::int64_t elapsed = std::max<std::int64_t>(now_ns - start_ns_, 0);
  return std::max(due_ns, start_ns_ + (elapsed / turn_ns + 1) * turn_ns);
}

// floor(rate × t). Seconds and the rest apart: rate × nanoseconds would not fit for long.
std::uint64_t Schedule::due_in_all(std::int64_t now_ns) const {
  if (now_ns <= start_ns_) return 0;
  const auto elapsed = static_cast<std::uint64_t>(now_ns - start_ns_);
  return elapsed / second_ns * rate_ + elapsed % second_ns * rate_ / second_ns;
}

// The first nanosecond at which `event` events are due.
std::int64_t Schedule::due_at_ns(std::uint64_t event) const {
  const std::uint64_t rest_ns = (event % rate_ * second_ns + rate_ - 1) / rate_;
  return start_ns_ + static_cast<std::int64_t>(event / rate_ * second_ns + rest_ns);
}

}  // namespace ticker::feeds
