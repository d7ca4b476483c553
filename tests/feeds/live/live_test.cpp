// A live venue from its list of instruments to its statuses, without a socket: OKX.
#include "feeds/live/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/feeds/live/live_fixture.hpp"

namespace ticker::feeds {
namespace {

using testing::HasSubstr;

TEST_F(LiveTest, MakesWhatIsConfiguredKnownBeforeAnythingIsReached) {
  make("okx", okx(""));
  turn();
  EXPECT_THAT(heard().introduced, testing::ElementsAre(testing::Pair("BTC-USDT", "BTC-USDT"),
                                                       testing::Pair("ETH-USDT", "ETH-USDT")));
  EXPECT_TRUE(network.connections.empty());
  ASSERT_EQ(network.requests.size(), 1U);
  EXPECT_EQ(network.requests[0].endpoint.host, "www.okx.com");
  EXPECT_EQ(network.requests[0].endpoint.target, "/api/v5/public/instruments?instType=SPOT");
}

TEST_F(LiveTest, ConnectsAndSubscribesOnceTheListIsThere) {
  make("okx", okx(""));
  turn();
  network.answer(200, okx_list, now());
  turn();
  ASSERT_EQ(network.connections.size(), 1U);
  const auto& connection = *network.connections[0];
  EXPECT_EQ(connection.endpoint.host, "ws.okx.com");
  EXPECT_EQ(connection.steps,
            (std::vector{Step::resolve, Step::connect, Step::secure, Step::upgrade}));
  ASSERT_EQ(connection.sent.size(), 1U);
  EXPECT_THAT(connection.sent[0], HasSubstr(R"("instId":"ETH-USDT")"));
  EXPECT_EQ(heard().links.back().first, LinkState::live);
  hear(0, bbo("BTC-USDT", "99", "101", 1));
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"pending", "live"}));
  EXPECT_EQ(told("ETH-USDT"), (std::vector<std::string>{"pending"}));
}

