// Replays over a fake clock: order, times, silences, loops, ends.
#include "feeds/replay/replay.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "tests/feeds/sink_directory.hpp"

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::string_view com = "wss://stream.binance.com:9443/stream";
constexpr std::string_view us = "wss://stream.binance.us:9443/stream";

std::string line(const std::string& ts, std::string_view endpoint, const std::string& frame,
                 const std::string& direction = "recv") {
  return R"({"ts":)" + ts + R"(,"dir":")" + direction + R"(","conn":")" + std::string(endpoint) +
         R"(","msg":)" + frame + "}\n";
}

std::string quote(int u, const std::string& symbol = "BTCUSDT") {
  return R"({"u":)" + std::to_string(u) + R"(,"s":")" + symbol +
         R"(","b":"1.0","B":"1","a":"2.0","A":"1"})";
}

std::string trade(int id, const std::string& time_ms) {
  return R"({"e":"aggTrade","s":"BTCUSDT","a":)" + std::to_string(id) +
         R"(,"p":"1.5","q":"1","T":)" + time_ms + R"(,"m":true})";
}

class Replay : public testing::Test {
 protected:
  Replay() { std::filesystem::create_directories(folder_); }
  ~Replay() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  bool open(const ReplayOptions& options) {
    source = make_replay(options, directory, error, &files);
    return source != nullptr;
  }

  void turn(std::size_t events_max = 1'000) { next_ns = source->run(now, events_max); }
  // Jumps to the next turn.
  void step(std::size_t events_max = 1'000) {
    if (next_ns > now.steady_ns) {
      now.wall_us += (next_ns - now.steady_ns) / 1'000;
      now.steady_ns = next_ns;
    }
    turn(events_max);
  }
  void run_to_end() {
    turn();
    for (int i = 0; i < 100'000 && next_ns != Source::never; ++i) step();
    ASSERT_EQ(next_ns, Source::never);
  }
  RecordingSink& binance() { return directory.sinks["binance"]; }
  std::vector<std::uint64_t> orders() {
    std::vector<std::uint64_t> all;
    for (const HeardTicker& heard : binance().tickers) all.push_back(heard.update.order);
    return all;
  }

  RecordingDirectory directory;
  std::unique_ptr<Source> source;
  std::vector<ReplayFile> files;
  std::string error;
  Receipt now{1'700'000'000'000'000, 1'000 * ms};
  std::int64_t next_ns = 0;

 private:
  const std::string folder_ = testing::TempDir() + "replay_" + std::to_string(getpid());
};

using Orders = std::vector<std::uint64_t>;

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

TEST_F(Replay, MergesFilesByReceiveTimeAndKeepsTheirOrderAtEqualTimes) {
  const auto a = file("a", line("1.1", com, quote(1)) + line("1.3", com, quote(3)) +
                               line("1.3", com, quote(4)) + line("1.5", com, quote(7)));
  const auto b = file(
      "b", line("1.2", com, quote(2)) + line("1.3", com, quote(5)) + line("1.4", com, quote(6)));
  ASSERT_TRUE(open({.files = {a, b}}));
  run_to_end();
  EXPECT_EQ(orders(), (Orders{1, 2, 3, 4, 5, 6, 7}));
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

TEST_F(Replay, CutsSilencesToTwoSeconds) {
  const auto a = file("a", line("100.0", com, quote(1)) + line("9000.0", com, quote(2)) +
                               line("9001.9", com, quote(3)));
  ASSERT_TRUE(open({.files = {a}}));
  const std::int64_t start = now.steady_ns;
  turn();
  EXPECT_EQ(next_ns, start + 2'000 * ms);
  step();
  EXPECT_EQ(next_ns, start + 3'900 * ms);
}

TEST_F(Replay, PutsSeveralVenuesOnOneTimeLine) {
  const auto a = file("a", line("1.0", com, quote(1)) + line("1.2", com, quote(3)));
  const auto b = file("b", line("1.1", us, quote(2, "BATUSD")));
  ASSERT_TRUE(open({.files = {a, b}}));
  turn();
  step();
  EXPECT_EQ(orders(), (Orders{1}));
  ASSERT_EQ(directory.sinks["binance_us"].tickers.size(), 1U);
  EXPECT_EQ(directory.adapters.at("binance_us")->canonical("BATUSD"), "BAT-USD");
  step();
  EXPECT_EQ(orders(), (Orders{1, 3}));
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

TEST_F(Replay, PlaysALineWithoutTimeRightAfterTheLineBeforeIt) {
  const auto a = file("a", line("null", com, quote(1)) + line("1.0", com, quote(2)) +
                               line("null", com, quote(3)) + line("1.2", com, quote(5)));
  const auto b = file("b", line("1.1", com, quote(4)));
  ASSERT_TRUE(open({.files = {a, b}}));
  turn();
  EXPECT_EQ(orders(), (Orders{1, 2, 3}));
  step();
  step();
  EXPECT_EQ(orders(), (Orders{1, 2, 3, 4, 5}));
  ASSERT_TRUE(
      open({.files = {file("c", line("null", com, quote(6)) + line("null", com, quote(7)))}}));
  turn();
  EXPECT_EQ(orders(), (Orders{1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(Replay, CountsBadLinesAsMalformedFramesAndReadsOn) {
  const auto path = file("a", "rubbish\n" + line("1.0", com, quote(1)) + "\n" +
                                  line("1.0", com, "{\"u\":") + line("1.0", com, quote(2)));
  ASSERT_TRUE(open({.files = {path}}));
  turn();
  EXPECT_EQ(binance().frames, (std::vector{Verdict::malformed, Verdict::data, Verdict::malformed,
                                           Verdict::malformed, Verdict::data}));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, path);
  EXPECT_EQ(files[0].lines, 5U);
  EXPECT_EQ(files[0].frames, 3U);
  EXPECT_EQ(files[0].malformed, 2U);
  EXPECT_EQ(files[0].first_malformed, 1U);
}

TEST_F(Replay, PassesOverEndpointsOfNoKnownVenueAndCountsThem) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", "wss://example.org", quote(9)) +
                                            line("1.0", com, quote(1)))}}));
  turn();
  EXPECT_EQ(orders(), (Orders{1}));
  EXPECT_EQ(files[0].foreign, 1U);
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

TEST_F(Replay, LoopsWithoutEndAtSpeedZeroATurnAtATime) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", com, quote(1)) + line("9.0", com, quote(2)))},
                    .speed = 0,
                    .loop = true}));
  turn(7);
  EXPECT_EQ(orders(), (Orders{1, 2, 1, 2, 1, 2, 1}));
  EXPECT_LE(next_ns, now.steady_ns);
}

