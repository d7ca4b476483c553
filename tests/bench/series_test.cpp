// Slices of several threads become seconds and totals.
#include "bench/load/series.hpp"

#include <gtest/gtest.h>

#include "bench/load/plan.hpp"
#include "bench/load/progress.hpp"

namespace ticker::load {
namespace {

constexpr std::int64_t second = 1'000'000'000;

std::unique_ptr<Slice> slice(int begin_s, bool counted, std::int64_t latency_us,
                             std::int64_t waited_ns, std::int64_t cpu_ns) {
  auto out = std::make_unique<Slice>();
  out->begin_ns = out->began_ns = begin_s * second;
  out->end_ns = out->ended_ns = (begin_s + 1) * second;
  out->counted = counted;
  out->waited_ns = waited_ns;
  out->cpu_ns = cpu_ns;
  out->subscribed = 5;
  out->turns_us.record(7);
  out->late_us_max = latency_us;
  for (Tally& tally : out->tallies) {
    tally.messages = 10;
    tally.deltas = 8;
    tally.snapshots = 2;
    tally.snapshots_first = 1;
  }
  out->tallies[0].recv_to_receipt.record(latency_us);
  return out;
}

std::vector<std::unique_ptr<Slice>> both(std::unique_ptr<Slice> one, std::unique_ptr<Slice> two) {
  std::vector<std::unique_ptr<Slice>> out;
  out.push_back(std::move(one));
  out.push_back(std::move(two));
  return out;
}

TEST(LoadSeries, SumsThreadsAndTellsTheBusiestAndTheMostStarved) {
  Series series(10 * second, 2);
  series.count(10 * second, 12 * second);
  const Second& row = series.add(both(slice(10, true, 100, second / 2, second / 2),
                                      slice(10, true, 200, second / 4, second / 4)));
  EXPECT_EQ(row.begin_s, 0);
  EXPECT_EQ(row.length_s, 1);
  EXPECT_EQ(row.clients, 10U);
  EXPECT_EQ(row.messages, 80U);
  EXPECT_EQ(row.p50_us, 100U);
  EXPECT_EQ(row.max_us, 200U);
  EXPECT_NEAR(row.busy_share, 0.75, 1e-9);
  EXPECT_NEAR(row.starved_share, 0.5, 1e-9);
  EXPECT_EQ(row.late_us_max, 200);
}

TEST(LoadSeries, DividesTheCountedTimeAndLeavesTheRestToTheWhole) {
  Series series(9 * second, 2);
  series.count(10 * second, 12 * second);
  for (int begin = 9; begin < 13; ++begin) {
    const bool counted = begin == 10 || begin == 11;
    series.add(both(slice(begin, counted, begin, second, 0), slice(begin, counted, 1, second, 0)));
  }
  const auto totals = series.totals();
  EXPECT_EQ(series.seconds().size(), 4U);
  EXPECT_NEAR(totals->seconds, 2, 1e-9);
  EXPECT_EQ(totals->first_half[0].messages, 20U);
  EXPECT_EQ(totals->first_half[0].recv_to_receipt.max(), 10U);
  EXPECT_EQ(totals->second_half[0].recv_to_receipt.max(), 11U);
  EXPECT_EQ(totals->counted(GroupId::churn)->messages, 40U);
  EXPECT_EQ(totals->whole.messages, 320U);
  EXPECT_EQ(totals->whole.data_frames(), 4U * 2 * group_count * 9);
}

TEST(LoadPlan, CutsEverySecondAndWhereCountingBeginsAndEnds) {
  Plan plan(5 * second);
  EXPECT_EQ(plan.cut_after(5 * second), 6 * second);
  plan.count(6 * second, 6 * second + second / 2, 8 * second);
  EXPECT_EQ(plan.cut_after(6 * second), 6 * second + second / 2);
  EXPECT_EQ(plan.cut_after(6 * second + second / 2), 7 * second + second / 2);
  EXPECT_EQ(plan.cut_after(7 * second + second / 2), 8 * second);
  EXPECT_EQ(plan.cut_after(8 * second), Plan::unknown);
}

TEST(LoadProgress, TellsClientsRateLatencyAndItself) {
  const std::string line = progress_line({.begin_s = 11,
                                          .length_s = 1,
                                          .counted = true,
                                          .clients = 1'000,
                                          .messages = 123'456,
                                          .p50_us = 1'230,
                                          .p99_us = 45'600,
                                          .busy_share = 0.4,
                                          .starved_share = 0.1});
  for (const char* part : {"12 s*", "1000 clients", "123456 msg/s", "p50 1.23 ms", "p99 45.60 ms",
                           "busy 40 %", "starved 10 %"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << " in " << line;
  }
}

}  // namespace
}  // namespace ticker::load
