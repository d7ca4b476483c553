// What is no longer believed though the venue said nothing wrong: a book that nothing can check,
// quotes that trades disprove, trades that were too many to keep.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/feeds/live/live_fixture.hpp"

namespace ticker::feeds {
namespace {

using Lines = std::vector<std::string>;

class CoinbaseDoubt : public LiveTest {
 protected:
  void SetUp() override {
    VenueOptions options;
    options.symbols = {"BTC-USD", "ETH-USD"};
    make("coinbase", options,
         {.listing = Listing{{"BTC-USD", "BTC-USD", true}, {"ETH-USD", "ETH-USD", true}}});
    turn();
    pass(200);  // each product has a message of its own
    for (const char* product : {"BTC-USD", "ETH-USD"}) hear(0, snapshot(product));
    heard().statuses_of.clear();
    sent = network.connections[0]->sent.size();
  }
  static std::string snapshot(const std::string& product) {
    return R"({"type":"snapshot","product_id":")" + product +
           R"(","bids":[["99","1"]],"asks":[["101","1"]]})";
  }
  static std::string update(const std::string& product, const std::string& bid) {
    return R"({"type":"l2update","product_id":")" + product + R"(","changes":[["buy",")" + bid +
           R"(","1"]],"time":"2023-11-14T22:13:20.000000Z"})";
  }
  std::size_t sent = 0;
};

TEST_F(CoinbaseDoubt, BelievesNoBookAfterAFrameThatCannotBeRead) {
  const std::string whole = update("BTC-USD", "100");
  hear(0, whole.substr(0, whole.size() / 2));
  EXPECT_EQ(told("BTC-USD"), Lines{"resyncing sequence_gap"});
  EXPECT_EQ(told("ETH-USD"), Lines{"resyncing sequence_gap"});
  heard().tickers.clear();
  hear(0, update("BTC-USD", "100.5"));
  EXPECT_TRUE(heard().tickers.empty());
  pass(1'000);
  EXPECT_EQ(network.connections[0]->sent.size(), sent + 4);  // each is asked for once
  hear(0, snapshot("BTC-USD"));
  EXPECT_EQ(told("BTC-USD"), (Lines{"resyncing sequence_gap", "live"}));
}

TEST_F(CoinbaseDoubt, BelievesABookWithoutNumbersAfterItsMutenessOnlyByASnapshot) {
  const auto beat = [&](const std::string& product) {
    return R"({"type":"heartbeat","sequence":1,"last_trade_id":1,"product_id":")" + product +
           R"(","time":"2023-11-14T22:13:20.000000Z"})";
  };
  for (int i = 0; i < 15; ++i) {
    pass(1'000);
    hear(0, beat("ETH-USD"));
  }
  EXPECT_EQ(told("BTC-USD"), Lines{"stale feed_silent"});
  EXPECT_TRUE(told("ETH-USD").empty());
  heard().tickers.clear();
  hear(0, update("BTC-USD", "100"));
  pass(1'000);
  EXPECT_TRUE(heard().tickers.empty());
  EXPECT_NE(told("BTC-USD").back(), "live");
  hear(0, snapshot("BTC-USD"));
  EXPECT_EQ(told("BTC-USD").back(), "live");
}

class KrakenDoubt : public LiveTest {
 protected:
  void SetUp() override {
    VenueOptions options;
    options.symbols = {"BTC-USD"};
    options.quotes = "ticker";
    make("kraken", options, {.listing = Listing{{"BTC/USD", "BTC-USD", true}}});
    turn();
    pass(500);
    hear(0, R"({"channel":"ticker","type":"snapshot","data":[{"symbol":"BTC/USD","bid":99.0,)"
            R"("bid_qty":1,"ask":101.0,"ask_qty":1,"last":100,"volume":1,"vwap":1,"low":1,)"
            R"("high":1,"change":0,"change_pct":0}]})");
    ASSERT_EQ(told("BTC/USD").back(), "live");
  }
  // Trades at this price, a second apart, while the connection has its heartbeats.
  void trade_at(const std::string& price, int seconds) {
    for (int i = 0; i < seconds; ++i) {
      pass(1'000);
      hear(0, R"({"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy",)"
              R"("price":)" +
                  price + R"(,"qty":1,"ord_type":"limit","trade_id":)" + std::to_string(++id) +
                  R"(,"timestamp":"2023-11-14T22:13:2)" + std::to_string(i % 10) +
                  R"(.000000Z"}]})");
    }
  }
  int id = 0;
};

TEST_F(KrakenDoubt, TradesWithinTheQuoteDisproveNothing) {
  trade_at("101.0", 20);
  trade_at("99.0", 20);
  EXPECT_EQ(told("BTC/USD").back(), "live");
}

TEST_F(KrakenDoubt, TradesBelowTheBidDisproveIt) {
  trade_at("98.9", 15);
  EXPECT_EQ(told("BTC/USD").back(), "stale feed_silent");
}

TEST_F(KrakenDoubt, TradesAboveTheAskDisproveIt) {
  trade_at("101.1", 15);
  EXPECT_EQ(told("BTC/USD").back(), "stale feed_silent");
}

TEST_F(LiveTest, TellsOfTradesThatWereTooManyToKeepDuringAChange) {
  std::vector<Listed> listing;
  std::string next;
  ASSERT_TRUE(entry_of("okx").make_dialect({})->read_list(okx_list, listing, next));
  make("okx", okx(""), {.listing = listing});
  turn();
  for (const char* symbol : {"BTC-USDT", "ETH-USDT"}) hear(0, bbo(symbol, "99", "101", 1));
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  ASSERT_EQ(network.connections.size(), 2U);
  for (const char* symbol : {"BTC-USDT", "ETH-USDT"}) hear(1, bbo(symbol, "99", "101", 2));
  for (std::size_t i = 0; i <= overlap_trades_max; ++i) {
    network.hear(1, trade("BTC-USDT", static_cast<int>(i) + 1), now());
  }
  EXPECT_TRUE(heard().interrupted_ones.empty());
  pass(limits.feed_overlap_ms / 2);
  hear(0, bbo("BTC-USDT", "99", "101", 3));  // the old one is no more mute than the new one
  pass(limits.feed_overlap_ms);
  EXPECT_TRUE(network.connections[0]->gone);
  ASSERT_EQ(heard().interrupted_ones.size(), 2U);
  EXPECT_TRUE(heard().interrupted_ones[0].second);
}

}  // namespace
}  // namespace ticker::feeds
