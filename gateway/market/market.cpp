#include "gateway/market/market.hpp"

#include <algorithm>

#include "gateway/base/planted.hpp"
#include "gateway/market/venue_sink.hpp"

namespace ticker {
namespace {

constexpr std::int64_t pass_interval_min_ns = 1'000'000'000;  // a pass starts at most once a second

}  // namespace

Market::Market(InstrumentTable& table, Ring& ring, MarketCounters& counters)
    : table_(table), ring_(ring), counters_(counters) {
  states_.reserve(table.capacity());  // so that a State never moves
}

Market::~Market() = default;

feeds::Sink& Market::sink(std::string_view venue, const feeds::Adapter* adapter) {
  for (VenueSink& known : venues_) {
    if (known.venue() == venue) return known;
  }
  VenueSink& made = venues_.emplace_back(*this, venue, adapter);
  if (venue_hook_) venue_hook_(venue, made.counters());
  return made;
}

void Market::publish(State& state, FieldMask changed, const Receipt& receipt,
                     std::int64_t exchange_us) {
  Event& event = state.ticker;
  ++event.seq;
  event.received = receipt;
  event.exchange_us = exchange_us;
  event.ticker.changed = changed;
  ring_.write(event);
}

void Market::status_of_all(const Receipt& now, Status status, Reason reason) {
  for (VenueSink& venue : venues_) {
    venue.received(now);
    venue.status(status, reason);
    venue.stopped();
  }
}

std::int64_t Market::repair(std::int64_t now_ns, std::size_t batch) {
  owner_.check();
  // A request during a pass may come from a shard that missed its beginning: another pass follows.
  wanted_ = ring_.take_repair_request() || wanted_;
  if (wanted_ && now_ns - pass_started_ns_ >= pass_interval_min_ns) {
    wanted_ = false;
    pass_started_ns_ = now_ns;
    next_ = 0;
    Event begin;
    begin.kind = Event::Kind::repair;
    begin.repair = {++pass_, false};
    ring_.write(begin);
  }
  if (next_ <= states_.size()) {
    const std::size_t last = std::min(next_ + batch, states_.size());
    while (next_ < last) tell_again(states_[next_++]);
    if (next_ < states_.size()) return now_ns;
    Event complete;
    complete.kind = Event::Kind::repair;
    complete.repair = {pass_, true};
    ring_.write(complete);
    next_ = SIZE_MAX;
    counters_.repair_passes.add();
  }
  return wanted_ ? pass_started_ns_ + pass_interval_min_ns : feeds::Source::never;
}

void Market::tell_again(State& state) {
  Event instrument;
  instrument.kind = Event::Kind::instrument;
  instrument.flags = Event::repair_flag;
  instrument.instrument = state.ticker.instrument;
  instrument.received = state.ticker.received;
  ring_.write(instrument);
  Event again = state.ticker;
  again.flags = Event::repair_flag;
  if (!planted(Bug::repair_without_prices)) ring_.write(again);
  counters_.repair_records.add(2);
}

}  // namespace ticker
