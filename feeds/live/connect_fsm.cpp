#include "feeds/live/connect_fsm.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;  // ns

// A connection whose pings are answered but which tells no price at all for so many silences is
// doubted: a successor is brought up beside it. Nobody is disturbed if the market was only quiet.
constexpr std::int64_t doubt_silences = 6;

}  // namespace

ConnectFsm::ConnectFsm(const Talk& talk, const FeedLimits& limits, bool tls, Pacer& connects,
                       std::uint64_t seed)
    : talk_(talk),
      limits_(limits),
      tls_(tls),
      connects_(connects),
      messages_(talk.messages),
      backoff_(limits.feed_backoff_min_ms, limits.feed_backoff_max_ms, seed) {}

void ConnectFsm::start(std::int64_t now_ns) {
  if (state_ != State::idle) return;
  state_ = State::waiting;
  deadline_ns_ = now_ns;
}

void ConnectFsm::enter(State state, std::int64_t now_ns) {
  state_ = state;
  deadline_ns_ = now_ns + limits_.feed_step_ms * ms;
}

void ConnectFsm::stepped(std::int64_t now_ns) {
  switch (state_) {
    case State::resolving:
      step_ = Action::connect;
      return enter(State::connecting, now_ns);
    case State::connecting:
      step_ = tls_ ? Action::secure : Action::upgrade;
      return enter(tls_ ? State::securing : State::upgrading, now_ns);
    case State::securing:
      step_ = Action::upgrade;
      return enter(State::upgrading, now_ns);
    case State::upgrading:
      step_ = Action::open;
      state_ = State::subscribing;
      messages_ = Pacer(talk_.messages);
      queued_ = 0;
      leaving_ = replacing_ = heard_since_open_ = false;
      opened_ns_ = life_ns_ = data_ns_ = pinged_ns_ = no_replacement_before_ns_ = now_ns;
      flowing_ns_ = 0;
      return;
    default:
      return;
  }
}

void ConnectFsm::failed(const Failure& failure, std::int64_t now_ns) {
  if (state_ == State::idle || state_ == State::waiting) return;
  error_ = failure.text;
  wait(now_ns, failure.retry_after_ms);
}

// A venue that counts attempts over all connections wants quiet on all of them.
void ConnectFsm::wait(std::int64_t now_ns, std::int64_t retry_after_ms) {
  ++ends_;
  state_ = State::waiting;
  step_ = Action::none;
  deadline_ns_ = now_ns + backoff_.next_ns(retry_after_ms);
  if (retry_after_ms > 0) connects_.hold_until(now_ns + retry_after_ms * ms);
}

// What is promised each second may come late once or twice.
std::int64_t ConnectFsm::silent_ns() const {
  return std::max(limits_.feed_silent_ms, 3 * talk_.heartbeat_ms) * ms;
}

std::int64_t ConnectFsm::dead_ns() const {
  return std::max(limits_.feed_dead_ms * ms, 2 * silent_ns());
}

// Early enough for the answer to come before the connection counts as silent.
std::int64_t ConnectFsm::ping_due(std::int64_t now_ns) {
  const std::int64_t rest_ns = std::min(talk_.ping_ms * ms, silent_ns() / 3);
  return std::max(std::max(life_ns_, pinged_ns_) + rest_ns, messages_.ready_at(now_ns, 0));
}

void ConnectFsm::heard(Proof proof, std::int64_t now_ns) {
  if (!is_open()) return;
  heard_since_open_ = true;
  if (proof == Proof::pong && !talk_.pong_is_life) return;
  life_ns_ = now_ns;
  if (state_ == State::silent) state_ = State::live;
  if (proof != Proof::data) return;
  data_ns_ = now_ns;
  if (flowing_ns_ == 0) flowing_ns_ = now_ns;
  // Only what has worked for a while is no failure any more: a venue that accepts and drops at once
  // must not be asked again each second.
  if (now_ns - flowing_ns_ >= limits_.feed_steady_ms * ms && backoff_.failures() > 0) {
    backoff_.reset();
    error_.clear();
  }
}

void ConnectFsm::replace_again(std::int64_t now_ns) {
  replacing_ = false;
  no_replacement_before_ns_ = now_ns + limits_.feed_backoff_max_ms * ms;
}

std::int64_t ConnectFsm::replacement_due() const {
  std::int64_t due = data_ns_ + doubt_silences * silent_ns();
  if (talk_.lifetime_ms > 0) due = std::min(due, opened_ns_ + talk_.lifetime_ms * ms);
  if (leaving_) due = 0;
  return std::max(due, no_replacement_before_ns_);
}

bool ConnectFsm::wants_replacement(std::int64_t now_ns) const {
  return !replacing_ && state_ == State::live && now_ns >= replacement_due();
}

ConnectFsm::Action ConnectFsm::act(std::int64_t now_ns) {
  switch (state_) {
    case State::idle:
      return Action::none;
    case State::waiting:
      if (now_ns < std::max(deadline_ns_, connects_.ready_at(now_ns))) return Action::none;
      connects_.took(now_ns);
      enter(State::resolving, now_ns);
      return Action::dial;
    case State::resolving:
    case State::connecting:
    case State::securing:
    case State::upgrading:
      if (step_ != Action::none) return std::exchange(step_, Action::none);
      if (now_ns < deadline_ns_) return Action::none;
      error_ =
          std::string(step_names[static_cast<int>(state_) - static_cast<int>(State::resolving)]) +
          ": timed out";
      wait(now_ns, 0);
      return Action::close;
    default:
      return act_open(now_ns);
  }
}

ConnectFsm::Action ConnectFsm::act_open(std::int64_t now_ns) {
  if (step_ != Action::none) return std::exchange(step_, Action::none);
  const std::int64_t silence_ns = now_ns - life_ns_;
  if (silence_ns >= dead_ns()) {
    error_ = "nothing heard for " + std::to_string(silence_ns / ms) + " ms";
    wait(now_ns, 0);
    return Action::close;
  }
  if (state_ == State::live && silence_ns >= silent_ns()) state_ = State::silent;
  // Before what waits: a long queue takes every place that the pace gives.
  if (now_ns >= ping_due(now_ns)) {
    pinged_ns_ = now_ns;
    messages_.took(now_ns, 0);  // venues count subscriptions by the hour, not pings
    return Action::ping;
  }
  if (queued_ > 0 && messages_.ready_at(now_ns) <= now_ns) {
    --queued_;
    messages_.took(now_ns);
    return Action::send;
  }
  if (queued_ == 0 && state_ == State::subscribing) state_ = State::live;
  if (!wants_replacement(now_ns)) return Action::none;
  replacing_ = true;
  return Action::replace;
}

std::int64_t ConnectFsm::due(std::int64_t now_ns) {
  if (state_ == State::idle) return INT64_MAX;
  if (step_ != Action::none) return now_ns;
  if (state_ == State::waiting) return std::max(deadline_ns_, connects_.ready_at(now_ns));
  if (!is_open()) return deadline_ns_;
  std::int64_t due = life_ns_ + dead_ns();
  if (state_ == State::live) due = std::min(due, life_ns_ + silent_ns());
  if (state_ == State::subscribing && queued_ == 0) return now_ns;
  if (queued_ > 0) due = std::min(due, messages_.ready_at(now_ns));
  due = std::min(due, ping_due(now_ns));
  if (!replacing_ && state_ == State::live) due = std::min(due, replacement_due());
  return due;
}

}  // namespace ticker::feeds
