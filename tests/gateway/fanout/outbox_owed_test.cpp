// What an outbox remembers at its dues: lost trades, withdrawn marks, dues used again.
#include <malloc.h>

#include "tests/gateway/fanout/outbox_fixture.hpp"

namespace ticker {
namespace {

TEST_F(OutboxTest, BetweenSoftAndHardTradesAreQueuedWhileTickersConflate) {
  open(2);
  fill(1'000);
  ticker(0, "old");
  for (std::uint64_t seq = 1; seq <= 10; ++seq) EXPECT_EQ(trade(1, seq), Push::queued);
  EXPECT_EQ(outbox_.bytes(), 2'000U);  // exactly the hard limit
}

TEST_F(OutboxTest, AboveTheHardLimitTradesAreLostAndTheRangeIsRemembered) {
  open(3);
  fill(2'000);
  for (std::uint64_t seq = 5; seq <= 9; ++seq) EXPECT_EQ(trade(1, seq), Push::lost);
  EXPECT_EQ(trade(2, 70), Push::lost);
  EXPECT_EQ(outbox_.lost(1).from(), 5U);
  EXPECT_EQ(outbox_.lost(1).to(), 9U);
  EXPECT_EQ(outbox_.lost(1).count(), 5U);
  EXPECT_EQ(outbox_.lost(1).reason(), Reason::none);
  EXPECT_EQ(outbox_.lost(2).from(), 70U);
  EXPECT_EQ(outbox_.lost(2).count(), 1U);
  EXPECT_TRUE(outbox_.lost(0).empty());
  EXPECT_EQ(ledger().offered, 6U);
  EXPECT_EQ(ledger().lost, 6U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, TheGapIsPaidWhenThereIsRoomEvenIfNoFurtherTradeComes) {
  open(2);
  fill(2'000);
  trade(1, 5);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  pull(1'501);
  ASSERT_EQ(outbox_.next_owed(), 1U);
  EXPECT_EQ(outbox_.owed(1).kind, Kind::gap);
  outbox_.pay_gap(control_frame("gap5", 50), now_us_);
  EXPECT_TRUE(outbox_.lost(1).empty());
  EXPECT_EQ(outbox_.owed(1).kind, Kind::nothing);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  EXPECT_EQ(trade(1, 6), Push::queued);
  drain();
  EXPECT_EQ(received().back(), "trade6");
  EXPECT_EQ(received()[received().size() - 2], "gap5");
  EXPECT_EQ(ledger().sent, 1U);
  EXPECT_EQ(ledger().lost, 1U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, TradesNeverOvertakeTheGapThatWaits) {
  open(2);
  fill(2'000);
  trade(1, 5);
  pull(1'000);
  EXPECT_EQ(trade(0, 1), Push::queued);  // of another instrument
  EXPECT_EQ(trade(1, 6), Push::lost);    // there is room, but the gap comes first
  EXPECT_EQ(outbox_.lost(1).to(), 6U);
  EXPECT_EQ(outbox_.lost(1).count(), 2U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, AnUpstreamLossJoinsAndItsReasonStays) {
  open(1);
  fill(2'000);
  trade(0, 5);
  outbox_.lose(0, {6, 6, 1, Reason::upstream});
  trade(0, 7);
  EXPECT_EQ(outbox_.lost(0).from(), 5U);
  EXPECT_EQ(outbox_.lost(0).to(), 7U);
  EXPECT_EQ(outbox_.lost(0).reason(), Reason::upstream);
  EXPECT_EQ(ledger().lost, 2U);  // what was lost before the door was never offered
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, ASubscriptionThatLostTradesAndBeginsAgainGetsTheGapThenTheSnapshot) {
  open(1);
  fill(2'000);
  trade(0, 5);
  outbox_.begin(0, {Kind::first_snapshot});
  EXPECT_EQ(trade(0, 6), Push::awaiting);
  drain();
  stream_.clear();
  ASSERT_EQ(outbox_.next_owed(), 0U);
  EXPECT_EQ(outbox_.owed(0).kind, Kind::first_snapshot);
  EXPECT_EQ(outbox_.lost(0).from(), 5U);
  outbox_.pay_gap(control_frame("gap5"), now_us_);
  ASSERT_EQ(outbox_.next_owed(), 0U);
  EXPECT_TRUE(outbox_.lost(0).empty());
  outbox_.pay_snapshot(control_frame("trades"), now_us_);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  drain();
  EXPECT_EQ(received(), (Names{"gap5", "trades"}));
}

TEST_F(OutboxTest, UnsubscribingWithdrawsAMarkAsAbandoned) {
  open(2);
  fill(1'000);
  ticker(0, "a");
  ticker(0, "b");
  ticker(1, "c");
  outbox_.end(0);
  EXPECT_EQ(ledger().abandoned, 1U);
  EXPECT_EQ(ledger().merged, 1U);
  EXPECT_EQ(ledger().queued, 1U);
  drain();
  EXPECT_EQ(outbox_.next_owed(), 1U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, UnsubscribingWithdrawsAGap) {
  open(1);
  fill(2'000);
  trade(0, 5);
  outbox_.end(0);
  drain();
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  EXPECT_TRUE(outbox_.lost(0).empty());
  EXPECT_FALSE(outbox_.owes());
  EXPECT_EQ(ledger().abandoned, 0U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, FramesAlreadyQueuedOutliveTheirDue) {
  open(1);
  ticker(0, "a");
  outbox_.end(0);
  drain();
  EXPECT_EQ(received(), Names{"a"});
  EXPECT_EQ(ledger().sent, 1U);
}

TEST_F(OutboxTest, ADueUsedAgainKnowsNothingOfItsPast) {
  open(2);
  fill(2'000);
  trade(0, 5);
  ticker(1, "marked");
  outbox_.end(0);
  outbox_.end(1);
  outbox_.begin(0, {Kind::first_snapshot});
  EXPECT_EQ(outbox_.owed(0).kind, Kind::first_snapshot);
  EXPECT_TRUE(outbox_.lost(0).empty());
  EXPECT_EQ(ticker(0, "early"), Push::awaiting);
  drain();
  ASSERT_EQ(outbox_.next_owed(), 0U);
  outbox_.pay_snapshot(control_frame("first"), now_us_);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  drain();
  EXPECT_EQ(ledger().sent, 0U);
  EXPECT_EQ(ledger().abandoned, 1U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, BeginningAgainTurnsAMarkIntoAFirstSnapshot) {
  open(1);
  fill(1'000);
  ticker(0, "old");
  outbox_.begin(0, {Kind::first_snapshot});
  EXPECT_EQ(ledger().abandoned, 1U);
  EXPECT_EQ(ledger().queued, 0U);
  drain();
  ASSERT_EQ(outbox_.next_owed(), 0U);
  outbox_.pay_snapshot(control_frame("first"), now_us_);
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  drain();
  EXPECT_EQ(ledger().sent, 0U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, ASubscriptionThatNeedsNoTurnAnyMoreDoesNotHoldUpOthers) {
  open(3);
  fill(1'000);
  ticker(0, "a");
  ticker(1, "b");
  ticker(2, "c");
  outbox_.end(0);
  outbox_.end(1);
  drain();
  EXPECT_EQ(outbox_.next_owed(), 2U);
}

TEST_F(OutboxTest, SubscribingAndUnsubscribingWhileBlockedDoesNotGrowWhatIsRemembered) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer has its own heap";
#else
  open(4);
  fill(1'000);
  outbox_.set_blocked(true);
  const auto churn = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const auto subscription = static_cast<std::uint32_t>(i % 4);
      outbox_.begin(subscription, {Kind::first_snapshot});
      outbox_.end(subscription);
    }
  };
  churn(100);
  const std::size_t before = mallinfo2().uordblks;
  churn(100'000);
  EXPECT_LT(mallinfo2().uordblks, before + 10'000);
#endif
}

}  // namespace
}  // namespace ticker
