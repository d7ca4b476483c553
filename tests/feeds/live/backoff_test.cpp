#include "feeds/live/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;

TEST(Backoff, WaitsAnythingUnderACapThatDoublesUpToItsLimit) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Backoff backoff(100, 5'000, seed);
    std::int64_t cap_ms = 100;
    for (int i = 0; i < 40; ++i) {
      const std::int64_t wait = backoff.next_ns(0);
      ASSERT_GE(wait, cap_ms * ms / 10);
      ASSERT_LE(wait, cap_ms * ms);
      cap_ms = std::min<std::int64_t>(cap_ms * 2, 5'000);
    }
  }
}

TEST(Backoff, SpreadsManyOverTheWholeRange) {
  std::set<std::int64_t> tenths;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Backoff backoff(1'000, 1'000, seed);
    tenths.insert(backoff.next_ns(0) / (100 * ms));
  }
  EXPECT_GE(tenths.size(), 9U);
}

TEST(Backoff, WaitsAsLongAsTheVenueAsksFor) {
  Backoff backoff(100, 5'000, 1);
  EXPECT_EQ(backoff.next_ns(60'000), 60'000 * ms);
}

TEST(Backoff, BeginsAfreshWhenItHasWorked) {
  Backoff backoff(100, 60'000, 1);
  for (int i = 0; i < 8; ++i) (void)backoff.next_ns(0);
  EXPECT_EQ(backoff.failures(), 8U);
  backoff.reset();
  EXPECT_LE(backoff.next_ns(0), 100 * ms);
}

}  // namespace
}  // namespace ticker::feeds
