// What is said to Kraken: subscriptions, refreshes, the list of pairs.
#include "feeds/contract/dialect.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/kraken/kraken.hpp"

namespace ticker::feeds::kraken {
namespace {

using Texts = std::vector<std::string>;

const Texts two = {"BTC/USD", "ETH/EUR"};
const std::string book =
    R"({"method":"subscribe","params":{"channel":"book","depth":10,"snapshot":true,)"
    R"("symbol":["BTC/USD","ETH/EUR"]}})";
const std::string day =
    R"({"method":"subscribe","params":{"channel":"ticker","event_trigger":"trades",)"
    R"("snapshot":true,"symbol":["BTC/USD","ETH/EUR"]}})";
const std::string quotes =
    R"({"method":"subscribe","params":{"channel":"ticker","event_trigger":"bbo",)"
    R"("snapshot":true,"symbol":["BTC/USD","ETH/EUR"]}})";
const std::string trades = R"({"method":"subscribe","params":{"channel":"trade","snapshot":true,)"
                           R"("symbol":["BTC/USD","ETH/EUR"]}})";

TEST(KrakenDialect, SubscribesChannelByChannel) {
  EXPECT_EQ(make_dialect({})->subscribe(two), (Texts{book, day, trades}));
  EXPECT_EQ(make_dialect({})->target("/v2", two), "/v2");
}

TEST(KrakenDialect, NamesTheChannelsThatTheOptionsName) {
  EXPECT_EQ(make_dialect({.quotes = "ticker"})->subscribe(two), (Texts{quotes, trades}));
  EXPECT_EQ(make_dialect({.channels = {"trades"}})->subscribe(two), (Texts{trades}));
  // A last price is a trade's.
  EXPECT_EQ(make_dialect({.channels = {"ticker"}})->subscribe(two), (Texts{book, day, trades}));
}

TEST(KrakenDialect, AsksForManySymbolsInSeveralMessages) {
  EXPECT_EQ(make_dialect({.quotes = "ticker"})->subscribe(Texts(250, "A/B")).size(), 6U);
  EXPECT_TRUE(make_dialect({})->subscribe({}).empty());
}

TEST(KrakenDialect, RefreshesTheOwnerOfBidAndAskOnly) {
  EXPECT_EQ(make_dialect({})->refresh("BTC/USD"),
            (Texts{R"({"method":"unsubscribe","params":{"channel":"book","depth":10,)"
                   R"("symbol":["BTC/USD"]}})",
                   R"({"method":"subscribe","params":{"channel":"book","depth":10,)"
                   R"("snapshot":true,"symbol":["BTC/USD"]}})"}));
  EXPECT_EQ(make_dialect({.quotes = "ticker"})->refresh("A\\B\n")[1],
            R"({"method":"subscribe","params":{"channel":"ticker","event_trigger":"bbo",)"
            R"("snapshot":true,"symbol":["A\\B\n"]}})");
  EXPECT_EQ(make_dialect({})->snapshot_target("BTC/USD"), "");
}

// The list spells as version 1 did.
TEST(KrakenDialect, ReadsTheListOfPairsWithTheNamesOfVersionTwo) {
  std::vector<Listed> listed;
  std::string next;
  EXPECT_TRUE(make_dialect({})->read_list(
      R"({"error":[],"result":{)"
      R"("XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","base":"XXBT","status":"online"},)"
      R"("XXDGXXBT":{"wsname":"XDG/XBT","status":"cancel_only"},)"
      R"("XBTX":{"wsname":"XBTX/USD","status":"online"},"old":{"altname":"X","status":"online"},)"
      R"("odd":{"wsname":"/USD","status":"online"}}})",
      listed, next));
  ASSERT_EQ(listed.size(), 3U);
  EXPECT_EQ(listed[0].symbol, "BTC/USD");
  EXPECT_EQ(listed[0].name, "BTC-USD");
  EXPECT_TRUE(listed[0].trading);
  EXPECT_EQ(listed[1].symbol, "DOGE/BTC");
  EXPECT_FALSE(listed[1].trading);
  EXPECT_EQ(listed[2].symbol, "XBTX/USD");
  EXPECT_FALSE(make_dialect({})->read_list(R"({"error":["EGeneral:Too many"]})", listed, next));
  EXPECT_EQ(make_dialect({})->list_target(), "/0/public/AssetPairs");
}

TEST(KrakenDialect, PingsItsOwnWayAndTakesNoPongForLife) {
  const auto dialect = make_dialect({});
  const Talk& talk = dialect->talk();
  EXPECT_EQ(talk.url, "wss://ws.kraken.com/v2");
  EXPECT_EQ(talk.ping, R"({"method":"ping"})");
  EXPECT_FALSE(talk.pong_is_life);
  EXPECT_LE(talk.connects.count, 150U);
  EXPECT_EQ(talk.connects.window_ms, 600'000U);
}

}  // namespace
}  // namespace ticker::feeds::kraken
