// Clients, slices and epoll of one thread.
#include "bench/load/loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "bench/load/choice.hpp"
#include "bench/load/clocks.hpp"

namespace ticker::load {

namespace {

constexpr std::int64_t catch_up_timeout_ns = 10 * second_ns;
constexpr std::int64_t goodbye_timeout_ns = 5 * second_ns;
constexpr std::int64_t look_ns = second_ns / 50;  // how often the plan is looked at, at least

bool settled(Client::State state) {
  return state == Client::State::subscribed || state >= Client::State::leaving;
}

}  // namespace

Loop::Loop(const Options& options, const std::vector<std::string>& names, Plan& plan,
           Collector& collector, std::uint32_t index)
    : options_(options),
      plan_(plan),
      collector_(collector),
      index_(index),
      timetable_(options.scenario, options.crowd, options.connect_rate, plan.started_ns()),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::system_category(), "epoll");
  begin_slice(plan.started_ns(), plan.started_ns());
  add_clients(names);
}

Loop::~Loop() { ::close(epoll_); }

/// Every thread goes through the choices of all, so their number changes nobody's symbols.
void Loop::add_clients(const std::vector<std::string>& names) {
  SymbolChoice choice(names, options_.taste);
  const std::uint32_t crowd = options_.crowd.settled();
  const std::uint32_t total = crowd + options_.crowd.churn_slots;
  std::uint32_t first_crowd = 0;
  for (std::uint32_t number = 0; number < total; ++number) {
    if (number == crowd) crowd_ = clients_.size();
    if (number == options_.crowd.slow + options_.crowd.stopped) fast_from_ = clients_.size();
    auto symbols = choice.next();
    const std::uint32_t owner = number < crowd ? number : number - crowd;
    if (owner % options_.threads != index_) continue;
    add_client(number, std::move(symbols));
    if (number < timetable_.first_crowd()) ++first_crowd;
  }
  if (total == crowd) crowd_ = clients_.size();
  plan_.unsettled += first_crowd;
  plan_.alive += first_crowd;
}

void Loop::add_client(std::uint32_t number, std::vector<std::string_view> symbols) {
  GroupId group = GroupId::churn;
  const Crowd& crowd = options_.crowd;
  if (number < crowd.settled()) group = GroupId::fast;
  if (number < crowd.slow + crowd.stopped) group = GroupId::stopped;
  if (number < crowd.slow) group = GroupId::slow;
  clients_.emplace_back(groups_[static_cast<std::size_t>(group)], options_.wish, std::move(symbols),
                        options_.taste.seed + number);
  if (group == GroupId::slow) {
    const double begun = static_cast<double>(rations_.size() % 10) / 10;
    rations_.emplace_back(options_.slow_bytes_per_second, begun);
  }
  places_.push_back(
      {.group = group, .number = number, .counted = number < timetable_.first_crowd()});
}

void Loop::run() {
  slow_last_ns_ = steady_ns();
  for (;;) {
    const std::int64_t now_ns = steady_ns();
    cut_due(now_ns);
    if (stage_ == Stage::catching_up && caught_up(now_ns)) say_goodbye(now_ns);
    if (stage_ == Stage::leaving && (all_gone() || now_ns > stage_ends_ns_)) break;
    wait_and_handle(now_ns, stage_ == Stage::running ? keep_pace(now_ns) : stage_ends_ns_);
  }
  for (Client& client : clients_) {
    if (client.fd() >= 0) client.drop();
  }
  const std::int64_t now_ns = steady_ns();
  end_slice(now_ns, now_ns);
}

bool Loop::all_gone() const {
  const auto open = [](const Client& client) { return client.fd() >= 0; };
  return std::none_of(clients_.begin(), clients_.end(), open);
}

void Loop::cut_due(std::int64_t now_ns) {
  for (std::int64_t cut_ns = 0; (cut_ns = plan_.cut_after(slice_->begin_ns)) <= now_ns;) {
    const bool was_counted = slice_->counted;
    end_slice(cut_ns, now_ns);
    begin_slice(cut_ns, now_ns);
    if (was_counted && !slice_->counted) return end_counting(now_ns);
  }
}

void Loop::begin_slice(std::int64_t begin_ns, std::int64_t now_ns) {
  slice_ = std::make_unique<Slice>();
  slice_->begin_ns = begin_ns;
  slice_->began_ns = now_ns;
  slice_->counted = begin_ns >= plan_.from_ns() && begin_ns < plan_.to_ns();
  slice_->cpu_ns = -thread_cpu_ns();
  for (std::size_t i = 0; i < group_count; ++i) groups_[i].now = &slice_->tallies[i];
}

