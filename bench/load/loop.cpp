// Pacing, phases and epoll of the load client.
#include "bench/load/loop.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "bench/load/choice.hpp"

namespace ticker::load {

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t slow_tick_ns = second_ns / 10;
constexpr std::int64_t subscribe_timeout_ns = 30 * second_ns;  // after the last connect

std::int64_t steady_ns() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
}

std::int64_t wall_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::int64_t ns_of(double seconds) {
  return static_cast<std::int64_t>(seconds * static_cast<double>(second_ns));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

bool settled(Client::State state) {
  return state == Client::State::subscribed || state == Client::State::gone;
}

}  // namespace

Loop::Loop(const Options& options, const std::vector<std::string>& names, Outcome& outcome)
    : options_(options), outcome_(outcome), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::system_category(), "epoll");
  add_clients(names);
  interest_.resize(clients_.size());
  rations_.resize(clients_.size());
  unsettled_ = alive_ = clients_.size();
}

Loop::~Loop() { ::close(epoll_); }

void Loop::add_clients(const std::vector<std::string>& names) {
  const std::size_t total = std::size_t{options_.clients} + options_.slow;
  SymbolChoice choice(names, options_.taste);
  for (std::size_t i = 0; i < total; ++i) {
    Group& group = i < options_.clients ? outcome_.fast : outcome_.slow;
    clients_.emplace_back(group, options_.wish, choice.next(), options_.taste.seed + i);
  }
}

void Loop::run() {
  started_ns_ = slow_last_ns_ = steady_ns();
  const auto total = static_cast<double>(clients_.size());
  phase_end_ns_ = started_ns_ + ns_of(total / options_.connect_rate) + subscribe_timeout_ns;
  while (phase_ != Phase::done) {
    const std::int64_t now_ns = steady_ns();
    connect_due(now_ns);
    if (options_.slow > 0) read_slow(now_ns);
    advance(now_ns);
    if (phase_ != Phase::done) wait_and_handle(now_ns);
  }
  for (Client& client : clients_) client.leave();
}

void Loop::connect_due(std::int64_t now_ns) {
  // At absolute times: what was late is caught up.
  const auto due = (now_ns - started_ns_) * options_.connect_rate / second_ns + 1;
  const auto until = std::min(clients_.size(), static_cast<std::size_t>(due));
  for (; connected_next_ < until; ++connected_next_) {
    const Client::State before = clients_[connected_next_].state();
    clients_[connected_next_].connect(options_.target);
    after(connected_next_, before);
  }
}

void Loop::read_slow(std::int64_t now_ns) {
  if (now_ns - slow_last_ns_ < slow_tick_ns) return;
  const double seconds = static_cast<double>(now_ns - slow_last_ns_) / 1e9;
  slow_last_ns_ = now_ns;
  const auto rate = static_cast<double>(options_.slow_bytes_per_second);
  for (std::size_t i = options_.clients; i < clients_.size(); ++i) {
    if (clients_[i].state() != Client::State::subscribed) continue;
    rations_[i] = std::min(rations_[i] + rate * seconds, rate);  // one second's worth at most
    if (rations_[i] < 1) continue;
    rations_[i] -= static_cast<double>(
        clients_[i].on_readable(buffer_, static_cast<std::size_t>(rations_[i])));
    after(i, Client::State::subscribed);
  }
}

void Loop::advance(std::int64_t now_ns) {
  if (alive_ == 0) phase_end_ns_ = now_ns;  // nobody left to wait for
  if (phase_ == Phase::connecting && unsettled_ == 0) phase_end_ns_ = now_ns;
  if (now_ns < phase_end_ns_) return;
  switch (phase_) {
    case Phase::connecting:
      phase_ = Phase::warming_up;
      phase_end_ns_ = now_ns + ns_of(options_.warmup);
      return;
    case Phase::warming_up:
      phase_ = Phase::first_half;
      return begin_counting(now_ns);
    case Phase::first_half:
      phase_ = Phase::second_half;
      phase_end_ns_ = counted_from_ns_ + ns_of(options_.seconds);
      outcome_.fast.now = &outcome_.fast.second_half;
      outcome_.slow.now = &outcome_.slow.second_half;
      return;
    case Phase::second_half:
      phase_ = Phase::done;
      return end_counting(now_ns);
    case Phase::done:
      return;
  }
}

