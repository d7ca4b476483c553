// Statuses and interruptions of one venue: what makes an instrument live, what holds it, and what
// starts from scratch.
#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

TEST_F(NormaliserTest, FirstDataMakesAnInstrumentLive) {
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

TEST_F(NormaliserTest, DataMakesAStaleInstrumentLiveAgainEvenIfNoValueChanged) {
  say("A-B", {{Field::bid, "1"}});
  sink_->status(Status::stale, Reason::feed_silent);
  static_cast<void>(told());
  at(80);
  say("A-B", {{Field::bid, "1"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "t");
  EXPECT_EQ(events[0].ticker.changed, status_bit);
  EXPECT_EQ(events[0].ticker.status, Status::live);
  EXPECT_EQ(events[0].ticker.reason, Reason::none);
  EXPECT_EQ(events[0].ticker.since_us, 80);
}

TEST_F(NormaliserTest, OutdatedDataDoesNotMakeAStaleInstrumentLive) {
  say("A-B", {{Field::bid, "1"}}, 9);
  trade("A-B", 9);
  sink_->status(Status::stale, Reason::feed_silent);
  static_cast<void>(told());
  say("A-B", {{Field::bid, "2"}}, 8);
  trade("A-B", 9);
  EXPECT_EQ(kinds(told()), "");
}

TEST_F(NormaliserTest, DataDoesNotMakeAnInstrumentLiveWhoseStatusIsHeld) {
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

TEST_F(NormaliserTest, AStatusOfAllEndsWhatIsHeld) {
  say("BTCUSDT", {{Field::bid, "1"}});
  sink_->status_of("BTCUSDT", Status::down, Reason::disconnected);
  sink_->status(Status::down, Reason::replay_ended);
  say("BTCUSDT", {{Field::bid, "2"}});
  EXPECT_EQ(with(Status::live), 1U);
}

TEST_F(NormaliserTest, AStatusIsPublishedForEveryInstrumentWhoseStatusChanges) {
  say("A-B", {{Field::bid, "1"}});
  say("C-D", {{Field::bid, "1"}});
  static_cast<void>(told());
  at(60);
  sink_->status(Status::stale, Reason::feed_silent);
  const auto events = told();
  ASSERT_EQ(kinds(events), "tt");
  for (const Event& event : events) {
    EXPECT_EQ(event.seq, 2U);
    EXPECT_EQ(event.ticker.changed, status_bit);
    EXPECT_EQ(event.ticker.status, Status::stale);
    EXPECT_EQ(event.ticker.reason, Reason::feed_silent);
    EXPECT_EQ(event.ticker.since_us, 60);
    EXPECT_EQ(event.exchange_us, 0);
  }
  at(61);
  sink_->status(Status::stale, Reason::feed_silent);
  EXPECT_EQ(kinds(told()), "");
}

TEST_F(NormaliserTest, AnotherReasonIsAChangeOfStatus) {
  say("A-B", {{Field::bid, "1"}});
  sink_->status(Status::down, Reason::feed_silent);
  at(70);
  sink_->status(Status::down, Reason::feed_stopped);
  const Event event = told().back();
  EXPECT_EQ(event.ticker.reason, Reason::feed_stopped);
  EXPECT_EQ(event.ticker.since_us, 70);
}

TEST_F(NormaliserTest, GapsRepairsAndTheirDurationAreCounted) {
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

TEST_F(NormaliserTest, ALostConnectionIsNoGapOfABook) {
  say("BTCUSDT", {{Field::bid, "1"}});
  sink_->status_of("BTCUSDT", Status::down, Reason::disconnected);
  sink_->status_of("BTCUSDT", Status::resyncing, Reason::reconnected);
  sink_->status_of("BTCUSDT", Status::live, Reason::none);
  EXPECT_EQ(feed().gaps.get(), 0U);
  EXPECT_EQ(feed().repairs.get(), 0U);
}

TEST_F(NormaliserTest, AnInterruptionIsOneNumberedGapForEachInstrumentThatTraded) {
  trade("A-B");
  trade("A-B");
  say("C-D", {{Field::bid, "1"}});  // never traded
  trade("E-F");
  static_cast<void>(told());
  at(50);
  sink_->interrupted();
  const auto events = told();
  ASSERT_EQ(kinds(events), "gg");
  EXPECT_EQ(table_.at(events[0].instrument).name(), "test:A-B");
  EXPECT_EQ(events[0].seq, 3U);
  EXPECT_EQ(events[0].gap.reason, Reason::upstream);
  EXPECT_EQ(events[0].received.wall_us, 50);
  EXPECT_EQ(table_.at(events[1].instrument).name(), "test:E-F");
  EXPECT_EQ(events[1].seq, 2U);
  trade("A-B");
  EXPECT_EQ(told().back().seq, 4U);
}

TEST_F(NormaliserTest, AfterAnInterruptionOrdersStartAfresh) {
  say("A-B", {{Field::bid, "10"}}, 100);
  trade("A-B", 200);
  sink_->interrupted();
  static_cast<void>(told());
  say("A-B", {{Field::bid, "11"}}, 1);
  trade("A-B", 2);
  EXPECT_EQ(kinds(told()), "tx");
  EXPECT_EQ(feed().out_of_order.get(), 0U);
}

TEST_F(NormaliserTest, AnInterruptionOfOneStartsItsQuotesAfreshAndKeepsTheIdsOfItsTrades) {
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

}  // namespace
}  // namespace ticker