void Loop::end_slice(std::int64_t end_ns, std::int64_t now_ns) {
  slice_->end_ns = end_ns;
  slice_->ended_ns = now_ns;
  slice_->cpu_ns += thread_cpu_ns();
  if (stage_ != Stage::leaving) slice_->subscribed = count_subscribed();
  collector_.give(index_, std::move(slice_));
}

std::uint32_t Loop::count_subscribed() const {
  const auto subscribed = [](const Client& client) {
    return client.state() == Client::State::subscribed;
  };
  return static_cast<std::uint32_t>(std::count_if(clients_.begin(), clients_.end(), subscribed));
}

void Loop::end_counting(std::int64_t now_ns) {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (clients_[i].state() != Client::State::subscribed) continue;
    Group& group = groups_[static_cast<std::size_t>(places_[i].group)];
    ++group.stayed;
    if (places_[i].group == GroupId::fast) {
      group.faults.without_snapshot += clients_[i].without_snapshot(now_ns / 1'000);
    }
  }
  fast_from_ > 0 ? catch_up(now_ns) : say_goodbye(now_ns);
}

void Loop::catch_up(std::int64_t now_ns) {
  stage_ = Stage::catching_up;
  stage_ends_ns_ = now_ns + catch_up_timeout_ns;
  caught_up_look_ns_ = now_ns;
  for (std::size_t i = 0; i < fast_from_; ++i) watch(i);
}

bool Loop::caught_up(std::int64_t now_ns) {
  if (now_ns - caught_up_look_ns_ < look_ns) return false;
  caught_up_look_ns_ = now_ns;
  if (!asked_whether_behind_) {
    asked_whether_behind_ = true;
    for (std::size_t i = 0; i < fast_from_; ++i) {
      clients_[i].ask_whether_behind();
      watch(i);
    }
  }
  const auto behind = [](const Client& client) { return client.behind(); };
  return now_ns > stage_ends_ns_ || std::none_of(clients_.begin(), clients_.end(), behind);
}

void Loop::say_goodbye(std::int64_t now_ns) {
  slice_->subscribed = count_subscribed();
  stage_ = Stage::leaving;
  stage_ends_ns_ = now_ns + goodbye_timeout_ns;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const Client::State before = clients_[i].state();
    clients_[i].leave();
    after(i, before);
  }
}

void Loop::wait_and_handle(std::int64_t now_ns, std::int64_t due_ns) {
  std::array<epoll_event, 512> events;
  const std::int64_t until_ns =
      std::min({due_ns, plan_.cut_after(slice_->begin_ns), now_ns + look_ns});
  const std::int64_t ms = (until_ns - now_ns + 999'999) / 1'000'000;
  const int timeout_ms = static_cast<int>(std::clamp<std::int64_t>(ms, 0, 1'000));
  const std::int64_t before_ns = steady_ns();
  if (returned_ns_ > 0) slice_->turns_us.record((before_ns - returned_ns_) / 1'000);
  const int count =
      ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout_ms);
  returned_ns_ = steady_ns();
  slice_->waited_ns += returned_ns_ - before_ns;
  // Nothing came, and the core came late: it would have been late for messages, too.
  if (count == 0) note_late(before_ns + std::int64_t{timeout_ms} * 1'000'000, returned_ns_);
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
  Place& place = places_[index];
  if (place.counted && now != before) {
    if (settled(now) && !settled(before)) --plan_.unsettled;
    if (now == Client::State::gone) {
      --plan_.alive;
      place.counted = false;
    }
  }
  watch(index);
}

void Loop::watch(std::size_t index) {
  const Client& client = clients_[index];
  if (client.fd() < 0) return;
  Place& place = places_[index];
  const bool rationed = stage_ == Stage::running &&
                        (place.group == GroupId::slow || place.group == GroupId::stopped) &&
                        client.state() == Client::State::subscribed;
  std::uint32_t wanted = client.wants_to_write() ? std::uint32_t{EPOLLOUT} : 0U;
  if (!rationed && client.state() != Client::State::connecting) wanted |= EPOLLIN;
  const bool known = place.interest != 0 || client.state() != Client::State::connecting;
  if (known && place.interest == wanted) return;
  epoll_event event{};
  event.events = wanted;
  event.data.u32 = static_cast<std::uint32_t>(index);
  ::epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, client.fd(), &event);
  place.interest = wanted;
}

}  // namespace ticker::load