TEST_F(LiveTest, GoesOnAskingForTheListAndNotBeforeTheVenueWantsIt) {
  make("okx", okx(""));
  turn();
  network.answer(429, "", now(), 90'000);
  turn();
  EXPECT_TRUE(network.requests.empty());
  pass(89'000);
  EXPECT_TRUE(network.requests.empty());
  EXPECT_EQ(heard().links.back().second, "list of instruments: HTTP 429");
  pass(2'000);
  ASSERT_EQ(network.requests.size(), 1U);
  network.answer(200, "{}", now());  // none
  turn();
  pass(limits.feed_backoff_max_ms);
  ASSERT_EQ(network.requests.size(), 1U);
  network.answer(200, okx_list, now());
  turn();
  EXPECT_EQ(network.connections.size(), 1U);
}

TEST_F(LiveTest, DoesNotAskAgainAtOnceWhenTheFirstRequestFailed) {
  make("okx", okx(""), {.failure = Failure{.text = "HTTP 418", .retry_after_ms = 60'000}});
  turn();
  pass(59'000);
  EXPECT_TRUE(network.requests.empty());
  pass(2'000);
  EXPECT_EQ(network.requests.size(), 1U);
}

TEST_F(LiveTest, TellsEachFailureEvenIfItReadsLikeTheOneBefore) {
  make("okx", okx(""));
  turn();
  network.answer(200, okx_list, now());
  turn();
  const auto lose = [&] {
    network.connections.back()->listener->failed({.text = "connection lost: End of file"}, now());
    turn();
  };
  const auto told_losses = [&] {
    return std::ranges::count(heard().links, "connection lost: End of file",
                              &std::pair<LinkState, std::string>::second);
  };
  lose();
  EXPECT_EQ(told_losses(), 1);
  pass(2 * limits.feed_backoff_min_ms);
  ASSERT_EQ(network.connections.size(), 2U);
  EXPECT_EQ(told_losses(), 1);
  lose();
  EXPECT_EQ(told_losses(), 2);
}

TEST_F(LiveTest, TellsWhatTheVenueRefusedRightAfterALostConnectionToo) {
  make("okx", okx(""));
  turn();
  network.answer(200, okx_list, now());
  turn();
  network.connections[0]->listener->failed({.text = "connection lost: End of file"}, now());
  turn();
  pass(2 * limits.feed_backoff_min_ms);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, R"({"event":"error","code":"60018","msg":"Wrong URL or channel:bbo-tbt,instId:ETH-USDT)"
          R"( doesn't exist. Please use the correct URL, channel and parameters referring to API)"
          R"( document.","connId":"a4d3ae55"})");
  EXPECT_EQ(told("ETH-USDT").back(), "down refused");
  EXPECT_THAT(heard().links.back().second, HasSubstr("the venue refused ETH-USDT"));
}

TEST_F(LiveTest, IsDownWithWhatALaterListDoesNotKnowOrTrade) {
  VenueOptions options = okx("");
  options.symbols = {"BTC-USDT", "OLD-USDT", "NOPE-USDT"};
  make("okx", options);
  turn();
  network.answer(200, okx_list, now());
  turn();
  EXPECT_EQ(told("OLD-USDT"), (std::vector<std::string>{"down unknown_symbol"}));
  EXPECT_EQ(told("NOPE-USDT"), (std::vector<std::string>{"down unknown_symbol"}));
  ASSERT_EQ(network.connections.size(), 1U);
  EXPECT_EQ(network.connections[0]->sent[0].find("NOPE"), std::string::npos);
}

TEST_F(LiveTest, NamesWhatTheListDoesNotHaveAndWhatMayBeMeant) {
  VenueOptions options;
  options.symbols = {"BTC-USDT", "eth/usdt", "OLD-USDT", "okx:BTC-USDT"};
  std::vector<Listed> listing;
  std::string next;
  ASSERT_TRUE(entry_of("okx").make_dialect(options)->read_list(okx_list, listing, next));
  EXPECT_THAT(unknown_symbols(entry_of("okx"), options, listing),
              testing::ElementsAre("okx does not know the symbol eth/usdt; did you mean ETH-USDT?",
                                   "okx does not trade now the symbol OLD-USDT",
                                   "okx does not know the symbol okx:BTC-USDT; did you mean "
                                   "BTC-USDT?"));
}

TEST_F(LiveTest, HearsWhatComesRightBehindTheUpgrade) {
  VenueOptions options;
  options.symbols = {"BTC-USDT"};
  make("binance", options, {.listing = Listing{{"BTCUSDT", "BTC-USDT", true}}});
  const std::string quote = R"({"stream":"btcusdt@bookTicker","data":{"u":7,"s":"BTCUSDT",)"
                            R"("b":"99","B":"1","a":"101","A":"1"}})";
  const std::string traded = R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","s":"BTCUSDT",)"
                             R"("a":5,"p":"100","q":"1","T":1700000001000,"m":true}})";
  source->run(now(), 1);
  for (int i = 0; i < 4; ++i) {
    network.connections[0]->listener->stepped(now());
    if (i < 3) source->run(now(), 1);
  }
  for (const std::string& frame : {quote, traded}) network.hear(0, frame, now());
  turn();
  RecordingSink& sink = directory.sinks["binance"];
  ASSERT_FALSE(sink.statuses_of.empty());
  EXPECT_EQ(sink.statuses_of.back().status, Status::live);
  EXPECT_EQ(sink.trades.size(), 1U);
}

class OkxBooks : public LiveTest {
 protected:
  void SetUp() override {
    std::vector<Listed> listing;
    std::string next;
    ASSERT_TRUE(entry_of("okx").make_dialect({})->read_list(okx_list, listing, next));
    make("okx", okx("books"), {.listing = listing});
    turn();
    ASSERT_EQ(network.connections.size(), 1U);
    for (const char* symbol : {"BTC-USDT", "ETH-USDT"}) {
      hear(0, book(symbol, "snapshot", level("99"), level("101"), -1, 10));
    }
    heard().statuses_of.clear();
    heard().tickers.clear();
    sent = network.connections[0]->sent.size();
  }
  static std::string level(const std::string& price) { return "[\"" + price + R"(","1","0","1"])"; }

  [[nodiscard]] std::ptrdiff_t quotes() {
    return std::ranges::count_if(heard().tickers, [](const HeardTicker& ticker) {
      return (ticker.update.mask & bit(Field::bid)) != 0;
    });
  }

  std::size_t sent = 0;
};

TEST_F(OkxBooks, InvalidatesOneInstrumentAsksOnceAndIgnoresUpdatesUntilTheSnapshot) {
  hear(0, book("BTC-USDT", "update", level("100"), "", 11, 12));  // 10 was the last
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"resyncing sequence_gap"}));
  pass(1'000);
  const auto& all = network.connections[0]->sent;
  ASSERT_EQ(all.size(), sent + 2);
  EXPECT_THAT(all[sent], HasSubstr(R"("op":"unsubscribe")"));
  EXPECT_THAT(all[sent + 1], HasSubstr(R"("op":"subscribe")"));
  EXPECT_THAT(all[sent + 1], HasSubstr("BTC-USDT"));
  for (int i = 12; i < 30; ++i) {
    hear(0, book("BTC-USDT", "update", level("100"), "", i, i + 1));
  }
  EXPECT_TRUE(heard().tickers.empty());
  EXPECT_EQ(all.size(), sent + 2);
  hear(0, book("BTC-USDT", "snapshot", level("98"), level("102"), -1, 40));
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"resyncing sequence_gap", "live"}));
  ASSERT_EQ(heard().tickers.size(), 1U);
  EXPECT_EQ(heard().tickers[0].get(Field::bid), "98");
  EXPECT_TRUE(told("ETH-USDT").empty());
}

