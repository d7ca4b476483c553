// The market: merges what feeds say into the state of each instrument, decides what really changed,
// numbers it and writes it into the ring. Runs on one feed thread, which also calls every sink.
// Never waits for a reader.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "feeds/adapter.hpp"
#include "gateway/counters.hpp"
#include "gateway/ring.hpp"
#include "gateway/thread_owner.hpp"
#include "schemas/instrument.hpp"

namespace ticker {

class Market : public feeds::SinkDirectory {
 public:
  using VenueHook = std::function<void(std::string_view venue, const FeedCounters& counters)>;

  Market(InstrumentTable& table, Ring& ring, MarketCounters& counters);
  ~Market() override;

  /// Told each venue once, when its sink is made (metrics register its counters).
  void on_venue(VenueHook hook) { venue_hook_ = std::move(hook); }

  feeds::Sink& sink(std::string_view venue, const feeds::Adapter* adapter) override;

  /// Answers repair requests of lapped shards: tells up to `batch` instruments again. Returns the
  /// steady time (ns) of its next turn, `feeds::Source::never` without a request.
  std::int64_t repair(std::int64_t now_ns, std::size_t batch);

  /// Sets the status of all instruments of all venues (the feed thread ends).
  void status_of_all(const Receipt& now, Status status, Reason reason);

 private:
  class VenueSink;

  // The state of an instrument is its last ticker event, ready to be written again.
  struct State {
    Event ticker;
    std::array<std::uint64_t, feeds::streams_max> order{};
    std::uint64_t trade_order = 0;
  };

  void publish(State& state, FieldMask changed, const Receipt& receipt, std::int64_t exchange_us);
  void tell_again(State& state);

  ThreadOwner owner_;  // of what speaks and repairs; sinks are made before
  InstrumentTable& table_;
  Ring& ring_;
  MarketCounters& counters_;
  VenueHook venue_hook_;
  std::deque<VenueSink> venues_;
  std::vector<State> states_;  // by instrument id; reserved for the whole table

  // The repair pass: `next_` is the next instrument to tell again; past the end means no pass is
  // running.
  std::uint64_t pass_ = 0;
  std::size_t next_ = SIZE_MAX;
  std::int64_t pass_started_ns_ = INT64_MIN / 2;
  bool wanted_ = false;
};

}  // namespace ticker
