// What the simulated feed says, over a fake clock.
#include "feeds/simulated/simulated.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "tests/feeds/sink_directory.hpp"

namespace ticker::feeds {
namespace {

constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);
constexpr std::int64_t ms = 1'000'000;

// Runs a feed on a clock that jumps from turn to turn.
struct Feed {
  explicit Feed(const SimulatedOptions& options) : source(make_simulated(options, directory)) {}

  void turn(std::size_t events_max = 1'024) {
    if (next_ns > now.steady_ns) {
      now.wall_us += (next_ns - now.steady_ns) / 1'000;
      now.steady_ns = next_ns;
    }
    next_ns = source->run(now, events_max);
    ++turns;
  }
  void run_until(std::int64_t steady_ns, std::size_t events_max = 1'024) {
    while (next_ns <= steady_ns) turn(events_max);
  }
  RecordingSink& sink() { return directory.sinks["sim"]; }
  std::size_t said() { return sink().tickers.size() + sink().trades.size(); }

  RecordingDirectory directory;
  std::unique_ptr<Source> source;
  Receipt now{1'700'000'000'000'000, 5'000 * ms};
  std::int64_t next_ns = 5'000 * ms;
  std::size_t turns = 0;
};

std::string story(RecordingSink& sink) {
  std::string text;
  for (const HeardTicker& heard : sink.tickers) {
    text += heard.symbol + ' ' + std::to_string(heard.update.order);
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((heard.update.mask & bit(field)) != 0) text += ' ' + heard.get(field);
    }
    text += '\n';
  }
  for (const HeardTrade& heard : sink.trades) text += heard.symbol + ' ' + heard.trade_id + '\n';
  return text;
}

TEST(Simulated, SpeaksCanonicallyForTheVenueSim) {
  Feed run({.symbols = 2});
  run.turn();
  ASSERT_EQ(run.directory.sinks.size(), 1U);
  EXPECT_EQ(run.directory.adapters.at("sim"), nullptr);
  EXPECT_EQ(run.sink().tickers[0].symbol, "BTC-USD");
  EXPECT_EQ(run.sink().tickers[1].symbol, "ETH-USD");
}

