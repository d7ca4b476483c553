// What a feed's word costs until it stands in the ring: resolve the spelling, compare, number,
// write. The feed thread's share of an event after parsing. The ring has one reader that is awake,
// and is as large as in the gateway, so its slots come from memory as they do there.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>

#include "bench/micro/samples.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"

namespace ticker::micro {
namespace {

constexpr std::uint64_t commit_every = 16;  // events a turn of a busy feed thread

/// A market that knows its instruments, and an order in which they speak: shuffled, for the sake of
/// the caches.
class Feed {
 public:
  explicit Feed(std::size_t instruments) : names_(spellings(instruments)), order_(instruments) {
    std::iota(order_.begin(), order_.end(), 0U);
    std::shuffle(order_.begin(), order_.end(), std::mt19937_64(7));
    ring_.reader(0);
    market_.on_venue([this](std::string_view, const FeedCounters& known) { counters_ = &known; });
    sink_ = &market_.sink("sim", nullptr);
    sink_->received({start_us, 1'000'000'000});
    for (std::size_t i = 0; i < 64; ++i) ids_.push_back(std::to_string(3'000'000'000 + i));
    for (std::size_t i = 0; i < instruments; ++i) say_quote(1);
    for (std::size_t i = 0; i < instruments; ++i) say_trade();
  }

  /// The next instrument's quote. The same `step` again says the same again.
  void say_quote(std::uint64_t step) {
    const auto n = static_cast<std::int64_t>(step);
    quote_.symbol = next_name();
    quote_.order = ++order_number_;
    quote_.exchange_us = start_us;
    quote_.mask = quote_mask;
    quote_.fields.set(Field::bid, {6'400'000 + n, 2});
    quote_.fields.set(Field::bid_size, {1'000'000 + n, 8});
    quote_.fields.set(Field::ask, {6'400'001 + n, 2});
    quote_.fields.set(Field::ask_size, {2'000'000 + n, 8});
    sink_->ticker(quote_);
    commit();
  }

  void say_trade() {
    trade_.symbol = next_name();
    trade_.order = ++order_number_;
    trade_.exchange_us = start_us;
    trade_.price = {6'400'000 + static_cast<std::int64_t>(order_number_), 2};
    trade_.size = {1'000'000, 8};
    trade_.side = Side::buy;
    trade_.trade_id = ids_[order_number_ % ids_.size()];
    sink_->trade(trade_);
    commit();
  }

  [[nodiscard]] std::uint64_t published(Event::Kind kind) const {
    return counters_->events[static_cast<std::size_t>(kind)].get();
  }

 private:
  std::string_view next_name() {
    if (++turn_ >= order_.size()) turn_ = 0;
    return names_[order_[turn_]];
  }
  void commit() {
    if (order_number_ % commit_every == 0) ring_.commit();
  }

  const Limits limits_;
  const std::vector<std::string> names_;
  std::vector<std::uint32_t> order_;
  std::vector<std::string> ids_;  // of trades
  InstrumentTable table_{limits_.instruments_max};
  Ring ring_{limits_.ring_slots, 1};
  MarketCounters market_counters_;
  Market market_{table_, ring_, market_counters_};
  const FeedCounters* counters_ = nullptr;
  feeds::Sink* sink_ = nullptr;
  feeds::TickerUpdate quote_;  // kept, as feeds keep theirs
  feeds::TradeUpdate trade_;
  std::size_t turn_ = 0;
  std::uint64_t order_number_ = 0;
};

// A figure of events that were not what they should be is worth nothing.
void expect_published(benchmark::State& state, const Feed& feed, Event::Kind kind,
                      std::uint64_t before, std::int64_t expected) {
  const auto published = static_cast<std::int64_t>(feed.published(kind) - before);
  if (published != expected) state.SkipWithError("not every update became what it should");
}

void Quote(benchmark::State& state) {
  Feed feed(static_cast<std::size_t>(state.range(0)));
  const std::uint64_t before = feed.published(Event::Kind::ticker);
  std::uint64_t step = 1;
  for (auto _ : state) feed.say_quote(++step);
  expect_published(state, feed, Event::Kind::ticker, before, state.iterations());
}

void QuoteUnchanged(benchmark::State& state) {
  Feed feed(static_cast<std::size_t>(state.range(0)));
  const std::uint64_t before = feed.published(Event::Kind::ticker);
  for (auto _ : state) feed.say_quote(1);
  expect_published(state, feed, Event::Kind::ticker, before, 0);
}

void Trade(benchmark::State& state) {
  Feed feed(static_cast<std::size_t>(state.range(0)));
  const std::uint64_t before = feed.published(Event::Kind::trade);
  for (auto _ : state) feed.say_trade();
  expect_published(state, feed, Event::Kind::trade, before, state.iterations());
}

BENCHMARK(Quote)->ArgName("instruments")->Arg(100)->Arg(10'000);
BENCHMARK(QuoteUnchanged)->ArgName("instruments")->Arg(100)->Arg(10'000);
BENCHMARK(Trade)->ArgName("instruments")->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace ticker::micro
