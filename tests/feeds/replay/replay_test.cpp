// Replays over a fake clock: pace, times, loops, ends.
#include "feeds/replay/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "feeds/registry.hpp"
#include "tests/feeds/replay/replay_fixture.hpp"

namespace ticker::feeds {
namespace {

TEST_F(Replay, PlaysReceivedFramesOnly) {
  ASSERT_TRUE(
      open({.files = {file("a", line("1.0", com, "{}", "send") + line("1.0", com, quote(1)) +
                                    line("1.0", "rest", "{}", "http"))}}))
      << error;
  run_to_end();
  EXPECT_EQ(binance().frames, std::vector{Verdict::data});
  EXPECT_EQ(binance().tickers[0].symbol, "BTCUSDT");
  EXPECT_NE(directory.adapters.at("binance"), nullptr);
}

TEST_F(Replay, TellsTheReceiptBeforeAndTheVerdictAfterEachFrame) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("1.0", com, "{}"))}}));
  turn();
  EXPECT_EQ(binance().calls, (std::vector<std::string>{"received", "ticker", "frame", "received",
                                                       "frame", "received", "status"}));
  EXPECT_EQ(binance().frames, (std::vector{Verdict::data, Verdict::unknown}));
}

TEST_F(Replay, SpeaksAtTheRecordedPace) {
  ASSERT_TRUE(open(
      {.files = {file("a", line("10.000000", com, quote(1)) + line("10.000250", com, quote(2)) +
                               line("11.500000", com, quote(3)))}}));
  const std::int64_t start = now.steady_ns;
  turn();
  EXPECT_EQ(orders(), (Orders{1}));
  EXPECT_EQ(next_ns, start + 250'000);
  step();
  EXPECT_EQ(orders(), (Orders{1, 2}));
  EXPECT_EQ(next_ns, start + 1'500 * ms);
  step();
  EXPECT_EQ(orders(), (Orders{1, 2, 3}));
  EXPECT_EQ(next_ns, Source::never);
}

TEST_F(Replay, KeepsAbsoluteTimeWhenTurnsComeLate) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("1.1", com, quote(2)) +
                                            line("1.2", com, quote(3)))}}));
  const std::int64_t start = now.steady_ns;
  turn();
  now.steady_ns = start + 150 * ms;
  turn();
  EXPECT_EQ(next_ns, start + 200 * ms);
}

TEST_F(Replay, PlaysFasterAndSlowerByAFactor) {
  const auto path = file("a", line("1.0", com, quote(1)) + line("2.0", com, quote(2)));
  const std::int64_t start = now.steady_ns;
  ASSERT_TRUE(open({.files = {path}, .speed = 10}));
  turn();
  EXPECT_EQ(next_ns, start + 100 * ms);
  ASSERT_TRUE(open({.files = {path}, .speed = 0.5}));
  turn();
  EXPECT_EQ(next_ns, start + 2'000 * ms);
}

TEST_F(Replay, PlaysAsFastAsItGoesAtSpeedZeroButNoMoreThanATurnMay) {
  std::string text;
  for (int i = 1; i <= 25; ++i) text += line(std::to_string(i * 100) + ".5", com, quote(i));
  ASSERT_TRUE(open({.files = {file("a", text)}, .speed = 0}));
  turn(10);
  EXPECT_EQ(orders().size(), 10U);
  EXPECT_LE(next_ns, now.steady_ns);
  turn(10);
  turn(10);
  EXPECT_EQ(orders().size(), 25U);
  EXPECT_EQ(next_ns, Source::never);
}

TEST_F(Replay, KeepsEveryFramesRecordedLatency) {
  // Received 250 ms and, by a skewed clock, 49 ms before the venue's time.
  ASSERT_TRUE(
      open({.files = {file("a", line("1628952397.250000", com, trade(1, "1628952397000")) +
                                    line("1628952397.251000", com, trade(2, "1628952397300")))}}));
  turn();
  now.steady_ns += 5'000 * ms;  // a late turn
  now.wall_us += 5'000'000;
  turn();
  ASSERT_EQ(binance().trades.size(), 2U);
  for (const HeardTrade& heard : binance().trades) {
    const std::int64_t latency = heard.received.wall_us - heard.update.exchange_us;
    EXPECT_EQ(latency, heard.trade_id == "1" ? 250'000 : -49'000);
  }
  EXPECT_EQ(binance().trades[1].received.wall_us, now.wall_us);
  EXPECT_EQ(binance().tickers[1].update.exchange_us, binance().trades[1].update.exchange_us);
}

TEST_F(Replay, InventsNoExchangeTime) {
  ASSERT_TRUE(open({.files = {file("a", line("5.0", com, quote(1)) +
                                            line("null", com, trade(2, "1628952397000")))}}));
  turn();
  EXPECT_EQ(binance().tickers[0].update.exchange_us, 0);
  EXPECT_EQ(binance().trades[0].update.exchange_us, 0);
}

TEST_F(Replay, DropsExchangeTimesThatAnAbsurdReceiveTimeMakesAbsurd) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) +
                                            line("999999999999", com, trade(2, "1628952397000")))},
                    .speed = 0}));
  turn();
  ASSERT_EQ(binance().trades.size(), 1U);
  EXPECT_EQ(binance().trades[0].update.exchange_us, 0);
  EXPECT_EQ(binance().tickers[1].update.exchange_us, 0);
}

