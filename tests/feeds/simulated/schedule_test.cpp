// Absolute time: late turns never add up, stalls never burst.
#include "feeds/simulated/schedule.hpp"

#include <gtest/gtest.h>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t second = 1'000 * ms;
constexpr std::int64_t start = 77 * second + 123;

TEST(Schedule, OwesRateTimesTimeRoundedDown) {
  Schedule schedule(3, start);
  EXPECT_EQ(schedule.due(start - 5), 0U);
  EXPECT_EQ(schedule.due(start), 0U);
  EXPECT_EQ(schedule.due(start + second / 3), 0U);
  EXPECT_EQ(schedule.due(start + second / 3 + 1), 1U);
  EXPECT_EQ(schedule.due(start + second), 3U);
  schedule.said(2);
  EXPECT_EQ(schedule.due(start + second), 1U);
}

TEST(Schedule, AsksForItsNextTurnExactlyWhenAnEventIsDue) {
  for (const std::uint32_t rate : {1U, 3U, 7U, 999U}) {
    Schedule schedule(rate, start);
    std::int64_t now = start;
    for (int i = 0; i < 2'000; ++i) {
      now = schedule.next_turn(now);
      ASSERT_EQ(schedule.due(now), 1U) << rate;
      schedule.said(1);
    }
    EXPECT_NEAR(static_cast<double>(now - start), 2'000e9 / rate, 1.0 * ms);
  }
}

TEST(Schedule, SaysOneEventATurnAtAThousandASecondEvenWhenTurnsComeLate) {
  Schedule schedule(1'000, start);
  std::int64_t now = start;
  for (int i = 0; i < 5'000; ++i) {
    now = schedule.next_turn(now) + 70'000 + i % 13 * 1'000;
    ASSERT_EQ(schedule.due(now), 1U);
    schedule.said(1);
  }
  EXPECT_LT(now - start, 5'001 * ms);
}

TEST(Schedule, GathersEventsIntoTurnsAMillisecondApart) {
  Schedule schedule(500'000, start);
  std::int64_t now = start;
  for (int i = 0; i < 1'000; ++i) {
    const std::int64_t next = schedule.next_turn(now);
    ASSERT_EQ((next - start) % Schedule::turn_ns, 0);
    ASSERT_GT(next, now);
    now = next;
    ASSERT_EQ(schedule.due(now), 500U);
    schedule.said(500);
  }
}

TEST(Schedule, IsDueAlreadyWhenATurnLeftSomethingUnsaid) {
  Schedule schedule(1'000, start);
  EXPECT_EQ(schedule.due(start + 10 * ms), 10U);
  schedule.said(4);
  EXPECT_LE(schedule.next_turn(start + 10 * ms), start + 10 * ms);
  schedule.said(6);
  EXPECT_EQ(schedule.next_turn(start + 10 * ms), start + 11 * ms);
}

TEST(Schedule, DropsTheBacklogOfALongStall) {
  Schedule schedule(1'000, start);
  EXPECT_EQ(schedule.due(start + second), 1'000U);
  EXPECT_EQ(schedule.skipped(), 0U);
  EXPECT_EQ(schedule.due(start + 60 * second), 1U);
  EXPECT_EQ(schedule.skipped(), 59'999U);
  schedule.said(1);
  EXPECT_EQ(schedule.next_turn(start + 60 * second), start + 60 * second + ms);
}

TEST(Schedule, DropsTheBacklogOfASlowFeedToo) {
  Schedule schedule(1, start);
  EXPECT_EQ(schedule.due(start + second), 1U);
  EXPECT_EQ(schedule.due(start + 5 * second), 1U);
  EXPECT_EQ(schedule.skipped(), 4U);
}

TEST(Schedule, CountsExactlyForYears) {
  constexpr std::int64_t year = 365 * 86'400 * second;
  Schedule schedule(4'000'000'000U, start);
  (void)schedule.due(start + year);
  schedule.said(1);
  EXPECT_EQ(schedule.due(start + year), 0U);
  EXPECT_EQ(schedule.due(start + year + 1), 4U);
  EXPECT_EQ(schedule.next_turn(start + year), start + year + ms);
}

TEST(Schedule, NeverSpeaksAtRateZero) {
  Schedule schedule(0, start);
  EXPECT_EQ(schedule.due(start + 100 * second), 0U);
  EXPECT_EQ(schedule.next_turn(start), Source::never);
}

}  // namespace
}  // namespace ticker::feeds
