#include "gateway/market/normaliser.hpp"

#include <algorithm>
#include <bit>

namespace ticker {

void Normaliser::received(const Receipt& receipt) {
  state_.check_thread();
  receipt_ = receipt;
}

void Normaliser::frame(feeds::Verdict verdict, std::string_view text) {
  log_.frame(verdict, text, receipt_.steady_ns);
}

void Normaliser::link(feeds::LinkState state, std::string_view error) {
  log_.link(state, error, receipt_.wall_us);
}

void Normaliser::ticker(const feeds::TickerUpdate& update) {
  const Place* const place = resolve(update.symbol);
  if (place == nullptr) return;
  Known& known = known_[place->known];
  if (!in_order(known.streams[update.stream % feeds::streams_max], update.order)) return;
  MarketState::Change change = state_.change(place->id);
  const TickerBody& last = change.ticker();
  if (goes_live(known, last)) {
    count_status(known, last.status, Status::live, Reason::none);
    change.set_status(Status::live, Reason::none, receipt_.wall_us);
  }
  for (FieldMask left = update.mask & (status_bit - 1); left != 0;
       left = static_cast<FieldMask>(left & (left - 1))) {
    const auto field = static_cast<Field>(std::countr_zero(left));
    const Decimal value = update.fields.get(field);
    if (value != last.fields.get(field)) change.set(field, value);
  }
  if (change.changed() == 0) {
    counters_.unchanged.add();
    return;
  }
  state_.publish(change, receipt_, update.exchange_us);
  count(Event::Kind::ticker);
}

void Normaliser::trade(const feeds::TradeUpdate& update) {
  const Place* const place = resolve(update.symbol);
  if (place == nullptr) return;
  Known& known = known_[place->known];
  if (!is_new(known, update)) return;
  if (goes_live(known, state_.at(place->id).ticker)) {
    set_status(known, Status::live, Reason::none);
  }
  state_.add_trade(place->id,
                   {update.price, update.size, update.side, update.trade_id, update.exchange_us},
                   receipt_);
  count(Event::Kind::trade);
}

void Normaliser::interrupted() {
  for (Known& known : known_) {
    known.streams.fill({});
    known.trades.forget();
    miss_trades(known);
  }
}

void Normaliser::interrupted_one(std::string_view symbol, bool trades_lost) {
  const Place* const place = resolve(symbol);
  if (place == nullptr) return;
  Known& known = known_[place->known];
  known.streams.fill({});
  if (trades_lost) miss_trades(known);
}

void Normaliser::status(Status status, Reason reason) {
  for (Known& known : known_) {
    known.held = false;
    set_status(known, status, reason);
  }
}

void Normaliser::status_of(std::string_view symbol, Status status, Reason reason) {
  const Place* const place = resolve(symbol);
  if (place == nullptr) return;
  Known& known = known_[place->known];
  known.held = status != Status::live;
  set_status(known, status, reason);
}

void Normaliser::introduce(std::string_view symbol, std::string_view name) {
  if (!by_symbol_.contains(symbol)) add(symbol, name);
}

const Normaliser::Place* Normaliser::resolve(std::string_view symbol) {
  const auto found = by_symbol_.find(symbol);
  if (found != by_symbol_.end()) return &found->second;
  return add(symbol, adapter_ != nullptr ? adapter_->canonical(symbol) : std::string(symbol));
}

const Normaliser::Place* Normaliser::add(std::string_view symbol, std::string_view name) {
  const auto id = state_.introduce(venue() + ':' + std::string(name), receipt_);
  if (!id) {
    counters_.rejected.add();
    return nullptr;
  }
  return &by_symbol_.emplace(symbol, Place{*id, known_of(*id)}).first->second;
}

// Ids rise, so the newest is the last.
std::uint32_t Normaliser::known_of(InstrumentId id) {
  const auto found = std::ranges::lower_bound(known_, id, {}, &Known::id);
  const auto index = static_cast<std::uint32_t>(found - known_.begin());
  if (found == known_.end()) {
    known_.push_back({.id = id});
    counters_.statuses[static_cast<std::size_t>(Status::pending)].add();
    count(Event::Kind::instrument);
  }
  return index;
}

bool Normaliser::in_order(StreamOrder& stream, std::uint64_t order) {
  const StreamOrder::Verdict verdict = stream.take(order, receipt_.steady_ns);
  if (verdict == StreamOrder::Verdict::restarted) counters_.order_resets.add();
  if (verdict == StreamOrder::Verdict::old) counters_.out_of_order.add();
  return verdict != StreamOrder::Verdict::old;
}

bool Normaliser::is_new(Known& known, const feeds::TradeUpdate& update) {
  using Verdict = TradeOrder::Verdict;
  switch (known.trades.take(update.order, update.counted, update.trade_id, receipt_.steady_ns)) {
    case Verdict::taken:
      return true;
    case Verdict::old:
      counters_.out_of_order.add();
      return false;
    case Verdict::restarted:
      counters_.order_resets.add();
      break;
    case Verdict::taken_after_hole:
      break;
  }
  miss_trades(known);
  return true;
}

void Normaliser::miss_trades(const Known& known) {
  if (!state_.miss_trades(known.id, receipt_)) return;
  counters_.trade_gaps.add();
  count(Event::Kind::gap);
}

void Normaliser::set_status(Known& known, Status status, Reason reason) {
  const TickerBody& last = state_.at(known.id).ticker;
  if (last.status == status && last.reason == reason) return;
  count_status(known, last.status, status, reason);
  state_.set_status(known.id, status, reason, receipt_);
  count(Event::Kind::ticker);
}

void Normaliser::count_status(Known& known, Status before, Status now, Reason reason) {
  counters_.statuses[static_cast<std::size_t>(before)].sub();
  counters_.statuses[static_cast<std::size_t>(now)].add();
  count_repair(known, now, reason);
}

void Normaliser::count_repair(Known& known, Status status, Reason reason) {
  const bool broke = status == Status::resyncing && reason != Reason::reconnected;
  if (broke && known.broken_ns == 0) {
    counters_.gaps.add();
    known.broken_ns = receipt_.steady_ns;
  } else if (status == Status::live && known.broken_ns != 0) {
    counters_.repairs.add();
    counters_.repair_time.observe_ns(receipt_.steady_ns - known.broken_ns);
    known.broken_ns = 0;
  } else if (status == Status::down) {
    known.broken_ns = 0;  // the connection is gone: no repair of the book any more
  }
}

}  // namespace ticker
