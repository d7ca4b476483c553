// One connection of a group ends, another takes its place. What is believed of an instrument
// afterwards is what the new connection knows, and no trade is told twice or lost untold.
#include "feeds/live/group.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;  // ns

// A successor that does not hear of every instrument takes over all the same
// after so many overlaps.
constexpr std::int64_t overlaps_max = 15;

}  // namespace

void Group::lose(const Receipt& now) {
  was_open_ = false;
  if (successor_ && successor_->fsm().is_open()) return take_over(now);
  parts_.sink.received(now);
  watch_.lost();
  for (const std::string& symbol : symbols_) {
    parts_.sink.interrupted_one(symbol, parts_.wanted.trades);
  }
}

// A venue that sends every connection away at once must not be connected to again and again.
void Group::raise_successor(const Receipt& now) {
  if (successor_) return;
  if (now.steady_ns < next_successor_ns_) return active_->fsm().replace_again(now.steady_ns);
  next_successor_ns_ = now.steady_ns + parts_.venue.limits.feed_steady_ms * ms;
  settled_ns_ = 0;
  successor_ = make_link();
  successor_->fsm().start(now.steady_ns);
}

bool Group::may_take_over(std::int64_t now_ns) {
  if (settled_ns_ == 0) return false;
  const std::int64_t beside_ns = now_ns - settled_ns_;
  const std::int64_t overlap_ns = parts_.venue.limits.feed_overlap_ms * ms;
  if (beside_ns < overlap_ns) return false;
  if (beside_ns >= overlaps_max * overlap_ns) return true;
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (watch_.is_quoted(i) && !successor_knows(i)) return false;
  }
  return true;
}

// To have heard of a book is not to know it: its snapshot may still be on its way.
bool Group::successor_knows(std::size_t i) {
  const Told& told = told_[i];
  if (told.refused || told.broken != Reason::none) return false;
  Books& books = successor_->books();
  return books.size() > 0 ? books.whole(symbols_[i]) : told.heard_ns != 0;
}

// Its pings are answered and it tells nothing, while the successor was told more than a beginning.
bool Group::is_active_mute(std::int64_t now_ns) const {
  const std::int64_t data_ns = active_->fsm().data_ns();
  return data_ns < settled_ns_ && now_ns - data_ns > parts_.venue.limits.feed_silent_ms * ms &&
         std::ranges::any_of(told_, &Told::again);
}

// The old connection has told all it knew by now: it was heard for an overlap
// longer. What the new one told meanwhile and the market does not know yet
// comes now; what it knows is told once.
void Group::take_over(const Receipt& now) {
  const ConnectFsm& old = active_->fsm();
  const bool interrupted =
      !old.is_open() || old.state() == ConnectFsm::State::silent || is_active_mute(now.steady_ns);
  const bool was_lost = !watch_.is_open();  // and so told: no other gap is needed
  active_ = std::move(successor_);
  noted_ = active_->fsm().ends();
  was_open_ = true;
  settled_ns_ = 0;
  if (was_lost) watch_.opened(now.steady_ns);
  if (trades_dropped_ || (interrupted && !was_lost)) {
    for (const std::string& symbol : symbols_) parts_.sink.interrupted_one(symbol, true);
  }
  for (const KeptTrade& kept : kept_trades_) {
    TradeUpdate update = kept.update;
    update.symbol = kept.symbol;
    update.trade_id = kept.trade_id;
    parts_.sink.trade(update);
  }
  kept_trades_.clear();
  active_->books().tell_all();
  for (std::size_t i = 0; i < symbols_.size(); ++i) take_over_one(i, interrupted);
}

// Only what the new connection knows is believed; of quotes that come at a change alone, nothing is
// nothing new, if the old connection was heard as well.
void Group::take_over_one(std::size_t i, bool interrupted) {
  const Told& told = told_[i];
  Books& books = active_->books();
  repair_ns_[i] = told.asked_ns;
  watch_.refused(i, told.refused);
  if (told.heard_ns != 0) watch_.heard_beside(i, told.heard_ns);
  if (told.broken != Reason::none) return watch_.broken(i, told.broken);
  if (books.size() > 0) {
    if (!books.whole(symbols_[i])) watch_.unquoted(i);
  } else if (told.passed) {
    watch_.quoted(i);
  } else if (interrupted || parts_.venue.dialect.talk().quotes_begin) {
    watch_.unquoted(i);
  }
}

}  // namespace ticker::feeds
