#include "feeds/live/pacer.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;

TEST(Pacer, LetsEverythingPassWithoutAPace) {
  Pacer pacer({});
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_LE(pacer.ready_at(5), 5);
    pacer.took(5);
  }
}

TEST(Pacer, KeepsAGapBetweenTwo) {
  Pacer pacer({.gap_ms = 300});
  pacer.took(10 * ms);
  EXPECT_EQ(pacer.ready_at(20 * ms), 310 * ms);
}

TEST(Pacer, NeverLetsMoreThanTheCountIntoAnyWindow) {
  constexpr Pace pace{.gap_ms = 7, .count = 20, .window_ms = 1'000};
  Pacer pacer(pace);
  std::mt19937_64 random(7);
  struct Done {
    std::int64_t at;
    std::uint32_t weight;
  };
  std::vector<Done> done;
  std::int64_t now = 0;
  for (int i = 0; i < 5'000; ++i) {
    const auto weight = static_cast<std::uint32_t>(1 + random() % 5);
    now = std::max(now, pacer.ready_at(now, weight));
    ASSERT_LE(pacer.ready_at(now, weight), now);
    pacer.took(now, weight);
    done.push_back({now, weight});
    now += static_cast<std::int64_t>(random() % 100) * ms / 10;
  }
  for (std::size_t first = 0; first < done.size(); ++first) {
    std::uint64_t sum = 0;
    for (std::size_t i = first; i < done.size() && done[i].at < done[first].at + 1'000 * ms; ++i) {
      sum += done[i].weight;
    }
    ASSERT_LE(sum, pace.count);
  }
  // And wastes none of it: so much is done in all.
  std::uint64_t all = 0;
  for (const Done& one : done) all += one.weight;
  EXPECT_GT(static_cast<double>(all), 0.9 * 20 * static_cast<double>(now) / (1'000 * ms));
}

TEST(Pacer, LetsAWeightBeyondTheWindowPassAlone) {
  Pacer pacer({.count = 5, .window_ms = 100});
  EXPECT_LE(pacer.ready_at(1 * ms, 50), 1 * ms);
  pacer.took(1 * ms, 50);
  EXPECT_EQ(pacer.ready_at(2 * ms, 1), 101 * ms);
}

TEST(Pacer, CountsNothingForAWeightOfZeroButKeepsTheGap) {
  Pacer pacer({.gap_ms = 10, .count = 1, .window_ms = 1'000});
  pacer.took(0);
  EXPECT_EQ(pacer.ready_at(0, 0), 10 * ms);
  pacer.took(10 * ms, 0);
  EXPECT_EQ(pacer.ready_at(10 * ms, 0), 20 * ms);
  EXPECT_EQ(pacer.ready_at(10 * ms, 1), 1'000 * ms);
}

TEST(Pacer, HoldsUntilTheVenueWantsToHearAgain) {
  Pacer pacer({});
  pacer.hold_until(70 * ms);
  pacer.hold_until(50 * ms);
  EXPECT_EQ(pacer.ready_at(60 * ms), 70 * ms);
  EXPECT_LE(pacer.ready_at(71 * ms), 71 * ms);
}

}  // namespace
}  // namespace ticker::feeds
