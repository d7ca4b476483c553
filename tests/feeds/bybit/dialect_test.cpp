// What is said to Bybit, to the letter, and how its lists of instruments are read.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "feeds/bybit/bybit.hpp"

namespace ticker::feeds::bybit {
namespace {

using Texts = std::vector<std::string>;

TEST(BybitDialect, SubscribesToEachSymbolInAMessageOfItsOwn) {
  const Texts symbols = {"BTCUSDT", "ETHUSDT"};
  const Texts expected = {
      R"({"req_id":"BTCUSDT","op":"subscribe","args":["orderbook.1.BTCUSDT","tickers.BTCUSDT","publicTrade.BTCUSDT"]})",
      R"({"req_id":"ETHUSDT","op":"subscribe","args":["orderbook.1.ETHUSDT","tickers.ETHUSDT","publicTrade.ETHUSDT"]})"};
  EXPECT_EQ(make_dialect({})->subscribe(symbols), expected);
  EXPECT_EQ(make_linear_dialect({})->subscribe(symbols), expected);
  EXPECT_TRUE(make_dialect({})->subscribe({}).empty());
}

TEST(BybitDialect, AsksForTheChannelsThatAreWanted) {
  const Texts one = {"BTCUSDT"};
  EXPECT_EQ(
      make_dialect({.quotes = "orderbook.50", .channels = {"ticker"}})->subscribe(one),
      Texts{
          R"({"req_id":"BTCUSDT","op":"subscribe","args":["orderbook.50.BTCUSDT","tickers.BTCUSDT"]})"});
  EXPECT_EQ(make_linear_dialect({.quotes = "tickers", .channels = {"ticker"}})->subscribe(one),
            Texts{R"({"req_id":"BTCUSDT","op":"subscribe","args":["tickers.BTCUSDT"]})"});
  EXPECT_EQ(make_dialect({.channels = {"trades"}})->subscribe(one),
            Texts{R"({"req_id":"BTCUSDT","op":"subscribe","args":["publicTrade.BTCUSDT"]})"});
  EXPECT_TRUE(make_dialect({.channels = {}})->subscribe(one).empty());
}

TEST(BybitDialect, RefreshesQuotesByANewSubscription) {
  EXPECT_EQ(make_dialect({.quotes = "orderbook.50"})->refresh("BTCUSDT"),
            (Texts{R"({"req_id":"BTCUSDT","op":"unsubscribe","args":["orderbook.50.BTCUSDT"]})",
                   R"({"req_id":"BTCUSDT","op":"subscribe","args":["orderbook.50.BTCUSDT"]})"}));
}

TEST(BybitDialect, StaysWithinWhatAConnectionMayAskFor) {
  const auto dialect = make_dialect({.quotes = "orderbook.200"});
  const Texts symbols(dialect->talk().symbols_per_connection, "1000000BABYDOGEUSDT");
  std::size_t characters = 0;
  for (const std::string& request : dialect->subscribe(symbols)) {
    characters += request.size();
    EXPECT_LE(std::ranges::count(request, ',') - 1, 10);  // topics of a request of spot
  }
  EXPECT_LE(characters, 21'000U);
}

TEST(BybitDialect, KnowsTheVenuesLimits) {
  const auto dialect = make_dialect({});
  const Talk& talk = dialect->talk();
  EXPECT_EQ(talk.url, "wss://stream.bybit.com/v5/public/spot");
  EXPECT_EQ(make_linear_dialect({})->talk().url, "wss://stream.bybit.com/v5/public/linear");
  EXPECT_EQ(talk.rest_url, "https://api.bybit.com");
  EXPECT_EQ(talk.ping, R"({"op":"ping"})");
  EXPECT_LE(talk.ping_ms, 20'000U);
  EXPECT_EQ(talk.connects.count, 500U);
  EXPECT_EQ(talk.connects.window_ms, 300'000U);
  EXPECT_EQ(talk.quote_promise_ms, 3'000U);
  EXPECT_EQ(make_dialect({.quotes = "orderbook.1"})->talk().quote_promise_ms, 3'000U);
  EXPECT_EQ(make_dialect({.quotes = "orderbook.50"})->talk().quote_promise_ms, 0U);
}

std::string text_of(const std::vector<Listed>& listed) {
  std::string all;
  for (const Listed& each : listed) {
    all += each.symbol + " " + each.name + (each.trading ? " open, " : " closed, ");
  }
  return all;
}

// {"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[{"symbol":"BTCUSDT",…}]},…}
TEST(BybitDialect, ReadsTheListOfPairs) {
  const auto dialect = make_dialect({});
  EXPECT_EQ(dialect->list_target(), "/v5/market/instruments-info?category=spot");
  std::vector<Listed> listed;
  std::string next = "untouched";
  ASSERT_TRUE(dialect->read_list(
      R"({"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[)"
      R"({"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","innovation":"0",)"
      R"("status":"Trading"},{"symbol":"ODDUSDX","baseCoin":"ODD","quoteCoin":"USDX",)"
      R"("status":"PreLaunch"},{"symbol":"NOBASE"},{"baseCoin":"X","quoteCoin":"Y"}]},)"
      R"("retExtInfo":{},"time":1672712468011})",
      listed, next));
  EXPECT_EQ(text_of(listed), "BTCUSDT BTC-USDT open, ODDUSDX ODD-USDX closed, ");
  EXPECT_EQ(next, "");
}

TEST(BybitDialect, ReadsTheListOfContractsPageByPage) {
  const auto dialect = make_linear_dialect({});
  EXPECT_EQ(dialect->list_target(), "/v5/market/instruments-info?category=linear&limit=1000");
  std::vector<Listed> listed;
  std::string next;
  const auto page = [](const std::string& symbol, const std::string& cursor) {
    return R"({"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{"symbol":")" +
           symbol + R"(","contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC",)" +
           R"("quoteCoin":"USDT"}],"nextPageCursor":")" + cursor + R"("},"time":1})";
  };
  ASSERT_TRUE(dialect->read_list(page("BTCUSDT", "first%3DA%26last%3DB"), listed, next));
  EXPECT_EQ(next,
            "/v5/market/instruments-info?category=linear&limit=1000&cursor=first%3DA%26last%3DB");
  ASSERT_TRUE(dialect->read_list(page("BTC-26DEC25", ""), listed, next));
  EXPECT_EQ(next, "");
  EXPECT_EQ(text_of(listed), "BTCUSDT BTCUSDT open, BTC-26DEC25 BTC-26DEC25 open, ");
}

TEST(BybitDialect, RefusesAnAnswerThatIsNoList) {
  for (const char* body : {"", "{}", "[]", "null", R"({"retCode":0,"result":{"list":7}})",
                           R"({"retCode":10001,"retMsg":"params error","result":{},"time":1})",
                           R"({"retCode":0,"result":{"list":[{"symbol":"A")"}) {
    std::vector<Listed> listed;
    std::string next;
    EXPECT_FALSE(make_dialect({})->read_list(body, listed, next)) << body;
    EXPECT_TRUE(listed.empty()) << body;
    EXPECT_EQ(next, "") << body;
  }
}

}  // namespace
}  // namespace ticker::feeds::bybit
