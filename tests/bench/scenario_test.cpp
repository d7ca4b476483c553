// When things are due, scenario by scenario.
#include "bench/load/scenario.hpp"

#include <gtest/gtest.h>

namespace ticker::load {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 100 * second;

Scenario named(std::string_view name) {
  Scenario scenario;
  EXPECT_TRUE(scenario_named(name, scenario)) << name;
  return scenario;
}

Timetable counted(const Scenario& scenario, const Crowd& crowd) {
  Timetable timetable(scenario, crowd, 1'000, start);
  timetable.count(start + 2 * second, start + 4 * second, start + 14 * second);
  return timetable;
}

TEST(LoadScenario, HasARowForEveryName) {
  for (const char* name : {"steady", "ramp", "churn", "slow", "bursts", "storm"}) named(name);
  Scenario scenario;
  EXPECT_FALSE(scenario_named("calm", scenario));
}

TEST(LoadScenario, DividesTheClientsByShares) {
  const Crowd crowd = crowd_of(named("slow"), 1'000, 7, 3);
  EXPECT_EQ(crowd.slow, 107U);
  EXPECT_EQ(crowd.stopped, 103U);
  EXPECT_EQ(crowd.fast, 800U);
  EXPECT_EQ(crowd.churn_slots, 0U);
  EXPECT_EQ(crowd_of(named("churn"), 10, 0, 0).fast, 10U) << "the others come beside them";
}

TEST(LoadTimetable, ConnectsTheFirstCrowdAtItsRate) {
  const Timetable timetable(named("steady"), {.fast = 100}, 1'000, start);
  EXPECT_EQ(timetable.first_crowd(), 100U);
  EXPECT_EQ(timetable.connect_ns(0), start);
  EXPECT_EQ(timetable.connect_ns(99), start + second / 1'000 * 99);
  EXPECT_EQ(timetable.connect_ns(100), Timetable::never);
  EXPECT_EQ(timetable.churn_connect_ns(0), Timetable::never);
  EXPECT_EQ(timetable.round_ns(0), Timetable::never);
}

TEST(LoadTimetable, RampsUpOverNineTenthsOfTheCountedTime) {
  const Crowd crowd{.slow = 10, .fast = 100};
  const Timetable timetable = counted(named("ramp"), crowd);
  EXPECT_EQ(timetable.first_crowd(), 20U);
  EXPECT_EQ(timetable.connect_ns(20), start + 4 * second);
  EXPECT_EQ(timetable.connect_ns(65), start + 4 * second + second / 10 * 45);
  EXPECT_LT(timetable.connect_ns(109), start + 13 * second);
  EXPECT_EQ(timetable.connect_ns(110), Timetable::never);
  EXPECT_EQ(timetable.leave_ns(50), Timetable::never);
}

TEST(LoadTimetable, RampsDownFromTheLastClient) {
  Scenario down = named("ramp");
  down.ramp_from = 1;
  down.ramp_to = 0.1;
  const Timetable timetable = counted(down, {.fast = 100});
  EXPECT_EQ(timetable.first_crowd(), 100U);
  EXPECT_EQ(timetable.leave_ns(99), start + 4 * second);
  EXPECT_EQ(timetable.leave_ns(89), start + 5 * second);
  EXPECT_EQ(timetable.leave_ns(9), Timetable::never);
}

TEST(LoadTimetable, ChurnsAtAbsoluteTimesAndFindsAFreePlaceForEach) {
  const Scenario churn = named("churn");
  const Crowd crowd = crowd_of(churn, 0, 0, 0);
  const Timetable timetable = counted(churn, crowd);
  for (std::uint64_t n = 0; n < 1'000; ++n) {
    ASSERT_NEAR(static_cast<double>(timetable.churn_connect_ns(n) - start - 2 * second),
                static_cast<double>(n) * second / churn.churn_rate, 1);
    ASSERT_GE(timetable.churn_connect_ns(n + crowd.churn_slots),
              timetable.churn_leave_ns(n) + second)
        << "a second for the goodbye";
  }
}

TEST(LoadTimetable, TogglesInBurstsAndSubscribesAgainInStorms) {
  const Timetable bursts = counted(named("bursts"), {.fast = 100});
  EXPECT_EQ(bursts.round_ns(0), start + 3 * second);
  EXPECT_EQ(bursts.round_op(0), Op::unsubscribe);
  EXPECT_EQ(bursts.round_op(1), Op::subscribe);
  const Timetable storm = counted(named("storm"), {.fast = 100});
  EXPECT_EQ(storm.round_ns(1), start + 12 * second);
  EXPECT_EQ(storm.round_op(0), Op::subscribe);
}

}  // namespace
}  // namespace ticker::load
