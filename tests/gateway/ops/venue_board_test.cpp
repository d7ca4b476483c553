// What people are told of venues: states and their times, counts, rates, errors.
#include "gateway/ops/venue_board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/gateway/fanout/client_view.hpp"

namespace ticker {
namespace {

using feeds::LinkState;
using testing::HasSubstr;

constexpr std::int64_t second_ns = 1'000'000'000;

class VenueBoardTest : public testing::Test {
 protected:
  VenueBoardTest() { board_.add("kraken", counters_, VenueBoard::Kind::connected); }

  /// One key of the only venue.
  std::string value(std::string_view key) {
    const std::string list = board_.venues_json();
    return json_value(list.substr(1, list.size() - 2), key);
  }
  void hear(std::uint64_t frames, feeds::Verdict verdict = feeds::Verdict::data) {
    counters_.frames[static_cast<std::size_t>(verdict)].add(frames);
  }

  Receipt now_{1'000'000, 5 * second_ns};
  VenueBoard board_{[this] { return now_; }};
  FeedCounters counters_;
};

TEST_F(VenueBoardTest, AVenueThatNothingWasHeardOfIsIdleSinceItWasAdded) {
  EXPECT_EQ(board_.venues_json(),
            R"([{"venue":"kraken","state":"idle","since":1000000,)"
            R"("instruments":{"pending":0,"live":0,"stale":0,"resyncing":0,"down":0},)"
            R"("messages":0,"messages_per_s":0,"gaps":0,"repairs":0,"disconnects":0,)"
            R"("last_error":null,"last_error_ts":null}])");
}

TEST_F(VenueBoardTest, VenuesStandInTheOrderInWhichTheyCame) {
  FeedCounters other;
  board_.add("binance", other, VenueBoard::Kind::connected);
  board_.linked("binance", LinkState::live, "", 7);
  EXPECT_THAT(board_.venues_json(),
              testing::MatchesRegex(R"(\[\{"venue":"kraken","state":"idle".*\},)"
                                    R"(\{"venue":"binance","state":"live".*\}\])"));
}

TEST_F(VenueBoardTest, AStateHasTheTimeOfItsChangeNotOfItsRepetition) {
  board_.linked("kraken", LinkState::live, "", 2'000'000);
  board_.linked("kraken", LinkState::live, "again", 3'000'000);
  EXPECT_EQ(value("state"), R"("live")");
  EXPECT_EQ(value("since"), "2000000");
  board_.linked("kraken", LinkState::silent, "", 4'000'000);
  EXPECT_EQ(value("state"), R"("silent")");
  EXPECT_EQ(value("since"), "4000000");
}

TEST_F(VenueBoardTest, TheLastErrorStaysWithItsTimeWhenAllIsWellAgain) {
  board_.linked("kraken", LinkState::waiting, "connection refused", 2'000'000);
  board_.linked("kraken", LinkState::live, "", 3'000'000);
  EXPECT_EQ(value("last_error"), R"("connection refused")");
  EXPECT_EQ(value("last_error_ts"), "2000000");
  board_.linked("kraken", LinkState::waiting, "timed out", 4'000'000);
  EXPECT_EQ(value("last_error"), R"("timed out")");
  EXPECT_EQ(value("last_error_ts"), "4000000");
}

TEST_F(VenueBoardTest, WhateverAVenueSaysItIsShortTextInJson) {
  const std::string words = "no \"BTC\\USD\" <b>\xff\n" + std::string(5'000, 'x');
  board_.linked("kraken", LinkState::live, words, 2'000'000);
  const std::string error = value("last_error");  // also checks that it is UTF-8
  EXPECT_THAT(error, HasSubstr(R"(no \"BTC\\USD\" <b>??xxx)"));
  EXPECT_LT(error.size(), 250U);
}

TEST_F(VenueBoardTest, AFeedWithoutAConnectionIsLocal) {
  FeedCounters local;
  VenueBoard board([this] { return now_; });
  board.add("sim", local, VenueBoard::Kind::local);
  EXPECT_THAT(board.venues_json(), HasSubstr(R"("venue":"sim","state":"local","since":1000000,)"));
}

TEST_F(VenueBoardTest, CountsAreThoseOfTheFeed) {
  counters_.statuses[static_cast<std::size_t>(Status::pending)].set(1);
  counters_.statuses[static_cast<std::size_t>(Status::live)].set(2);
  counters_.statuses[static_cast<std::size_t>(Status::stale)].set(3);
  counters_.statuses[static_cast<std::size_t>(Status::resyncing)].set(4);
  counters_.statuses[static_cast<std::size_t>(Status::down)].set(5);
  counters_.gaps.add(6);
  counters_.repairs.add(7);
  counters_.disconnects.add(8);
  hear(9);
  hear(1, feeds::Verdict::malformed);
  EXPECT_EQ(value("instruments"), R"({"pending":1,"live":2,"stale":3,"resyncing":4,"down":5})");
  EXPECT_EQ(value("gaps"), "6");
  EXPECT_EQ(value("repairs"), "7");
  EXPECT_EQ(value("disconnects"), "8");
  EXPECT_EQ(value("messages"), "10");
}

TEST_F(VenueBoardTest, TheRateIsOfTheTimeSinceItWasAskedBefore) {
  hear(30);
  now_.steady_ns += 2 * second_ns;
  EXPECT_EQ(value("messages_per_s"), "15");
  hear(5);
  now_.steady_ns += 4 * second_ns;
  EXPECT_EQ(value("messages_per_s"), "1.3");  // 1.25
  now_.steady_ns += second_ns;
  EXPECT_EQ(value("messages_per_s"), "0");
}

TEST_F(VenueBoardTest, WhoAsksSoonerThanASecondIsToldTheSameRateAndTakesNothingFromTheNext) {
  hear(10);
  now_.steady_ns += second_ns;
  EXPECT_EQ(value("messages_per_s"), "10");
  hear(100);
  now_.steady_ns += second_ns - 1;
  EXPECT_EQ(value("messages_per_s"), "10");
  now_.steady_ns += 1;
  EXPECT_EQ(value("messages_per_s"), "100");
}

TEST_F(VenueBoardTest, ThreadsMayAskWhileTheFeedChangesItsState) {
  std::thread feed([this] {
    for (int i = 0; i < 2'000; ++i) {
      board_.linked("kraken", i % 2 == 0 ? LinkState::live : LinkState::waiting, "lost", i + 1);
      hear(1);
    }
  });
  for (int i = 0; i < 200; ++i) EXPECT_THAT(board_.venues_json(), HasSubstr("\"kraken\""));
  feed.join();
  EXPECT_EQ(value("state"), R"("waiting")");
  EXPECT_EQ(value("since"), "2000");
  EXPECT_EQ(value("messages"), "2000");
}

}  // namespace
}  // namespace ticker
