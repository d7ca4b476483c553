#include "feeds/live/group.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;  // ns
constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);

// A successor that does not hear of every instrument takes over all the same
// after so many overlaps.
constexpr std::int64_t overlaps_max = 15;
// A snapshot that does not fit is asked for again after this part of the time
// for a repair.
constexpr std::int64_t soon = 10;
// Where nothing is known to be wrong, one only wonders: asked less often.
constexpr std::int64_t repairs_between_doubts = 6;
// A venue's clock may be behind ours by so much.
constexpr std::int64_t clocks_apart_us = 10'000'000;
constexpr std::int64_t quiet_after_429_ms = 60'000;

}  // namespace

Group::Group(const GroupParts& parts, std::vector<std::string> symbols, std::uint64_t seed)
    : parts_(parts),
      symbols_(std::move(symbols)),
      by_request_(!parts.venue.dialect.snapshot_target(symbols_.front()).empty()),
      seed_(seed),
      watch_(parts.venue.dialect.talk(), parts.venue.limits, parts.wanted, parts.sink),
      self_(std::make_shared<Group*>(this)) {
  for (const std::string& symbol : symbols_) watch_.add(symbol);
  quotes_.resize(symbols_.size());
  traded_.resize(symbols_.size());
  repair_ns_.resize(symbols_.size());
  active_ = make_link();
}

Group::~Group() { *self_ = nullptr; }

std::unique_ptr<Link> Group::make_link() {
  return std::make_unique<Link>(parts_.venue, symbols_, static_cast<Link::Owner&>(*this), seed_++);
}

void Group::pump(const Receipt& now) {
  parts_.sink.received(now);
  if (active_->pump(now)) raise_successor(now);
  note_failure();
  if (successor_) {
    successor_->pump(now);
    if (settled_ns_ == 0 && successor_->fsm().is_settled()) settled_ns_ = now.steady_ns;
    if (settled_ns_ != 0 && !successor_->fsm().is_open()) settled_ns_ = 0;
    if (may_take_over(now.steady_ns)) take_over(now);
  }
  if (was_open_ && !active_->fsm().is_open()) lose(now);
  if (!was_open_ && active_->fsm().failures() > 0) watch_.lost();
  watch_.silent(active_->fsm().state() == ConnectFsm::State::silent);
  if (now.steady_ns >= next_look_ns_) look(now);
}

std::int64_t Group::due(std::int64_t now_ns) {
  std::int64_t due = active_->due(now_ns);
  if (active_->fsm().is_open()) due = std::min(due, next_look_ns_);
  if (successor_) due = std::min({due, successor_->due(now_ns), next_look_ns_});
  return due;
}

// --- what the links say

void Group::begin_frame(Link&, const Receipt& receipt) { parts_.sink.received(receipt); }

// A frame that cannot be read may have been an update of any book. Where numbers or sums would
// tell, they will; where there are none, no book is believed any more.
void Group::end_frame(Link& link, Verdict verdict, std::string_view frame) {
  parts_.sink.frame(verdict, frame);
  if (verdict != Verdict::malformed || link.is_numbered()) return;
  for (const std::string& symbol : symbols_) {
    if (!link.books().whole(symbol)) continue;
    link.books().forget(symbol);
    book_status(link, symbol, Status::resyncing, Reason::sequence_gap);
  }
}

void Group::opened(Link& link, const Receipt& now) {
  if (&link == active_.get()) {
    was_open_ = true;
    parts_.sink.received(now);
    watch_.opened(now.steady_ns);
    traded_.assign(symbols_.size(), false);
    repair_ns_.assign(symbols_.size(), 0);
    opened_us_ = now.wall_us;
    // The first snapshot is owed from the beginning; all else may take its
    // time.
    for (std::size_t i = 0; i < symbols_.size(); ++i) {
      watch_.asked_ns(i) = by_request_ ? 0 : now.steady_ns;
    }
  } else {
    told_.assign(symbols_.size(), {});
    kept_trades_.clear();
    trades_dropped_ = false;
  }
}

bool Group::heard_quote(Link& link, std::string_view symbol) {
  const auto i = watch_.find(symbol);
  if (!i) return false;
  if (&link == active_.get()) {
    watch_.heard(*i, link.now().steady_ns);
  } else {
    told_[*i].again = told_[*i].heard_ns != 0;
    told_[*i].heard_ns = link.now().steady_ns;
  }
  return true;
}

