// The captures beside the adapter, played to their end: every frame is understood, and the last
// values are those that tests/replay_truth.py works out from the same files.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "feeds/binance/binance.hpp"
#include "feeds/registry.hpp"
#include "feeds/replay/replay.hpp"
#include "tests/feeds/sink_directory.hpp"

namespace ticker::feeds {
namespace {

const std::vector<std::string> captures = {SOURCE_DIR "/feeds/binance/captures/bookTicker.ndjson",
                                           SOURCE_DIR "/feeds/binance/captures/aggTrade.ndjson"};

class BinanceCaptures : public testing::Test {
 protected:
  void SetUp() override {
    std::string error;
    std::vector<ReplayFile> files;
    const auto source =
        make_replay(venues(), {.files = captures, .speed = 0}, directory, error, &files);
    ASSERT_NE(source, nullptr) << error;
    while (source->run({1'700'000'000'000'000, 1}, 100) != Source::never) {
    }
    for (const HeardTicker& heard : sink().tickers) {
      const std::string name = directory.adapters["binance"]->canonical(heard.symbol);
      for (std::size_t i = 0; i < field_count; ++i) {
        const auto field = static_cast<Field>(i);
        if ((heard.update.mask & bit(field)) == 0) continue;
        values[name][std::string(field_names[i])] = heard.get(field);
      }
    }
    for (const ReplayFile& file : files) malformed += file.malformed;
  }
  RecordingSink& sink() { return directory.sinks["binance"]; }

  RecordingDirectory directory;
  std::map<std::string, std::map<std::string, std::string>> values;
  std::size_t malformed = 0;
};

TEST_F(BinanceCaptures, AreUnderstoodToTheLastFrame) {
  EXPECT_EQ(malformed, 0U);
  EXPECT_EQ(sink().frames, std::vector<Verdict>(440, Verdict::data));
  EXPECT_EQ(sink().trades.size(), 28U);
  EXPECT_EQ(sink().overflows, 0);
}

TEST_F(BinanceCaptures, EndWithTheTrueValues) {
  const std::map<std::string, std::map<std::string, std::string>> truth = {
      {"BADGER-BTC",
       {{"ask", "0.00058630"},
        {"ask_size", "7.69000000"},
        {"bid", "0.00058350"},
        {"bid_size", "54.00000000"}}},
      {"FTM-USDT",
       {{"ask", "0.33964000"},
        {"ask_size", "125.50000000"},
        {"bid", "0.33941000"},
        {"bid_size", "1500.00000000"},
        {"last", "0.33963000"},
        {"last_size", "5304.90000000"}}},
      {"SXP-BTC",
       {{"ask", "0.00007490"},
        {"ask_size", "22.00000000"},
        {"bid", "0.00007481"},
        {"bid_size", "658.00000000"},
        {"last", "0.00007489"},
        {"last_size", "10.00000000"}}},
      {"XMR-BTC",
       {{"ask", "0.00577900"},
        {"ask_size", "3.10000000"},
        {"bid", "0.00577300"},
        {"bid_size", "0.00500000"},
        {"last", "0.00577300"},
        {"last_size", "0.04500000"}}},
  };
  EXPECT_EQ(values, truth);
}

TEST_F(BinanceCaptures, NeverRunBackwards) {
  std::map<std::pair<std::string, int>, std::uint64_t> orders;
  for (const HeardTicker& heard : sink().tickers) {
    std::uint64_t& order = orders[{heard.symbol, heard.update.stream}];
    EXPECT_LT(order, heard.update.order);
    order = heard.update.order;
  }
}

TEST_F(BinanceCaptures, KeepLatenciesOfARealConnection) {
  for (const HeardTrade& heard : sink().trades) {
    const std::int64_t latency_us = heard.received.wall_us - heard.update.exchange_us;
    EXPECT_GT(latency_us, 0);
    EXPECT_LT(latency_us, 2'000'000);  // the first one waited for the recorder
  }
}

}  // namespace
}  // namespace ticker::feeds
