// The names and grids of the simulated feed.
#include "feeds/simulated/pairs.hpp"

#include <gtest/gtest.h>

#include <set>

#include "schemas/decimal.hpp"
#include "schemas/instrument.hpp"

namespace ticker::feeds {
namespace {

TEST(SimulatedPairs, AreAsManyAsAskedFor) {
  for (const std::uint32_t count : {0U, 1U, 39U, 40U, 41U, 1'000U, pairs_max}) {
    EXPECT_EQ(make_pairs(count).size(), count);
  }
}

TEST(SimulatedPairs, BeginWithTheBusyOnes) {
  const auto pairs = make_pairs(3);
  EXPECT_EQ(pairs[0].name, "BTC-USD");
  EXPECT_EQ(pairs[1].name, "ETH-USD");
  EXPECT_EQ(pairs[2].name, "SOL-USD");
}

TEST(SimulatedPairs, HaveNamesOfInstrumentsAndNoneTwice) {
  std::set<std::string> names;
  for (const Pair& pair : make_pairs(pairs_max)) {
    EXPECT_TRUE(names.insert(pair.name).second) << pair.name;
    EXPECT_TRUE(is_instrument_name("sim:" + pair.name)) << pair.name;
    EXPECT_NE(pair.name.find('-'), std::string::npos);
  }
}

TEST(SimulatedPairs, HavePricesThatAWalkCanMoveIn) {
  for (const Pair& pair : make_pairs(pairs_max)) {
    EXPECT_GE(pair.price, 2'000) << pair.name;
    EXPECT_GT(pair.tick, 0);
    EXPECT_GT(pair.size, 0U);
    EXPECT_LE(pair.price_scale, Decimal::scale_max);
  }
}

}  // namespace
}  // namespace ticker::feeds