TEST_F(OkxBooks, AsksAgainWhenNoSnapshotCame) {
  const auto asked = [&] {
    return std::ranges::count_if(network.connections[0]->sent, [](const std::string& text) {
      return text.find("unsubscribe") != std::string::npos;
    });
  };
  hear(0, book("BTC-USDT", "update", "", "", 11, 12));
  pass(limits.feed_repair_ms - 500);
  EXPECT_EQ(asked(), 1);
  pass(2'500);
  EXPECT_EQ(asked(), 2);
}

TEST_F(OkxBooks, ForgetsItsBooksWhenTheConnectionIsLost) {
  network.connections[0]->listener->failed({.text = "connection lost"}, now());
  turn();
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"down disconnected"}));
  EXPECT_EQ(heard().interrupted_ones.size(), 2U);
  pass(1'000);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, book("BTC-USDT", "update", level("100"), "", 10, 12));  // of no snapshot
  EXPECT_TRUE(heard().tickers.empty());
  hear(1, book("BTC-USDT", "snapshot", level("90"), level("91"), -1, 20));
  EXPECT_EQ(told("BTC-USDT"),
            (std::vector<std::string>{"down disconnected", "resyncing reconnected", "live"}));
}

TEST_F(OkxBooks, ChangesTheConnectionOnANoticeWithoutAChangeOfStatus) {
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, trade("BTC-USDT", 6));
  hear(0, trade("BTC-USDT", 5));
  hear(0, trade("BTC-USDT", 6));
  hear(1, book("BTC-USDT", "snapshot", level("97"), level("101"), -1, 50));
  hear(1, book("ETH-USDT", "snapshot", level("99"), level("101"), -1, 50));
  EXPECT_EQ(quotes(), 0);  // those of the successor's books wait
  EXPECT_EQ(heard().trades.size(), 2U);
  pass(limits.feed_overlap_ms + 100);
  EXPECT_TRUE(network.connections[0]->gone);
  EXPECT_FALSE(network.connections[1]->gone);
  EXPECT_TRUE(heard().statuses_of.empty());
  EXPECT_TRUE(heard().interrupted_ones.empty());
  EXPECT_EQ(quotes(), 2);
  ASSERT_EQ(heard().trades.size(), 3U);  // the market knows 6 by its id
  EXPECT_EQ(heard().trades[0].trade_id, "5");
  EXPECT_EQ(heard().trades[2].trade_id, "6");
}

TEST_F(OkxBooks, WaitsWithTheChangeUntilTheSuccessorKnowsEveryBook) {
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  hear(1, book("BTC-USDT", "snapshot", level("97"), level("101"), -1, 50));
  for (int i = 0; i < 5; ++i) {
    pass(1'000);
    hear(0, book("ETH-USDT", "update", "", "", 10, 10));
    hear(1, book("BTC-USDT", "update", "", "", 50, 50));
  }
  EXPECT_FALSE(network.connections[0]->gone);
  hear(1, book("ETH-USDT", "snapshot", level("99"), level("101"), -1, 50));
  pass(100);
  EXPECT_TRUE(network.connections[0]->gone);
}

TEST_F(OkxBooks, TakesTheSuccessorAtOnceWhenTheOldConnectionEndsBefore) {
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  hear(1, book("BTC-USDT", "snapshot", level("97"), level("101"), -1, 50));
  hear(1, trade("BTC-USDT", 9));
  network.connections[0]->listener->failed({.text = "closed"}, now());
  turn();
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{}));
  EXPECT_EQ(told("ETH-USDT"), (std::vector<std::string>{"resyncing reconnected"}));
  EXPECT_EQ(heard().interrupted_ones.size(), 2U);
  EXPECT_EQ(heard().trades.back().trade_id, "9");
}

}  // namespace
}  // namespace ticker::feeds
