// The histogram against a sorted vector, which is always right.
#include "bench/load/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace ticker::load {
namespace {

std::uint64_t exact(const std::vector<std::uint64_t>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

TEST(LoadHistogram, PercentilesAreWithinOnePercentAboveTheSortedOnes) {
  std::mt19937_64 random(7);
  for (const double spread : {4.0, 9.0, 15.0}) {
    const auto histogram = std::make_unique<Histogram>();
    std::vector<std::uint64_t> values;
    std::lognormal_distribution<double> latencies(spread, 1.5);
    for (int i = 0; i < 20'000; ++i) {
      values.push_back(static_cast<std::uint64_t>(latencies(random)));
      histogram->record(static_cast<std::int64_t>(values.back()));
    }
    std::sort(values.begin(), values.end());
    for (const double share : {0.0, 0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const std::uint64_t wanted = exact(values, share);
      EXPECT_GE(histogram->value_at(share), wanted) << share;
      EXPECT_LE(histogram->value_at(share), wanted + wanted / 100) << share;
    }
    EXPECT_EQ(histogram->max(), values.back());
    EXPECT_EQ(histogram->count(), values.size());
  }
}

TEST(LoadHistogram, IsExactBelow256) {
  for (std::int64_t value = 0; value < 256; ++value) {
    const auto histogram = std::make_unique<Histogram>();
    histogram->record(value);
    histogram->record(100'000);
    EXPECT_EQ(histogram->value_at(0.5), static_cast<std::uint64_t>(value));
  }
}

TEST(LoadHistogram, KeepsEveryPowerOfTwoAndItsNeighboursInTheirStep) {
  for (unsigned bit = 0; bit < 36; ++bit) {
    for (const std::int64_t off : {-1, 0, 1}) {
      const std::int64_t value = (std::int64_t{1} << bit) + off;
      const auto histogram = std::make_unique<Histogram>();
      histogram->record(value);
      histogram->record(static_cast<std::int64_t>(Histogram::value_max));
      const auto wanted = static_cast<std::uint64_t>(value);
      EXPECT_GE(histogram->value_at(0.5), wanted);
      EXPECT_LE(histogram->value_at(0.5), wanted + wanted / 127);
    }
  }
}

TEST(LoadHistogram, CountsNegativeAsZeroAndClampsTheAbsurd) {
  const auto histogram = std::make_unique<Histogram>();
  histogram->record(-5);
  histogram->record(std::int64_t{1} << 60);
  EXPECT_EQ(histogram->value_at(0.5), 0U);
  EXPECT_EQ(histogram->max(), Histogram::value_max);
  EXPECT_EQ(histogram->value_at(1), Histogram::value_max);
}

TEST(LoadHistogram, AddsAnother) {
  const auto one = std::make_unique<Histogram>();
  const auto other = std::make_unique<Histogram>();
  one->record(10);
  other->record(20);
  other->record(30);
  one->add(*other);
  EXPECT_EQ(one->count(), 3U);
  EXPECT_EQ(one->value_at(0.5), 20U);
  EXPECT_EQ(one->max(), 30U);
}

TEST(LoadHistogram, SaysZeroWhenEmpty) {
  const auto histogram = std::make_unique<Histogram>();
  EXPECT_EQ(histogram->value_at(0.99), 0U);
  EXPECT_EQ(histogram->max(), 0U);
}

}  // namespace
}  // namespace ticker::load