TEST_F(Replay, ReportsEveryFileThatCannotBePlayed) {
  const auto good = file("good", line("1.0", com, quote(1)));
  const auto foreign = file("foreign", line("1.0", "wss://example.org", quote(1)));
  const auto empty = file("empty", "");
  const ReplayOptions options{.files = {"/nonexistent/x", good, foreign, empty}, .speed = -1};
  const auto errors = check_replay(options);
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_EQ(errors[0], "speed must be 0 (as fast as it goes) or at least 0.001");
  EXPECT_EQ(errors[1], "/nonexistent/x: No such file or directory");
  EXPECT_EQ(errors[2], foreign + ": no frame received from a known venue");
  EXPECT_EQ(errors[3], empty + ": no frame received from a known venue");
  EXPECT_FALSE(open(options));
  EXPECT_EQ(std::ranges::count(error, '\n'), 3);
  EXPECT_TRUE(directory.sinks.empty());
  EXPECT_TRUE(check_replay({.files = {good}}).empty());
}

TEST_F(Replay, RefusesNoFilesAndTooMany) {
  EXPECT_EQ(check_replay({}).size(), 1U);
  EXPECT_EQ(check_replay({.files = std::vector<std::string>(replay_files_max + 1, "/x")}).size(),
            1U);
}

TEST_F(Replay, RefusesSpeedsThatAreNone) {
  const auto path = file("a", line("1.0", com, quote(1)));
  for (const double bad : {-1.0, 1e-9, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(check_replay({.files = {path}, .speed = bad}).size(), 1U) << bad;
  }
}

}  // namespace
}  // namespace ticker::feeds
