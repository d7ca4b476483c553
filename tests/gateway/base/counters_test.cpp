// Counters and the table of close reasons.
#include "gateway/base/counters.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>

#include "gateway/base/close_reason.hpp"

namespace ticker {
namespace {

/// The bucket that one observation falls into.
std::size_t bucket_of(std::int64_t ns) {
  LatencyHistogram histogram;
  histogram.observe_ns(ns);
  for (std::size_t i = 0; i < LatencyHistogram::bucket_count; ++i) {
    if (histogram.bucket(i) == 1) return i;
  }
  return LatencyHistogram::bucket_count;
}

TEST(Counter, CountsUpDownAndIsSet) {
  Counter counter;
  counter.add();
  counter.add(5);
  counter.sub(2);
  EXPECT_EQ(counter.get(), 4U);
  counter.set(9);
  EXPECT_EQ(counter.get(), 9U);
}

TEST(Counter, MayBeReadWhileItsThreadWrites) {
  Counter counter;
  std::thread writer([&counter] {
    for (int i = 0; i < 100'000; ++i) counter.add();
  });
  std::uint64_t last = 0;
  while (last < 100'000) {
    const auto now = counter.get();
    ASSERT_GE(now, last);
    last = now;
  }
  writer.join();
  EXPECT_EQ(counter.get(), 100'000U);
}

TEST(LatencyHistogram, ABucketHoldsDurationsUpToItsPowerOfTwoMicroseconds) {
  EXPECT_EQ(bucket_of(0), 0U);
  EXPECT_EQ(bucket_of(1'000), 0U);
  EXPECT_EQ(bucket_of(1'001), 1U);
  EXPECT_EQ(bucket_of(2'000), 1U);
  EXPECT_EQ(bucket_of(2'001), 2U);
  EXPECT_EQ(bucket_of(1'024'000), 10U);
  EXPECT_EQ(bucket_of(1'024'001), 11U);
}

TEST(LatencyHistogram, TheLastBucketTakesAllThatIsLonger) {
  constexpr auto last = LatencyHistogram::bucket_count - 1;
  const auto longest_us = std::int64_t{1} << (last - 1);
  EXPECT_EQ(bucket_of(longest_us * 1'000), last - 1);
  EXPECT_EQ(bucket_of(longest_us * 1'000 + 1), last);
  EXPECT_EQ(bucket_of(INT64_MAX), last);
}

TEST(LatencyHistogram, AClockThatRanBackCountsAsZero) {
  LatencyHistogram histogram;
  histogram.observe_ns(-5);
  histogram.observe_ns(7);
  EXPECT_EQ(histogram.bucket(0), 2U);
  EXPECT_EQ(histogram.sum_ns(), 7U);
}

TEST(Ledger, IsReadWholeWhileItIsBeingWritten) {
  PublishedLedger ledger;
  std::atomic<bool> stop = false;
  std::jthread writer([&] {
    Ledger all;
    while (!stop) {
      all.offered += 3;
      all.sent += 2;
      all.queued += 1;
      ledger.publish(all);
    }
  });
  for (int i = 0; i < 100'000; ++i) {
    const Ledger seen = ledger.read();
    ASSERT_TRUE(seen.balances()) << seen.offered;
    ASSERT_EQ(seen.sent, 2 * seen.queued);
  }
  stop = true;
}

TEST(CloseReason, EveryReasonHasItsOwnLabelAndAText) {
  std::set<std::string_view> labels;
  for (std::size_t i = 0; i < close_reason_count; ++i) {
    const auto& row = info(static_cast<CloseReason>(i));
    EXPECT_FALSE(row.label.empty());
    EXPECT_FALSE(row.text.empty());
    EXPECT_LE(row.text.size(), 123U) << "a close frame has no room for more";
    labels.insert(row.label);
  }
  EXPECT_EQ(labels.size(), close_reason_count);
}

TEST(CloseReason, CodesMayBeSentInACloseFrame) {
  // RFC 6455, 7.4: 1004 to 1006 and 1015 never go on the wire; 4000 to 4999 are an application's.
  const std::set<int> standard = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011};
  for (std::size_t i = 0; i < close_reason_count; ++i) {
    const auto code = info(static_cast<CloseReason>(i)).code;
    EXPECT_TRUE(code == 0 || standard.contains(code) || (code >= 4'000 && code <= 4'999)) << code;
  }
}

TEST(CloseReason, RowsStandInTheOrderOfTheirNames) {
  EXPECT_EQ(info(CloseReason::client_closed).label, "client_closed");
  EXPECT_EQ(info(CloseReason::going_away).label, "going_away");
  EXPECT_EQ(info(CloseReason::slow_consumer).code, 4008);
  EXPECT_EQ(info(CloseReason::overloaded).code, 4013);
  EXPECT_EQ(info(CloseReason::internal_error).label, "internal_error");
}

}  // namespace
}  // namespace ticker
