// One venue's way into the market: resolves its spellings, guards the order of its streams, counts
// what happens to it. Part of the market, on its feed thread; included by the market's files only.
#pragma once

#include "gateway/base/log.hpp"
#include "gateway/market/market.hpp"

namespace ticker {

class Market::VenueSink final : public feeds::Sink {
 public:
  VenueSink(Market& market, std::string_view venue, const feeds::Adapter* adapter)
      : market_(market), venue_(venue), adapter_(adapter) {}

  [[nodiscard]] const std::string& venue() const { return venue_; }
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
  /// Its source is gone, and with it what connections there were.
  void stopped();

 private:
  // Somebody who can write to the venue, or to us, wants to see the frame; one a second is enough.
  void report(LogLimit& limit, const char* what, std::string_view text) const;

  // The state of an instrument by the venue's spelling, a new one if need be; null when it cannot
  // be had.
  State* resolve(std::string_view symbol);
  State* add(std::string_view symbol, std::string_view name);

  // A new instrument is in the ring before its first data.
  void begin(InstrumentId id);

  bool in_order(State& state, const feeds::TickerUpdate& update);

  // One more update is older than what is known.
  bool begins_afresh(Order& order);

  // Is this a trade that nobody was told yet? Several trades may share one order; then their ids
  // tell. Tells of those that are missing before it.
  bool is_new(State& state, const feeds::TradeUpdate& update);

  bool refused();
  // Nobody misses a trade where there never was one.
  void miss_trades(State& state);

  // Data makes an instrument live, unless its status is told.
  FieldMask go_live(State& state);

  bool set_status(State& state, Status status, Reason reason);

  // From the update that was missing to the snapshot that made it right.
  void count_repair(State& state, Status status, Reason reason);

  Event trades_event(State& state, Event::Kind kind) const;
  void publish(State& state, FieldMask changed, std::int64_t exchange_us);

  // `recv_ts` stays the age of the values; when the status changed is told by `since`.
  void publish_status(State& state);

  void write(const Event& event);
  void count(const Event& event) { counters_.events[static_cast<std::size_t>(event.kind)].add(); }

  Market& market_;
  const std::string venue_;
  const feeds::Adapter* const adapter_;
  FeedCounters counters_;
  LogLimit malformed_;
  LogLimit unknown_;
  LogLimit link_errors_;
  LogLimit refusals_;
  feeds::LinkState link_ = feeds::LinkState::idle;
  Receipt receipt_;
  std::unordered_map<std::string, InstrumentId, StringHash, std::equal_to<>> by_symbol_;
  std::vector<InstrumentId> ids_;
};

}  // namespace ticker
