// One venue's way into the market: resolves its spellings, orders its streams, drops what was heard
// before, compares value by value, and passes only what is new to the state. Owned by the feed
// thread, which calls it as the venue's sink. Never numbers or publishes anything itself.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "gateway/market/state.hpp"
#include "gateway/market/stream_order.hpp"
#include "gateway/market/venue_log.hpp"

namespace ticker {

class Normaliser final : public feeds::Sink {
 public:
  /// `adapter` spells the venue's symbols; null: they are canonical. All but `venue` outlive it.
  Normaliser(MarketState& state, std::string_view venue, const feeds::Adapter* adapter,
             const LinkHook& link_hook)
      : state_(state), adapter_(adapter), log_(venue, counters_, link_hook) {}

  [[nodiscard]] const std::string& venue() const { return log_.venue(); }
  [[nodiscard]] const FeedCounters& counters() const { return counters_; }

  void received(const Receipt& receipt) override;
  void overflow() override { counters_.overflows.add(); }
  void frame(feeds::Verdict verdict, std::string_view text) override;
  void ticker(const feeds::TickerUpdate& update) override;
  void trade(const feeds::TradeUpdate& update) override;
  void interrupted() override;
  void status(Status status, Reason reason) override;
  void introduce(std::string_view symbol, std::string_view name) override;
  void status_of(std::string_view symbol, Status status, Reason reason) override;
  void interrupted_one(std::string_view symbol, bool trades_lost) override;
  void link(feeds::LinkState state, std::string_view error) override;
  /// The venue's source is gone, and its connections with it.
  void stopped() { log_.stopped(receipt_.wall_us); }

 private:
  // What a normaliser keeps of an instrument; its values are the state's. At a cache line, so that
  // an update of the first streams touches no other.
  struct alignas(64) Known {
    InstrumentId id;
    bool held = false;           // its status was set by `status_of`: data does not make it live
    std::int64_t broken_ns = 0;  // steady time since when it is `resyncing`; 0: it is not
    std::array<StreamOrder, feeds::streams_max> streams{};
    TradeOrder trades{};
  };
  // Of a spelling. Both numbers, so that neither memory access waits for the other.
  struct Place {
    InstrumentId id;
    std::uint32_t known;  // index of `known_`
  };

  // The place of a spelling, a new one if need be; null: the instrument was rejected.
  const Place* resolve(std::string_view symbol);
  const Place* add(std::string_view symbol, std::string_view name);
  std::uint32_t known_of(InstrumentId id);

  bool in_order(StreamOrder& stream, std::uint64_t order);
  bool is_new(Known& known, const feeds::TradeUpdate& update);
  void miss_trades(const Known& known);

  // Data makes an instrument live unless its status is held.
  static bool goes_live(const Known& known, const TickerBody& last) {
    return !known.held && (last.status != Status::live || last.reason != Reason::none);
  }
  // Publishes nothing where the status is the same as before.
  void set_status(Known& known, Status status, Reason reason);
  void count_status(Known& known, Status before, Status now, Reason reason);
  // From the update that was missing to the snapshot that made the book right.
  void count_repair(Known& known, Status status, Reason reason);
  void count(Event::Kind kind) { counters_.events[static_cast<std::size_t>(kind)].add(); }

  MarketState& state_;
  const feeds::Adapter* const adapter_;
  FeedCounters counters_;
  VenueLog log_;
  Receipt receipt_;
  std::unordered_map<std::string, Place, StringHash, std::equal_to<>> by_symbol_;
  std::vector<Known> known_;  // in the order of their ids
};

}  // namespace ticker
