// Which symbols clients choose.
#include "bench/load/choice.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace ticker::load {
namespace {

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back("sim:" + std::to_string(i));
  return out;
}

TEST(LoadSymbolChoice, IsTheSameForTheSameSeedAndNeverRepeatsASymbol) {
  const auto all = names(100);
  for (const double zipf : {0.0, 1.2}) {
    const Taste taste{.symbols_per_client = 10, .seed = 42, .zipf = zipf};
    SymbolChoice one(all, taste);
    SymbolChoice two(all, taste);
    std::set<std::set<std::string_view>> different;
    for (int client = 0; client < 50; ++client) {
      const auto chosen = one.next();
      EXPECT_EQ(chosen, two.next());
      const std::set<std::string_view> distinct(chosen.begin(), chosen.end());
      EXPECT_EQ(distinct.size(), 10U);
      different.insert(distinct);
    }
    EXPECT_GT(different.size(), 40U);
  }
}

TEST(LoadSymbolChoice, GivesAllClientsTheSameWhenAsked) {
  const auto all = names(100);
  SymbolChoice choice(all, {.symbols_per_client = 10, .seed = 42, .same = true});
  EXPECT_EQ(choice.next(), choice.next());
}

TEST(LoadSymbolChoice, TakesAllWhenMoreAreWantedThanThereAre) {
  const auto all = names(7);
  for (const double zipf : {0.0, 3.0}) {
    SymbolChoice choice(all, {.symbols_per_client = 10, .zipf = zipf});
    const auto chosen = choice.next();
    EXPECT_EQ(std::set<std::string_view>(chosen.begin(), chosen.end()).size(), 7U);
  }
}

TEST(LoadSymbolChoice, FollowsZipf) {
  const auto all = names(50);
  SymbolChoice choice(all, {.symbols_per_client = 1, .seed = 3, .zipf = 1.0});
  std::map<std::string_view, double> seen;
  const int draws = 40'000;
  for (int i = 0; i < draws; ++i) seen[choice.next()[0]] += 1;
  double sum = 0;
  for (int rank = 1; rank <= 50; ++rank) sum += 1.0 / rank;
  for (const int rank : {1, 2, 5, 20}) {
    const double expected = draws / (rank * sum);
    EXPECT_NEAR(seen[all[static_cast<std::size_t>(rank - 1)]], expected, expected * 0.15) << rank;
  }
}

TEST(LoadWeightedUrn, TakesEachPlaceByItsWeightAndOnlyOnce) {
  WeightedUrn urn({5, 1, 3});
  EXPECT_EQ(urn.total(), 9U);
  EXPECT_EQ(urn.take(5), 1U);
  EXPECT_EQ(urn.total(), 8U);
  EXPECT_EQ(urn.take(5), 2U);
  EXPECT_EQ(urn.take(4), 0U);
  EXPECT_EQ(urn.total(), 0U);
  urn.restore();
  EXPECT_EQ(urn.total(), 9U);
  EXPECT_EQ(urn.take(8), 2U);
}

TEST(LoadZipfWeights, NeverFallToZero) {
  for (const std::uint64_t weight : zipf_weights(10'000, 10)) ASSERT_GT(weight, 0U);
}

}  // namespace
}  // namespace ticker::load
