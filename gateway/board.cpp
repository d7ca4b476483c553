#include "gateway/board.hpp"

#include <algorithm>

namespace ticker {

void TradeHistory::push(const Event& trade) {
  if (trades_max_ == 0) return;
  if (trades_.size() < trades_max_) {
    if (trades_.empty()) trades_.reserve(trades_max_);
    trades_.push_back(trade);
    return;
  }
  trades_[first_] = trade;
  first_ = (first_ + 1) % trades_max_;
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
