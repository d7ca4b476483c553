// The state alone: what it keeps, how it numbers, what it publishes. Nobody compares here.
#include "gateway/market/state.hpp"

#include "tests/gateway/events.hpp"
#include "tests/gateway/market/recorded_events.hpp"

namespace ticker {
namespace {

class MarketStateTest : public testing::Test {
 protected:
  void price(InstrumentId id, Field field, std::string_view value, const Receipt& at = {}) {
    MarketState::Change change = state_.change(id);
    change.set(field, decimal(value));
    state_.publish(change, at, 0);
  }
  void trade(InstrumentId id, const Receipt& at = {}) {
    state_.add_trade(id, {decimal("10.50"), decimal("2"), Side::sell, "t-1", 41}, at);
  }

  InstrumentTable table_{2};
  RecordedEvents recorded_;
  MarketCounters counters_;
  MarketState state_{table_, recorded_, counters_};
};

TEST_F(MarketStateTest, AnInstrumentIsPublishedOnceAndBeginsPending) {
  const auto id = state_.introduce("test:A-B", {7, 7'000});
  ASSERT_TRUE(id);
  EXPECT_EQ(state_.introduce("test:A-B", {8, 8'000}), id);
  const auto events = recorded_.take();
  ASSERT_EQ(kinds(events), "i");
  EXPECT_EQ(events[0].instrument, *id);
  EXPECT_EQ(events[0].received.wall_us, 7);
  EXPECT_EQ(state_.at(*id).seq, 0U);
  EXPECT_EQ(state_.at(*id).ticker.status, Status::pending);
  EXPECT_EQ(state_.at(*id).ticker.since_us, 7);
  EXPECT_EQ(counters_.instruments.get(), 1U);
}

TEST_F(MarketStateTest, AMalformedNameAndAFullTableHaveNoInstrument) {
  EXPECT_FALSE(state_.introduce("A B", {}));
  EXPECT_TRUE(state_.introduce("test:A-B", {}));
  EXPECT_TRUE(state_.introduce("test:C-D", {}));
  EXPECT_FALSE(state_.introduce("test:E-F", {}));
  EXPECT_EQ(state_.size(), 2U);
  EXPECT_EQ(kinds(recorded_.take()), "ii");
}

TEST_F(MarketStateTest, EachChangeHasTheNextNumberTheFullTickerAndWhatItTouched) {
  const InstrumentId id = *state_.introduce("test:A-B", {});
  price(id, Field::bid, "1.5");
  price(id, Field::ask, "1.60", {9, 9'000});
  const auto events = recorded_.take();
  ASSERT_EQ(kinds(events), "itt");
  EXPECT_EQ(events[1].seq, 1U);
  EXPECT_EQ(events[2].seq, 2U);
  EXPECT_EQ(events[2].received.wall_us, 9);
  EXPECT_EQ(events[2].ticker.changed, bit(Field::ask));
  EXPECT_EQ(events[2].ticker.fields.get(Field::bid), decimal("1.5"));
  EXPECT_EQ(events[2].ticker.fields.get(Field::ask).scale, 2);
  EXPECT_EQ(state_.at(id).seq, 2U);
}

TEST_F(MarketStateTest, AChangeShowsWhatItHasSetAndWhatWasThereBefore) {
  const InstrumentId id = *state_.introduce("test:A-B", {});
  price(id, Field::bid, "1");
  MarketState::Change change = state_.change(id);
  EXPECT_EQ(change.changed(), 0);
  change.set(Field::ask, decimal("2"));
  change.set_status(Status::live, Reason::none, 5);
  EXPECT_EQ(change.changed(), bit(Field::ask) | status_bit);
  EXPECT_EQ(change.ticker().fields.get(Field::bid), decimal("1"));
  EXPECT_EQ(change.ticker().fields.get(Field::ask), decimal("2"));
  state_.publish(change, {}, 0);
  EXPECT_EQ(recorded_.take().back().ticker.since_us, 5);
}

TEST_F(MarketStateTest, AStatusAloneLeavesTheValuesAsOldAsTheyAre) {
  const InstrumentId id = *state_.introduce("test:A-B", {});
  price(id, Field::bid, "1", {10, 10'000});
  state_.set_status(id, Status::stale, Reason::feed_silent, {60, 60'000});
  const Event event = recorded_.take().back();
  EXPECT_EQ(event.ticker.changed, status_bit);
  EXPECT_EQ(event.ticker.reason, Reason::feed_silent);
  EXPECT_EQ(event.ticker.since_us, 60);
  EXPECT_EQ(event.received.wall_us, 10);
  EXPECT_EQ(event.received.steady_ns, 60'000);
}

TEST_F(MarketStateTest, TradesAndGapsShareNumbersOfTheirOwn) {
  const InstrumentId id = *state_.introduce("test:A-B", {});
  price(id, Field::bid, "1");
  trade(id, {3, 3'000});
  EXPECT_TRUE(state_.miss_trades(id, {4, 4'000}));
  trade(id);
  const auto events = recorded_.take();
  ASSERT_EQ(kinds(events), "itxgx");
  EXPECT_EQ(events[2].seq, 1U);
  EXPECT_EQ(events[2].exchange_us, 41);
  EXPECT_EQ(events[2].trade.price.scale, 2);
  EXPECT_EQ(events[2].trade.id.view(), "t-1");
  EXPECT_EQ(events[3].seq, 2U);
  EXPECT_EQ(events[3].gap.reason, Reason::upstream);
  EXPECT_EQ(events[3].received.wall_us, 4);
  EXPECT_EQ(events[4].seq, 3U);
  EXPECT_EQ(state_.at(id).ticker.trade_seq, 3U);
  EXPECT_EQ(state_.at(id).seq, 1U);
}

TEST_F(MarketStateTest, NobodyMissesATradeWhereThereNeverWasOne) {
  const InstrumentId id = *state_.introduce("test:A-B", {});
  EXPECT_FALSE(state_.miss_trades(id, {}));
  EXPECT_EQ(kinds(recorded_.take()), "i");
}

TEST_F(MarketStateTest, NothingOfATradeIsLeftInTheNextOne) {
  const InstrumentId id = *state_.introduce("test:A-B", {});
  state_.add_trade(id, {decimal("1"), decimal("1"), Side::buy, std::string(60, '7'), 5}, {});
  state_.add_trade(id, {decimal("2"), decimal("2"), Side::unknown, "", 0}, {});
  const auto events = recorded_.take();
  EXPECT_EQ(events[1].trade.id.view(), std::string(TradeId::text_max, '7'));
  EXPECT_EQ(events[2].trade.id.view(), "");
  EXPECT_EQ(events[2].trade.id.text[0], '\0');
  EXPECT_EQ(events[2].exchange_us, 0);
  EXPECT_EQ(events[2].trade.side, Side::unknown);
}

}  // namespace
}  // namespace ticker
