#include "feeds/live/group.hpp"

#include <algorithm>
#include <utility>

namespace ticker::feeds {
namespace {

constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);

// A venue's clock may be behind ours by so much.
constexpr std::int64_t clocks_apart_us = 10'000'000;

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
