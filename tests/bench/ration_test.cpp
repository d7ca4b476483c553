// Rations of slow clients: true to the rate, in reads that are neither rare nor crumbs.
#include "bench/load/ration.hpp"

#include <gtest/gtest.h>

namespace ticker::load {
namespace {

constexpr double tick_s = static_cast<double>(Ration::tick_ns) / 1e9;

struct Read {
  std::size_t bytes = 0;
  std::size_t times = 0;
  std::size_t most = 0;  // at once
};

/// So many ticks of a client for which `there` bytes wait each time that it reads.
Read read_on(Ration& ration, int ticks, std::size_t there = SIZE_MAX) {
  Read read;
  for (int i = 0; i < ticks; ++i) {
    ration.grow(tick_s);
    if (ration.due() == 0) continue;
    const std::size_t now = std::min(ration.due(), there);
    ration.use(now);
    read.bytes += now;
    read.most = std::max(read.most, now);
    ++read.times;
  }
  return read;
}

TEST(LoadRation, IsTheRateWhateverItIs) {
  for (const double rate : {1.0, 7.0, 1e3, 1e4, 1e5, 1e6, 1e7}) {
    Ration ration(rate);
    const Read read = read_on(ration, 1'000);
    EXPECT_NEAR(static_cast<double>(read.bytes), 10 * rate, rate * 0.11 + 1) << rate;
    EXPECT_LE(static_cast<double>(read.bytes), 10 * rate + 1) << rate;
  }
}

TEST(LoadRation, IsReadOftenEnoughForASmallBuffer) {
  Ration ration(1e6);
  const Read read = read_on(ration, 100);
  EXPECT_GE(read.times, 99U);
  EXPECT_LE(read.most, 16'384U);
}

TEST(LoadRation, IsNotReadInCrumbs) {
  for (const double rate : {1e3, 1e4, 1e5}) {
    Ration ration(rate);
    EXPECT_LE(read_on(ration, 100).times, 13U) << rate;
  }
  Ration ration(3);
  EXPECT_LE(read_on(ration, 100).times, 3U);
}

TEST(LoadRation, IsNotSavedUpWhileNothingCame) {
  Ration ration(1e5);
  const Read read = read_on(ration, 1'000, 0);
  EXPECT_LE(read.times, 130U);  // nor looked for at each tick
  EXPECT_LE(ration.due(), 10'000U);
}

TEST(LoadRation, IsSavedUpForATenthOfASecondWhereABufferHeldLess) {
  Ration ration(1e6);
  EXPECT_NEAR(static_cast<double>(read_on(ration, 100, 4'000).bytes), 4e5, 4'000);
  EXPECT_LE(ration.due(), 110'000U);
  Ration slower(1e5);
  EXPECT_NEAR(static_cast<double>(read_on(slower, 1'000, 4'000).bytes), 1e6, 1e4);
}

TEST(LoadRation, CatchesUpWhenATickWasLate) {
  Ration ration(1e6);
  ration.grow(0.7);
  EXPECT_EQ(ration.due(), 700'000U);
}

TEST(LoadRation, CountsWhatWasReadLessThanAllowed) {
  Ration ration(1e5);
  ration.grow(0.1);
  ration.use(4'000);
  EXPECT_EQ(ration.due(), 0U);
  ration.grow(0.05);
  EXPECT_EQ(ration.due(), 11'000U);
}

TEST(LoadRation, CanBeginPartOfAReadAhead) {
  Ration ration(1e3, 0.5);
  EXPECT_EQ(ration.due(), 0U);
  ration.grow(0.05);
  EXPECT_EQ(ration.due(), 100U);
}

}  // namespace
}  // namespace ticker::load
