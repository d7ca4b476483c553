// The gateway's ledger beside the clients'.
#include "bench/load/ledger.hpp"

#include <gtest/gtest.h>

namespace ticker::load {
namespace {

using Verdict = Compared::Verdict;

constexpr const char* metrics =
    "# HELP ticker_clients WebSocket clients connected.\n"
    "ticker_clients 7\n"
    "ticker_clients_refused_total 9\n"
    "ticker_connections_accepted_total 12\n"
    "ticker_ring_lapped_events_total{shard=\"0\"} 3\n"
    "ticker_ring_lapped_events_total{shard=\"1\"} 4\n"
    "ticker_ledger_frames_total{outcome=\"offered\"} 100\n"
    "ticker_ledger_frames_total{outcome=\"sent\"} 6.5e+01\n"
    "ticker_ledger_frames_total{outcome=\"merged\"} 20\n"
    "ticker_ledger_frames_total{outcome=\"lost\"} 5\n"
    "ticker_ledger_frames_total{outcome=\"abandoned\"} 6\n"
    "ticker_ledger_queued_frames 4\n";

TEST(LoadCounters, AreReadFromMetricsAndSummedOverShards) {
  GatewayCounters counters;
  ASSERT_TRUE(read_counters(metrics, counters));
  EXPECT_EQ(counters.offered, 100U);
  EXPECT_EQ(counters.sent, 65U);
  EXPECT_EQ(counters.merged, 20U);
  EXPECT_EQ(counters.lost, 5U);
  EXPECT_EQ(counters.abandoned, 6U);
  EXPECT_EQ(counters.queued, 4U);
  EXPECT_EQ(counters.clients, 7U);
  EXPECT_EQ(counters.accepted, 12U);
  EXPECT_EQ(counters.lapped, 7U);
  EXPECT_FALSE(read_counters("ticker_clients 7\n", counters));
}

class LoadLedger : public testing::Test {
 protected:
  LoadLedger() {
    book_.begin = {.sent = 1'000, .accepted = 50};
    book_.end = {.sent = 1'100, .merged = 20, .lost = 5, .accepted = 60};
    book_.quiet = true;
    clients_.connects = 10;
    clients_.whole.deltas = 70;
    clients_.whole.snapshots = 40;
    clients_.whole.snapshots_first = 30;
    clients_.whole.trades = 20;
    clients_.whole.merged_in_snapshots = 20;
    clients_.whole.lost = 5;
  }
  [[nodiscard]] std::vector<Verdict> verdicts() const {
    std::vector<Verdict> out;
    for (const Compared& line : compare(book_, clients_)) out.push_back(line.verdict);
    return out;
  }

  LedgerBook book_;
  ClientCounts clients_;
};

TEST_F(LoadLedger, AgreesWhenEveryFrameIsThere) {
  EXPECT_EQ(verdicts(), (std::vector{Verdict::equal, Verdict::equal, Verdict::equal}));
}

TEST_F(LoadLedger, DiffersByOneFrameEitherWay) {
  ++clients_.whole.deltas;
  EXPECT_EQ(verdicts()[0], Verdict::differs);
  clients_.whole.deltas -= 2;
  EXPECT_EQ(verdicts()[0], Verdict::differs);
}

TEST_F(LoadLedger, AllowsFewerWhereSomebodyElseMayHaveThem) {
  --clients_.whole.deltas;
  book_.begin.clients = 1;
  EXPECT_EQ(verdicts()[0], Verdict::possible);
  book_.begin.clients = 0;
  book_.end.accepted = 61;
  EXPECT_EQ(verdicts()[0], Verdict::possible);
  clients_.whole.deltas += 2;
  EXPECT_EQ(verdicts()[0], Verdict::differs) << "more than was sent came from nowhere";
}

TEST_F(LoadLedger, AllowsFewerAfterAResetOrWithoutQuiet) {
  --clients_.whole.deltas;
  clients_.unclean = 1;
  EXPECT_EQ(verdicts()[0], Verdict::possible);
  clients_.unclean = 0;
  book_.quiet = false;
  EXPECT_EQ(verdicts()[0], Verdict::possible);
}

TEST_F(LoadLedger, AllowsFewerMergedAndLostOnlyWithSomethingAbandoned) {
  --clients_.whole.merged_in_snapshots;
  --clients_.whole.lost;
  EXPECT_EQ(verdicts(), (std::vector{Verdict::equal, Verdict::differs, Verdict::differs}));
  book_.end.abandoned = 1;
  EXPECT_EQ(verdicts(), (std::vector{Verdict::equal, Verdict::possible, Verdict::possible}));
}

TEST_F(LoadLedger, DoesNotCompareMergedUnderIntervalsAndFilters) {
  clients_.plain = false;
  EXPECT_EQ(verdicts(), (std::vector{Verdict::equal, Verdict::untold, Verdict::equal}));
}

}  // namespace
}  // namespace ticker::load
