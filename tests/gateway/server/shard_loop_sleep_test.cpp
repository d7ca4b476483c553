// When a shard's thread wakes, when it waits and what it does when it is late, over real sockets.
#include <gtest/gtest.h>

#include "gateway/server/shard_loop.hpp"
#include "tests/gateway/server/live_shard.hpp"

namespace ticker {
namespace {

/// Connects and subscribes to the ticker of sim:A-B, `more` being further keys of the request.
bool listens(SocketClient& client, std::string_view more = "") {
  return client.upgrade() &&
         client.send_text(R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["sim:A-B"])" +
                          std::string(more) + "}") &&
         client.read_type("snapshot");
}

/// `seq` of the next delta; empty: none came.
std::string seq_of_next(SocketClient& client) {
  const auto delta = client.read_type("delta");
  return delta ? json_value(*delta, "seq") : "";
}

TEST(ShardLoopSleep, WakesFromSleepForEveryChange) {
  LiveShard shard;
  SocketClient client(shard.port);
  ASSERT_TRUE(listens(client));
  for (int i = 2; i < 200; ++i) {
    shard.price("A-B", i);
    ASSERT_EQ(seq_of_next(client), std::to_string(i));
  }
  EXPECT_TRUE(eventually([&] { return shard.counters.ledger.read().sent == 198; }));
  EXPECT_EQ(shard.counters.ledger.read().queued, 0U);
}

TEST(ShardLoopSleep, WakesFromSleepForTheTickOfAnInterval) {
  LiveShard shard;
  SocketClient client(shard.port);
  ASSERT_TRUE(listens(client, R"(,"interval_ms":100)"));
  for (int i = 2; i < 7; ++i) {
    shard.price("A-B", i);
    ASSERT_EQ(seq_of_next(client), std::to_string(i));
  }
  EXPECT_EQ(shard.counters.ticks.get(), 5U);
}

TEST(ShardLoopSleep, SendsEverythingThoughItWaitsForMoreToSend) {
  Limits limits;
  limits.flush_interval_us = 5'000;
  LiveShard shard(limits);
  SocketClient client(shard.port);
  ASSERT_TRUE(listens(client));
  int said = 1;
  for (int burst = 0; burst < 40; ++burst) {
    const int first = said + 1;
    while (said < first + burst % 3) shard.price("A-B", ++said);
    for (int i = first; i <= said; ++i) ASSERT_EQ(seq_of_next(client), std::to_string(i));
  }
  EXPECT_TRUE(eventually([&] { return shard.counters.ledger.read().queued == 0; }));
}

// Each answer is a turn of the shard, in which a change would be sent if it did not wait.
TEST(ShardLoopSleep, AnswersAtOnceWhileDataWaitsToBeSentTogether) {
  constexpr int changes = 50;
  constexpr std::chrono::milliseconds interval(100);
  Limits limits;
  limits.flush_interval_us = 100'000;
  LiveShard shard(limits);
  SocketClient listening(shard.port);
  SocketClient asking(shard.port);
  ASSERT_TRUE(listens(listening));
  ASSERT_TRUE(asking.upgrade());
  const auto sends = shard.counters.flushes.get();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 2; i < 2 + changes; ++i) {
    shard.price("A-B", i);
    asking.send_text(R"({"op":"ping"})");
    ASSERT_TRUE(asking.read_type("pong"));
  }
  const auto elapsed = [&] { return std::chrono::steady_clock::now() - begin; };
  EXPECT_LT(elapsed(), interval * changes / 2);  // each would wait for an interval
  for (int i = 0; i < changes; ++i) ASSERT_TRUE(listening.read_type("delta"));
  const std::uint64_t data_sends = shard.counters.flushes.get() - sends - changes;
  EXPECT_LE(data_sends, static_cast<std::uint64_t>(elapsed() / interval) + 2);
}

TEST(ShardLoopSleep, RefusesClientsWhileItsLoopIsLateAndAnswersOtherRequests) {
  Limits limits;
  limits.lag_soft_ms = 0;  // any loop is later than that
  LiveShard shard(limits);
  EXPECT_TRUE(eventually([&] {
    SocketClient late(shard.port);
    const auto response = late.ask(SocketClient::upgrade_request());
    return response.status == 503 && response.headers.at("retry-after") == "1" &&
           json_value(response.body, "error") ==
               R"({"code":"overloaded","message":"try again later"})";
  }));
  EXPECT_GE(shard.counters.refused_late.get(), 1U);
  EXPECT_EQ(shard.counters.refused.get(), 0U);
  SocketClient other(shard.port);
  EXPECT_EQ(other.ask("GET /v1/symbols HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
}

TEST(ShardLoopSleep, ServesWithoutEverSleeping) {
  LiveShard shard({}, true);
  SocketClient client(shard.port);
  ASSERT_TRUE(listens(client, R"(,"interval_ms":100)"));
  for (int i = 2; i < 5; ++i) {
    shard.price("A-B", i);
    ASSERT_TRUE(client.read_type("delta"));
  }
  shard.stop();
  EXPECT_EQ(client.read_close(), 1001U);
}

}  // namespace
}  // namespace ticker
