#include "gateway/market/feed_loop.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <string>

#include "feeds/base/clock.hpp"
#include "gateway/base/log.hpp"

namespace ticker {
namespace {

constexpr std::int64_t goodbye_max_ns = 100'000'000;

}  // namespace

FeedLoop::FeedLoop(Market& market, Ring& ring, const Limits& limits, int wake_fd, bool spin)
    : market_(market), ring_(ring), limits_(limits), wake_fd_(wake_fd), spin_(spin) {}

FeedLoop::~FeedLoop() = default;

void FeedLoop::add_source(std::unique_ptr<feeds::Source> source) {
  sources_.push_back(std::move(source));
}

feeds::Network& FeedLoop::network() {
  if (!sockets_) sockets_.emplace(wake_fd_);
  return sockets_->network();
}

void FeedLoop::run() {
  ::prctl(PR_SET_TIMERSLACK, 1'000);  // 1 µs: sources are due at exact times
  while (!stopping_.load(std::memory_order_relaxed)) {
    try {
      const std::int64_t next = turn();
      if (sockets_) {
        sockets_->serve_until(spin_ ? 0 : next);
      } else if (!spin_) {
        sleep_until(next);
      }
    } catch (const std::exception& error) {
      // Clients must not take what they have for live. The thread goes on for shards that need
      // repair.
      drop_sources();
      market_.status_of_all(clock_now(), Status::down, Reason::feed_stopped);
      ring_.commit();
      log(LogLevel::error, std::string("feeds stopped: ") + error.what());
    }
  }
  say_goodbye();
}

// Handlers speak into the market as sources do, so every turn follows a round of them. Returns the
// steady time of the next turn.
std::int64_t FeedLoop::turn() {
  ring_.commit();  // what handlers said, before sources take their time
  const Receipt now = clock_now();
  std::int64_t next = feeds::Source::never;
  for (const auto& source : sources_) {
    next = std::min(next, source->run(now, limits_.feed_batch_max));
  }
  next = std::min(next,
                  market_.repair(ring_.take_repair_request(), now.steady_ns, limits_.repair_batch));
  ring_.commit();
  return next;
}

// One system call where the context takes four: what has no sockets shall not pay for them.
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

// With the network go the requests that would be answered to them.
void FeedLoop::drop_sources() {
  sources_.clear();
  if (sockets_) sockets_->drop_network();
}

// Venues get a close frame where the socket takes it; nobody waits for their answers.
void FeedLoop::say_goodbye() {
  drop_sources();
  if (sockets_) sockets_->finish_until(clock_now().steady_ns + goodbye_max_ns);
}

void FeedLoop::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

}  // namespace ticker
