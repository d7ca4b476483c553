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

Heard View::hear(const Event& event) {
  return event.kind == Event::Kind::ticker ? hear_ticker(event) : hear_numbered(event);
}

Heard View::hear_ticker(const Event& event) {
  Heard heard;
  const std::uint64_t prev = ticker.seq;
  if (event.seq > prev) {  // else told again, and known
    const auto same_status = [&] {
      const TickerBody& before = ticker.ticker;
      return before.status == event.ticker.status && before.reason == event.ticker.reason &&
             before.since_us == event.ticker.since_us;
    };
    heard.fresh = true;
    heard.missed = !planted(Bug::lap_not_seen) &&
                   (event.seq != prev + 1 || (event.flags & Event::repair_flag) != 0);
    heard.changed = event.ticker.changed;
    if (heard.missed) {  // any value may have changed, perhaps there and back
      heard.changed = same_status() ? all_values : all_fields;
    }
    update(event, heard.missed ? all_fields : heard.changed);
  }
  // A ticker carries the last trade's number: trades that we have not seen by now were missed.
  if (event.ticker.trade_seq > trade_seq) heard.lost = trades_missed(event.ticker.trade_seq + 1);
  return heard;
}

Heard View::hear_numbered(const Event& event) {
  Heard heard;
  if (event.seq <= trade_seq) return heard;
  heard.fresh = true;
  if (event.seq != trade_seq + 1) heard.lost = trades_missed(event.seq);
  trade_seq = event.seq;
  trades.push(event);
  return heard;
}

// Trades from the last one we saw to the one before `before` went by unseen.
LostRange View::trades_missed(std::uint64_t before) {
  const std::uint64_t count = before - 1 - trade_seq + (planted(Bug::gap_miscounted) ? 1 : 0);
  const LostRange lost{trade_seq + 1, before - 1, count, Reason::none};
  trade_seq = before - 1;
  trades.clear();  // what is kept has no holes
  return lost;
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
