// What the market publishes, and what it keeps to itself.
#include "gateway/market/market.hpp"

#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

using Kind = Event::Kind;

TEST_F(MarketTest, AnInstrumentIsIntroducedBeforeItsFirstData) {
  at(77);
  say("BTC-USDT", {{Field::bid, "1"}});
  trade("ETH-USDT");
  const auto events = told();
  ASSERT_EQ(kinds(events), "ititx");
  EXPECT_EQ(table_.at(events[0].instrument).name(), "test:BTC-USDT");
  EXPECT_EQ(events[1].instrument, events[0].instrument);
  EXPECT_EQ(table_.at(events[2].instrument).name(), "test:ETH-USDT");
  EXPECT_EQ(events[0].received.wall_us, 77);
  EXPECT_EQ(counters_.instruments.get(), 2U);
  EXPECT_EQ(this->events(Kind::instrument), 2U);
}

TEST_F(MarketTest, SeqRisesByExactlyOneAPublishedChange) {
  for (std::uint64_t n = 1; n <= 20; ++n) {
    const std::string price = std::to_string(n);
    say("A-B", {{Field::bid, price}});
    say("A-B", {{Field::bid, price}});  // changes nothing
    const std::string other = std::to_string(100 + n);
    say("C-D", {{Field::ask, other}});  // numbered apart
    std::uint64_t published = 0;
    for (const Event& event : told()) {
      if (event.kind != Kind::ticker) continue;
      ++published;
      ASSERT_EQ(event.seq, n);
    }
    ASSERT_EQ(published, 2U);
  }
  EXPECT_EQ(feed().unchanged.get(), 20U);
  EXPECT_EQ(events(Kind::ticker), 40U);
}

