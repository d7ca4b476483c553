// The market: merges what feeds say into the state of each instrument, decides what really changed,
// numbers it and writes it into the ring. Runs on one feed thread, which also calls every sink.
// Never waits for a reader.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "gateway/base/counters.hpp"
#include "gateway/base/thread_owner.hpp"
#include "gateway/ring/ring.hpp"
#include "schemas/instrument.hpp"

namespace ticker {

class Market : public feeds::SinkDirectory {
 public:
  using VenueHook = std::function<void(std::string_view venue, const FeedCounters& counters)>;
  /// `error`: empty where nothing went wrong.
  using LinkHook = std::function<void(std::string_view venue, feeds::LinkState state,
                                      std::string_view error, std::int64_t wall_us)>;

  Market(InstrumentTable& table, Ring& ring, MarketCounters& counters);
  ~Market() override;

  /// Told each venue once, when its sink is made (metrics register its counters).
  void on_venue(VenueHook hook) { venue_hook_ = std::move(hook); }

  /// Told on the feed thread when the connections of a venue change their state, or fail.
  void on_link(LinkHook hook) { link_hook_ = std::move(hook); }

  feeds::Sink& sink(std::string_view venue, const feeds::Adapter* adapter) override;

  /// Answers repair requests of lapped shards: tells up to `batch` instruments again. Returns the
  /// steady time (ns) of its next turn, `feeds::Source::never` without a request.
  std::int64_t repair(std::int64_t now_ns, std::size_t batch);

  /// Sets the status of all instruments of all venues (the feed thread ends).
  void status_of_all(const Receipt& now, Status status, Reason reason);

 private:
  class VenueSink;

  // Where one stream of an instrument is in its order.
  struct Order {
    std::uint64_t last = 0;
    std::uint32_t refused = 0;          // in a row, for being older
    std::int64_t refused_since_ns = 0;  // the first of them
  };

  // The state of an instrument is its last ticker event, ready to be written again.
  struct State {
    Event ticker;
    std::array<Order, feeds::streams_max> order{};
    Order trade_order;
    std::vector<std::uint64_t> same_order;  // hashes of the ids of trades at `trade_order.last`
    bool held = false;                      // its status is told, not made by data
    std::int64_t broken_ns = 0;  // steady time since when it is `resyncing`; 0: it is not
  };

  void publish(State& state, FieldMask changed, const Receipt& receipt, std::int64_t exchange_us);
  void tell_again(State& state);

  ThreadOwner owner_;  // of what speaks and repairs; sinks are made before
  InstrumentTable& table_;
  Ring& ring_;
  MarketCounters& counters_;
  VenueHook venue_hook_;
  LinkHook link_hook_;
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