TEST(Simulated, BeginsWithAFullQuoteOfEverySymbolAtOnce) {
  Feed run({.symbols = 3'000});
  const std::int64_t start = run.next_ns;
  for (int i = 0; i < 3; ++i) run.turn(1'000);
  EXPECT_EQ(run.now.steady_ns, start);
  std::set<std::string> symbols;
  for (const HeardTicker& heard : run.sink().tickers) {
    symbols.insert(heard.symbol);
    for (std::size_t i = 0; i < field_count; ++i) {
      EXPECT_FALSE(heard.update.fields.get(static_cast<Field>(i)).is_null());
    }
  }
  EXPECT_EQ(symbols.size(), 3'000U);
  EXPECT_EQ(run.sink().tickers.size(), 3'000U);
}

TEST(Simulated, SaysRateEventsASecond) {
  for (const auto profile : {SimulatedProfile::market, SimulatedProfile::even}) {
    for (const std::uint32_t rate : {10U, 1'000U, 100'000U}) {
      Feed run({.symbols = 50, .rate = rate, .profile = profile});
      const std::int64_t start = run.next_ns;
      run.run_until(start + 3'000 * ms);
      EXPECT_EQ(run.said(), 50U + 3 * rate);
      EXPECT_LE(run.turns, 3'002U);
    }
  }
}

TEST(Simulated, NeverSaysMoreThanATurnMay) {
  Feed run({.symbols = 20, .rate = 100'000});
  run.turn();
  run.now.steady_ns += 500 * ms;
  run.now.wall_us += 500'000;
  for (int i = 0; i < 100; ++i) {
    const std::size_t before = run.said();
    run.next_ns = run.source->run(run.now, 33);
    ASSERT_EQ(run.said() - before, 33U);
    ASSERT_LE(run.next_ns, run.now.steady_ns);
  }
}

TEST(Simulated, GoesOnFromNowAfterALongStall) {
  Feed run({.symbols = 5, .rate = 1'000});
  run.turn();
  const std::size_t before = run.said();
  run.next_ns += 3'600'000 * ms;
  run.turn();
  EXPECT_EQ(run.said() - before, 1U);
  EXPECT_GT(run.next_ns, run.now.steady_ns);
}

TEST(Simulated, SaysTheSameForASeedHoweverItsTurnsFall) {
  for (const auto profile : {SimulatedProfile::market, SimulatedProfile::even}) {
    Feed one({.symbols = 30, .rate = 5'000, .seed = 9, .profile = profile});
    Feed two({.symbols = 30, .rate = 5'000, .seed = 9, .profile = profile});
    Feed other({.symbols = 30, .rate = 5'000, .seed = 10, .profile = profile});
    one.run_until(one.next_ns + 1'000 * ms);
    two.run_until(two.next_ns + 1'000 * ms, 3);
    other.run_until(other.next_ns + 1'000 * ms);
    EXPECT_EQ(story(one.sink()), story(two.sink()));
    EXPECT_NE(story(one.sink()), story(other.sink()));
  }
}

TEST(Simulated, ChangesAllFourFieldsOfEverySymbolInTurnWhenEven) {
  Feed run({.symbols = 7, .rate = 10'000, .profile = SimulatedProfile::even});
  run.run_until(run.next_ns + 1'000 * ms);
  EXPECT_TRUE(run.sink().trades.empty());
  const auto& tickers = run.sink().tickers;
  for (std::size_t i = 7; i < tickers.size(); ++i) {
    const HeardTicker& now = tickers[i];
    const HeardTicker& before = tickers[i - 7];
    ASSERT_EQ(now.symbol, before.symbol);
    ASSERT_EQ(now.update.mask, quote_mask);
    for (const Field field : {Field::bid, Field::bid_size, Field::ask, Field::ask_size}) {
      ASSERT_NE(now.update.fields.get(field), before.update.fields.get(field));
    }
  }
}

TEST(Simulated, SaysNothingThatChangesNothing) {
  Feed run({.symbols = 40, .rate = 20'000});
  run.run_until(run.next_ns + 4'000 * ms);
  std::map<std::string, Fields> known;
  for (const HeardTicker& heard : run.sink().tickers) {
    Fields& fields = known[heard.symbol];
    bool changed = false;
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((heard.update.mask & bit(field)) == 0) continue;
      changed |= fields.get(field) != heard.update.fields.get(field);
      fields.set(field, heard.update.fields.get(field));
    }
    ASSERT_TRUE(changed) << heard.symbol << ' ' << heard.update.mask;
    ASSERT_LT(fields.get(Field::bid), fields.get(Field::ask));
    ASSERT_LE(fields.get(Field::low_24h), fields.get(Field::open_24h));
    ASSERT_GE(fields.get(Field::high_24h), fields.get(Field::open_24h));
  }
}

TEST(Simulated, TellsEveryTradeBeforeTheTickerItMakes) {
  Feed run({.symbols = 10, .rate = 10'000});
  run.run_until(run.next_ns + 2'000 * ms, 7);
  RecordingSink& sink = run.sink();
  EXPECT_GT(sink.trades.size(), 2'000U);
  std::map<std::uint64_t, const HeardTicker*> by_order;
  for (const HeardTicker& heard : sink.tickers) by_order[heard.update.order] = &heard;
  std::set<std::string> ids;
  for (std::size_t i = 0; i + 1 < sink.trades.size(); ++i) {
    const HeardTrade& trade = sink.trades[i];
    EXPECT_TRUE(ids.insert(trade.trade_id).second);
    ASSERT_TRUE(by_order.contains(trade.update.order));
    const HeardTicker& last = *by_order[trade.update.order];
    ASSERT_EQ(last.symbol, trade.symbol);
    ASSERT_EQ(last.update.stream, trade.update.stream);
    ASSERT_EQ(last.update.fields.get(Field::last), trade.update.price);
    ASSERT_EQ(last.update.fields.get(Field::last_size), trade.update.size);
  }
}

TEST(Simulated, HasBusyAndQuietSymbolsAndForgetsNone) {
  Feed run({.symbols = 100, .rate = 1'000});
  run.run_until(run.next_ns + 60'000 * ms);
  std::map<std::string, std::size_t> counts;
  for (const HeardTicker& heard : run.sink().tickers) ++counts[heard.symbol];
  EXPECT_EQ(counts.size(), 100U);
  EXPECT_GT(counts["BTC-USD"], 15'000U);
  std::size_t quietest = SIZE_MAX;
  for (const auto& [symbol, count] : counts) quietest = std::min(quietest, count);
  EXPECT_LT(quietest, 60U);  // less than one a second
  EXPECT_GT(quietest, 2U);
}

TEST(Simulated, SaysDayValuesNowAndThen) {
  Feed run({.symbols = 10, .rate = 1'000});
  run.run_until(run.next_ns + 10'000 * ms);
  const auto days = std::ranges::count_if(run.sink().tickers, [](const HeardTicker& heard) {
    return heard.update.mask == (bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) |
                                 bit(Field::volume_24h));
  });
  EXPECT_GT(days, 50);
  EXPECT_LT(days, 1'000);
}

TEST(Simulated, LeftTheVenueAFewHundredMicrosecondsAgoAndNeverEarlierThanBefore) {
  Feed run({.symbols = 10, .rate = 10'000});
  run.run_until(run.next_ns + 1'000 * ms, 3);  // several turns at one time
  std::int64_t before = 0;
  for (const HeardTicker& heard : run.sink().tickers) {
    ASSERT_GE(heard.received.wall_us - heard.update.exchange_us, 200);
    ASSERT_LT(heard.received.wall_us - heard.update.exchange_us, 2'000);
    ASSERT_GE(heard.update.exchange_us, before);
    before = heard.update.exchange_us;
  }
}

TEST(Simulated, TellsWhenItWasReceivedBeforeItSaysAnything) {
  Feed run({.symbols = 1});
  run.turn();
  ASSERT_FALSE(run.sink().calls.empty());
  EXPECT_EQ(run.sink().calls[0], "received");
}

TEST(Simulated, HasNothingToSayWithoutSymbols) {
  Feed run({.symbols = 0});
  run.turn();
  EXPECT_EQ(run.next_ns, Source::never);
  EXPECT_TRUE(run.sink().calls.empty());
}

}  // namespace
}  // namespace ticker::feeds
