// The captures beside the adapter, played to their end: every frame is understood, and the last
// values are those that were worked out from the same files apart from the adapter.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "feeds/registry.hpp"
#include "feeds/replay/replay.hpp"
#include "tests/feeds/coinbase/coinbase_fixture.hpp"
#include "tests/feeds/sink_directory.hpp"
#include "tests/feeds/venue_options.hpp"

namespace ticker::feeds::coinbase {
namespace {

const std::string folder = SOURCE_DIR "/feeds/coinbase/captures/";

class CoinbaseCaptures : public testing::Test {
 protected:
  // Bid and ask are the ticker's; books are ignored.
  void play(const std::vector<std::string>& names) {
    std::string error;
    std::vector<ReplayFile> files;
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(folder + name);
    source = make_replay(
        venues(), {.files = paths, .speed = 0, .venues = options_with_quotes("coinbase", "ticker")},
        directory, error, &files);
    ASSERT_NE(source, nullptr) << error;
    while (source->run({1'700'000'000'000'000, 1}, 100) != Source::never) {
    }
    for (const ReplayFile& file : files) {
      EXPECT_EQ(file.malformed, 0U) << file.path;
      EXPECT_EQ(file.foreign, 0U) << file.path;
    }
  }
  void play_recorded() { play(recorded); }
  const std::vector<std::string> recorded = {"ticker.ndjson", "match.ndjson",
                                             "subscriptions.ndjson", "level2.ndjson"};
  RecordingSink& sink() { return directory.sinks["coinbase"]; }
  std::ptrdiff_t frames(Verdict verdict) { return std::ranges::count(sink().frames, verdict); }

  RecordingDirectory directory;
  std::unique_ptr<Source> source;  // owns the adapters that the directory names
};

TEST_F(CoinbaseCaptures, AreUnderstoodToTheLastFrame) {
  play_recorded();
  EXPECT_EQ(sink().frames.size(), 707U);
  EXPECT_EQ(frames(Verdict::data), 156);
  EXPECT_EQ(frames(Verdict::ignored), 551);
  EXPECT_EQ(sink().tickers.size(), 156U);
  EXPECT_EQ(sink().trades.size(), 73U);  // of 78 matches five happened before the subscription
  EXPECT_TRUE(sink().books.empty());
  EXPECT_EQ(sink().overflows, 0);
}

TEST_F(CoinbaseCaptures, TellWhatIsWrongInTheWrittenFrames) {
  play({"written.ndjson"});
  EXPECT_EQ(frames(Verdict::data), 7);
  EXPECT_EQ(frames(Verdict::malformed), 3);
  EXPECT_EQ(frames(Verdict::ignored), 14);
  EXPECT_EQ(sink().tickers.size(), 7U);
  EXPECT_EQ(sink().trades.size(), 2U);
}

TEST_F(CoinbaseCaptures, EndWithTheTrueValues) {
  play_recorded();
  std::map<std::string, std::map<std::string, std::string>> values;
  for (const HeardTicker& heard : sink().tickers) {
    const std::string name = directory.adapters["coinbase"]->canonical(heard.symbol);
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((heard.update.mask & bit(field)) == 0) continue;
      values[name][std::string(field_names[i])] = heard.get(field);
    }
  }
  const std::map<std::string, std::map<std::string, std::string>> truth = {
      {"BAND-BTC",
       {{"ask", "0.00033422"},
        {"ask_size", "null"},
        {"bid", "0.00033396"},
        {"bid_size", "null"},
        {"high_24h", "0.00036781"},
        {"last", "0.00033396"},
        {"last_size", "7"},
        {"low_24h", "0.00032527"},
        {"open_24h", "0.00032707"},
        {"volume_24h", "181359.83000000"}}},
      {"BAND-GBP",
       {{"ask", "14.7906"},
        {"ask_size", "null"},
        {"bid", "14.7320"},
        {"bid_size", "null"},
        {"high_24h", "16.55"},
        {"last", "14.7646"},
        {"last_size", "12.8"},
        {"low_24h", "14.3691"},
        {"open_24h", "14.6647"},
        {"volume_24h", "94281.54000000"}}},
      {"NMR-EUR",
       {{"ask", "67.0210"},
        {"ask_size", "null"},
        {"bid", "66.9254"},
        {"bid_size", "null"},
        {"high_24h", "74.5"},
        {"last", "66.9254"},
        {"last_size", "1.765"},
        {"low_24h", "60.4695"},
        {"open_24h", "60.9288"},
        {"volume_24h", "25749.42800000"}}},
      {"NU-GBP",
       {{"ask", "0.4393"},
        {"ask_size", "null"},
        {"bid", "0.4389"},
        {"bid_size", "null"},
        {"high_24h", "0.4395"},
        {"last", "0.4393"},
        {"last_size", "805.131"},
        {"low_24h", "0.4026"},
        {"open_24h", "0.4041"},
        {"volume_24h", "2611586.51676400"}}},
      {"SKL-USD",
       {{"ask", "0.7905"},
        {"ask_size", "null"},
        {"bid", "0.7901"},
        {"bid_size", "null"},
        {"high_24h", "0.8098"},
        {"last", "0.7902"},
        {"last_size", "18"},
        {"low_24h", "0.6915"},
        {"open_24h", "0.7055"},
        {"volume_24h", "34168548.50000000"}}},
  };
  EXPECT_EQ(values, truth);
}

TEST_F(CoinbaseCaptures, NeverRunBackwards) {
  play_recorded();
  std::map<std::pair<std::string, int>, std::uint64_t> orders;
  for (const HeardTicker& heard : sink().tickers) {
    std::uint64_t& order = orders[{heard.symbol, heard.update.stream}];
    EXPECT_LT(order, heard.update.order);
    order = heard.update.order;
  }
}

// The venue tells each of these trades twice: a ticker names the taker's side, a match the maker's.
TEST_F(CoinbaseCaptures, AgreeWithTheTickerOnTheTakersSide) {
  play_recorded();
  std::ifstream file(folder + "ticker.ndjson");
  std::map<std::string, std::string> lines;  // by product and trade id
  const auto piece = [](const std::string& line, const std::string& from, char to) {
    const auto begin = line.find(from) + from.size();
    return line.substr(begin, line.find(to, begin) - begin);
  };
  for (std::string line; std::getline(file, line);) {
    lines[piece(line, R"("product_id":")", '"') + ' ' + piece(line, R"("trade_id":)", ',')] = line;
  }
  EXPECT_EQ(lines.size(), 78U);
  for (const HeardTrade& heard : sink().trades) {
    const std::string& line = lines[heard.symbol + ' ' + heard.trade_id];
    EXPECT_EQ(piece(line, R"("side":")", '"'), heard.update.side == Side::buy ? "buy" : "sell");
    EXPECT_EQ(piece(line, R"("price":")", '"'), text(heard.update.price));
    EXPECT_EQ(piece(line, R"("last_size":")", '"'), text(heard.update.size));
  }
}

TEST_F(CoinbaseCaptures, KeepLatenciesOfARealConnection) {
  play_recorded();
  for (const HeardTrade& heard : sink().trades) {
    const std::int64_t latency_us = heard.received.wall_us - heard.update.exchange_us;
    EXPECT_GT(latency_us, -20'000);  // the recorder's clock was behind
    EXPECT_LT(latency_us, 50'000);
  }
}

}  // namespace
}  // namespace ticker::feeds::coinbase
