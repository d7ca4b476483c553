// What a late loop means for clients, and when it is over.
#include "gateway/fanout/overload.hpp"

#include <gtest/gtest.h>

namespace ticker {
namespace {

constexpr std::int64_t ms = 1'000;              // in microseconds
constexpr std::int64_t second = 1'000'000'000;  // in nanoseconds

class OverloadTest : public testing::Test {
 protected:
  const Limits limits_;  // 250 ms soft, 1 s hard, 5 s calm
  Overload overload_{limits_};
};

TEST_F(OverloadTest, ALoopInTimeRefusesNobody) {
  EXPECT_FALSE(overload_.note(250 * ms, second));
  EXPECT_FALSE(overload_.refuses());
  EXPECT_FALSE(overload_.widened());
}

TEST_F(OverloadTest, AboveTheSoftLagNewClientsAreRefusedUntilItIsLow) {
  EXPECT_FALSE(overload_.note(251 * ms, second));
  EXPECT_TRUE(overload_.refuses());
  EXPECT_FALSE(overload_.widened());
  overload_.note(10 * ms, 2 * second);
  EXPECT_FALSE(overload_.refuses());
}

TEST_F(OverloadTest, AboveTheHardLagIntervalsAreWidened) {
  EXPECT_FALSE(overload_.note(1'000 * ms, second));
  EXPECT_TRUE(overload_.note(1'001 * ms, second));
  EXPECT_TRUE(overload_.refuses());
  EXPECT_TRUE(overload_.widened());
  EXPECT_FALSE(overload_.note(1'001 * ms, 2 * second));  // still
}

TEST_F(OverloadTest, TheyAreKeptAgainWhenTheLagWasLowForLong) {
  overload_.note(1'001 * ms, second);
  EXPECT_FALSE(overload_.note(10 * ms, 5 * second));
  EXPECT_FALSE(overload_.note(251 * ms, 5 * second));  // not low
  EXPECT_FALSE(overload_.note(10 * ms, 9 * second));
  EXPECT_TRUE(overload_.note(10 * ms, 10 * second));
  EXPECT_FALSE(overload_.widened());
}

}  // namespace
}  // namespace ticker
