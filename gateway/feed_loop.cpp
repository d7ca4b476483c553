#include "gateway/feed_loop.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <string>

#include "gateway/clock.hpp"
#include "gateway/log.hpp"

namespace ticker {

FeedLoop::FeedLoop(Market& market, Ring& ring, const Limits& limits, int wake_fd)
    : market_(market), ring_(ring), limits_(limits), wake_fd_(wake_fd) {}

void FeedLoop::run() {
  ::prctl(PR_SET_TIMERSLACK, 1'000);  // 1 µs: sources are due at exact times
  while (!stopping_.load(std::memory_order_relaxed)) {
    try {
      sleep_until(turn());
    } catch (const std::exception& error) {
      // Clients must not take what they have for live. The thread goes on for shards that need
      // repair.
      sources_.clear();
      market_.status_of_all(clock_now(), Status::down, Reason::feed_stopped);
      ring_.commit();
      log(LogLevel::error, std::string("feeds stopped: ") + error.what());
    }
  }
}

// Returns the steady time of the next turn.
std::int64_t FeedLoop::turn() {
  const Receipt now = clock_now();
  std::int64_t next = feeds::Source::never;
  for (const auto& source : sources_) {
    next = std::min(next, source->run(now, limits_.feed_batch_max));
  }
  next = std::min(next, market_.repair(now.steady_ns, limits_.repair_batch));
  ring_.commit();
  return next;
}

void FeedLoop::sleep_until(std::int64_t steady_ns) const {
  timespec wait{};
  if (steady_ns != feeds::Source::never) {
    const std::int64_t left_ns = steady_ns - clock_now().steady_ns;
    if (left_ns <= 0) return;
    wait.tv_sec = left_ns / 1'000'000'000;
    wait.tv_nsec = left_ns % 1'000'000'000;
  }
  pollfd wake{wake_fd_, POLLIN, 0};
  const timespec* const timeout = steady_ns == feeds::Source::never ? nullptr : &wait;
  if (::ppoll(&wake, 1, timeout, nullptr) > 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_fd_, &count, sizeof count);
  }
}

void FeedLoop::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

}  // namespace ticker
