#include "feeds/network/lookup.hpp"

#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>
#include <thread>

namespace ticker::feeds {
namespace {

using Descriptor = net::posix::basic_stream_descriptor<Executor>;

std::atomic<int> under_way{0};

// Shared by the thread and who waits for it; whoever leaves last cleans up. The eventfd orders the
// thread's writes before the reads of the other.
struct Lookup {
  Lookup() { under_way.fetch_add(1, std::memory_order_relaxed); }
  ~Lookup() {
    if (done_fd >= 0) ::close(done_fd);
    under_way.fetch_sub(1, std::memory_order_relaxed);
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;

  void run() {
    addrinfo hints{};
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    const int result = ::getaddrinfo(host.c_str(), port.c_str(), &hints, &list);
    if (result != 0) addresses.error = ::gai_strerror(result);
    for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
      tcp::endpoint endpoint;
      if (one->ai_addrlen > endpoint.capacity()) continue;
      std::memcpy(endpoint.data(), one->ai_addr, one->ai_addrlen);
      endpoint.resize(one->ai_addrlen);
      addresses.found.push_back(endpoint);
    }
    if (list != nullptr) ::freeaddrinfo(list);
    finished.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(done_fd, &one, sizeof one);
  }

  std::string host;
  std::string port;
  Addresses addresses;
  std::atomic<bool> finished{false};
  int done_fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
};

Addresses failed(std::string error) { return {{}, std::move(error)}; }

}  // namespace

Awaitable<Addresses> look_up(Executor executor, std::string host, std::string port) {
  error_code error;
  const auto literal = net::ip::make_address(host, error);
  if (!error) {
    Addresses addresses;
    addresses.found.emplace_back(literal, static_cast<std::uint16_t>(std::atoi(port.c_str())));
    co_return addresses;
  }
  if (under_way.load(std::memory_order_relaxed) >= lookups_max) {
    co_return failed("too many lookups are under way");
  }
  const auto lookup = std::make_shared<Lookup>();
  lookup->host = std::move(host);
  lookup->port = std::move(port);
  const int wait_fd = lookup->done_fd < 0 ? -1 : ::dup(lookup->done_fd);
  if (wait_fd < 0) co_return failed(std::strerror(errno));
  Descriptor done(executor, wait_fd);
  try {
    std::thread([lookup] { lookup->run(); }).detach();
  } catch (const std::system_error& no_thread) {
    co_return failed(no_thread.what());
  }
  const auto [waited] = co_await done.async_wait(Descriptor::wait_read, as_result);
  if (waited || !lookup->finished.load(std::memory_order_acquire)) {
    co_return failed(waited.message());
  }
  co_return std::move(lookup->addresses);
}

}  // namespace ticker::feeds
