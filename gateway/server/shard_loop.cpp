#include "gateway/server/shard_loop.hpp"

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <set>
#include <utility>

#include "feeds/base/clock.hpp"
#include "gateway/base/log.hpp"
#include "gateway/server/client_connection.hpp"
#include "gateway/server/client_routes.hpp"
#include "gateway/server/client_socket.hpp"
#include "gateway/server/handler_memory.hpp"
#include "gateway/server/http_connection.hpp"
#include "gateway/server/listener.hpp"
#include "gateway/server/takeover.hpp"

namespace ticker {
namespace {

using Acceptor = net::basic_socket_acceptor<tcp, Executor>;
using Descriptor = net::posix::basic_stream_descriptor<Executor>;
using namespace std::chrono_literals;

// Sockets and timers have so many handlers and so much time of a turn; or a part of the time that
// the data took, if that is more: long turns must not keep those waiting who connect.
constexpr std::size_t handlers_max = 256;
constexpr std::int64_t poll_time_ns = 5'000'000;
constexpr std::int64_t poll_part = 4;
constexpr std::int64_t poll_part_max_ns =
    100'000'000;  // a process that stood still had a long turn
constexpr auto sweep_interval = 100ms;
constexpr std::size_t sweeps_around = 10;  // in which every connection's deadline is looked at once
constexpr auto stall = 1s;            // a sweep so late means that the whole process stood still
constexpr auto accept_pause = 100ms;  // after an accept failed, say for want of descriptors
constexpr std::int64_t stop_time_ns = 600'000'000;  // for goodbyes; the process has a second in all

int make_event_fd() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::system_category(), "eventfd");
  return fd;
}

tcp protocol_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4();
}

}  // namespace

struct ShardLoop::Impl {
  explicit Impl(ShardParts given)
      : parts(std::move(given)),
        wake_fd(make_event_fd()),
        reader(parts.ring.reader(parts.index, wake_fd)),
        pool(parts.limits.slab_bytes, parts.limits.slabs_max, parts.counters),
        core(parts.limits, parts.table, reader, pool, parts.epoch, parts.counters, clock_now),
        sockets{parts.limits, pool, core.encoder(), parts.counters,
                std::string(parts.limits.slab_bytes, '\0')},
        clients{sockets, core, parts.limits, [this](Connection* ended) { leave(ended); }},
        port{client_routes({core, parts.limits, parts.counters, parts.venues_json,
                            [this](Takeover& taken) {
                              connections.insert(start_client(taken, clients).get());
                            }}),
             client_http_options(parts.limits), &parts.counters,
             [this](Connection* ended, bool taken_over) {
               taken_over ? static_cast<void>(connections.erase(ended)) : leave(ended);
             }},
        acceptor(context, protocol_of(parts.listener_fd), parts.listener_fd),
        wake(context, wake_fd),
        sweep_timer(context),
        alarm(context),
        accept_timer(context) {
    for (const std::string& venue : parts.venues) core.add_venue(venue);
  }

  void run() {
    accept();
    wait_for_wake();
    next_sweep = std::chrono::steady_clock::now();
    sweep_later();
    while (!finished()) turn();
    for (Connection* connection : connections) connection->abort();
    while (!connections.empty() && context.poll() > 0) {
    }
  }

  void turn() {
    const std::size_t drained = core.drain(parts.limits.drain_max);
    const bool more_ticks = core.tick(parts.limits.drain_max);
    gathered = gathered || drained > 0;
    const bool more = flush_time() && core.flush();
    const bool polled = poll();
    note_turn();
    if (parts.spin || drained > 0 || more_ticks || more || polled) return;
    sleep();
  }

  // Bounded: a client that keeps its handlers busy must not keep the ring waiting.
  bool poll() {
    const std::int64_t began_ns = clock_now().steady_ns;
    const std::int64_t part_ns = std::min((began_ns - turn_began_ns) / poll_part, poll_part_max_ns);
    std::size_t polled = 0;
    while (context.poll_one() > 0) {
      const std::int64_t time_ns = clock_now().steady_ns - began_ns;
      const bool enough = ++polled >= handlers_max || time_ns > poll_time_ns;
      if (enough && time_ns > part_ns) break;
    }
    return polled > 0;
  }

