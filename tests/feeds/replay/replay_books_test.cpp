// Books of recordings: kept right, told as their best prices, completed by answers of REST
// requests.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/registry.hpp"
#include "tests/feeds/replay/replay_fixture.hpp"

namespace ticker::feeds {
namespace {

class ReplayBooks : public Replay {
 protected:
  static std::string depth(int first, int last, const std::string& bids, const std::string& asks,
                           const std::string& time_ms = "1628952397000") {
    return R"({"e":"depthUpdate","E":)" + time_ms + R"(,"s":"BTCUSDT","U":)" +
           std::to_string(first) + R"(,"u":)" + std::to_string(last) + R"(,"b":[)" + bids +
           R"(],"a":[)" + asks + "]}";
  }
  static std::string answer(const std::string& ts, int last, const std::string& bids,
                            const std::string& asks,
                            const std::string& url = "https://api.binance.com/api/v3/depth") {
    return R"({"ts":)" + ts + R"(,"dir":"http","conn":"rest","url":")" + url +
           R"(?symbol=BTCUSDT&limit=1000","msg":{"lastUpdateId":)" + std::to_string(last) +
           R"(,"bids":[)" + bids + R"(],"asks":[)" + asks + "]}}\n";
  }
  bool open_depth(const std::string& text) {
    ReplayOptions options{.files = {file("a", text)}, .venues = default_options()};
    for (std::size_t i = 0; i < venues().size(); ++i) {
      if (venues()[i].venue == "binance") options.venues[i].quotes = "depth";
    }
    return open(options);
  }
  std::vector<std::string> bests() {
    std::vector<std::string> all;
    for (const HeardTicker& heard : binance().tickers) {
      all.push_back(heard.get(Field::bid) + " / " + heard.get(Field::ask));
    }
    return all;
  }
};

TEST_F(ReplayBooks, AreCompletedByTheAnswerOfARestRequest) {
  ASSERT_TRUE(open_depth(line("1.0", com, depth(10, 12, R"(["1.2","1"])", "")) +
                         answer("1.1", 11, R"(["1.1","5"])", R"(["2.0","5"])") +
                         line("1.2", com, depth(13, 13, "", R"(["1.9","1"])"))))
      << error;
  run_to_end();
  EXPECT_EQ(bests(), (std::vector<std::string>{"1.2 / 2.0", "1.2 / 1.9"}));
  EXPECT_EQ(binance().frames, (std::vector{Verdict::data, Verdict::data, Verdict::data}));
  EXPECT_EQ(files[0].frames, 3U);
  EXPECT_EQ(files[0].foreign, 0U);
}

TEST_F(ReplayBooks, KeepTheRecordedLatencyOfTheirUpdates) {
  ASSERT_TRUE(open_depth(
      line("1628952397.000000", com, depth(10, 12, "", "")) +
      answer("1628952397.100000", 12, R"(["1.1","5"])", R"(["2.0","5"])") +
      line("1628952397.250000", com, depth(13, 13, R"(["1.2","5"])", "", "1628952397200"))));
  run_to_end();
  ASSERT_EQ(binance().tickers.size(), 2U);
  const HeardTicker& heard = binance().tickers[1];
  EXPECT_EQ(heard.received.wall_us - heard.update.exchange_us, 50'000);
}

TEST_F(ReplayBooks, StartOverWhenARecordingLoops) {
  ReplayOptions options{
      .files = {file("a", line("1.0", com, depth(10, 12, "", "")) +
                              answer("1.1", 12, R"(["1.1","5"])", R"(["2.0","5"])"))},
      .loop = true,
      .venues = default_options()};
  for (std::size_t i = 0; i < venues().size(); ++i) {
    if (venues()[i].venue == "binance") options.venues[i].quotes = "depth";
  }
  ASSERT_TRUE(open(options));
  turn();
  for (int i = 0; i < 4; ++i) step();
  EXPECT_GE(binance().interruptions, 1);
  EXPECT_EQ(bests(), (std::vector<std::string>{"1.1 / 2.0", "1.1 / 2.0"}));
}

TEST_F(ReplayBooks, CountAnswersOfUnknownHostsAsForeign) {
  ASSERT_TRUE(open_depth(line("1.0", com, depth(10, 12, "", "")) +
                         answer("1.1", 12, "", "", "https://example.org/api/v3/depth")));
  run_to_end();
  EXPECT_EQ(files[0].foreign, 1U);
  EXPECT_EQ(binance().frames.size(), 1U);
}

}  // namespace
}  // namespace ticker::feeds
