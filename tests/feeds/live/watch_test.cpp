#include "feeds/live/watch.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;

class WatchTest : public testing::Test {
 protected:
  void make(Wanted wanted = {}) {
    sink = {};
    watch.emplace(talk, limits, wanted, sink);
    btc = watch->add("BTCUSDT");
    eth = watch->add("ETHUSDT");
    sink.statuses_of.clear();
  }
  void SetUp() override { make(); }

  void open() { watch->opened(now * ms); }
  void quote(std::size_t i) {
    watch->heard(i, now * ms);
    watch->quoted(i);
  }
  void live() {
    open();
    quote(btc);
    quote(eth);
    sink.statuses_of.clear();
  }
  void pass(std::int64_t wait) {
    now += wait;
    watch->look(now * ms);
  }
  // What was told since the last look, as `BTCUSDT stale feed_silent`.
  std::vector<std::string> told() {
    std::vector<std::string> lines;
    for (const HeardStatus& heard : sink.statuses_of) {
      std::string line =
          heard.symbol + ' ' + std::string(status_names[static_cast<std::size_t>(heard.status)]);
      if (heard.reason != Reason::none) {
        line += ' ' + std::string(reason_names[static_cast<std::size_t>(heard.reason)]);
      }
      lines.push_back(line);
    }
    sink.statuses_of.clear();
    return lines;
  }
  using Lines = std::vector<std::string>;

  Talk talk;
  FeedLimits limits;
  RecordingSink sink;
  std::optional<Watch> watch;
  std::size_t btc = 0;
  std::size_t eth = 0;
  std::int64_t now = 1'000;
};

TEST_F(WatchTest, IsPendingUntilTheFirstQuoteOfEach) {
  open();
  EXPECT_EQ(told(), Lines{});
  quote(btc);
  EXPECT_EQ(told(), Lines{"BTCUSDT live"});
  quote(eth);
  quote(eth);
  EXPECT_EQ(told(), Lines{"ETHUSDT live"});
}

TEST_F(WatchTest, FindsSymbolsByTheVenuesSpelling) {
  EXPECT_EQ(watch->find("ETHUSDT"), eth);
  EXPECT_EQ(watch->find("BTCUSDT"), btc);
  EXPECT_EQ(watch->find("ethusdt"), std::nullopt);
  EXPECT_EQ(watch->find(""), std::nullopt);
}

TEST_F(WatchTest, IsDownWithoutConnectionAndResyncingUntilTheNextQuote) {
  live();
  watch->lost();
  EXPECT_EQ(told(), (Lines{"BTCUSDT down disconnected", "ETHUSDT down disconnected"}));
  open();
  EXPECT_EQ(told(), (Lines{"BTCUSDT resyncing reconnected", "ETHUSDT resyncing reconnected"}));
  quote(eth);
  EXPECT_EQ(told(), Lines{"ETHUSDT live"});
}

TEST_F(WatchTest, IsDownWhenTheFirstConnectionFailed) {
  watch->lost();
  EXPECT_EQ(told(), (Lines{"BTCUSDT down disconnected", "ETHUSDT down disconnected"}));
  open();
  EXPECT_EQ(told(), (Lines{"BTCUSDT pending", "ETHUSDT pending"}));
}

TEST_F(WatchTest, TellsABrokenBookAtOnceAndOfItsInstrumentAlone) {
  live();
  watch->broken(btc, Reason::sequence_gap);
  EXPECT_EQ(told(), Lines{"BTCUSDT resyncing sequence_gap"});
  watch->traded(btc, false, now * ms);
  quote(eth);
  EXPECT_EQ(told(), Lines{});
  watch->quoted(btc);
  EXPECT_EQ(told(), Lines{"BTCUSDT live"});
}

TEST_F(WatchTest, IsStaleWhileTheConnectionIsSilent) {
  live();
  watch->silent(true);
  EXPECT_EQ(told(), (Lines{"BTCUSDT stale feed_silent", "ETHUSDT stale feed_silent"}));
  watch->silent(true);
  EXPECT_EQ(told(), Lines{});
  watch->silent(false);
  EXPECT_EQ(told(), (Lines{"BTCUSDT live", "ETHUSDT live"}));
}

