// What /metrics tells: every counter, under a name that Prometheus' own linter accepts.
#include "gateway/ops/metrics.hpp"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <thread>

namespace ticker {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// Counters of two shards, three feeds and a market, all registered.
struct House {
  House() {
    metrics.add_feed("simulated", &simulated);
    metrics.add_feed("replay", &replay);
    metrics.add_feed("kraken", &kraken, true);
    metrics.set_market(&market);
    metrics.add_shard(&shards[0]);
    metrics.add_shard(&shards[1]);
  }
  FeedCounters simulated;
  FeedCounters replay;
  FeedCounters kraken;
  MarketCounters market;
  std::array<ShardCounters, 2> shards;
  Metrics metrics;
};

/// The value of the line that begins with `series`; NaN-proof because absent is an empty string.
std::string value(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + ' ')) return line.substr(series.size() + 1);
  }
  return "";
}

TEST(Metrics, LabelsFeedCountersByFeedKindAndVerdict) {
  House house;
  house.simulated.events[static_cast<std::size_t>(Event::Kind::trade)].add(7);
  house.replay.frames[static_cast<std::size_t>(feeds::Verdict::malformed)].add(3);
  house.replay.overflows.add(2);
  const auto text = house.metrics.text();
  EXPECT_EQ(value(text, R"(ticker_events_total{feed="simulated",kind="trade"})"), "7");
  EXPECT_EQ(value(text, R"(ticker_events_total{feed="replay",kind="trade"})"), "0");
  EXPECT_EQ(value(text, R"(ticker_feed_frames_total{feed="replay",verdict="malformed"})"), "3");
  EXPECT_EQ(value(text, R"(ticker_parse_errors_total{feed="replay"})"), "3");
  EXPECT_EQ(value(text, R"(ticker_number_overflows_total{feed="replay"})"), "2");
}

TEST(Metrics, CountsInstrumentsOfAFeedByStatus) {
  House house;
  house.kraken.statuses[static_cast<std::size_t>(Status::live)].set(3);
  house.kraken.statuses[static_cast<std::size_t>(Status::resyncing)].set(2);
  const auto text = house.metrics.text();
  EXPECT_EQ(value(text, R"(ticker_feed_instruments{feed="kraken",status="live"})"), "3");
  EXPECT_EQ(value(text, R"(ticker_feed_instruments{feed="kraken",status="resyncing"})"), "2");
  EXPECT_EQ(value(text, R"(ticker_feed_instruments{feed="kraken",status="stale"})"), "0");
  EXPECT_EQ(value(text, R"(ticker_feed_instruments{feed="simulated",status="live"})"), "0");
}

TEST(Metrics, AFeedIsUpWhileItsConnectionsAreThere) {
  House house;
  for (std::size_t i = 0; i < feeds::link_state_names.size(); ++i) {
    house.kraken.link_state.set(i);
    const auto text = house.metrics.text();
    const auto state = static_cast<feeds::LinkState>(i);
    const bool up = state == feeds::LinkState::live || state == feeds::LinkState::silent;
    EXPECT_EQ(value(text, R"(ticker_feed_up{feed="kraken"})"), up ? "1" : "0");
    for (std::size_t other = 0; other < feeds::link_state_names.size(); ++other) {
      const auto name = std::string(feeds::link_state_names[other]);
      const auto series = R"(ticker_feed_link_state{feed="kraken",state=")" + name + "\"}";
      EXPECT_EQ(value(text, series), other == i ? "1" : "0") << series;
    }
  }
}

TEST(Metrics, FeedsWithoutAConnectionHaveNoneToTellOf) {
  House house;
  const auto text = house.metrics.text();
  for (const char* const name : {"ticker_feed_up", "ticker_feed_link_state"}) {
    EXPECT_THAT(text, HasSubstr(std::string(name) + "{feed=\"kraken\""));
    EXPECT_THAT(text, Not(HasSubstr(std::string(name) + "{feed=\"simulated\"")));
  }
  Metrics alone;
  alone.add_feed("simulated", &house.simulated);
  EXPECT_THAT(alone.text(), Not(HasSubstr("ticker_feed_up")));
}