  // With `flush_interval_us`, sends wait for a time that the interval divides; without, never.
  bool flush_time() {
    if (flush_interval_ns == 0) return true;
    const std::int64_t now = clock_now().steady_ns;
    if (now < next_flush_ns) return false;
    next_flush_ns = (now / flush_interval_ns + 1) * flush_interval_ns;
    gathering = std::exchange(gathered, false);
    return true;
  }

  // Until a socket, the ring or the next time of its own has something. While data flows and sends
  // wait anyway, the ring does not wake it: what comes is found at the next flush.
  void sleep() {
    std::int64_t until_ns = core.next_tick_ns();
    const bool by_ring = flush_interval_ns == 0 || !(gathering || gathered);
    if (by_ring && !reader.may_sleep()) return;
    if (!by_ring || core.dirty()) until_ns = std::min(until_ns, next_flush_ns);
    set_alarm(until_ns);
    context.run_one();
    if (by_ring) reader.awake();
    turn_began_ns = clock_now().steady_ns;
  }

  void set_alarm(std::int64_t at_ns) {
    if (at_ns == alarm_ns || at_ns == INT64_MAX) return;
    alarm_ns = at_ns;
    using Steady = std::chrono::steady_clock;
    alarm.expires_at(Steady::time_point(std::chrono::nanoseconds(at_ns)));
    auto handler = [this](error_code error) {
      if (!error) alarm_ns = INT64_MAX;
    };
    alarm.async_wait(net::bind_allocator(allocator_of(alarm_memory), handler));
  }