// Both links may tell what the market can put into order; what has no order
// comes from one only.
void Group::ticker(Link& link, const TickerUpdate& update) {
  const auto i = watch_.find(update.symbol);
  if (!i) return;
  const bool active = &link == active_.get();
  const bool quote = (update.mask & quote_mask) != 0;
  if (!active && quote) {
    told_[*i].broken = Reason::none;
    told_[*i].passed = update.order != 0;
  }
  if (!active && update.order == 0) return;
  parts_.sink.ticker(update);
  if (!active || !quote) return;
  if ((update.mask & bit(Field::bid)) != 0) quotes_[*i].bid = update.fields.get(Field::bid);
  if ((update.mask & bit(Field::ask)) != 0) quotes_[*i].ask = update.fields.get(Field::ask);
  watch_.quoted(*i);
}

void Group::trade(Link& link, const TradeUpdate& update) {
  const auto i = watch_.find(update.symbol);
  if (!i || is_of_before(*i, update)) return;
  if (&link == active_.get()) {
    if (parts_.wanted.trades) parts_.sink.trade(update);
    const Quote& quote = quotes_[*i];
    const bool beyond = (!quote.bid.is_null() && update.price < quote.bid) ||
                        (!quote.ask.is_null() && update.price > quote.ask);
    watch_.traded(*i, beyond, link.now().steady_ns);
  } else if (!parts_.wanted.trades) {
    return;
  } else if (kept_trades_.size() < overlap_trades_max) {
    kept_trades_.push_back({update, std::string(update.symbol), std::string(update.trade_id)});
  } else {
    trades_dropped_ = true;
  }
}

// Some venues begin a subscription with the last trade, however old. It was told already, or nobody
// was there to be told; its price is the last one all the same. Only the first can be such a one,
// and its loss is covered by the gap of the connection before: a clock of ours that is wrong must
// not swallow more.
bool Group::is_of_before(std::size_t i, const TradeUpdate& update) {
  if (traded_[i]) return false;
  traded_[i] = true;
  return update.exchange_us != 0 && update.exchange_us < opened_us_ - clocks_apart_us;
}

void Group::book_status(Link& link, std::string_view symbol, Status status, Reason why) {
  const auto i = watch_.find(symbol);
  if (!i) return;
  const bool right = status == Status::live;
  if (&link != active_.get()) {
    told_[*i].broken = right ? Reason::none : why;
    if (!right) ask_successor(*i, link.now().steady_ns);
  } else if (right) {
    watch_.quoted(*i);
  } else {
    watch_.broken(*i, why);
    // At once; but a book that breaks after each snapshot must not use up what the venue allows.
    watch_.asked_ns(*i) = repair_ns_[*i];
    ask(*i, link.now().steady_ns, 1);
  }
}

void Group::notice(Link& link, const Notice& notice) {
  const bool active = &link == active_.get();
  const auto i = notice.symbol.empty() ? std::nullopt : watch_.find(notice.symbol);
  switch (notice.kind) {
    case Notice::Kind::heartbeat:
      if (i && active) watch_.alive(*i, link.now().steady_ns);
      break;
    case Notice::Kind::maintenance:
    case Notice::Kind::online:
      if (active) watch_.maintenance(notice.kind == Notice::Kind::maintenance);
      break;
    case Notice::Kind::refused:
      if (i && active) watch_.refused(*i);
      if (i && !active) told_[*i].refused = true;
      [[fallthrough]];
    case Notice::Kind::error:
      error_ = "the venue refused";
      if (i) error_ += ' ' + std::string(notice.symbol);
      error_ += ": " + std::string(notice.text.substr(0, 200));
      break;
    case Notice::Kind::subscribed:
    case Notice::Kind::leaving:
      break;
  }
}

// --- one connection ends, another takes its place

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

// --- repairs

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

// --- told to the outside

LinkState Group::state() const {
  switch (active_->fsm().state()) {
    case ConnectFsm::State::idle:
      return LinkState::idle;
    case ConnectFsm::State::waiting:
      return LinkState::waiting;
    case ConnectFsm::State::subscribing:
      return LinkState::subscribing;
    case ConnectFsm::State::live:
      return LinkState::live;
    case ConnectFsm::State::silent:
      return LinkState::silent;
    default:
      return LinkState::connecting;
  }
}

// Each failure is news, even if it reads like the one before.
void Group::note_failure() {
  const ConnectFsm& fsm = active_->fsm();
  if (std::exchange(noted_, fsm.ends()) != fsm.ends()) error_ = fsm.error();
}

std::string Group::take_error() { return std::exchange(error_, {}); }

}  // namespace ticker::feeds
