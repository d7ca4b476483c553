// How lines of several captures come onto one time line, and what keeps them from it.
#include "feeds/replay/timeline.hpp"
#include "feeds/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "tests/feeds/replay/replay_fixture.hpp"

namespace ticker::feeds {
namespace {

using ReplayTimeline = Replay;

TEST_F(ReplayTimeline, MergesFilesByReceiveTimeAndKeepsTheirOrderAtEqualTimes) {
  const auto a = file("a", line("1.1", com, quote(1)) + line("1.3", com, quote(3)) +
                               line("1.3", com, quote(4)) + line("1.5", com, quote(7)));
  const auto b = file(
      "b", line("1.2", com, quote(2)) + line("1.3", com, quote(5)) + line("1.4", com, quote(6)));
  ASSERT_TRUE(open({.files = {a, b}}));
  run_to_end();
  EXPECT_EQ(orders(), (Orders{1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(ReplayTimeline, CutsSilencesToTwoSeconds) {
  const auto a = file("a", line("100.0", com, quote(1)) + line("9000.0", com, quote(2)) +
                               line("9001.9", com, quote(3)));
  ASSERT_TRUE(open({.files = {a}}));
  const std::int64_t start = now.steady_ns;
  turn();
  EXPECT_EQ(next_ns, start + 2'000 * ms);
  step();
  EXPECT_EQ(next_ns, start + 3'900 * ms);
}

TEST_F(ReplayTimeline, PutsSeveralVenuesOnOneTimeLine) {
  const auto a = file("a", line("1.0", com, quote(1)) + line("1.2", com, quote(3)));
  const auto b = file("b", line("1.1", us, quote(2, "BATUSD")));
  ASSERT_TRUE(open({.files = {a, b}}));
  turn();
  step();
  EXPECT_EQ(orders(), (Orders{1}));
  ASSERT_EQ(directory.sinks["binance_us"].tickers.size(), 1U);
  EXPECT_EQ(directory.adapters.at("binance_us")->canonical("BATUSD"), "BAT-USD");
  step();
  EXPECT_EQ(orders(), (Orders{1, 3}));
}

// Recordings of different days, side by side; each venue keeps its own pace and its own silences.
TEST_F(ReplayTimeline, LetsAllVenuesBeginTogetherWhenAsked) {
  const auto a = file("a", line("100.0", com, quote(1)) + line("100.4", com, quote(3)));
  const auto b =
      file("b", line("9000.0", us, quote(11, "BATUSD")) + line("9000.1", us, quote(12, "BATUSD")) +
                    line("9500.0", us, quote(13, "BATUSD")));
  const auto c = file("c", line("100.2", com, quote(2)));
  ASSERT_TRUE(open({.files = {a, b, c}, .together = true}));
  const std::int64_t start = now.steady_ns;
  const auto heard = [&] { return directory.sinks["binance_us"].tickers.size(); };
  turn();
  EXPECT_EQ(orders(), (Orders{1}));
  EXPECT_EQ(heard(), 1U);
  EXPECT_EQ(next_ns, start + 100 * ms);
  step();
  EXPECT_EQ(heard(), 2U);
  step();
  step();
  EXPECT_EQ(orders(), (Orders{1, 2, 3}));
  EXPECT_EQ(next_ns, start + 2'100 * ms);
  step();
  EXPECT_EQ(heard(), 3U);
}

TEST_F(ReplayTimeline, PlaysALineWithoutTimeRightAfterTheLineBeforeIt) {
  const auto a = file("a", line("null", com, quote(1)) + line("1.0", com, quote(2)) +
                               line("null", com, quote(3)) + line("1.2", com, quote(5)));
  const auto b = file("b", line("1.1", com, quote(4)));
  ASSERT_TRUE(open({.files = {a, b}}));
  turn();
  EXPECT_EQ(orders(), (Orders{1, 2, 3}));
  step();
  step();
  EXPECT_EQ(orders(), (Orders{1, 2, 3, 4, 5}));
  ASSERT_TRUE(
      open({.files = {file("c", line("null", com, quote(6)) + line("null", com, quote(7)))}}));
  turn();
  EXPECT_EQ(orders(), (Orders{1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(ReplayTimeline, CountsBadLinesAsMalformedFramesAndReadsOn) {
  const auto path = file("a", "rubbish\n" + line("1.0", com, quote(1)) + "\n" +
                                  line("1.0", com, "{\"u\":") + line("1.0", com, quote(2)));
  ASSERT_TRUE(open({.files = {path}}));
  turn();
  EXPECT_EQ(binance().frames, (std::vector{Verdict::malformed, Verdict::data, Verdict::malformed,
                                           Verdict::malformed, Verdict::data}));
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, path);
  EXPECT_EQ(files[0].lines, 5U);
  EXPECT_EQ(files[0].frames, 3U);
  EXPECT_EQ(files[0].malformed, 2U);
  EXPECT_EQ(files[0].first_malformed, 1U);
}

TEST_F(ReplayTimeline, CountsABadLineAgainstTheVenueOfItsOwnFile) {
  const auto a = file("a", line("1.0", com, quote(1)));
  const auto b = file("b", "rubbish\n" + line("1.0", us, quote(2)) + "rubbish\n");
  for (const bool together : {false, true}) {
    directory = {};
    ASSERT_TRUE(open({.files = {a, b}, .together = together}));
    turn();
    EXPECT_EQ(binance().frames, (std::vector{Verdict::data}));
    EXPECT_EQ(directory.sinks["binance_us"].frames,
              (std::vector{Verdict::malformed, Verdict::data, Verdict::malformed}));
  }
}

TEST_F(ReplayTimeline, PassesOverEndpointsOfNoKnownVenueAndCountsThem) {
  ASSERT_TRUE(open({.files = {file("a", line("1.0", "wss://example.org", quote(9)) +
                                            line("1.0", com, quote(1)))}}));
  turn();
  EXPECT_EQ(orders(), (Orders{1}));
  EXPECT_EQ(files[0].foreign, 1U);
}

TEST_F(ReplayTimeline, ReportsEveryFileThatCannotBePlayed) {
  const auto good = file("good", line("1.0", com, quote(1)));
  const auto foreign = file("foreign", line("1.0", "wss://example.org", quote(1)));
  const auto empty = file("empty", "");
  const ReplayOptions options{.files = {"/nonexistent/x", good, foreign, empty}, .speed = -1};
  const auto errors = check_replay(venues(), options);
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_EQ(errors[0], "speed must be 0 (as fast as it goes) or at least 0.001");
  EXPECT_EQ(errors[1], "/nonexistent/x: No such file or directory");
  EXPECT_EQ(errors[2], foreign + ": no frame received from a known venue");
  EXPECT_EQ(errors[3], empty + ": no frame received from a known venue");
  EXPECT_FALSE(open(options));
  EXPECT_EQ(std::ranges::count(error, '\n'), 3);
  EXPECT_TRUE(directory.sinks.empty());
  EXPECT_TRUE(check_replay(venues(), {.files = {good}}).empty());
}

// Its malformed lines are of no venue: there is no time of one to put them on.
TEST_F(ReplayTimeline, ReportsAFileOfNothingButMalformedLines) {
  const auto good = file("good", line("1.0", com, quote(1)));
  const auto bad = file("bad", "rubbish\n" + line("x", com, quote(2)));
  for (const bool together : {false, true}) {
    for (const auto& paths : {std::vector{bad}, std::vector{good, bad}, std::vector{bad, good}}) {
      EXPECT_EQ(check_replay(venues(), {.files = paths, .together = together}),
                (std::vector{bad + ": no frame received from a known venue"}));
    }
  }
}

TEST_F(ReplayTimeline, RefusesNoFilesAndTooMany) {
  EXPECT_EQ(check_replay(venues(), {}).size(), 1U);
  EXPECT_EQ(check_replay(venues(), {.files = std::vector<std::string>(replay_files_max + 1, "/x")})
                .size(),
            1U);
}

TEST_F(ReplayTimeline, RefusesSpeedsThatAreNone) {
  const auto path = file("a", line("1.0", com, quote(1)));
  for (const double bad : {-1.0, 1e-9, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(check_replay(venues(), {.files = {path}, .speed = bad}).size(), 1U) << bad;
  }
}

}  // namespace
}  // namespace ticker::feeds