  // The longest turn since the last sweep is part of the loop's lag: who waits, waits that long.
  void note_turn() {
    const std::int64_t now = clock_now().steady_ns;
    longest_turn_us = std::max(longest_turn_us, (now - turn_began_ns) / 1'000);
    turn_began_ns = now;
  }

  bool finished() const {
    return stopping && (connections.empty() || clock_now().steady_ns > stop_deadline_ns);
  }

  void accept() {
    acceptor.async_accept(peer, [this](error_code error, Socket socket) {
      if (stopping) return;
      if (!error) {
        admit(std::move(socket));
        return accept();
      }
      static LogLimit limit;
      log(limit, LogLevel::warn, "accept: " + error.message());
      accept_timer.expires_after(accept_pause);
      accept_timer.async_wait([this](error_code) { accept(); });
    });
  }

  void admit(Socket socket) {
    parts.counters.accepted.add();
    tune_socket(socket.native_handle(), parts.limits);
    if (!parts.admission.enter()) {
      parts.counters.refused.add();
      refuse(socket.native_handle());
      return;  // closed here
    }
    parts.counters.connections.add();
    std::string name = std::to_string(parts.index) + '-' + std::to_string(++connections_started);
    auto transport = make_plain_transport(socket.native_handle());
    const auto connection = start_http_connection(
        std::move(socket), std::move(transport), peer.address().to_string(), std::move(name), port);
    connections.insert(connection.get());
  }

  void leave(Connection* connection) {
    connections.erase(connection);
    parts.counters.connections.sub();
    parts.admission.leave();
  }

  void wait_for_wake() {
    wake.async_wait(Descriptor::wait_read, [this](error_code error) {
      if (error) return;
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = ::read(wake.native_handle(), &count, sizeof count);
      wait_for_wake();
    });
  }

  // At absolute times, so that the work done here does not make it drift; lateness is the loop's
  // lag.
  void sweep_later() {
    next_sweep += sweep_interval;
    sweep_timer.expires_at(next_sweep);
    sweep_timer.async_wait([this](error_code error) {
      if (error) return;
      const auto now = std::chrono::steady_clock::now();
      const auto lag = std::chrono::duration_cast<std::chrono::microseconds>(now - next_sweep);
      const std::int64_t tick_late_us = (clock_now().steady_ns - core.next_tick_ns()) / 1'000;
      note_lag(std::max({lag.count(), std::exchange(longest_turn_us, 0), tick_late_us}));
      next_sweep = std::max(next_sweep, now - sweep_interval);  // no burst after a long stall
      core.sweep(lag > stall ? std::chrono::nanoseconds(lag).count() : 0);
      tick_connections(lag > stall ? std::chrono::nanoseconds(lag).count() : 0);
      sweep_later();
    });
  }

  // A part of them each time, beginning where the last look ended: thousands that are idle cost
  // little, and what is due is seen about a second late at worst.
  void tick_connections(std::int64_t late_ns) {
    if (late_ns > 0) {
      for (Connection* connection : connections) connection->excuse(late_ns);
    }
    const std::int64_t now = clock_now().steady_ns;
    auto next = connections.upper_bound(last_ticked);
    for (std::size_t i = 0; i < connections.size(); i += sweeps_around) {
      if (next == connections.end()) next = connections.begin();
      last_ticked = *next++;
      last_ticked->tick(now);
    }
  }

  void note_lag(std::int64_t lag_us) {
    parts.counters.lag_us.set(static_cast<std::uint64_t>(lag_us));
    const Overload before = core.overload();
    core.lagged(lag_us);
    const Overload& now = core.overload();
    const auto late = [lag_us] { return ", late by " + std::to_string(lag_us / 1'000) + " ms"; };
    if (now.widened() && !before.widened()) {
      tell(widen_log, "serves intervals below 250 ms at 250 ms" + late());
    }
    if (!now.widened() && before.widened())
      tell(widen_log, "serves all intervals as granted again");
    if (now.refuses() && !before.refuses()) tell(refuse_log, "refuses new clients" + late());
  }

  void tell(LogLimit& limit, const std::string& what) const {
    log(limit, LogLevel::warn, "shard " + std::to_string(parts.index) + ' ' + what);
  }

  void begin_stop() {
    stopping = true;
    stop_deadline_ns = clock_now().steady_ns + stop_time_ns;
    error_code ignored;
    acceptor.close(ignored);
    accept_timer.cancel();
    for (Connection* connection : connections) connection->end(CloseReason::going_away);
  }

  ShardParts parts;
  const int wake_fd;  // owned by `wake`
  Ring::Reader& reader;
  SlabPool pool;
  ShardCore core;
  ClientSocketShared sockets;
  ClientShared clients;
  HttpPort port;
  std::set<Connection*> connections;
  Connection* last_ticked = nullptr;  // may be gone
  HandlerMemory alarm_memory;         // those that were set anew are still to be heard of
  // Behind all that connections use: what is still pending at the end is destroyed with the
  // context.
  net::io_context context{1};
  Acceptor acceptor;
  tcp::endpoint peer;  // of the connection that is accepted
  Descriptor wake;
  Timer sweep_timer;
  Timer alarm;  // the next tick or flush
  Timer accept_timer;
  std::uint64_t connections_started = 0;
  std::chrono::steady_clock::time_point next_sweep;
  std::int64_t longest_turn_us = 0;
  std::int64_t alarm_ns = INT64_MAX;  // what `alarm` is set to
  const std::int64_t flush_interval_ns = std::int64_t{parts.limits.flush_interval_us} * 1'000;
  std::int64_t next_flush_ns = 0;
  bool gathered = false;   // events came since the last flush
  bool gathering = false;  // they did before it
  LogLimit widen_log, refuse_log;
  std::int64_t turn_began_ns = clock_now().steady_ns;
  bool stopping = false;
  std::int64_t stop_deadline_ns = 0;
};

ShardLoop::ShardLoop(ShardParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}
ShardLoop::~ShardLoop() = default;

void ShardLoop::run() { impl_->run(); }

void ShardLoop::stop() {
  net::post(impl_->context, [impl = impl_.get()] { impl->begin_stop(); });
}

void ShardLoop::post(std::function<void(ShardCore&)> task) {
  net::post(impl_->context, [impl = impl_.get(), task = std::move(task)] { task(impl->core); });
}

}  // namespace ticker