void Loop::begin_counting(std::int64_t now_ns) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  outcome_.cpu_user_s = -seconds_of(usage.ru_utime);
  outcome_.cpu_system_s = -seconds_of(usage.ru_stime);
  counted_from_ns_ = now_ns;
  outcome_.counted_from_us = wall_us();
  phase_end_ns_ = now_ns + ns_of(options_.seconds / 2);
  waited_ns_ = 0;
  outcome_.fast.now = &outcome_.fast.first_half;
  outcome_.slow.now = &outcome_.slow.first_half;
}

void Loop::end_counting(std::int64_t now_ns) {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  outcome_.cpu_user_s += seconds_of(usage.ru_utime);
  outcome_.cpu_system_s += seconds_of(usage.ru_stime);
  outcome_.fast.now = &outcome_.fast.outside;
  outcome_.slow.now = &outcome_.slow.outside;
  outcome_.counted_to_us = wall_us();
  const std::int64_t counted_ns = now_ns - counted_from_ns_;
  outcome_.seconds = static_cast<double>(counted_ns) / 1e9;
  if (counted_ns > 0) {
    outcome_.busy_share = 1 - static_cast<double>(waited_ns_) / static_cast<double>(counted_ns);
  }
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (clients_[i].state() != Client::State::subscribed) continue;
    ++(i < options_.clients ? outcome_.fast_stayed : outcome_.slow_stayed);
    if (i < options_.clients) {
      outcome_.fast.faults.without_snapshot += clients_[i].waiting_for_snapshots();
    }
  }
}

int Loop::wait_ms(std::int64_t now_ns) const {
  std::int64_t until_ns = phase_end_ns_;
  if (options_.slow > 0) until_ns = std::min(until_ns, slow_last_ns_ + slow_tick_ns);
  if (connected_next_ < clients_.size()) until_ns = std::min(until_ns, now_ns + 1'000'000);
  const std::int64_t ms = (until_ns - now_ns + 999'999) / 1'000'000;
  return static_cast<int>(std::clamp<std::int64_t>(ms, 0, 1'000));
}

void Loop::wait_and_handle(std::int64_t now_ns) {
  std::array<epoll_event, 512> events;
  const int timeout_ms = wait_ms(now_ns);
  const std::int64_t before_ns = steady_ns();
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  waited_ns_ += steady_ns() - before_ns;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    handle(event.data.u32, event.events);
  }
}

void Loop::handle(std::size_t index, std::uint32_t events) {
  Client& client = clients_[index];
  const Client::State before = client.state();
  if (before == Client::State::gone) return;
  if ((events & EPOLLOUT) != 0 || before == Client::State::connecting) {
    client.on_writable();
  }
  // An error on a slow client is read up to at full speed: the server has given it up, and the
  // close frame that says why lies behind what it did not read.
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && client.fd() >= 0) {
    client.on_readable(buffer_, ReceiveBuffer::receive_bytes_max);
  }
  after(index, before);
}

void Loop::after(std::size_t index, Client::State before) {
  const Client::State now = clients_[index].state();
  if (settled(now) && !settled(before)) --unsettled_;
  if (now == Client::State::gone && before != Client::State::gone) --alive_;
  watch(index);
}

void Loop::watch(std::size_t index) {
  const Client& client = clients_[index];
  if (client.fd() < 0) return;
  const bool rationed = index >= options_.clients && client.state() == Client::State::subscribed;
  std::uint32_t wanted = client.wants_to_write() ? std::uint32_t{EPOLLOUT} : 0U;
  if (!rationed && client.state() != Client::State::connecting) wanted |= EPOLLIN;
  const bool known = interest_[index] != 0 || client.state() != Client::State::connecting;
  if (known && interest_[index] == wanted) return;
  epoll_event event{};
  event.events = wanted;
  event.data.u32 = static_cast<std::uint32_t>(index);
  ::epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, client.fd(), &event);
  interest_[index] = wanted;
}

}  // namespace ticker::load
