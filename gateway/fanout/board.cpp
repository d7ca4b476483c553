#include "gateway/fanout/board.hpp"

#include <algorithm>
#include <bit>

#include "gateway/base/planted.hpp"

namespace ticker {

void TradeHistory::push(const Event& event) {
  if (events_max_ == 0) return forget(event);
  if (events_.size() < events_max_) {
    if (events_.empty()) events_.reserve(events_max_);  // once; pages are taken as they fill
    events_.push_back(event);
    return;
  }
  forget(events_[first_]);
  events_[first_] = event;
  first_ = (first_ + 1) % events_max_;
}

void TradeHistory::clear() {
  for (const Event& event : events_) forget(event);
  events_.clear();
  first_ = 0;
}

void TradeHistory::forget(const Event& event) {
  if (event.kind == Event::Kind::gap) forgotten_gap_ = std::max(forgotten_gap_, event.seq);
}

TradeTail::TradeTail(const TradeHistory& history, std::size_t trades_max)
    : history_(history), first_(history.size()) {
  const std::size_t oldest = history.size() - std::min(history.size(), trades_max);
  while (first_ > oldest && history[first_ - 1].kind == Event::Kind::trade) --first_;
}

void View::update(const Event& event, FieldMask changed) {
  ticker = event;
  for (FieldMask left = changed; left != 0; left = static_cast<FieldMask>(left & (left - 1))) {
    changed_seq[static_cast<std::size_t>(std::countr_zero(left))] = event.seq;
  }
}

FieldMask View::changed_since(std::uint64_t seq) const {
  FieldMask changed = 0;
  for (std::size_t i = 0; i < changed_seq.size(); ++i) {
    const std::uint64_t after = planted(Bug::resume_forgets_field) ? seq + 1 : seq;
    if (changed_seq[i] > after) changed = static_cast<FieldMask>(changed | 1U << i);
  }
  return changed;
}

View& Board::add(InstrumentId id) {
  if (id >= views_.size()) views_.resize(id + 1);
  const Instrument& instrument = table_.at(id);
  View& view = views_[id];
  view.symbol = instrument.name();
  view.venue = add_venue(instrument.venue());
  view.known = true;
  view.ticker.kind = Event::Kind::ticker;
  view.ticker.instrument = id;
  view.trades = TradeHistory(trades_max_);
  by_symbol_.emplace(view.symbol, id);
  return view;
}

VenueId Board::add_venue(std::string_view name) {
  const auto known = std::find(venues_.begin(), venues_.end(), name);
  if (known != venues_.end()) return static_cast<VenueId>(known - venues_.begin());
  venues_.emplace_back(name);
  return static_cast<VenueId>(venues_.size() - 1);
}

std::optional<Pattern> Board::find(std::string_view symbol) const {
  if (symbol.ends_with(":*")) {
    const auto known =
        std::find(venues_.begin(), venues_.end(), symbol.substr(0, symbol.size() - 2));
    if (known == venues_.end()) return std::nullopt;
    return Pattern{true, 0, static_cast<VenueId>(known - venues_.begin())};
  }
  const auto known = by_symbol_.find(symbol);
  if (known == by_symbol_.end()) return std::nullopt;
  return Pattern{false, known->second, 0};
}

}  // namespace ticker
