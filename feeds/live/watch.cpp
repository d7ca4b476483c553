#include "feeds/live/watch.hpp"

#include <algorithm>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;  // ns

}  // namespace

Watch::Watch(const Talk& talk, const FeedLimits& limits, Wanted wanted, Sink& sink)
    : talk_(talk),
      wanted_(wanted),
      doubt_ns_(limits.feed_silent_ms * ms),
      silence_ns_(std::max(limits.feed_silent_ms, 3 * talk.quote_promise_ms) * ms),
      slack_ns_(std::min(doubt_ns_ / 2, 1'000 * ms)),
      sink_(sink) {}

std::size_t Watch::add(const std::string& symbol) {
  const std::size_t i = instruments_.size();
  instruments_.emplace_back().symbol = symbol;
  index_.emplace(symbol, i);
  sink_.status_of(symbol, Status::pending, Reason::none);
  return i;
}

std::optional<std::size_t> Watch::find(std::string_view symbol) {
  // A frame speaks of one instrument, and several calls come of it.
  if (last_found_ < instruments_.size() && instruments_[last_found_].symbol == symbol) {
    return last_found_;
  }
  const auto found = index_.find(symbol);
  if (found == index_.end()) return std::nullopt;
  return last_found_ = found->second;
}

void Watch::opened(std::int64_t now_ns) {
  open_ = true;
  silent_ = maintenance_ = false;
  for (Instrument& one : instruments_) {
    one.heard_ns = one.alive_ns = now_ns;
    one.doubted_ns = one.asked_ns = 0;
    one.refused = one.mute = false;
    one.broken = Reason::none;
    one.quoted = false;
    tell(one);
  }
}

void Watch::lost() {
  open_ = false;
  ever_lost_ = true;
  for (Instrument& one : instruments_) {
    one.quoted = false;
    tell(one);
  }
}

void Watch::silent(bool yes) {
  if (silent_ == yes) return;
  silent_ = yes;
  tell_all();
}

void Watch::maintenance(bool yes) {
  if (maintenance_ == yes) return;
  maintenance_ = yes;
  tell_all();
}

void Watch::quoted(std::size_t i) {
  Instrument& one = instruments_[i];
  if (one.quoted && !one.mute && !one.refused && one.broken == Reason::none) return;
  one.quoted = one.ever_quoted = true;
  one.mute = one.refused = false;  // what was refused is another stream, or no longer so
  one.broken = Reason::none;
  one.asked_ns = 0;
  tell(one);
}

void Watch::unquoted(std::size_t i) {
  instruments_[i].quoted = false;
  tell(instruments_[i]);
}

// A trade moves the book: quotes that say nothing of it are not quiet but mute. Where they tell
// changes of prices only, a trade must have been at another price.
void Watch::traded(std::size_t i, bool beyond, std::int64_t now_ns) {
  Instrument& one = instruments_[i];
  if (!wanted_.ticker && !one.quoted) quoted(i);
  if (!beyond && !talk_.trades_move_quotes) return;
  if (one.doubted_ns <= one.heard_ns && now_ns - one.heard_ns > slack_ns_) {
    one.doubted_ns = now_ns;
  }
}

void Watch::broken(std::size_t i, Reason reason) {
  instruments_[i].broken = reason;
  tell(instruments_[i]);
}

void Watch::refused(std::size_t i, bool yes) {
  instruments_[i].refused = yes;
  tell(instruments_[i]);
}

bool Watch::is_silent(const Instrument& one, std::int64_t now_ns) const {
  if (!wanted_.ticker) return false;
  if (talk_.quote_promise_ms > 0 && now_ns - one.alive_ns > silence_ns_) return true;
  return one.doubted_ns > one.heard_ns && now_ns - one.doubted_ns > doubt_ns_;
}

void Watch::look(std::int64_t now_ns) {
  if (!open_) return;
  for (Instrument& one : instruments_) {
    const bool mute = is_silent(one, now_ns);
    if (mute == one.mute) continue;
    one.mute = mute;
    one.asked_ns = 0;
    tell(one);
  }
}

std::pair<Status, Reason> Watch::judge(const Instrument& one) const {
  if (!open_) {
    return ever_lost_ ? std::pair{Status::down, Reason::disconnected}
                      : std::pair{Status::pending, Reason::none};
  }
  if (one.refused) return {Status::down, Reason::refused};
  if (one.broken != Reason::none) return {Status::resyncing, one.broken};
  if (one.mute) return {Status::stale, Reason::feed_silent};
  if (!one.quoted) {
    return one.ever_quoted ? std::pair{Status::resyncing, Reason::reconnected}
                           : std::pair{Status::pending, Reason::none};
  }
  if (maintenance_) return {Status::stale, Reason::maintenance};
  if (silent_) return {Status::stale, Reason::feed_silent};
  return {Status::live, Reason::none};
}

void Watch::tell(Instrument& one) {
  const auto [status, reason] = judge(one);
  if (status == one.status && reason == one.reason) return;
  one.status = status;
  one.reason = reason;
  sink_.status_of(one.symbol, status, reason);
}

void Watch::tell_all() {
  for (Instrument& one : instruments_) tell(one);
}

}  // namespace ticker::feeds
