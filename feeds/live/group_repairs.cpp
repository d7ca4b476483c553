// Repairs: which instrument's quotes are asked for afresh, and when; never faster than the venue
// allows, whatever breaks.
#include "feeds/live/group.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;  // ns

// A snapshot that does not fit is asked for again after this part of the time
// for a repair.
constexpr std::int64_t soon = 10;
// Where nothing is known to be wrong, one only wonders: asked less often.
constexpr std::int64_t repairs_between_doubts = 6;
constexpr std::int64_t quiet_after_429_ms = 60'000;

}  // namespace

void Group::look(const Receipt& now) {
  next_look_ns_ = now.steady_ns + parts_.venue.limits.feed_silent_ms * ms / 20;
  if (!active_->fsm().is_open()) return;
  watch_.look(now.steady_ns);
  doubt_mute_books();
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (successor_ && told_.size() > i && told_[i].broken != Reason::none) {
      ask_successor(i, now.steady_ns);
    }
    if (watch_.is_refused(i)) continue;  // it would be refused again
    // A snapshot by request is of no use before the first update.
    const bool unknown = parts_.wanted.ticker && !watch_.is_quoted(i) && !by_request_;
    if (watch_.is_broken(i) || wants_snapshot(i)) {
      ask(i, now.steady_ns, 1);
    } else if (watch_.is_mute(i) || unknown) {
      ask(i, now.steady_ns, repairs_between_doubts);
    }
  }
}

// What a mute stream did not say cannot be seen in a book without numbers when it speaks again:
// only a snapshot is believed.
void Group::doubt_mute_books() {
  if (active_->is_numbered()) return;
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (!watch_.is_mute(i) || !active_->books().whole(symbols_[i])) continue;
    active_->books().forget(symbols_[i]);
    watch_.unquoted(i);
  }
}

bool Group::wants_snapshot(std::size_t i) const {
  if (!by_request_) return false;
  return active_->books().wants_snapshot(symbols_[i]) ||
         (successor_ && successor_->books().wants_snapshot(symbols_[i]));
}

// Asks the venue to tell the quotes of one instrument afresh: once, and again
// when nothing came of it in the time of so many repairs.
void Group::ask(std::size_t i, std::int64_t now_ns, std::int64_t repairs) {
  std::int64_t& asked_ns = watch_.asked_ns(i);
  if (asked_ns != 0 && now_ns - asked_ns < repairs * parts_.venue.limits.feed_repair_ms * ms) {
    return;
  }
  // What was said before is not even sent.
  if (asked_ns != 0 && !by_request_ && active_->waiting() > 0) return;
  const std::string& symbol = symbols_[i];
  if (by_request_) {
    request_snapshot(i, parts_.venue.dialect.snapshot_target(symbol), now_ns);
  } else if (active_->say(parts_.venue.dialect.refresh(symbol))) {
    asked_ns = repair_ns_[i] = now_ns;
  }
}

void Group::ask_successor(std::size_t i, std::int64_t now_ns) {
  if (by_request_ || !successor_->fsm().is_open()) return;
  Told& told = told_[i];
  const std::int64_t repair_ns = parts_.venue.limits.feed_repair_ms * ms;
  if (told.asked_ns != 0 && now_ns - told.asked_ns < repair_ns) return;
  if (successor_->say(parts_.venue.dialect.refresh(symbols_[i]))) told.asked_ns = now_ns;
}

void Group::request_snapshot(std::size_t i, const std::string& target, std::int64_t now_ns) {
  const std::uint32_t weight = parts_.venue.dialect.snapshot_weight();
  if (parts_.rest.ready_at(now_ns, weight) > now_ns) return;  // the next look tries again
  parts_.rest.took(now_ns, weight);
  watch_.asked_ns(i) = repair_ns_[i] = now_ns;
  Endpoint endpoint = parts_.rest_endpoint;
  endpoint.target = target;
  parts_.venue.network.get(endpoint, parts_.venue.limits.feed_step_ms,
                           [self = self_, i, target](const Answer& answer) {
                             if (*self != nullptr) (*self)->answered(i, target, answer);
                           });
}

void Group::answered(std::size_t i, const std::string& target, const Answer& answer) {
  const std::int64_t now_ns = answer.received.steady_ns;
  if (answer.status != 200) {
    error_ = "snapshot of " + symbols_[i] + ": " + answer.failure.text;
    if (answer.status == 429 || answer.status == 418) {
      const std::int64_t quiet_ms = answer.failure.retry_after_ms;
      parts_.rest.hold_until(now_ns + (quiet_ms > 0 ? quiet_ms : quiet_after_429_ms) * ms);
    }
    return;
  }
  if (Tap* const tap = parts_.venue.tap)
    tap->answered(rest_url(target), answer.body, answer.received);
  bool fits = true;
  for (Link* const link : {active_.get(), successor_.get()}) {
    if (link == nullptr || !link->fsm().is_open()) continue;
    (void)link->answer(target, answer.body, answer.received);
    fits = fits && !link->books().wants_snapshot(symbols_[i]);
  }
  // Older than what the stream began with, most likely: a newer one is needed.
  if (!fits)
    watch_.asked_ns(i) = now_ns - (soon - 1) * parts_.venue.limits.feed_repair_ms * ms / soon;
}

std::string Group::rest_url(const std::string& target) const {
  const Endpoint& endpoint = parts_.rest_endpoint;
  return (endpoint.tls ? "https://" : "http://") + endpoint.host + ':' + endpoint.port + target;
}

}  // namespace ticker::feeds