TEST_F(Replay, GivesEachVenueItsOwnOptions) {
  const std::string each =
      R"({"e":"trade","s":"BTCUSDT","t":7,"p":"1.5","q":"1","T":1628952397000,"m":true})";
  const auto path =
      file("a", line("1.0", com, trade(1, "1628952397000")) + line("1.0", com, each) +
                    line("1.0", us, trade(1, "1628952397000")) + line("1.0", us, each));
  ReplayOptions options{.files = {path}, .venues = default_options()};
  for (std::size_t i = 0; i < venues().size(); ++i) {
    if (venues()[i].venue == "binance_us") options.venues[i].trades = "trade";
  }
  ASSERT_TRUE(open(options));
  turn();
  ASSERT_EQ(binance().trades.size(), 1U);
  EXPECT_EQ(binance().trades[0].trade_id, "1");
  ASSERT_EQ(directory.sinks["binance_us"].trades.size(), 1U);
  EXPECT_EQ(directory.sinks["binance_us"].trades[0].trade_id, "7");
}

TEST_F(Replay, SaysThatItEndedToEveryVenueOnce) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("1.0", us, quote(1)))}}));
  turn();
  now.wall_us += 5;
  turn();
  for (const char* venue : {"binance", "binance_us"}) {
    EXPECT_EQ(directory.sinks[venue].statuses,
              (std::vector{std::pair{Status::down, Reason::replay_ended}}));
    EXPECT_EQ(directory.sinks[venue].interruptions, 0);
  }
  EXPECT_EQ(next_ns, Source::never);
}

TEST_F(Replay, StartsOverAfterAPauseWhenItLoops) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("1.5", com, quote(2)))},
                    .loop = true}));
  const std::int64_t start = now.steady_ns;
  turn();
  step();
  EXPECT_EQ(binance().interruptions, 0);
  EXPECT_EQ(next_ns, start + 1'500 * ms);
  step();
  EXPECT_EQ(binance().interruptions, 1);
  EXPECT_EQ(orders(), (Orders{1, 2, 1}));
  EXPECT_EQ(next_ns, start + 2'000 * ms);
  step();
  step();
  EXPECT_EQ(binance().interruptions, 2);
  EXPECT_EQ(orders(), (Orders{1, 2, 1, 2, 1}));
  EXPECT_TRUE(binance().statuses.empty());
  const auto& calls = binance().calls;
  const auto interrupted = std::ranges::find(calls, "interrupted");
  EXPECT_EQ(*(interrupted - 1), "received");
}

TEST_F(Replay, StartsOverForEveryVenue) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("1.0", us, quote(1)))},
                    .loop = true,
                    .together = true}));
  turn();
  step();
  for (const char* venue : {"binance", "binance_us"}) {
    EXPECT_EQ(directory.sinks[venue].interruptions, 1) << venue;
    EXPECT_EQ(directory.sinks[venue].tickers.size(), 2U) << venue;
  }
}

// The ring holds only so many before readers may see them; a frame may hold thousands.
TEST_F(Replay, CountsTheEventsOfATurnAndNotItsFrames) {
  constexpr std::string_view kraken = "wss://ws.kraken.com/v2";
  const std::string row = R"({"symbol":"A/B","side":"buy","price":1,"qty":1,"trade_id":7,)"
                          R"("timestamp":"2024-03-01T12:00:00Z"})";
  const std::string frame =
      R"({"channel":"trade","type":"update","data":[)" + row + "," + row + "," + row + "]}";
  ASSERT_TRUE(
      open({.files = {file("a", line("1.0", kraken, frame) + line("1.0", kraken, frame) +
                                    line("1.0", kraken, "{}") + line("1.0", kraken, frame))}}));
  const auto heard = [&] { return directory.sinks["kraken"].trades.size(); };
  turn(2);
  EXPECT_EQ(heard(), 3U);
  EXPECT_LE(next_ns, now.steady_ns);
  turn(6);
  EXPECT_EQ(heard(), 6U);
  turn(2);  // a frame that says nothing counts as well
  EXPECT_EQ(heard(), 9U);
}

TEST_F(Replay, LoopsWithoutEndAtSpeedZeroATurnAtATime) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("9.0", com, quote(2)))},
                    .speed = 0,
                    .loop = true}));
  turn(7);
  EXPECT_EQ(orders(), (Orders{1, 2, 1, 2, 1, 2, 1}));
  EXPECT_LE(next_ns, now.steady_ns);
}

}  // namespace
}  // namespace ticker::feeds
