#include "feeds/network/network_loop.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <chrono>

#include "feeds/asio/net.hpp"
#include "feeds/base/clock.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/network/network.hpp"

namespace ticker::feeds {
namespace {

using Descriptor = net::posix::basic_stream_descriptor<Executor>;

// A round of handlers ends at whichever comes first: a busy socket must not keep the ring waiting.
constexpr std::size_t handlers_max = 256;
constexpr std::int64_t round_max_ns = 2'000'000;

}  // namespace

struct NetworkLoop::Impl {
  explicit Impl(int wake_fd) : wake(context, ::fcntl(wake_fd, F_DUPFD_CLOEXEC, 0)) {
    wait_for_wake();
  }

  void wake_at(std::int64_t steady_ns) {
    if (due_ns == steady_ns) return;  // it is set already
    due_ns = steady_ns;
    due.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(steady_ns)));
    due.async_wait([this](error_code cancelled) {
      if (!cancelled) due_ns = Source::never;
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
  std::unique_ptr<Network> network = make_network(context);
  Descriptor wake;
  Timer due{context};
  std::int64_t due_ns = Source::never;  // what the timer is set to
};

NetworkLoop::NetworkLoop(int wake_fd) : impl_(std::make_unique<Impl>(wake_fd)) {}
NetworkLoop::~NetworkLoop() = default;

Network& NetworkLoop::network() { return *impl_->network; }

void NetworkLoop::serve_until(std::int64_t steady_ns) {
  net::io_context& context = impl_->context;
  const bool waits = steady_ns > clock_now().steady_ns;
  if (waits && steady_ns != Source::never) impl_->wake_at(steady_ns);
  const std::size_t first = waits ? context.run_one() : context.poll_one();
  if (first == 0) return;
  const std::int64_t end_ns = clock_now().steady_ns + round_max_ns;
  for (std::size_t count = first; count < handlers_max && context.poll_one() > 0; ++count) {
    if (clock_now().steady_ns > end_ns) return;
  }
}

void NetworkLoop::drop_network() { impl_->network = make_network(impl_->context); }

void NetworkLoop::finish_until(std::int64_t steady_ns) {
  while (impl_->context.poll_one() > 0 && clock_now().steady_ns < steady_ns) {
  }
}

}  // namespace ticker::feeds
