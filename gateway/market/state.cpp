#include "gateway/market/state.hpp"

namespace ticker {

MarketState::MarketState(InstrumentTable& table, EventSink& events, MarketCounters& counters)
    : table_(table), events_(events), counters_(counters) {
  trade_.kind = Event::Kind::trade;
  kept_.reserve(table.capacity());  // so that no event ever moves
}

std::optional<InstrumentId> MarketState::introduce(std::string_view name, const Receipt& now) {
  const auto id = table_.add(name);
  if (!id || *id < kept_.size()) return id;
  Event& ticker = kept_.emplace_back().ticker;
  ticker.kind = Event::Kind::ticker;
  ticker.instrument = *id;
  ticker.received = now;
  ticker.ticker = {};
  ticker.ticker.since_us = now.wall_us;
  counters_.instruments.set(size());
  Event event;
  event.kind = Event::Kind::instrument;
  event.instrument = *id;
  event.received = now;
  events_.write(event);
  return id;
}

void MarketState::set_status(InstrumentId id, Status status, Reason reason, const Receipt& now) {
  Change next = change(id);
  next.set_status(status, reason, now.wall_us);
  publish(next, {at(id).received.wall_us, now.steady_ns}, 0);
}

bool MarketState::miss_trades(InstrumentId id, const Receipt& now) {
  std::uint64_t& trade_seq = kept_[id].ticker.ticker.trade_seq;
  if (trade_seq == 0) return false;
  Event event;
  event.kind = Event::Kind::gap;
  event.instrument = id;
  event.seq = ++trade_seq;
  event.received = now;
  event.gap = {Reason::upstream};
  events_.write(event);
  return true;
}

}  // namespace ticker
