// Streams: one for each channel, instrument and shape that somebody listens to, and their ticks.
#include "gateway/fanout/streams.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/gateway/fanout/channel_ids.hpp"

namespace ticker {
namespace {

constexpr ChannelId ticker = ticker_id;
constexpr Shape fast{.pace = 1};    // 100 ms
constexpr Shape slower{.pace = 2};  // 250 ms
constexpr std::int64_t ms = 1'000'000;

class StreamsTest : public testing::Test {
 protected:
  StreamId listen(InstrumentId id, Shape shape, std::uint32_t client = 0) {
    std::uint32_t position = 0;
    return streams_.listen(ticker, id, shape, {client, 0}, position);
  }
  /// Serves all whose tick has come.
  std::set<StreamId> serve(std::int64_t now_ns) {
    std::set<StreamId> served;
    for (StreamId id = streams_.ready(now_ns); id != no_stream; id = streams_.ready(now_ns)) {
      served.insert(id);
      streams_.stop_waiting(streams_.at(id));
    }
    return served;
  }

  std::uint64_t seq_ = 41;
  Streams streams_{channels(), [this](ChannelId, InstrumentId) { return seq_; }};
};

TEST_F(StreamsTest, LikeSubscriptionsShareAStream) {
  const StreamId one = listen(3, fast, 0);
  EXPECT_EQ(listen(3, fast, 1), one);
  EXPECT_NE(listen(3, slower, 2), one);
  EXPECT_NE(listen(4, fast, 3), one);
  EXPECT_EQ(streams_.at(one).listeners.size(), 2U);
  EXPECT_EQ(streams_.of(ticker, 3).size(), 2U);
  EXPECT_EQ(streams_.count(), 3U);
}

TEST_F(StreamsTest, AStreamBeginsAtTheSeqOfItsFirstListener) {
  const StreamId id = listen(3, fast, 0);
  seq_ = 50;
  EXPECT_EQ(listen(3, fast, 1), id);
  EXPECT_EQ(streams_.at(id).sent_seq, 41U);
}

TEST_F(StreamsTest, AStreamEndsWithItsLastListenerAndForgetsWhatWaited) {
  const StreamId id = listen(3, fast, 0);
  listen(3, fast, 1);
  streams_.wait(id, 0);
  EXPECT_EQ(streams_.unlisten(id, 0).client, 1U);  // took the place
  EXPECT_EQ(streams_.count(), 1U);
  streams_.unlisten(id, 0);
  EXPECT_EQ(streams_.count(), 0U);
  EXPECT_TRUE(streams_.of(ticker, 3).empty());
  EXPECT_EQ(streams_.next_tick_ns(), INT64_MAX);
}

TEST_F(StreamsTest, TicksAreAtMultiplesOfTheInterval) {
  const StreamId a = listen(1, fast);
  const StreamId b = listen(2, slower);
  streams_.wait(a, 1'010 * ms);
  streams_.wait(b, 1'010 * ms);
  EXPECT_EQ(streams_.next_tick_ns(), 1'100 * ms);
  EXPECT_EQ(streams_.ready(1'099 * ms), no_stream);
  EXPECT_EQ(serve(1'100 * ms), std::set<StreamId>{a});
  EXPECT_EQ(streams_.next_tick_ns(), 1'250 * ms);
  streams_.wait(a, 1'100 * ms);  // exactly at a tick: the next one
  EXPECT_EQ(streams_.next_tick_ns(), 1'200 * ms);
  EXPECT_EQ(serve(1'260 * ms), (std::set<StreamId>{a, b}));
}

TEST_F(StreamsTest, WaitingTwiceIsWaitingOnce) {
  const StreamId a = listen(1, fast);
  const StreamId b = listen(2, fast);
  for (int i = 0; i < 3; ++i) streams_.wait(a, i * ms);
  streams_.wait(b, 5 * ms);
  EXPECT_EQ(streams_.waiting(), 2U);
  streams_.stop_waiting(streams_.at(a));
  streams_.stop_waiting(streams_.at(a));
  EXPECT_EQ(serve(100 * ms), std::set<StreamId>{b});
}

TEST_F(StreamsTest, WhatChangesWhileOthersAreServedWaitsForTheNextTick) {
  const StreamId a = listen(1, fast);
  const StreamId b = listen(2, fast);
  streams_.wait(a, 0);
  streams_.wait(b, 0);
  const StreamId first = streams_.ready(100 * ms);
  streams_.stop_waiting(streams_.at(first));
  EXPECT_EQ(streams_.next_tick_ns(), 100 * ms);  // the other one is number
  streams_.wait(first, 101 * ms);
  EXPECT_EQ(serve(102 * ms), std::set<StreamId>{first == a ? b : a});
  EXPECT_EQ(serve(200 * ms), std::set<StreamId>{first});
}

TEST_F(StreamsTest, ATickIsServedWholeBeforeTheNextOneBegins) {
  const StreamId a = listen(1, fast);
  const StreamId b = listen(2, fast);
  streams_.wait(a, 0);
  streams_.wait(b, 0);
  const StreamId first = streams_.ready(100 * ms);
  streams_.stop_waiting(streams_.at(first));
  streams_.wait(first, 150 * ms);
  // Late by more than an interval: whoever was served has its next turn after the others.
  EXPECT_EQ(streams_.ready(350 * ms), first == a ? b : a);
  EXPECT_EQ(streams_.next_tick_ns(), 100 * ms);  // so late it is
  streams_.stop_waiting(streams_.at(first == a ? b : a));
  EXPECT_EQ(streams_.ready(350 * ms), first);
  EXPECT_EQ(streams_.next_tick_ns(), 200 * ms);
}

TEST_F(StreamsTest, WhatIsSaidLateAndChangesAgainWaitsForItsOwnNextTick) {
  const StreamId a = listen(1, fast);
  const StreamId b = listen(2, fast);
  streams_.wait(a, 0);
  EXPECT_EQ(streams_.ready(100 * ms), a);
  streams_.wait(b, 101 * ms);
  streams_.stop_waiting(streams_.at(a));  // 200 ms have come meanwhile
  streams_.wait(a, 210 * ms);
  EXPECT_EQ(serve(211 * ms), std::set<StreamId>{b});  // or `a` would be told twice within 100 ms
  EXPECT_EQ(streams_.next_tick_ns(), 300 * ms);
  EXPECT_EQ(serve(300 * ms), std::set<StreamId>{a});
}

TEST_F(StreamsTest, FastClassesAreServedAtTheWidenedPaceWhileThatLasts) {
  const StreamId real = listen(1, {});
  const StreamId slow = listen(2, {.pace = 3});
  EXPECT_EQ(streams_.pace_of(streams_.at(real)), real_time);
  streams_.widen(true);
  EXPECT_EQ(streams_.pace_of(streams_.at(real)), widened_pace);
  EXPECT_EQ(streams_.pace_of(streams_.at(slow)), 3);
  streams_.wait(real, 10 * ms);
  streams_.widen(false);
  EXPECT_EQ(streams_.pace_of(streams_.at(real)), real_time);
  EXPECT_EQ(serve(250 * ms), std::set<StreamId>{real});  // what waited keeps its tick
}

TEST_F(StreamsTest, TradesAreNeverWidened) {
  std::uint32_t position = 0;
  const StreamId id = streams_.listen(trades_id, 1, {}, {0, 0}, position);
  streams_.widen(true);
  EXPECT_EQ(streams_.pace_of(streams_.at(id)), real_time);
  EXPECT_EQ(streams_.of(trades_id, 1).size(), 1U);
  EXPECT_TRUE(streams_.of(trades_id, 2).empty());
}

}  // namespace
}  // namespace ticker
