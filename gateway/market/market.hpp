// Puts the market together: a normaliser for each venue in front of one state, and the repair
// passes over that state. Events leave through an `EventSink`. Owned by the feed thread, which also
// calls every sink. Never knows who reads the events, and never waits for them.
#pragma once

#include <deque>
#include <functional>
#include <string_view>

#include "feeds/contract/adapter.hpp"
#include "gateway/base/counters.hpp"
#include "gateway/base/event_sink.hpp"
#include "gateway/market/normaliser.hpp"
#include "gateway/market/repair.hpp"
#include "gateway/market/state.hpp"
#include "schemas/instrument.hpp"

namespace ticker {

class Market : public feeds::SinkDirectory {
 public:
  using VenueHook = std::function<void(std::string_view venue, const FeedCounters& counters)>;
  using LinkHook = ticker::LinkHook;

  /// All three outlive the market.
  Market(InstrumentTable& table, EventSink& events, MarketCounters& counters)
      : state_(table, events, counters), repair_(state_, events, counters) {}

  /// Called once for each venue, when its sink is made (metrics register its counters).
  void on_venue(VenueHook hook) { venue_hook_ = std::move(hook); }

  /// Called on the feed thread when the connections of a venue change their state, or fail.
  void on_link(LinkHook hook) { link_hook_ = std::move(hook); }

  feeds::Sink& sink(std::string_view venue, const feeds::Adapter* adapter) override;

  /// As `Repair::run`: answers readers that have missed something.
  std::int64_t repair(bool requested, std::int64_t now_ns, std::size_t batch);

  /// Sets the status of all instruments of all venues (the feed thread ends).
  void status_of_all(const Receipt& now, Status status, Reason reason);

 private:
  VenueHook venue_hook_;
  LinkHook link_hook_;
  MarketState state_;
  Repair repair_;
  std::deque<Normaliser> venues_;
};

}  // namespace ticker
