#include "gateway/market/market.hpp"

namespace ticker {

feeds::Sink& Market::sink(std::string_view venue, const feeds::Adapter* adapter) {
  for (Normaliser& known : venues_) {
    if (known.venue() == venue) return known;
  }
  Normaliser& made = venues_.emplace_back(state_, venue, adapter, link_hook_);
  if (venue_hook_) venue_hook_(venue, made.counters());
  return made;
}

std::int64_t Market::repair(bool requested, std::int64_t now_ns, std::size_t batch) {
  state_.check_thread();
  return repair_.run(requested, now_ns, batch);
}

void Market::status_of_all(const Receipt& now, Status status, Reason reason) {
  for (Normaliser& venue : venues_) {
    venue.received(now);
    venue.status(status, reason);
    venue.stopped();
  }
}

}  // namespace ticker
