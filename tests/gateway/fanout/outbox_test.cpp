// What an outbox takes and when it conflates: tickers, control, age (DESIGN: backpressure).
#include "gateway/fanout/outbox.hpp"

#include "tests/gateway/fanout/outbox_fixture.hpp"

namespace ticker {
namespace {

TEST_F(OutboxTest, BelowTheSoftLimitEveryFrameIsQueuedAndSentInOrder) {
  open(1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(ticker(0, "t" + std::to_string(i)), Push::queued);
  EXPECT_EQ(outbox_.bytes(), 1'000U);  // exactly the limit
  EXPECT_FALSE(outbox_.conflating());
  EXPECT_EQ(ledger().queued, 10U);
  drain();
  EXPECT_EQ(received(), (Names{"t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"}));
  EXPECT_EQ(ledger().offered, 10U);
  EXPECT_EQ(ledger().sent, 10U);
  EXPECT_EQ(ledger().queued, 0U);
}

TEST_F(OutboxTest, NeighbouringFramesOfOneSlabAreOnePiece) {
  open(1);
  for (int i = 0; i < 5; ++i) ticker(0, "t");
  EXPECT_EQ(outbox_.piece_count(), 1U);
  EXPECT_EQ(outbox_.bytes_at(0).size(), 500U);
  static_cast<void>(frame("of another client"));
  ticker(0, "t");
  EXPECT_EQ(outbox_.piece_count(), 2U);
}

TEST_F(OutboxTest, APieceHoldsFramesOfAnEighthOfTheSoftAgeAtMost) {
  open(1);
  ticker(0, "t");
  now_us_ += 62'500;
  ticker(0, "t");
  EXPECT_EQ(outbox_.piece_count(), 1U);
  now_us_ += 1;
  ticker(0, "t");
  EXPECT_EQ(outbox_.piece_count(), 2U);
}

TEST_F(OutboxTest, APieceKnowsWhenItsOldestDataWasReceived) {
  open(1);
  Piece first = frame("a");
  first.received_us = 11;
  outbox_.offer(0, first, now_us_);
  Piece second = frame("b");
  second.received_us = 22;
  outbox_.offer(0, second, now_us_);
  ASSERT_EQ(outbox_.piece_count(), 1U);
  EXPECT_EQ(outbox_.received_us_at(0), 11U);
}

TEST_F(OutboxTest, AboveTheSoftLimitTickersOnlyLeaveMarks) {
  open(3);
  fill(1'000);
  EXPECT_EQ(ticker(0, "a"), Push::queued);  // the first mark
  EXPECT_TRUE(outbox_.conflating());
  EXPECT_EQ(outbox_.owed(0).kind, Kind::merged_snapshot);
  EXPECT_EQ(outbox_.bytes(), 1'000U);
  EXPECT_EQ(ticker(0, "b"), Push::merged);
  EXPECT_EQ(ticker(0, "c"), Push::merged);
  EXPECT_EQ(ticker(1, "d"), Push::queued);
  EXPECT_EQ(outbox_.owed(2).kind, Kind::nothing);
  EXPECT_EQ(ledger().offered, 4U);
  EXPECT_EQ(ledger().queued, 2U);
  EXPECT_EQ(ledger().merged, 2U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, AFrameMayBePastTheLimitByItsOwnLength) {
  open(2);
  fill(900);
  EXPECT_EQ(ticker(0, "big", 101), Push::queued);
  EXPECT_EQ(outbox_.owed(0).kind, Kind::merged_snapshot);
  EXPECT_EQ(ticker(1, "fits", 100), Push::queued);
  EXPECT_EQ(outbox_.owed(1).kind,
            Kind::merged_snapshot);  // conflating: nothing passes by what is owed
}

TEST_F(OutboxTest, OwedInstrumentsArePaidOnceEachInTurnWhenTheQueueIsBelowHalf) {
  open(4);
  fill(1'000);
  for (const std::uint32_t subscription : {3U, 1U, 2U, 1U, 3U, 3U}) ticker(subscription, "old");
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  pull(500);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);  // half is not below half
  pull(50);
  for (const std::uint32_t subscription : {3U, 1U, 2U}) {
    ASSERT_EQ(outbox_.next_owed(), subscription);
    outbox_.pay_snapshot(control_frame("now" + std::to_string(subscription), 15), now_us_);
    EXPECT_EQ(outbox_.owed(subscription).kind, Kind::nothing);
  }
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  EXPECT_FALSE(outbox_.owes());
  EXPECT_EQ(ledger().queued, 3U);  // the three snapshots are the three frames queued
  drain();
  EXPECT_EQ(received(), (Names{"fill", "fill", "fill", "fill", "fill", "fill", "fill", "fill",
                               "fill", "fill", "now3", "now1", "now2"}));
  EXPECT_EQ(ledger().sent, 3U);
  EXPECT_EQ(ledger().merged, 3U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, PayingStopsWhenTheQueueIsHalfFullAgain) {
  open(3);
  fill(1'000);
  for (std::uint32_t subscription = 0; subscription < 3; ++subscription)
    ticker(subscription, "old");
  pull(700);
  ASSERT_EQ(outbox_.next_owed(), 0U);
  outbox_.pay_snapshot(control_frame("now", 250), now_us_);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  pull(100);
  EXPECT_EQ(outbox_.next_owed(), 1U);
}

TEST_F(OutboxTest, WhoIsMarkedAgainGoesToTheEndOfTheTurn) {
  open(2);
  fill(1'000);
  ticker(0, "old");
  ticker(1, "old");
  drain();
  ASSERT_EQ(outbox_.next_owed(), 0U);
  outbox_.pay_snapshot(control_frame("now0"), now_us_);
  ticker(0, "newer");  // still conflating
  EXPECT_EQ(outbox_.owed(0).kind, Kind::merged_snapshot);
  ASSERT_EQ(outbox_.next_owed(), 1U);
  outbox_.pay_snapshot(control_frame("now1"), now_us_);
  EXPECT_EQ(outbox_.next_owed(), 0U);
}

TEST_F(OutboxTest, ConflationEndsWhenTheQueueIsShortAndNothingIsOwed) {
  open(1);
  fill(1'000);
  ticker(0, "old");
  pull(500);
  outbox_.review(now_us_);
  EXPECT_TRUE(outbox_.conflating());  // half is not below half
  pull(100);
  outbox_.review(now_us_);
  EXPECT_TRUE(outbox_.conflating());  // a snapshot is owed
  ASSERT_EQ(outbox_.next_owed(), 0U);
  outbox_.pay_snapshot(control_frame("now", 50), now_us_);
  EXPECT_TRUE(outbox_.conflating());  // until it is looked at
  outbox_.review(now_us_);
  EXPECT_FALSE(outbox_.conflating());
  EXPECT_EQ(ticker(0, "next"), Push::queued);
  drain();
  EXPECT_EQ(received().back(), "next");
}

TEST_F(OutboxTest, AQueueOlderThanTheSoftAgeConflates) {
  open(2);
  outbox_.set_blocked(true);
  ticker(0, "a");
  now_us_ += 500'000;
  EXPECT_EQ(ticker(0, "b"), Push::queued);
  EXPECT_FALSE(outbox_.conflating());  // not older yet
  now_us_ += 1;
  EXPECT_EQ(ticker(0, "c"), Push::queued);
  EXPECT_EQ(outbox_.owed(0).kind, Kind::merged_snapshot);
  EXPECT_TRUE(outbox_.conflating());
}

TEST_F(OutboxTest, AReviewFindsAnOldQueueAndKeepsItConflatingWhileItIsOld) {
  open(1);
  outbox_.set_blocked(true);
  ticker(0, "a");
  outbox_.review(now_us_ + 500'000);
  EXPECT_FALSE(outbox_.conflating());
  outbox_.review(now_us_ + 500'001);
  EXPECT_TRUE(outbox_.conflating());
  outbox_.review(now_us_ + 600'000);
  EXPECT_TRUE(outbox_.conflating());
  drain();
  outbox_.review(now_us_ + 600'001);
  EXPECT_FALSE(outbox_.conflating());
}

TEST_F(OutboxTest, AgesSurviveTheTurnOfTheClock) {
  now_us_ = UINT32_MAX - 10;
  open(1);
  outbox_.set_blocked(true);
  ticker(0, "a");
  outbox_.review(now_us_ + 400'000);  // past zero
  EXPECT_FALSE(outbox_.conflating());
  outbox_.review(now_us_ + 500'001);
  EXPECT_TRUE(outbox_.conflating());
}

// A client that is always a little behind, but never by much, is not slow.
TEST_F(OutboxTest, AQueueThatMovesIsNotOldHoweverLongItLasts) {
  open(1);
  outbox_.set_blocked(true);  // as after every send of a socket that takes only a part
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(ticker(0, "t"), Push::queued);
    ASSERT_EQ(outbox_.owed(0).kind, Kind::nothing) << "after " << i * 50 << " ms";
    now_us_ += 50'000;
    if (outbox_.bytes() > 250) pull(100);  // a frame is sent at most 150 ms after it joined
  }
}

TEST_F(OutboxTest, BeforeTheFirstSnapshotNothingIsOffered) {
  outbox_.begin(0, {Kind::first_snapshot});
  EXPECT_EQ(ticker(0, "early"), Push::awaiting);
  EXPECT_EQ(trade(0, 1), Push::awaiting);
  EXPECT_EQ(ledger().offered, 0U);
  EXPECT_EQ(outbox_.owed(0).kind, Kind::first_snapshot);
  ASSERT_EQ(outbox_.next_owed(), 0U);
  outbox_.pay_snapshot(control_frame("first"), now_us_);
  EXPECT_EQ(ledger().queued, 0U);  // a first snapshot counts nowhere
  EXPECT_EQ(ticker(0, "next"), Push::queued);
  drain();
  EXPECT_EQ(received(), (Names{"first", "next"}));
  EXPECT_EQ(ledger().sent, 1U);
}

TEST_F(OutboxTest, ControlKeepsItsPlaceInTheQueue) {
  open(1);
  ticker(0, "a");
  EXPECT_TRUE(control("answer"));
  ticker(0, "b");
  drain();
  EXPECT_EQ(received(), (Names{"a", "answer", "b"}));
  EXPECT_EQ(ledger().offered, 2U);
  EXPECT_EQ(ledger().sent, 2U);
}

TEST_F(OutboxTest, ControlUsesTheReserveAndIsRefusedBeyondIt) {
  open(1);
  fill(2'500);  // hard limit and reserve
  EXPECT_FALSE(control("one more"));
  EXPECT_EQ(outbox_.bytes(), 2'500U);
  pull(99);
  EXPECT_FALSE(control("one more"));
  pull(1);
  EXPECT_TRUE(control("one more"));
  EXPECT_EQ(ledger().offered, 0U);
}

TEST_F(OutboxTest, AsksForAFlushWhenOverTheSoftLimitWhileTheSocketMayTakeBytes) {
  open(1);
  fill(900);
  EXPECT_FALSE(outbox_.flush_first(frame("fits")));
  EXPECT_TRUE(outbox_.flush_first(frame("does not", 101)));
  outbox_.set_blocked(true);
  EXPECT_FALSE(outbox_.flush_first(frame("no use", 101)));
  outbox_.set_blocked(false);
  EXPECT_TRUE(outbox_.flush_first(frame("does not", 101)));
}

TEST_F(OutboxTest, ABlockedSocketAloneLosesNothing) {
  open(1);
  outbox_.set_blocked(true);
  EXPECT_EQ(ticker(0, "a"), Push::queued);
  EXPECT_EQ(trade(0, 1), Push::queued);
  outbox_.set_blocked(false);
  drain();
  EXPECT_EQ(received(), (Names{"a", "trade1"}));
}

}  // namespace
}  // namespace ticker