TEST(Metrics, RepairTimesAreAHistogramAFeed) {
  House house;
  house.kraken.repair_time.observe_ns(3'000'000);
  const auto text = house.metrics.text();
  EXPECT_EQ(value(text, R"(ticker_feed_repair_seconds_count{feed="kraken"})"), "1");
  EXPECT_EQ(value(text, R"(ticker_feed_repair_seconds_sum{feed="kraken"})"), "0.003");
  EXPECT_EQ(value(text, R"(ticker_feed_repair_seconds_bucket{feed="kraken",le="+Inf"})"), "1");
  EXPECT_EQ(value(text, R"(ticker_feed_repair_seconds_count{feed="replay"})"), "0");
}

TEST(Metrics, SumsShardsWhereOneIsLikeTheOther) {
  House house;
  house.shards[0].clients.set(2);
  house.shards[1].clients.set(3);
  house.shards[0].ledger.publish({.offered = 10, .sent = 10});
  house.shards[1].ledger.publish({.offered = 1, .queued = 1});
  house.shards[1].closed[static_cast<std::size_t>(CloseReason::slow_consumer)].add(4);
  const auto text = house.metrics.text();
  EXPECT_EQ(value(text, "ticker_clients"), "5");
  EXPECT_EQ(value(text, R"(ticker_ledger_frames_total{outcome="offered"})"), "11");
  EXPECT_EQ(value(text, R"(ticker_disconnects_total{reason="slow_consumer"})"), "4");
}

TEST(Metrics, KeepsShardsApartWhereOneMayBeSick) {
  House house;
  house.shards[1].laps.add(2);
  house.shards[1].lag_us.set(1'500);
  const auto text = house.metrics.text();
  EXPECT_EQ(value(text, R"(ticker_ring_laps_total{shard="0"})"), "0");
  EXPECT_EQ(value(text, R"(ticker_ring_laps_total{shard="1"})"), "2");
  EXPECT_EQ(value(text, R"(ticker_loop_lag_seconds{shard="1"})"), "0.0015");
}

TEST(Metrics, HistogramsAreCumulativeInSecondsOverAllShards) {
  House house;
  house.shards[0].received_to_written.observe_ns(1'000);
  house.shards[1].received_to_written.observe_ns(3'000'000);
  house.shards[1].received_to_written.observe_ns(60'000'000'000);
  const auto text = house.metrics.text();
  const std::string name = "ticker_received_to_written_seconds";
  EXPECT_EQ(value(text, name + "_count"), "3");
  EXPECT_EQ(std::stod(value(text, name + "_sum")), 60.003001);
  EXPECT_THAT(text, HasSubstr(name + "_bucket{le=\"+Inf\"} 3\n"));
  std::istringstream lines(text);
  std::vector<int> buckets;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + "_bucket")) {
      buckets.push_back(std::stoi(line.substr(line.rfind(' '))));
    }
  }
  ASSERT_EQ(buckets.size(), LatencyHistogram::bucket_count);
  EXPECT_EQ(buckets[0], 1);
  EXPECT_EQ(buckets[11], 1);  // 2 048 µs
  EXPECT_EQ(buckets[12], 2);  // 4 096 µs
  EXPECT_EQ(buckets[23], 2);
}

