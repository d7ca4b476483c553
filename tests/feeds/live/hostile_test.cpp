// Venues that are broken or mean no good: what they say must not make us ask them without end, lose
// a trade unseen, or take room from the instruments that were asked for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feeds/live/live_fixture.hpp"

namespace ticker::feeds {
namespace {

std::string levels(const std::string& price) { return "[\"" + price + R"(","1","0","1"])"; }

const std::string leaving = R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})";

class Hostile : public LiveTest {
 protected:
  void begin(VenueOptions options) {
    std::vector<Listed> listing;
    std::string next;
    ASSERT_TRUE(entry_of("okx").make_dialect({})->read_list(okx_list, listing, next));
    make("okx", std::move(options), {.listing = listing});
    turn();
    ASSERT_EQ(network.connections.size(), 1U);
  }
  [[nodiscard]] std::ptrdiff_t asked(std::size_t connection, const std::string& symbol) const {
    return std::ranges::count_if(network.connections[connection]->sent, [&](const auto& text) {
      return text.find("unsubscribe") != std::string::npos &&
             text.find(symbol) != std::string::npos;
    });
  }
  void break_book(std::size_t connection) {
    hear(connection, book("BTC-USDT", "snapshot", levels("99"), levels("101"), -1, 10));
    hear(connection, book("BTC-USDT", "update", levels("100"), "", 11, 12));
  }
};

TEST_F(Hostile, IsNotAskedAtOnceAgainForABookThatBreaksAfterEachSnapshot) {
  begin(okx("books"));
  for (int i = 0; i < 20; ++i) {
    break_book(0);
    pass(200);
  }
  EXPECT_EQ(asked(0, "BTC-USDT"), 1);
  EXPECT_EQ(told("BTC-USDT").back(), "resyncing sequence_gap");
  break_book(0);
  pass(limits.feed_repair_ms);
  EXPECT_EQ(asked(0, "BTC-USDT"), 2);
}

TEST_F(Hostile, IsNotAskedAtOnceAgainByASuccessorEither) {
  begin(okx("books"));
  hear(0, book("BTC-USDT", "snapshot", levels("99"), levels("101"), -1, 10));
  hear(0, leaving);
  pass(500);
  ASSERT_EQ(network.connections.size(), 2U);
  for (int i = 0; i < 20; ++i) {
    break_book(1);
    pass(200);
  }
  EXPECT_EQ(asked(1, "BTC-USDT"), 1);
  pass(limits.feed_repair_ms);
  EXPECT_EQ(asked(1, "BTC-USDT"), 2);
}

TEST_F(Hostile, IsNotAskedForWhatItRefused) {
  begin(okx(""));
  hear(0, bbo("BTC-USDT", "99", "101", 1));
  hear(0, R"({"event":"error","code":"60018","msg":"Wrong URL or channel:bbo-tbt,instId:ETH-USDT)"
          R"( doesn't exist. Please use the correct URL.","connId":"a"})");
  ASSERT_EQ(told("ETH-USDT").back(), "down refused");
  for (int i = 0; i < 150; ++i) {
    hear(0, bbo("BTC-USDT", "99", "101", 2 + i));
    pass(1'000);
  }
  EXPECT_EQ(asked(0, "ETH-USDT"), 0);
}

TEST_F(Hostile, TakesNoRoomWithBooksThatNobodyAskedFor) {
  begin(okx("books"));
  for (const char* symbol : {"X-USDT", "Y-USDT", "Z-USDT"}) {
    hear(0, book(symbol, "snapshot", levels("99"), levels("101"), -1, 10));
  }
  hear(0, book("BTC-USDT", "snapshot", levels("99"), levels("101"), -1, 10));
  EXPECT_EQ(told("BTC-USDT").back(), "live");
}

TEST_F(Hostile, IsNotConnectedToAgainAndAgainWhenItSendsEachConnectionAway) {
  begin(okx(""));
  for (int second = 1; second <= 25; ++second) {
    for (std::size_t i = 0; i < network.connections.size(); ++i) {
      if (network.connections[i]->gone) continue;
      hear(i, bbo("BTC-USDT", "99", "101", second));
      hear(i, bbo("ETH-USDT", "9", "11", second));
      hear(i, leaving);
    }
    pass(1'000);
  }
  EXPECT_EQ(network.connections.size(), 2U);
}

TEST_F(Hostile, LosesOneTradeAtMostToAClockOfOursThatIsAhead) {
  begin(okx(""));
  now_ms += 3'600'000;  // steady time and wall time alike; exchange times are an hour behind
  network.connections[0]->listener->failed({.text = "closed"}, now());
  turn();
  pass(1'000);
  ASSERT_EQ(network.connections.size(), 2U);
  for (int id = 1; id <= 5; ++id) hear(1, trade("BTC-USDT", id));
  ASSERT_EQ(heard().trades.size(), 4U);
  EXPECT_EQ(heard().trades[0].trade_id, "2");
}

TEST_F(Hostile, ProvesItsQuotesMuteByTradesThatNobodyIsTold) {
  VenueOptions options;
  options.symbols = {"BTC-USDT"};
  options.channels = {"ticker"};
  make("binance", options, {.listing = Listing{{"BTCUSDT", "BTC-USDT", true}}});
  turn();
  hear(0,
       R"({"stream":"btcusdt@bookTicker","data":{"u":4,"s":"BTCUSDT","b":"99","B":"1","a":"101",)"
       R"("A":"1"}})");
  ASSERT_EQ(told("BTCUSDT").back(), "live");
  for (int i = 1; i <= 13; ++i) {
    pass(1'000);
    hear(0,
         R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","E":1700000002000,"s":"BTCUSDT",)"
         R"("a":)" +
             std::to_string(i) +
             R"(,"p":"100","q":"1","f":1,"l":1,"T":1700000002000,"m":true,"M":true}})");
  }
  EXPECT_EQ(told("BTCUSDT").back(), "stale feed_silent");
  EXPECT_TRUE(heard().trades.empty());
}

TEST_F(Hostile, IsAskedForNoSnapshotBeforeABookHasAnUpdate) {
  VenueOptions options;
  options.symbols = {"BTC-USDT"};
  options.quotes = "depth";
  make("binance", options, {.listing = Listing{{"BTCUSDT", "BTC-USDT", true}}});
  turn();
  pass(5'000);
  EXPECT_TRUE(network.requests.empty());
}

}  // namespace
}  // namespace ticker::feeds
