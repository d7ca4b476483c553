// The captures beside the adapter, played to their end: every frame is understood, and the last
// values are those that the newest ticker and the newest trade of each symbol in the files hold.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "feeds/kraken/kraken.hpp"
#include "feeds/registry.hpp"
#include "feeds/replay/replay.hpp"
#include "tests/feeds/sink_directory.hpp"
#include "tests/feeds/venue_options.hpp"

namespace ticker::feeds::kraken {
namespace {

const std::string captures = SOURCE_DIR "/feeds/kraken/captures/";
constexpr std::int64_t start_us = 1'700'000'000'000'000;

class KrakenCaptures : public testing::Test {
 protected:
  // Bid and ask are the ticker's; books are ignored.
  void play(const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(captures + name);
    std::string error;
    std::vector<ReplayFile> files;
    const auto source = make_replay(
        venues(), {.files = paths, .speed = 0, .venues = options_with_quotes("kraken", "ticker")},
        directory, error, &files);
    ASSERT_NE(source, nullptr) << error;
    while (source->run({start_us, 1}, 100) != Source::never) {
    }
    for (const ReplayFile& file : files) {
      EXPECT_EQ(file.malformed, 0U);
      EXPECT_EQ(file.foreign, 0U);
    }
    for (const HeardTicker& heard : sink().tickers) {
      const std::string name = directory.adapters["kraken"]->canonical(heard.symbol);
      for (std::size_t i = 0; i < field_count; ++i) {
        const auto field = static_cast<Field>(i);
        if ((heard.update.mask & bit(field)) == 0) continue;
        values[name][std::string(field_names[i])] = heard.get(field);
      }
    }
  }
  RecordingSink& sink() { return directory.sinks["kraken"]; }

  RecordingDirectory directory;
  std::map<std::string, std::map<std::string, std::string>> values;
};

TEST_F(KrakenCaptures, AreUnderstoodToTheLastFrame) {
  play({"ticker.ndjson", "trade.ndjson"});
  EXPECT_EQ(sink().frames, std::vector<Verdict>(26, Verdict::data));
  EXPECT_EQ(sink().tickers.size(), 28U);
  EXPECT_EQ(sink().trades.size(), 10U);
  EXPECT_EQ(sink().overflows, 0);
}

TEST_F(KrakenCaptures, HoldKindsOfNoUse) {
  play({"heartbeat.ndjson", "status.ndjson", "book.ndjson"});
  EXPECT_EQ(sink().frames, std::vector<Verdict>(638, Verdict::ignored));
  EXPECT_TRUE(sink().tickers.empty());
  EXPECT_TRUE(sink().trades.empty());
  EXPECT_TRUE(sink().books.empty());
}

TEST_F(KrakenCaptures, EndWithTheTrueValues) {
  play({"ticker.ndjson", "trade.ndjson"});
  EXPECT_EQ(values.size(), 10U);
  const std::map<std::string, std::string> btc = {
      {"ask", "56218.30000"},       {"ask_size", "0.13690578"},  {"bid", "56119.10000"},
      {"bid_size", "0.03333108"},   {"high_24h", "57623.00000"}, {"low_24h", "55636.00000"},
      {"volume_24h", "37.46739855"}};
  const std::map<std::string, std::string> sc = {{"ask", "0.043080"},
                                                 {"ask_size", "42461.83886926"},
                                                 {"bid", "0.043020"},
                                                 {"bid_size", "19451.47745395"},
                                                 {"high_24h", "0.053510"},
                                                 {"last", "0.043040"},
                                                 {"last_size", "20000.00000000"},
                                                 {"low_24h", "0.031280"},
                                                 {"volume_24h", "1127171102.94275652"}};
  const std::map<std::string, std::string> xmr = {
      {"ask", "354.38000000"},     {"ask_size", "4.95600000"},   {"bid", "353.81000000"},
      {"bid_size", "5.14412712"},  {"high_24h", "368.00000000"}, {"last", "353.81000000"},
      {"last_size", "1.71754604"}, {"low_24h", "333.87000000"},  {"volume_24h", "33467.47183168"}};
  EXPECT_EQ(values["BTC-CHF"], btc);
  EXPECT_EQ(values["SC-EUR"], sc);
  EXPECT_EQ(values["XMR-USD"], xmr);
}

TEST_F(KrakenCaptures, WrittenByHandEndWithTheirValues) {
  play({"written.ndjson"});
  EXPECT_EQ(sink().trades.size(), 3U);
  EXPECT_EQ(values["BTC-USD"]["last"], "62000.1");
  EXPECT_EQ(values["ETH-USD"]["last"], "3400.10");
  EXPECT_EQ(values["SHIB-USD"]["bid"], "0.00000562");
  EXPECT_EQ(values["SHIB-USD"]["bid_size"], "1250000");
  EXPECT_EQ(values["OLD-USD"]["bid"], "null");
  EXPECT_EQ(values["OLD-USD"]["high_24h"], "null");
}

TEST_F(KrakenCaptures, NeverRunBackwards) {
  play({"ticker.ndjson", "trade.ndjson"});
  std::map<std::pair<std::string, int>, std::uint64_t> orders;
  for (const HeardTicker& heard : sink().tickers) {
    std::uint64_t& order = orders[{heard.symbol, heard.update.stream}];
    EXPECT_LT(order, heard.update.order);
    order = heard.update.order;
  }
}

TEST_F(KrakenCaptures, KeepLatenciesOfARealConnection) {
  play({"trade.ndjson"});
  ASSERT_FALSE(sink().trades.empty());
  for (const HeardTrade& heard : sink().trades) {
    const std::int64_t latency_us = heard.received.wall_us - heard.update.exchange_us;
    EXPECT_GT(latency_us, 0);
    EXPECT_LT(latency_us, 200'000);
  }
}

}  // namespace
}  // namespace ticker::feeds::kraken
