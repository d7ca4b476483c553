// What the timetable has due: connects, goodbyes, rounds of requests, rations of slow clients.
#include <algorithm>
#include <cmath>

#include "bench/load/clocks.hpp"
#include "bench/load/loop.hpp"

namespace ticker::load {

namespace {

constexpr std::size_t asks_a_turn = 256;  // of a round; between, sockets are read

}  // namespace

std::int64_t Loop::keep_pace(std::int64_t now_ns) {
  if (!timed_ && plan_.from_ns() != Plan::unknown) {
    timetable_.count(plan_.warm_ns(), plan_.from_ns(), plan_.to_ns());
    timed_ = true;
  }
  std::int64_t next_ns = connect_due(now_ns);
  if (options_.crowd.slow > 0) next_ns = std::min(next_ns, read_slow(now_ns));
  if (!timed_) return next_ns;
  return std::min({next_ns, leave_due(now_ns), churn_due(now_ns), rounds_due(now_ns)});
}

void Loop::note_late(std::int64_t due_ns, std::int64_t now_ns) {
  slice_->late_us_max = std::max(slice_->late_us_max, (now_ns - due_ns) / 1'000);
}

void Loop::connect(std::size_t index) {
  const auto& sources = options_.sources;
  const sockaddr_storage* source =
      sources.empty() ? nullptr : &sources[places_[index].number % sources.size()];
  const GroupId group = places_[index].group;
  const bool rationed = group == GroupId::slow || group == GroupId::stopped;
  const Client::State before = clients_[index].state();
  places_[index].interest = 0;
  clients_[index].connect({options_.target, source, rationed ? options_.slow_receive_buffer : 0});
  after(index, before);
}

void Loop::leave(std::size_t index, bool at_once) {
  const Client::State before = clients_[index].state();
  if (before == Client::State::idle || before == Client::State::gone) return;
  Group& group = groups_[static_cast<std::size_t>(places_[index].group)];
  if (before == Client::State::subscribed) ++group.left;
  at_once ? clients_[index].drop() : clients_[index].leave();
  after(index, before);
}

std::int64_t Loop::connect_due(std::int64_t now_ns) {
  for (; connected_next_ < crowd_; ++connected_next_) {
    const std::int64_t due_ns = timetable_.connect_ns(places_[connected_next_].number);
    if (due_ns > now_ns) return due_ns;
    note_late(due_ns, now_ns);
    connect(connected_next_);
  }
  return Timetable::never;
}

std::int64_t Loop::leave_due(std::int64_t now_ns) {
  for (; left_next_ < crowd_; ++left_next_) {
    const std::size_t index = crowd_ - 1 - left_next_;
    // Those at the end of the list may never have come.
    if (clients_[index].state() == Client::State::idle) continue;
    const std::int64_t due_ns = timetable_.leave_ns(places_[index].number);
    if (due_ns > now_ns) return due_ns;
    note_late(due_ns, now_ns);
    leave(index);
  }
  return Timetable::never;
}

std::int64_t Loop::churn_due(std::int64_t now_ns) {
  const std::size_t slots = clients_.size() - crowd_;
  if (slots == 0) return Timetable::never;
  const auto number = [this](std::uint64_t n) { return index_ + n * options_.threads; };
  std::int64_t due_ns = 0;
  for (; churn_leaves_ < churn_connects_; ++churn_leaves_) {
    due_ns = timetable_.churn_leave_ns(number(churn_leaves_));
    if (due_ns > now_ns) break;
    note_late(due_ns, now_ns);
    leave(crowd_ + churn_leaves_ % slots);
  }
  const std::int64_t leave_ns = churn_leaves_ < churn_connects_ ? due_ns : Timetable::never;
  for (;; ++churn_connects_) {
    due_ns = timetable_.churn_connect_ns(number(churn_connects_));
    if (due_ns > now_ns) return std::min(due_ns, leave_ns);
    note_late(due_ns, now_ns);
    const std::size_t index = crowd_ + churn_connects_ % slots;
    leave(index, true);  // had no answer to its goodbye for a second
    connect(index);
  }
}

std::int64_t Loop::rounds_due(std::int64_t now_ns) {
  const std::size_t fast = crowd_ - fast_from_;
  if (fast == 0) return Timetable::never;
  if (round_at_ == round_to_) begin_round(now_ns);
  const std::size_t until = std::min(round_to_, round_at_ + asks_a_turn);
  for (; round_at_ < until; ++round_at_) {
    const std::size_t index = fast_from_ + round_at_ % fast;
    const Client::State before = clients_[index].state();
    if (!clients_[index].ask(round_op_)) ++slice_->skipped;
    after(index, before);
  }
  return round_at_ < round_to_ ? now_ns : timetable_.round_ns(rounds_);
}

/// Toggling rounds come in pairs for the same clients; the next pair is for those that follow.
void Loop::begin_round(std::int64_t now_ns) {
  const std::int64_t due_ns = timetable_.round_ns(rounds_);
  if (due_ns > now_ns) return;
  note_late(due_ns, now_ns);
  const auto fast = static_cast<double>(crowd_ - fast_from_);
  const auto count = static_cast<std::size_t>(std::lround(fast * options_.scenario.round_share));
  round_op_ = timetable_.round_op(rounds_);
  round_at_ = (options_.scenario.round_toggles ? rounds_ / 2 : rounds_) * count;
  round_to_ = round_at_ + count;
  ++rounds_;
}

std::int64_t Loop::read_slow(std::int64_t now_ns) {
  if (now_ns - slow_last_ns_ < Ration::tick_ns) return slow_last_ns_ + Ration::tick_ns;
  const double seconds = static_cast<double>(now_ns - slow_last_ns_) / 1e9;
  slow_last_ns_ = now_ns;
  for (std::size_t i = 0; i < rations_.size(); ++i) {
    rations_[i].grow(seconds);
    const std::size_t due = rations_[i].due();
    if (due == 0) continue;
    const bool reads = clients_[i].state() == Client::State::subscribed;
    rations_[i].use(reads ? clients_[i].on_readable(buffer_, due) : 0);
    if (reads) after(i, Client::State::subscribed);
  }
  return slow_last_ns_ + Ration::tick_ns;
}

}  // namespace ticker::load
