#include "gateway/market/feed_loop.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <exception>
#include <string>

#include "feeds/asio/net.hpp"
#include "feeds/base/clock.hpp"
#include "feeds/network/network.hpp"
#include "gateway/base/log.hpp"

namespace ticker {
namespace {

using Descriptor = net::posix::basic_stream_descriptor<Executor>;

// A round of handlers ends at whichever comes first: a busy socket must not keep the ring waiting.
constexpr std::size_t handlers_max = 256;
constexpr std::int64_t round_max_ns = 2'000'000;
constexpr std::int64_t goodbye_max_ns = 100'000'000;

}  // namespace

// All that the thread waits for where feeds are live: sockets, the eventfd, the next due time.
struct FeedLoop::Sockets {
  explicit Sockets(int wake_fd) : wake(context, ::fcntl(wake_fd, F_DUPFD_CLOEXEC, 0)) {
    wait_for_wake();
  }

  // Serves what is ready; waits for something up to this time, `Source::never` for as long as it
  // takes. At least one handler ran, or the time has come.
  void serve_until(std::int64_t steady_ns) {
    const bool waits = steady_ns > clock_now().steady_ns;
    if (waits && steady_ns != feeds::Source::never) wake_at(steady_ns);
    const std::size_t first = waits ? context.run_one() : context.poll_one();
    if (first == 0) return;
    const std::int64_t end_ns = clock_now().steady_ns + round_max_ns;
    for (std::size_t count = first; count < handlers_max && context.poll_one() > 0; ++count) {
      if (clock_now().steady_ns > end_ns) return;
    }
  }

  void wake_at(std::int64_t steady_ns) {
    if (due_ns == steady_ns) return;  // it is set already
    due_ns = steady_ns;
    due.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(steady_ns)));
    due.async_wait([this](error_code cancelled) {
      if (!cancelled) due_ns = feeds::Source::never;
    });
  }

  void wait_for_wake() {
    wake.async_wait(Descriptor::wait_read, [this](error_code error) {
      if (error) return;
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = ::read(wake.native_handle(), &count, sizeof count);
      wait_for_wake();
    });
  }

  net::io_context context{1};
  std::unique_ptr<feeds::Network> network = feeds::make_network(context);
  Descriptor wake;
  Timer due{context};
  std::int64_t due_ns = feeds::Source::never;  // what the timer is set to
};

FeedLoop::FeedLoop(Market& market, Ring& ring, const Limits& limits, int wake_fd, bool spin)
    : market_(market), ring_(ring), limits_(limits), wake_fd_(wake_fd), spin_(spin) {}

FeedLoop::~FeedLoop() = default;

void FeedLoop::add_source(std::unique_ptr<feeds::Source> source) {
  sources_.push_back(std::move(source));
}

feeds::Network& FeedLoop::network() {
  if (!sockets_) sockets_ = std::make_unique<Sockets>(wake_fd_);
  return *sockets_->network;
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
  if (sockets_) sockets_->network = feeds::make_network(sockets_->context);
}

// Venues get a close frame where the socket takes it; nobody waits for their answers.
void FeedLoop::say_goodbye() {
  drop_sources();
  if (!sockets_) return;
  const std::int64_t end_ns = clock_now().steady_ns + goodbye_max_ns;
  while (sockets_->context.poll_one() > 0 && clock_now().steady_ns < end_ns) {
  }
}

void FeedLoop::stop() {
  stopping_.store(true, std::memory_order_relaxed);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
}

}  // namespace ticker
