// The protocol's sequence rule, one sentence a test.
#include "bench/load/sequence.hpp"

#include <gtest/gtest.h>

#include "bench/load/scan.hpp"

namespace ticker::load {
namespace {

using Step = SequenceTable::Step;

class LoadSequence : public testing::Test {
 protected:
  static constexpr std::uint64_t epoch = 77;
  const std::uint64_t btc_ = hash_name("sim:BTC-USD");
  const std::uint64_t eth_ = hash_name("sim:ETH-USD");
  const std::vector<std::uint64_t> names_{btc_, eth_};
  SequenceTable table_{names_};
};

TEST_F(LoadSequence, AppliesADeltaThatContinues) {
  table_.snapshot(btc_, epoch, 41);
  EXPECT_EQ(table_.delta(btc_, 41, 44), Step::applied);
  EXPECT_EQ(table_.delta(btc_, 44, 45), Step::applied);
}

TEST_F(LoadSequence, AppliesADeltaThatOverlapsTheSnapshot) {
  table_.snapshot(btc_, epoch, 43);
  EXPECT_EQ(table_.delta(btc_, 41, 44), Step::applied);
}

TEST_F(LoadSequence, IgnoresWhatIsNotNewer) {
  table_.snapshot(btc_, epoch, 44);
  EXPECT_EQ(table_.delta(btc_, 41, 44), Step::ignored);
  EXPECT_EQ(table_.delta(btc_, 40, 41), Step::ignored);
  EXPECT_EQ(table_.delta(btc_, 44, 45), Step::applied);
}

TEST_F(LoadSequence, CountsAHoleOnceAndGoesOn) {
  table_.snapshot(btc_, epoch, 41);
  EXPECT_EQ(table_.delta(btc_, 42, 43), Step::hole);
  EXPECT_EQ(table_.delta(btc_, 43, 44), Step::applied);
}

TEST_F(LoadSequence, CallsADeltaBeforeTheFirstSnapshotAHole) {
  EXPECT_EQ(table_.delta(btc_, 0, 1), Step::hole);
}

TEST_F(LoadSequence, KeepsSymbolsApart) {
  table_.snapshot(btc_, epoch, 41);
  table_.snapshot(eth_, epoch, 7);
  EXPECT_EQ(table_.delta(eth_, 7, 8), Step::applied);
  EXPECT_EQ(table_.delta(btc_, 41, 42), Step::applied);
}

TEST_F(LoadSequence, KnowsASymbolThatNobodyAskedFor) {
  const std::uint64_t other = hash_name("sim:DOGE-USD");
  EXPECT_EQ(table_.delta(other, 1, 2), Step::unexpected);
  EXPECT_EQ(table_.snapshot(other, epoch, 1).step, Step::unexpected);
}

TEST_F(LoadSequence, CountsWhatALaterSnapshotFolds) {
  const auto first = table_.snapshot(btc_, epoch, 41);
  EXPECT_FALSE(first.again);
  EXPECT_EQ(first.merged, 0U);
  const auto second = table_.snapshot(btc_, epoch, 45);
  EXPECT_TRUE(second.again);
  EXPECT_EQ(second.merged, 3U);
  EXPECT_EQ(table_.delta(btc_, 45, 46), Step::applied);
}

TEST_F(LoadSequence, ReplacesEverythingAtANewEpochWithoutCountingMerged) {
  table_.snapshot(btc_, epoch, 41);
  const auto replaced = table_.snapshot(btc_, epoch + 1, 3);
  EXPECT_TRUE(replaced.again);
  EXPECT_EQ(replaced.merged, 0U);
  EXPECT_EQ(table_.delta(btc_, 3, 4), Step::applied);
}

TEST_F(LoadSequence, AppliesTradesThatRiseByOneAndCallsTheRestAHole) {
  table_.snapshot(btc_, epoch, 41);
  EXPECT_EQ(table_.trade(btc_, 42), Step::applied);
  EXPECT_EQ(table_.trade(btc_, 42), Step::ignored);
  EXPECT_EQ(table_.trade(btc_, 44), Step::hole);
  EXPECT_EQ(table_.trade(btc_, 45), Step::applied);
}

TEST_F(LoadSequence, GoesOnBehindAGapThatNamesTheMissing) {
  table_.snapshot(btc_, epoch, 41);
  EXPECT_EQ(table_.gap(btc_, 42, 50), Step::applied);
  EXPECT_EQ(table_.trade(btc_, 51), Step::applied);
  EXPECT_EQ(table_.gap(btc_, 53, 60), Step::hole) << "nobody told of 52";
}

TEST_F(LoadSequence, WantsASnapshotAfterEveryBegin) {
  table_.snapshot(btc_, epoch, 41);
  EXPECT_EQ(table_.waiting(), 1U);
  table_.restart(btc_);
  EXPECT_EQ(table_.waiting(), 2U);
  EXPECT_EQ(table_.delta(btc_, 41, 42), Step::hole);
  table_.restart(btc_);
  const auto replaced = table_.snapshot(btc_, epoch, 50);
  EXPECT_TRUE(replaced.first);
  EXPECT_FALSE(replaced.again);
  EXPECT_EQ(table_.trade(btc_, 51), Step::applied);
}

TEST_F(LoadSequence, HoldsThousandsOfSymbols) {
  std::vector<std::uint64_t> names;
  for (int i = 0; i < 5'000; ++i) names.push_back(hash_name("sim:S" + std::to_string(i)));
  SequenceTable table(names);
  for (std::size_t i = 0; i < names.size(); ++i) table.snapshot(names[i], epoch, i);
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(table.delta(names[i], i, i + 1), Step::applied) << i;
  }
}

}  // namespace
}  // namespace ticker::load
