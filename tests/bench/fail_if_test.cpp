// Conditions of --fail-if.
#include "bench/load/fail_if.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>

namespace ticker::load {
namespace {

std::vector<Condition> parsed(std::string_view text) {
  std::vector<Condition> out;
  EXPECT_EQ(parse_conditions(text, out), "") << text;
  return out;
}

TEST(LoadFailIf, ReadsConditionsWithEverySign) {
  const auto conditions = parsed("p99_ms>50, holes != 0,clients<=1e3,merged>=2,lost<3,gaps==0.5");
  ASSERT_EQ(conditions.size(), 6U);
  EXPECT_EQ(conditions[0].figure->name, "p99_ms");
  EXPECT_EQ(conditions[0].sign, Condition::Sign::greater);
  EXPECT_EQ(conditions[0].bound, 50);
  EXPECT_EQ(conditions[1].sign, Condition::Sign::unequal);
  EXPECT_EQ(conditions[2].bound, 1'000);
  EXPECT_EQ(conditions[3].sign, Condition::Sign::at_least);
  EXPECT_EQ(conditions[4].sign, Condition::Sign::less);
  EXPECT_EQ(conditions[5].sign, Condition::Sign::equal);
  EXPECT_TRUE(parsed("").empty());
}

TEST(LoadFailIf, RefusesWhatItDoesNotUnderstand) {
  for (const char* wrong : {"p98_ms>1", "p99_ms", "p99_ms>", "p99_ms>x", "p99_ms>1x", "p99_ms=1",
                            ">1", "p99_ms>1,,holes>0", "p99_ms>inf", "p99_ms>nan"}) {
    std::vector<Condition> out;
    EXPECT_NE(parse_conditions(wrong, out), "") << wrong;
  }
}

TEST(LoadFailIf, TellsWhichConditionsAreMet) {
  const auto outcome = std::make_unique<Outcome>();
  outcome->groups[0].faults.holes = 2;
  outcome->totals.second_half[0].recv_to_receipt.record(20'000);
  const auto bad = met(parsed("holes>0,holes>2,p99_ms>19,p99_ms<19,holes==2"), *outcome);
  ASSERT_EQ(bad.size(), 3U);
  EXPECT_EQ(bad[0], "holes>0 (it is 2.000)");
  EXPECT_EQ(bad[2], "holes==2 (it is 2.000)");
}

TEST(LoadFailIf, CountsWhatWasNotMeasuredAsMet) {
  const auto outcome = std::make_unique<Outcome>();
  EXPECT_EQ(met(parsed("server_cpu_percent>400"), *outcome),
            (std::vector<std::string>{"server_cpu_percent>400 (not measured)"}));
  outcome->server_cpu_share = 0.5;
  EXPECT_TRUE(met(parsed("server_cpu_percent>400"), *outcome).empty());
}

TEST(LoadFigures, HaveDifferentNamesAndAreAllThereForAnEmptyRun) {
  const auto outcome = std::make_unique<Outcome>();
  std::set<std::string_view> names;
  for (const Figure& figure : figures()) {
    EXPECT_TRUE(names.insert(figure.name).second) << figure.name;
    EXPECT_FALSE(figure.of(*outcome) > 0) << figure.name;
  }
}

}  // namespace
}  // namespace ticker::load
