// What only live venues say of single instruments: names, statuses, interruptions; trades told
// twice or missing, and streams that begin to count afresh.
#include "gateway/market/normaliser.hpp"

#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

using feeds::LinkState;

class VenueSinkTest : public MarketTest {
 protected:
  void trade_as(std::uint64_t order, std::string_view id, bool counted = false) {
    feeds::TradeUpdate update;
    update.symbol = "BTCUSDT";
    update.order = order;
    update.price = decimal("10");
    update.size = decimal("1");
    update.trade_id = id;
    update.counted = counted;
    sink_->trade(update);
  }
  std::string told_kinds() { return kinds(told()); }
  [[nodiscard]] std::uint64_t with(Status status) const {
    return feed().statuses[static_cast<std::size_t>(status)].get();
  }
};

TEST_F(VenueSinkTest, AnInstrumentIsKnownAndPendingBeforeItsFirstData) {
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

TEST_F(VenueSinkTest, ANameThatIsToldRulesOverTheOneThatIsGuessed) {
  sink_->introduce("ABUSDT", "A-BUSDT");
  say("ABUSDT", {{Field::bid, "1"}});
  EXPECT_EQ(table_.size(), 1U);
  EXPECT_EQ(table_.at(0).name(), "test:A-BUSDT");
}

TEST_F(VenueSinkTest, DataDoesNotMakeAnInstrumentLiveWhoseStatusIsHeld) {
  say("BTCUSDT", {{Field::bid, "1"}});
  sink_->status_of("BTCUSDT", Status::resyncing, Reason::sequence_gap);
  static_cast<void>(told());
  say("BTCUSDT", {{Field::bid, "2"}});
  trade("BTCUSDT", 1);
  auto events = told();
  ASSERT_EQ(kinds(events), "tx");
  EXPECT_EQ(events[0].ticker.status, Status::resyncing);
  EXPECT_EQ(events[0].ticker.changed, bit(Field::bid));
  sink_->status_of("BTCUSDT", Status::live, Reason::none);
  events = told();
  ASSERT_EQ(kinds(events), "t");
  EXPECT_EQ(events[0].ticker.changed, status_bit);
  EXPECT_EQ(events[0].ticker.status, Status::live);
}

TEST_F(VenueSinkTest, AStatusOfAllEndsWhatIsHeld) {
  say("BTCUSDT", {{Field::bid, "1"}});
  sink_->status_of("BTCUSDT", Status::down, Reason::disconnected);
  sink_->status(Status::down, Reason::replay_ended);
  say("BTCUSDT", {{Field::bid, "2"}});
  EXPECT_EQ(with(Status::live), 1U);
}

TEST_F(VenueSinkTest, GapsRepairsAndTheirDurationAreCounted) {
  say("BTCUSDT", {{Field::bid, "1"}});
  at(1'000);
  sink_->status_of("BTCUSDT", Status::resyncing, Reason::bad_checksum);
  sink_->status_of("BTCUSDT", Status::resyncing, Reason::sequence_gap);  // the same trouble
  at(4'000);
  sink_->status_of("BTCUSDT", Status::live, Reason::none);
  EXPECT_EQ(feed().gaps.get(), 1U);
  EXPECT_EQ(feed().repairs.get(), 1U);
  EXPECT_EQ(feed().repair_time.sum_ns(), 3'000'000U);
}

TEST_F(VenueSinkTest, ALostConnectionIsNoGapOfABook) {
  say("BTCUSDT", {{Field::bid, "1"}});
  sink_->status_of("BTCUSDT", Status::down, Reason::disconnected);
  sink_->status_of("BTCUSDT", Status::resyncing, Reason::reconnected);
  sink_->status_of("BTCUSDT", Status::live, Reason::none);
  EXPECT_EQ(feed().gaps.get(), 0U);
  EXPECT_EQ(feed().repairs.get(), 0U);
}

TEST_F(VenueSinkTest, AnInterruptionOfOneStartsItsQuotesAfreshAndKeepsTheIdsOfItsTrades) {
  say("BTCUSDT", {{Field::bid, "10"}}, 100);
  trade("BTCUSDT", 200);
  say("ETHUSDT", {{Field::bid, "10"}}, 100);
  trade("ETHUSDT", 200);
  static_cast<void>(told());
  sink_->interrupted_one("BTCUSDT", true);
  EXPECT_EQ(told_kinds(), "g");
  say("BTCUSDT", {{Field::bid, "11"}}, 1);
  trade("BTCUSDT", 200);  // told before
  trade("BTCUSDT", 201);
  EXPECT_EQ(told_kinds(), "tx");
  sink_->interrupted_one("BTCUSDT", false);
  EXPECT_EQ(told_kinds(), "");
}

TEST_F(VenueSinkTest, TradesOfOneOrderAreToldApartByTheirIds) {
  for (const char* id : {"a", "b", "c", "b", "a"}) trade_as(7, id);
  EXPECT_EQ(events(Event::Kind::trade), 3U);
  EXPECT_EQ(feed().out_of_order.get(), 2U);
  trade_as(8, "a");  // another order: another trade
  trade_as(7, "d");  // older
  EXPECT_EQ(events(Event::Kind::trade), 4U);
}

TEST_F(VenueSinkTest, AHoleInCountedIdsIsAGapBeforeTheNextTrade) {
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

TEST_F(VenueSinkTest, AStreamThatTellsOnlyOlderThingsForLongIsTakenUpAfresh) {
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

TEST_F(VenueSinkTest, AFewOldOnesAmongNewOnesNeverTurnTheOrderBack) {
  for (std::int64_t i = 1; i < 100; ++i) {
    at(i * 1'000'000);
    say("BTCUSDT", {{Field::bid, std::to_string(i)}}, static_cast<std::uint64_t>(1'000 + i));
    for (int old = 0; old < 20; ++old) say("BTCUSDT", {{Field::bid, "9999"}}, 5);
  }
  EXPECT_EQ(feed().order_resets.get(), 0U);
}

TEST_F(VenueSinkTest, TradesThatCountAfreshAreTakenUpBehindAGap) {
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

TEST_F(VenueSinkTest, TheStateOfItsConnectionsIsToldAndCounted) {
  std::vector<std::string> heard;
  market_.on_link(
      [&](std::string_view venue, LinkState state, std::string_view error, std::int64_t wall_us) {
        heard.push_back(std::string(venue) + ' ' +
                        std::string(feeds::link_state_names[static_cast<std::size_t>(state)]) +
                        ' ' + std::string(error) + ' ' + std::to_string(wall_us));
      });
  at(5);
  sink_->link(LinkState::connecting, "");
  sink_->link(LinkState::live, "");
  sink_->link(LinkState::silent, "");
  sink_->link(LinkState::live, "");
  sink_->link(LinkState::waiting, "connection lost");
  EXPECT_EQ(heard.back(), "test waiting connection lost 5");
  EXPECT_EQ(heard.size(), 5U);
  EXPECT_EQ(feed().connects.get(), 1U);
  EXPECT_EQ(feed().disconnects.get(), 1U);
  EXPECT_EQ(feed().link_state.get(), static_cast<std::uint64_t>(LinkState::waiting));
}

}  // namespace
}  // namespace ticker
