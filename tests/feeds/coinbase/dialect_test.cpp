// What is said to Coinbase: subscriptions, refreshes, the list of products.
#include "feeds/contract/dialect.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/coinbase/coinbase.hpp"

namespace ticker::feeds::coinbase {
namespace {

using Texts = std::vector<std::string>;

const Texts two = {"ETH-USD", "ETH-EUR"};

TEST(CoinbaseDialect, SubscribesToBookTickerMatchesAndHeartbeats) {
  EXPECT_EQ(make_dialect({})->subscribe(two),
            (Texts{R"({"type":"subscribe","product_ids":["ETH-USD"],)"
                   R"("channels":["level2_batch","ticker","matches","heartbeat"]})",
                   R"({"type":"subscribe","product_ids":["ETH-EUR"],)"
                   R"("channels":["level2_batch","ticker","matches","heartbeat"]})"}));
  EXPECT_EQ(make_dialect({})->target("/", two), "/");
}

TEST(CoinbaseDialect, NamesTheChannelsThatTheOptionsName) {
  const auto channels = [](const VenueOptions& options) {
    const std::string text = make_dialect(options)->subscribe(two).at(0);
    return text.substr(text.find("channels") + 10);
  };
  EXPECT_EQ(channels({.quotes = "ticker"}), R"(["ticker","matches","heartbeat"]})");
  EXPECT_EQ(channels({.channels = {"trades"}}), R"(["matches","heartbeat"]})");
  // A last price is a match's.
  EXPECT_EQ(channels({.quotes = "ticker", .channels = {"ticker"}}),
            R"(["ticker","matches","heartbeat"]})");
}

TEST(CoinbaseDialect, AsksForEachProductApartSoThatOneRefusalIsOfOneOnly) {
  EXPECT_EQ(make_dialect({})->subscribe(Texts(120, "A-B")).size(), 120U);
  EXPECT_TRUE(make_dialect({})->subscribe({}).empty());
}

TEST(CoinbaseDialect, RefreshesTheOwnerOfBidAndAskOnly) {
  EXPECT_EQ(
      make_dialect({})->refresh("ETH-USD"),
      (Texts{R"({"type":"unsubscribe","product_ids":["ETH-USD"],"channels":["level2_batch"]})",
             R"({"type":"subscribe","product_ids":["ETH-USD"],"channels":["level2_batch"]})"}));
  EXPECT_EQ(make_dialect({.quotes = "ticker"})->refresh("A\"B")[1],
            R"({"type":"subscribe","product_ids":["A\"B"],"channels":["ticker"]})");
  EXPECT_EQ(make_dialect({})->snapshot_target("ETH-USD"), "");
}

TEST(CoinbaseDialect, ReadsTheListOfProducts) {
  std::vector<Listed> listed;
  std::string next;
  EXPECT_TRUE(make_dialect({})->read_list(
      R"([{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","status":"online",)"
      R"("trading_disabled":false},{"id":"OLD-USD","status":"delisted"},)"
      R"({"id":"OFF-USD","status":"online","trading_disabled":true},{"status":"online"}])",
      listed, next));
  ASSERT_EQ(listed.size(), 3U);
  EXPECT_EQ(listed[0].symbol, "BTC-USD");
  EXPECT_EQ(listed[0].name, "BTC-USD");
  EXPECT_TRUE(listed[0].trading);
  EXPECT_FALSE(listed[1].trading);
  EXPECT_FALSE(listed[2].trading);
  EXPECT_FALSE(make_dialect({})->read_list(R"({"message":"Not Found"})", listed, next));
  EXPECT_EQ(make_dialect({})->list_target(), "/products");
}

TEST(CoinbaseDialect, KeepsWithinTheLimitsOfTheVenue) {
  const auto dialect = make_dialect({});
  const Talk& talk = dialect->talk();
  EXPECT_EQ(talk.url, "wss://ws-feed.exchange.coinbase.com");
  EXPECT_GE(talk.connects.gap_ms, 125U);  // 8 a second
  EXPECT_GE(talk.messages.gap_ms, 10U);   // 100 a second
  EXPECT_GE(talk.rest.gap_ms, 100U);      // 10 a second
  EXPECT_EQ(talk.quote_promise_ms, 1'000U);
  EXPECT_FALSE(talk.pong_is_life);
}

}  // namespace
}  // namespace ticker::feeds::coinbase
