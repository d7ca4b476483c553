// Spellings, values and orders of one venue: what passes, what is dropped, what counts as missing.
#include "gateway/market/normaliser.hpp"

#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

TEST_F(NormaliserTest, AnInstrumentIsKnownAndPendingBeforeItsFirstData) {
  sink_->introduce("BTCUSDT", "BTC-USDT");
  sink_->introduce("BTCUSDT", "BTC-USDT");
  const auto events = told();
  ASSERT_EQ(kinds(events), "i");
  EXPECT_EQ(table_.at(events[0].instrument).name(), "test:BTC-USDT");
  EXPECT_EQ(with(Status::pending), 1U);
  say("BTCUSDT", {{Field::bid, "1"}});
  EXPECT_EQ(told_kinds(), "t");
  EXPECT_EQ(with(Status::pending), 0U);
  EXPECT_EQ(with(Status::live), 1U);
}

TEST_F(NormaliserTest, ANameThatIsToldRulesOverTheOneThatIsGuessed) {
  sink_->introduce("ABUSDT", "A-BUSDT");
  say("ABUSDT", {{Field::bid, "1"}});
  EXPECT_EQ(table_.size(), 1U);
  EXPECT_EQ(table_.at(0).name(), "test:A-BUSDT");
}

TEST_F(NormaliserTest, TwoSpellingsAreOneInstrument) {
  say("BTCUSDT", {{Field::bid, "1"}});
  say("BTC-USDT", {{Field::bid, "2"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "itt");
  EXPECT_EQ(events[1].instrument, events[2].instrument);
  EXPECT_EQ(events[2].seq, 2U);
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(NormaliserTest, AVenueWithoutAnAdapterSpellsCanonically) {
  feeds::Sink& plain = market_.sink("plain", nullptr);
  feeds::TradeUpdate update;
  update.symbol = "BTCUSDT";
  update.price = update.size = decimal("1");
  plain.trade(update);
  EXPECT_EQ(table_.at(told()[0].instrument).name(), "plain:BTCUSDT");
}

TEST_F(NormaliserTest, AMalformedNameIsRejectedAndCounted) {
  say("A B", {{Field::bid, "1"}});
  trade(std::string(100, 'x'));
  EXPECT_EQ(kinds(told()), "");
  EXPECT_EQ(feed().rejected.get(), 2U);
}

TEST_F(NormaliserTest, TheSameNumberWithMoreZerosIsNoChange) {
  say("A-B", {{Field::bid, "1.5"}});
  static_cast<void>(told());
  say("A-B", {{Field::bid, "1.50"}});
  EXPECT_EQ(kinds(told()), "");
  EXPECT_EQ(feed().unchanged.get(), 1U);
}

TEST_F(NormaliserTest, AFieldThatLosesItsValueBecomesNull) {
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

TEST_F(NormaliserTest, FieldsOutsideTheMaskStayAsTheyAre) {
  say("A-B", {{Field::bid, "1.5"}});
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.fields.set(Field::bid, decimal("9"));
  update.fields.set(Field::ask, decimal("2"));
  update.mask = bit(Field::ask);
  sink_->ticker(update);
  EXPECT_EQ(told().back().ticker.fields.get(Field::bid), decimal("1.5"));
}

TEST_F(NormaliserTest, AnOlderOrderWithinAStreamIsIgnored) {
  say("A-B", {{Field::bid, "10"}}, 7);
  say("A-B", {{Field::bid, "9"}}, 6);
  EXPECT_EQ(kinds(told()), "it");
  EXPECT_EQ(feed().out_of_order.get(), 1U);
  EXPECT_EQ(feed().unchanged.get(), 0U);
  say("A-B", {{Field::bid, "11"}}, 8);
  EXPECT_EQ(kinds(told()), "t");
}

TEST_F(NormaliserTest, OrdersOfStreamsAndInstrumentsAreTheirOwn) {
  say("A-B", {{Field::bid, "10"}}, 7, 0);
  say("A-B", {{Field::last, "9"}}, 3, 1);
  say("C-D", {{Field::bid, "8"}}, 2, 0);
  EXPECT_EQ(kinds(told()), "ittit");
  EXPECT_EQ(feed().out_of_order.get(), 0U);
}

TEST_F(NormaliserTest, AnEqualOrderOfATickerIsApplied) {
  say("A-B", {{Field::bid, "10"}}, 7);
  say("A-B", {{Field::ask, "11"}}, 7);
  EXPECT_EQ(kinds(told()), "itt");
  EXPECT_EQ(feed().out_of_order.get(), 0U);
}

TEST_F(NormaliserTest, AnUpdateWithoutOrderIsAlwaysApplied) {
  say("A-B", {{Field::bid, "10"}}, 7);
  say("A-B", {{Field::bid, "11"}});
  say("A-B", {{Field::bid, "12"}}, 6);  // still older than 7
  EXPECT_EQ(kinds(told()), "itt");
  EXPECT_EQ(feed().out_of_order.get(), 1U);
}

TEST_F(NormaliserTest, AStreamThatTellsOnlyOlderThingsForLongIsTakenUpAfresh) {
  say("BTCUSDT", {{Field::bid, "10"}}, 1'000'000);  // absurd
  static_cast<void>(told());
  for (std::int64_t i = 1; i <= 8; ++i) {
    at(i * 1'000);
    say("BTCUSDT", {{Field::bid, "11"}}, static_cast<std::uint64_t>(i));
  }
  at(1'900'000);
  say("BTCUSDT", {{Field::bid, "11"}}, 9);
  EXPECT_EQ(told_kinds(), "");
  at(2'100'000);
  say("BTCUSDT", {{Field::bid, "12"}}, 10);
  EXPECT_EQ(told_kinds(), "t");
  say("BTCUSDT", {{Field::bid, "13"}}, 11);
  EXPECT_EQ(told_kinds(), "t");
  EXPECT_EQ(feed().order_resets.get(), 1U);
}

TEST_F(NormaliserTest, AFewOldOnesAmongNewOnesNeverTurnTheOrderBack) {
  for (std::int64_t i = 1; i < 100; ++i) {
    at(i * 1'000'000);
    say("BTCUSDT", {{Field::bid, std::to_string(i)}}, static_cast<std::uint64_t>(1'000 + i));
    for (int old = 0; old < 20; ++old) say("BTCUSDT", {{Field::bid, "9999"}}, 5);
  }
  EXPECT_EQ(feed().order_resets.get(), 0U);
}

TEST_F(NormaliserTest, ATradeToldAgainOrLateIsIgnored) {
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

TEST_F(NormaliserTest, TradesOfOneOrderAreToldApartByTheirIds) {
  for (const char* id : {"a", "b", "c", "b", "a"}) trade_as(7, id);
  EXPECT_EQ(events(Event::Kind::trade), 3U);
  EXPECT_EQ(feed().out_of_order.get(), 2U);
  trade_as(8, "a");  // another order: another trade
  trade_as(7, "d");  // older
  EXPECT_EQ(events(Event::Kind::trade), 4U);
}

TEST_F(NormaliserTest, AHoleInCountedIdsIsAGapBeforeTheNextTrade) {
  trade_as(10, "10", true);
  trade_as(11, "11", true);
  static_cast<void>(told());
  trade_as(14, "14", true);
  EXPECT_EQ(told_kinds(), "gx");
  EXPECT_EQ(feed().trade_gaps.get(), 1U);
  trade_as(15, "15", true);
  trade_as(20, "20", false);  // this stream does not count
  EXPECT_EQ(told_kinds(), "xx");
}

TEST_F(NormaliserTest, TradesThatCountAfreshAreTakenUpBehindAGap) {
  trade_as(1'000'000, "x", true);
  static_cast<void>(told());
  for (std::int64_t i = 1; i <= 30; ++i) {
    at(i * 100'000);
    trade_as(static_cast<std::uint64_t>(i), "n", true);
  }
  const std::string all = told_kinds();
  EXPECT_TRUE(all.starts_with("gx")) << all;
  EXPECT_EQ(all.find('g', 1), std::string::npos);
}

}  // namespace
}  // namespace ticker
