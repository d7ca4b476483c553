// What is said to Binance: streams in the URL and beyond, snapshots, the list of symbols.
#include "feeds/contract/dialect.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <string>
#include <vector>

#include "feeds/binance/binance.hpp"

namespace ticker::feeds::binance {
namespace {

using Texts = std::vector<std::string>;

const Texts two = {"BTCUSDT", "ETHBTC"};

Texts many(std::size_t count) {
  Texts symbols;
  for (std::size_t i = 0; i < count; ++i) symbols.push_back("S" + std::to_string(i) + "USDT");
  return symbols;
}

std::size_t count_of(std::string_view text, char c) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), c));
}

TEST(BinanceDialect, PutsTheFirstStreamsIntoTheUrl) {
  EXPECT_EQ(make_dialect({})->target("/stream", two),
            "/stream?streams=btcusdt@bookTicker/btcusdt@ticker/btcusdt@aggTrade"
            "/ethbtc@bookTicker/ethbtc@ticker/ethbtc@aggTrade");
  EXPECT_EQ(make_dialect({})->target("/", {&two[0], 1}),
            make_dialect({})->target("/stream", {&two[0], 1}));
  EXPECT_TRUE(make_dialect({})->subscribe(two).empty());
}

TEST(BinanceDialect, NamesTheStreamsThatTheOptionsName) {
  const auto dialect = make_dialect({.trades = "trade", .quotes = "depth"});
  EXPECT_EQ(dialect->target("/x", {&two[0], 1}),
            "/x?streams=btcusdt@depth@100ms/btcusdt@ticker/btcusdt@trade");
  EXPECT_EQ(make_dialect({.channels = {"trades"}})->target("/x", {&two[0], 1}),
            "/x?streams=btcusdt@aggTrade");
  // A last price is a trade's.
  EXPECT_EQ(make_dialect({.channels = {"ticker"}})->target("/x", {&two[0], 1}),
            "/x?streams=btcusdt@bookTicker/btcusdt@ticker/btcusdt@aggTrade");
}