TEST(Metrics, EveryCounterOfTheHouseIsTold) {
  // Give each 64-bit slot of the plain counter structs a value of its own, then look for them all.
  // Told otherwise: the state of a connection as words, histograms as sums.
  House house;
  std::uint64_t next = 1'000'001;
  std::set<std::uint64_t> expected;
  const auto fill = [&](auto& counters, std::size_t count) {
    auto* slots = reinterpret_cast<Counter*>(&counters);
    for (std::size_t i = 0; i < count; ++i, next += 7) {
      slots[i].set(next);
      expected.insert(next);
    }
  };
  static_assert(sizeof(Counter) == sizeof(std::uint64_t));
  fill(house.simulated, offsetof(FeedCounters, repair_time) / sizeof(Counter));
  expected.erase(house.simulated.link_state.get());
  fill(house.market, sizeof(MarketCounters) / sizeof(Counter));
  fill(house.shards[0], offsetof(ShardCounters, ledger) / sizeof(Counter));
  const auto lag = house.shards[0].lag_us.get();
  for (Counter& closed : house.shards[0].closed) {
    closed.set(next += 7);
    expected.insert(next);
  }
  house.shards[0].ledger.publish({next + 1, next + 2, next + 3, next + 4, next + 5, next + 6});
  for (std::uint64_t i = 1; i <= 6; ++i) expected.insert(next + i);

  const auto text = house.metrics.text();
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const auto number = std::stod(line.substr(line.rfind(' ')));
    if (number >= 1'000'000) expected.erase(static_cast<std::uint64_t>(number));
  }
  EXPECT_EQ(value(text, R"(ticker_loop_lag_seconds{shard="0"})").substr(0, 7),
            std::to_string(static_cast<double>(lag) * 1e-6).substr(0, 7));
  expected.erase(lag);
  EXPECT_THAT(expected, IsEmpty());
}

TEST(Metrics, LeavesOutWhatIsNotThere) {
  const auto text = Metrics().text();
  EXPECT_THAT(text, Not(HasSubstr("ticker_clients")));
  EXPECT_THAT(text, Not(HasSubstr("ticker_events_total")));
  EXPECT_THAT(text, HasSubstr("ticker_build_info{version=\""));
}

TEST(Metrics, FeedsMayComeWhileOthersRead) {
  House house;
  std::array<FeedCounters, 50> late;
  std::thread feed_thread([&] {
    for (std::size_t i = 0; i < late.size(); ++i) {
      house.metrics.add_feed("late" + std::to_string(i), &late[i]);
    }
  });
  for (int i = 0; i < 20; ++i) EXPECT_THAT(house.metrics.text(), HasSubstr("feed=\"replay\""));
  feed_thread.join();
  EXPECT_THAT(house.metrics.text(), HasSubstr("feed=\"late49\""));
}

TEST(Metrics, ToldAboutTheProcessItself) {
  const auto text = Metrics().text();
  const auto now = static_cast<double>(std::time(nullptr));
  const auto start = std::stod(value(text, "process_start_time_seconds"));
  EXPECT_LE(start, now + 2);
  EXPECT_GT(start, now - 3'600);
  EXPECT_GT(std::stod(value(text, "process_resident_memory_bytes")), 1e6);
  EXPECT_GE(std::stod(value(text, "process_open_fds")), 3);
  EXPECT_GE(std::stod(value(text, "process_max_fds")), std::stod(value(text, "process_open_fds")));
  EXPECT_NE(value(text, "process_cpu_seconds_total"), "");
}

TEST(Metrics, PromtoolHasNothingToComplainOf) {
  const auto* given = std::getenv("PROMTOOL");
  const std::string promtool =
      given != nullptr ? given : SOURCE_DIR "/build/tools/usr/bin/promtool";
  ASSERT_TRUE(std::filesystem::exists(promtool))
      << promtool << " is missing; `make deps-test` fetches it, or name one by PROMTOOL";
  House house;
  const auto input = std::filesystem::path(testing::TempDir()) / "promtool_input.txt";
  std::ofstream(input) << house.metrics.text();
  const auto command = "'" + promtool + "' check metrics < '" + input.string() + "' 2>&1";
  std::string complaints;
  FILE* pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    complaints.push_back(static_cast<char>(c));
  }
  const auto status = pclose(pipe);
  std::filesystem::remove(input);
  EXPECT_EQ(complaints, "");
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace ticker