TEST_F(WatchTest, NeverCallsAQuietInstrumentStale) {
  live();
  for (int i = 0; i < 100; ++i) {
    pass(60'000);
    quote(btc);
  }
  EXPECT_EQ(told(), Lines{});
}

TEST_F(WatchTest, IsStaleBeyondThreeTimesWhatTheVenuePromises) {
  talk.quote_promise_ms = 5'000;
  make();
  live();
  pass(10'000);
  quote(eth);
  pass(5'000);
  EXPECT_EQ(told(), Lines{});
  pass(1);
  EXPECT_EQ(told(), Lines{"BTCUSDT stale feed_silent"});
  EXPECT_TRUE(watch->is_mute(btc));
  quote(btc);
  EXPECT_EQ(told(), Lines{"BTCUSDT live"});
  EXPECT_FALSE(watch->is_mute(btc));
}

TEST_F(WatchTest, TakesTheInstrumentsHeartbeatForAKeptPromise) {
  talk.quote_promise_ms = 1'000;
  make();
  live();
  for (int i = 0; i < 100; ++i) {
    watch->alive(btc, now * ms);
    watch->alive(eth, now * ms);
    pass(1'000);
  }
  EXPECT_EQ(told(), Lines{});
}

TEST_F(WatchTest, IsStaleWhenTradesGoOnAndTheQuotesSayNothing) {
  for (const std::uint32_t promise_ms : {0U, 1'000U, 60'000U}) {  // even where heartbeats go on
    talk.quote_promise_ms = promise_ms;
    make();
    live();
    now += 5'000;
    watch->traded(btc, false, now * ms);
    watch->alive(btc, now * ms);
    watch->alive(eth, now * ms);
    pass(limits.feed_silent_ms);
    EXPECT_EQ(told(), Lines{});
    watch->alive(btc, now * ms);
    watch->alive(eth, now * ms);
    pass(1);
    EXPECT_EQ(told(), Lines{"BTCUSDT stale feed_silent"});
    quote(btc);
    EXPECT_EQ(told(), Lines{"BTCUSDT live"});
  }
}

TEST_F(WatchTest, DoesNotWonderAboutATradeRightAfterItsQuote) {
  live();
  quote(btc);
  now += 900;
  watch->traded(btc, false, now * ms);
  pass(10 * limits.feed_silent_ms);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(WatchTest, DoesNotWonderAboutTradesWhereTheyMoveNoQuote) {
  talk.trades_move_quotes = false;
  make();
  live();
  for (int i = 0; i < 20; ++i) {
    now += 5'000;
    watch->traded(btc, false, now * ms);
    pass(0);
  }
  EXPECT_EQ(told(), Lines{});
}

TEST_F(WatchTest, WondersThereAboutATradeAtAPriceThatTheQuoteDoesNotAllow) {
  talk.trades_move_quotes = false;
  make();
  live();
  now += 5'000;
  watch->traded(btc, true, now * ms);
  pass(limits.feed_silent_ms + 1);
  EXPECT_EQ(told(), Lines{"BTCUSDT stale feed_silent"});
}

TEST_F(WatchTest, IsLiveByItsTradesWhereNoQuotesAreWanted) {
  make({.ticker = false, .trades = true});
  open();
  watch->traded(btc, false, now * ms);
  EXPECT_EQ(told(), Lines{"BTCUSDT live"});
  now += 100'000;
  watch->traded(btc, false, now * ms);
  pass(100'000);
  EXPECT_EQ(told(), Lines{});
}

TEST_F(WatchTest, IsDownWhenTheVenueRefusesUntilTheNextConnection) {
  open();
  watch->refused(btc);
  EXPECT_EQ(told(), Lines{"BTCUSDT down refused"});
  watch->lost();
  open();
  quote(btc);
  const Lines all = told();
  EXPECT_EQ(all.back(), "BTCUSDT live");
}

TEST_F(WatchTest, IsLiveWhenQuotesComeAllTheSame) {
  live();
  watch->refused(btc, true);  // its trades, say
  quote(btc);
  EXPECT_EQ(told(), (Lines{"BTCUSDT down refused", "BTCUSDT live"}));
}

TEST_F(WatchTest, IsStaleDuringMaintenance) {
  live();
  watch->maintenance(true);
  EXPECT_EQ(told(), (Lines{"BTCUSDT stale maintenance", "ETHUSDT stale maintenance"}));
  quote(btc);
  EXPECT_EQ(told(), Lines{});
  watch->maintenance(false);
  EXPECT_EQ(told(), (Lines{"BTCUSDT live", "ETHUSDT live"}));
}

}  // namespace
}  // namespace ticker::feeds