TEST(BinanceDialect, AsksForTheRestInMessagesAndForNothingTwice) {
  const auto dialect = make_dialect({});
  const Texts symbols = many(200);
  const std::string target = dialect->target("/stream", symbols);
  EXPECT_EQ(count_of(target, '@'), 100U);
  const Texts messages = dialect->subscribe(symbols);
  EXPECT_EQ(messages.size(), 5U);
  std::size_t streams = count_of(target, '@');
  for (const std::string& message : messages) {
    EXPECT_LE(count_of(message, '@'), 100U);
    EXPECT_TRUE(message.starts_with(R"({"method":"SUBSCRIBE","params":["s)")) << message;
    EXPECT_TRUE(message.ends_with(R"("],"id":1})")) << message;
    streams += count_of(message, '@');
  }
  EXPECT_EQ(streams, 600U);
  // The 100th stream is in the URL, the next one in the first message.
  EXPECT_TRUE(target.ends_with("/s33usdt@bookTicker"));
  EXPECT_TRUE(messages[0].starts_with(R"({"method":"SUBSCRIBE","params":["s33usdt@ticker","s33)"));
}

TEST(BinanceDialect, KeepsTheUrlShortAndOtherLettersAsTheyAre) {
  const auto dialect = make_dialect({});
  const Texts odd = {"币ÄUSDT"};
  EXPECT_EQ(dialect->target("/s", odd),
            "/s?streams=%E5%B8%81%C3%84usdt@bookTicker/%E5%B8%81%C3%84usdt@ticker/"
            "%E5%B8%81%C3%84usdt@aggTrade");
  EXPECT_EQ(dialect->refresh(odd[0])[1],
            R"({"method":"SUBSCRIBE","params":["币Äusdt@bookTicker"],"id":1})");
  const Texts long_ones(100, std::string(300, 'X'));
  const std::string target = dialect->target("/s", long_ones);
  EXPECT_LT(target.size(), 5'000U);
  std::size_t streams = count_of(target, '@');
  for (const std::string& message : dialect->subscribe(long_ones)) {
    streams += count_of(message, '@');
  }
  EXPECT_EQ(streams, 300U);
}

TEST(BinanceDialect, RefreshesAQuoteByANewSubscriptionAndABookOverRest) {
  const auto quotes = make_dialect({});
  EXPECT_EQ(quotes->refresh("BTCUSDT"),
            (Texts{R"({"method":"UNSUBSCRIBE","params":["btcusdt@bookTicker"],"id":1})",
                   R"({"method":"SUBSCRIBE","params":["btcusdt@bookTicker"],"id":1})"}));
  EXPECT_EQ(quotes->snapshot_target("BTCUSDT"), "");
  const auto books = make_dialect({.quotes = "depth"});
  EXPECT_TRUE(books->refresh("BTCUSDT").empty());
  EXPECT_EQ(books->snapshot_target("BTCUSDT"), "/api/v3/depth?symbol=BTCUSDT&limit=1000");
  EXPECT_EQ(books->snapshot_weight(), 50U);
}

TEST(BinanceDialect, ReadsTheListOfSymbols) {
  std::vector<Listed> listed;
  std::string next = "x";
  EXPECT_TRUE(make_dialect({})->read_list(
      R"({"timezone":"UTC","rateLimits":[{"limit":6000}],"symbols":[)"
      R"({"symbol":"ETHBTC","status":"TRADING","baseAsset":"ETH","quoteAsset":"BTC","x":[1]},)"
      R"({"symbol":"OLDTUSD","status":"BREAK","baseAsset":"OLD","quoteAsset":"TUSD"},)"
      R"({"symbol":"HALF","status":"TRADING","baseAsset":"HALF"}]})",
      listed, next));
  EXPECT_EQ(next, "");
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].symbol, "ETHBTC");
  EXPECT_EQ(listed[0].name, "ETH-BTC");
  EXPECT_TRUE(listed[0].trading);
  EXPECT_EQ(listed[1].name, "OLD-TUSD");
  EXPECT_FALSE(listed[1].trading);
  EXPECT_FALSE(make_dialect({})->read_list(R"({"code":-1003,"msg":"Too much"})", listed, next));
  EXPECT_EQ(listed.size(), 2U);
}

TEST(BinanceDialect, KeepsWithinTheLimitsOfTheVenue) {
  const auto dialect = make_dialect({});
  const Talk& talk = dialect->talk();
  EXPECT_EQ(talk.url, "wss://stream.binance.com:9443/stream");
  EXPECT_LE(talk.symbols_per_connection * 3, 1'024U);
  EXPECT_GE(talk.messages.gap_ms, 200U);  // 5 a second
  EXPECT_LE(talk.connects.count, 300U);
  EXPECT_EQ(talk.connects.window_ms, 300'000U);
  EXPECT_LT(talk.lifetime_ms, 24U * 3'600'000);
  EXPECT_GT(talk.lifetime_ms, 22U * 3'600'000);
  EXPECT_LE(talk.rest.count, 6'000U);
  EXPECT_EQ(talk.ping, "");
}

TEST(BinanceDialect, SpeaksToTheOtherVenueAtItsOwnUrls) {
  const auto us = make_us_dialect({});
  EXPECT_EQ(us->talk().url, "wss://stream.binance.us:9443/stream");
  EXPECT_EQ(us->talk().rest_url, "https://api.binance.us");
  EXPECT_EQ(us->list_target(), "/api/v3/exchangeInfo");
  EXPECT_EQ(make_dialect({})->list_target(),
            "/api/v3/exchangeInfo?permissions=SPOT&showPermissionSets=false");
  EXPECT_LE(us->talk().rest.count, 1'200U);
}

}  // namespace
}  // namespace ticker::feeds::binance
