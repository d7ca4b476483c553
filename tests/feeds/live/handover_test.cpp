// Two connections of one venue, side by side, and what may be believed when the one takes the
// place of the other: only what the new one knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feeds/live/live_fixture.hpp"

namespace ticker::feeds {
namespace {

using Texts = std::vector<std::string>;

const std::string leaving = R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})";

class OkxHandover : public LiveTest {
 protected:
  void SetUp() override {
    std::vector<Listed> listing;
    std::string next;
    ASSERT_TRUE(entry_of("okx").make_dialect({})->read_list(okx_list, listing, next));
    make("okx", okx(""), {.listing = listing});
    turn();
    ASSERT_EQ(network.connections.size(), 1U);
    hear(0, bbo("BTC-USDT", "99", "101", 1));
    hear(0, bbo("ETH-USDT", "9", "11", 1));
    heard().statuses_of.clear();
  }
  void leave() {
    hear(0, leaving);
    pass(500);
    ASSERT_EQ(network.connections.size(), 2U);
  }
  // Both connections live on without news of quotes.
  void pass_alive(std::int64_t wait_ms, std::size_t connections = 2) {
    for (std::int64_t left = wait_ms; left > 0; left -= 1'000) {
      for (std::size_t i = 0; i < connections; ++i) {
        if (!network.connections[i]->gone) hear(i, "pong");
      }
      pass(std::min<std::int64_t>(left, 1'000));
    }
  }
};

TEST_F(OkxHandover, BelievesNoQuoteThatTheSuccessorNeverHeardOf) {
  leave();
  hear(1, bbo("BTC-USDT", "99", "101", 2));
  pass_alive(16 * limits.feed_overlap_ms);
  ASSERT_TRUE(network.connections[0]->gone);
  EXPECT_THAT(told("ETH-USDT"), testing::ElementsAre("resyncing reconnected"));
  EXPECT_EQ(told("BTC-USDT"), Texts{});
}

TEST_F(OkxHandover, IsDownWithWhatTheSuccessorWasRefused) {
  leave();
  hear(1, bbo("BTC-USDT", "99", "101", 2));
  hear(1, R"({"event":"error","code":"60018","msg":"Wrong URL or channel:bbo-tbt,instId:ETH-USDT)"
          R"( doesn't exist. Please use the correct URL.","connId":"a"})");
  pass_alive(16 * limits.feed_overlap_ms);
  ASSERT_TRUE(network.connections[0]->gone);
  EXPECT_THAT(told("ETH-USDT"), testing::ElementsAre("down refused"));
}

TEST_F(OkxHandover, ComesUpThroughTheSuccessorWhenTheOldConnectionWasLostBefore) {
  held = {1, 2};
  hear(0, leaving);
  network.connections[0]->listener->failed({.text = "closed"}, now());
  pass(1'000);
  ASSERT_THAT(told("BTC-USDT"), testing::ElementsAre("down disconnected"));
  ASSERT_EQ(network.connections.size(), 3U);  // the successor, and the old one again
  held = {2};
  pass(100);
  hear(1, bbo("BTC-USDT", "98", "101", 5));
  hear(1, bbo("ETH-USDT", "8", "11", 5));
  pass_alive(limits.feed_overlap_ms + 1'000);
  EXPECT_THAT(told("BTC-USDT").back(), "live");
  EXPECT_THAT(told("ETH-USDT").back(), "live");
  EXPECT_EQ(heard().interrupted_ones.size(), 2U);
}

TEST_F(OkxHandover, TellsOfTradesThatAMuteConnectionMayHaveKeptToItself) {
  pass_alive(61'000, 1);  // pings are answered, nothing is told
  pass_alive(1'000, 1);
  ASSERT_EQ(network.connections.size(), 2U);
  for (int i = 2; i < 6; ++i) {
    hear(1, bbo("BTC-USDT", "99", "101", i));
    hear(1, bbo("ETH-USDT", "9", "11", i));
    if (!network.connections[0]->gone) hear(0, "pong");
    pass(700);
  }
  ASSERT_TRUE(network.connections[0]->gone);
  EXPECT_EQ(heard().interrupted_ones.size(), 2U);
}

TEST_F(OkxHandover, DisturbsNobodyWhenTheMarketWasOnlyQuiet) {
  pass_alive(62'000, 1);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, bbo("BTC-USDT", "99", "101", 2));
  hear(1, bbo("ETH-USDT", "9", "11", 2));
  pass_alive(limits.feed_overlap_ms + 100);
  ASSERT_TRUE(network.connections[0]->gone);
  EXPECT_TRUE(heard().interrupted_ones.empty());
  EXPECT_TRUE(heard().statuses_of.empty());
}

class BinanceHandover : public LiveTest {
 protected:
  void SetUp() override {
    VenueOptions options;
    options.symbols = {"BTC-USDT"};
    options.quotes = "depth";
    make("binance", options, {.listing = Listing{{"BTCUSDT", "BTC-USDT", true}}});
    turn();
    ASSERT_EQ(network.connections.size(), 1U);
    hear(0, depth(10, 12));
    pass(1'000);
    ASSERT_EQ(network.requests.size(), 1U);
    network.answer(200, snapshot(11), now());
    turn();
    ASSERT_EQ(told("BTCUSDT").back(), "live");
    heard().statuses_of.clear();
  }
  static std::string depth(int first, int last) {
    return R"({"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate","E":1700000000100,)"
           R"("s":"BTCUSDT","U":)" +
           std::to_string(first) + R"(,"u":)" + std::to_string(last) +
           R"(,"b":[["99","1"]],"a":[["101","1"]]}})";
  }
  static std::string snapshot(int last) {
    return R"({"lastUpdateId":)" + std::to_string(last) +
           R"(,"bids":[["98","1"]],"asks":[["102","1"]]})";
  }
};

TEST_F(BinanceHandover, BelievesNoBookOfWhichTheSuccessorHasUpdatesButNoSnapshot) {
  hear(0, R"({"e":"serverShutdown","E":1700000000100})");
  pass(200);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, depth(20, 22));
  network.connections[0]->listener->failed({.text = "closed"}, now());
  turn();
  EXPECT_THAT(told("BTCUSDT"), testing::ElementsAre("resyncing reconnected"));
  pass(1'000);
  ASSERT_EQ(network.requests.size(), 1U);
  network.answer(200, snapshot(21), now());
  turn();
  EXPECT_THAT(told("BTCUSDT"), testing::ElementsAre("resyncing reconnected", "live"));
}

TEST_F(BinanceHandover, AsksForNoSnapshotWhileTheVenueWantsQuiet) {
  hear(0, depth(20, 22));  // 12 was the last
  pass(limits.feed_repair_ms + 1'000);
  ASSERT_EQ(network.requests.size(), 1U);
  network.answer(429, "", now(), 120'000);
  for (int i = 23; i < 140; ++i) {
    hear(0, depth(i, i));
    pass(1'000);
  }
  EXPECT_TRUE(network.requests.empty());
  pass(5'000);
  EXPECT_EQ(network.requests.size(), 1U);
}

}  // namespace
}  // namespace ticker::feeds
