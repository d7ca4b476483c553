// Repair passes: publishes what the state holds once more, for readers that have missed something.
// Owned by the feed thread. Never changes the state, never gives out a number, and does not know
// who asked.
#pragma once

#include <cstdint>

#include "gateway/base/counters.hpp"
#include "gateway/base/event_sink.hpp"
#include "gateway/market/state.hpp"

namespace ticker {

class Repair {
 public:
  Repair(const MarketState& state, EventSink& events, MarketCounters& counters)
      : state_(state), events_(events), counters_(counters) {}

  /// Publishes up to `batch` instruments of the pass under way. `requested`: a reader has asked for
  /// a pass since the last call. Returns the steady time (ns) of its next turn,
  /// `feeds::Source::never` without a request.
  std::int64_t run(bool requested, std::int64_t now_ns, std::size_t batch);

 private:
  void begin(std::int64_t now_ns);
  void repeat(const Event& ticker);
  void complete();

  const MarketState& state_;
  EventSink& events_;
  MarketCounters& counters_;
  std::uint64_t pass_ = 0;
  std::size_t next_ = SIZE_MAX;  // the next instrument; past the end: no pass is under way
  std::int64_t pass_started_ns_ = INT64_MIN / 2;
  bool wanted_ = false;
};

}  // namespace ticker