TEST_F(MarketTest, EveryChangeCarriesTheFullStateAndWhatItTouched) {
  say("A-B", {{Field::bid, "1.5"}, {Field::ask, "1.6"}});
  static_cast<void>(told());
  at(99);
  say("A-B", {{Field::bid, "1.5"}, {Field::ask, "1.7"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "t");
  const TickerBody& body = events[0].ticker;
  EXPECT_EQ(body.changed, bit(Field::ask));
  EXPECT_EQ(body.fields.get(Field::bid), decimal("1.5"));
  EXPECT_EQ(body.fields.get(Field::ask), decimal("1.7"));
  EXPECT_TRUE(body.fields.get(Field::last).is_null());
  EXPECT_EQ(events[0].received.wall_us, 99);
  EXPECT_EQ(events[0].received.steady_ns, 99'000);
  EXPECT_EQ(events[0].flags, 0);
}

TEST_F(MarketTest, TheSameNumberWithMoreZerosIsNoChange) {
  say("A-B", {{Field::bid, "1.5"}});
  static_cast<void>(told());
  say("A-B", {{Field::bid, "1.50"}});
  EXPECT_EQ(kinds(told()), "");
  EXPECT_EQ(feed().unchanged.get(), 1U);
}

TEST_F(MarketTest, AFieldThatLosesItsValueBecomesNull) {
  say("A-B", {{Field::bid, "1.5"}, {Field::ask, "2"}});
  say("A-B", {{Field::bid, ""}});
  auto events = told();
  ASSERT_EQ(kinds(events), "itt");
  EXPECT_EQ(events[2].ticker.changed, bit(Field::bid));
  EXPECT_TRUE(events[2].ticker.fields.get(Field::bid).is_null());
  EXPECT_EQ(events[2].ticker.fields.get(Field::ask), decimal("2"));
  say("A-B", {{Field::bid, ""}});
  EXPECT_EQ(kinds(told()), "");
  EXPECT_EQ(feed().unchanged.get(), 1U);
}

TEST_F(MarketTest, FieldsOutsideTheMaskStayAsTheyAre) {
  say("A-B", {{Field::bid, "1.5"}});
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.fields.set(Field::bid, decimal("9"));
  update.fields.set(Field::ask, decimal("2"));
  update.mask = bit(Field::ask);
  sink_->ticker(update);
  EXPECT_EQ(told().back().ticker.fields.get(Field::bid), decimal("1.5"));
}

TEST_F(MarketTest, FirstDataMakesAnInstrumentLive) {
  at(5);
  say("A-B", {{Field::bid, "1"}});
  trade("C-D");
  const auto events = told();
  ASSERT_EQ(kinds(events), "ititx");
  EXPECT_EQ(events[1].ticker.status, Status::live);
  EXPECT_EQ(events[1].ticker.changed, bit(Field::bid) | status_bit);
  EXPECT_EQ(events[1].ticker.since_us, 5);
  EXPECT_EQ(events[3].ticker.changed, status_bit);
  EXPECT_EQ(events[3].ticker.status, Status::live);
  EXPECT_EQ(events[3].seq, 1U);
  EXPECT_EQ(events[4].seq, 1U);  // of the trades channel
}

TEST_F(MarketTest, AnOlderOrderWithinAStreamIsIgnored) {
  say("A-B", {{Field::bid, "10"}}, 7);
  say("A-B", {{Field::bid, "9"}}, 6);
  EXPECT_EQ(kinds(told()), "it");
  EXPECT_EQ(feed().out_of_order.get(), 1U);
  EXPECT_EQ(feed().unchanged.get(), 0U);
  say("A-B", {{Field::bid, "11"}}, 8);
  EXPECT_EQ(kinds(told()), "t");
}

TEST_F(MarketTest, OrdersOfStreamsAndInstrumentsAreTheirOwn) {
  say("A-B", {{Field::bid, "10"}}, 7, 0);
  say("A-B", {{Field::last, "9"}}, 3, 1);
  say("C-D", {{Field::bid, "8"}}, 2, 0);
  EXPECT_EQ(kinds(told()), "ittit");
  EXPECT_EQ(feed().out_of_order.get(), 0U);
}

TEST_F(MarketTest, AnEqualOrderOfATickerIsApplied) {
  say("A-B", {{Field::bid, "10"}}, 7);
  say("A-B", {{Field::ask, "11"}}, 7);
  EXPECT_EQ(kinds(told()), "itt");
  EXPECT_EQ(feed().out_of_order.get(), 0U);
}

TEST_F(MarketTest, AnUpdateWithoutOrderIsAlwaysApplied) {
  say("A-B", {{Field::bid, "10"}}, 7);
  say("A-B", {{Field::bid, "11"}});
  say("A-B", {{Field::bid, "12"}}, 6);  // still older than 7
  EXPECT_EQ(kinds(told()), "itt");
  EXPECT_EQ(feed().out_of_order.get(), 1U);
}

TEST_F(MarketTest, ATradeToldAgainOrLateIsIgnored) {
  trade("A-B", 5);
  trade("A-B", 5);
  trade("A-B", 4);
  trade("A-B", 6);
  const auto events = told();
  ASSERT_EQ(kinds(events), "itxx");
  EXPECT_EQ(events[2].seq, 1U);
  EXPECT_EQ(events[3].seq, 2U);
  EXPECT_EQ(feed().out_of_order.get(), 2U);
}

TEST_F(MarketTest, ATradeCarriesWhatTheVenueSaid) {
  at(42);
  feeds::TradeUpdate update;
  update.symbol = "A-B";
  update.exchange_us = 41;
  update.price = decimal("10.50");
  update.size = decimal("0.001");
  update.side = Side::buy;
  update.trade_id = "4711";
  sink_->trade(update);
  const Event event = told().back();
  EXPECT_EQ(event.kind, Kind::trade);
  EXPECT_EQ(event.exchange_us, 41);
  EXPECT_EQ(event.received.wall_us, 42);
  EXPECT_EQ(event.trade.price.scale, 2);  // digits as they came
  EXPECT_EQ(event.trade.price, decimal("10.50"));
  EXPECT_EQ(event.trade.size, decimal("0.001"));
  EXPECT_EQ(event.trade.side, Side::buy);
  EXPECT_EQ(event.trade.id.view(), "4711");
}

TEST_F(MarketTest, ATickerCarriesTheNumberOfTheLastTradeBeforeIt) {
  trade("A-B");
  trade("A-B");
  say("A-B", {{Field::bid, "1"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "itxxt");
  EXPECT_EQ(events[1].ticker.trade_seq, 0U);
  EXPECT_EQ(events[4].ticker.trade_seq, 2U);
}

TEST_F(MarketTest, TheExchangeTimeIsOfThisChangeAndNeverCarriedOver) {
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.mask = bit(Field::bid);
  update.fields.set(Field::bid, decimal("1"));
  update.exchange_us = 1'234;
  sink_->ticker(update);
  EXPECT_EQ(told().back().exchange_us, 1'234);
  say("A-B", {{Field::bid, "2"}});
  EXPECT_EQ(told().back().exchange_us, 0);
}

TEST_F(MarketTest, TwoSpellingsAreOneInstrument) {
  say("BTCUSDT", {{Field::bid, "1"}});
  say("BTC-USDT", {{Field::bid, "2"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "itt");
  EXPECT_EQ(events[1].instrument, events[2].instrument);
  EXPECT_EQ(events[2].seq, 2U);
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(MarketTest, AMalformedNameIsRejectedAndCounted) {
  say("A B", {{Field::bid, "1"}});
  trade(std::string(100, 'x'));
  EXPECT_EQ(kinds(told()), "");
  EXPECT_EQ(feed().rejected.get(), 2U);
}

class SmallMarketTest : public MarketTest {
 protected:
  SmallMarketTest() : MarketTest(2) {}
};

TEST_F(SmallMarketTest, AFullTableRejectsNewcomersAndServesTheOthers) {
  say("A-B", {{Field::bid, "1"}});
  say("C-D", {{Field::bid, "1"}});
  say("E-F", {{Field::bid, "1"}});
  trade("E-F");
  EXPECT_EQ(kinds(told()), "itit");
  EXPECT_EQ(feed().rejected.get(), 2U);
  say("A-B", {{Field::bid, "2"}});
  trade("C-D");
  EXPECT_EQ(kinds(told()), "tx");
}

}  // namespace
}  // namespace ticker
