#include "gateway/market/repair.hpp"

#include <algorithm>

#include "feeds/contract/adapter.hpp"
#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

constexpr std::int64_t pass_interval_min_ns = 1'000'000'000;  // a pass starts at most once a second

Event boundary(std::uint64_t pass, bool complete) {
  Event event;
  event.kind = Event::Kind::repair;
  event.repair = {pass, complete};
  return event;
}

}  // namespace

std::int64_t Repair::run(bool requested, std::int64_t now_ns, std::size_t batch) {
  // A request during a pass may come from a reader that missed its beginning: another pass follows.
  wanted_ = wanted_ || requested;
  if (wanted_ && now_ns - pass_started_ns_ >= pass_interval_min_ns) begin(now_ns);
  if (next_ <= state_.size()) {
    const std::size_t last = std::min(next_ + batch, state_.size());
    while (next_ < last) repeat(state_.at(static_cast<InstrumentId>(next_++)));
    if (next_ < state_.size()) return now_ns;
    complete();
  }
  return wanted_ ? pass_started_ns_ + pass_interval_min_ns : feeds::Source::never;
}

void Repair::begin(std::int64_t now_ns) {
  wanted_ = false;
  pass_started_ns_ = now_ns;
  next_ = 0;
  events_.write(boundary(++pass_, false));
}

void Repair::repeat(const Event& ticker) {
  Event instrument;
  instrument.kind = Event::Kind::instrument;
  instrument.flags = Event::repair_flag;
  instrument.instrument = ticker.instrument;
  instrument.received = ticker.received;
  events_.write(instrument);
  Event again = ticker;
  again.flags = Event::repair_flag;
  if (!planted(Bug::repair_without_prices)) events_.write(again);
  counters_.repair_records.add(2);
}

void Repair::complete() {
  events_.write(boundary(pass_, true));
  next_ = SIZE_MAX;
  counters_.repair_passes.add();
}

}  // namespace ticker
