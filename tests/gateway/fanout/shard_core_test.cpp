// Events through the shard core: fan-out, trades, wildcards, upstream gaps.
#include "gateway/fanout/shard_core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ShardCore, EncodesAnEventOnceHoweverManyListen) {
  for (const std::size_t listeners : {1U, 2U, 50U}) {
    World world(small_limits());
    TestShard& shard = world.shard();
    world.price("A-B", 1);
    world.run();
    for (std::size_t i = 0; i < listeners; ++i) {
      shard.subscribe(shard.connect(), "ticker", "sim:A-B");
    }
    world.run();
    const std::uint64_t before = shard.counters.encoded_frames.get();
    world.price("A-B", 2);
    world.run();
    EXPECT_EQ(shard.counters.encoded_frames.get(), before + 1);
    for (TestClient& client : shard.clients) {
      EXPECT_EQ(client.read().tickers.at("sim:A-B").seq, 2U);
      EXPECT_EQ(client.transport.last_bytes, shard.clients.front().transport.last_bytes);
    }
  }
}

TEST(ShardCore, EncodesNothingWhenNobodyListens) {
  World world(small_limits());
  world.price("A-B", 1);
  world.trade("A-B");
  world.run();
  EXPECT_EQ(world.shard().counters.encoded_frames.get(), 0U);
  EXPECT_EQ(world.shard().counters.events.get(), 3U);  // instrument, ticker, trade
}

TEST(ShardCore, SaysSinceWhenAnInstrumentIsPending) {
  World world(small_limits());
  TestShard& shard = world.shard();
  Event known;
  known.kind = Event::Kind::instrument;
  known.instrument = *world.table.add("sim:A-B");
  known.received.wall_us = 777;
  world.ring.write(known);
  world.ring.commit();
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "ticker", "sim:A-B");
  world.run();
  EXPECT_THAT(client.transport.received,
              HasSubstr(R"("status":"pending","reason":null,"since":777,)"));
}

TEST(ShardCore, SharesASnapshotBetweenClientsWhileNothingChanges) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.price("A-B", 1);
  world.run();
  TestClient& first = shard.connect(0);
  TestClient& second = shard.connect(0);
  shard.subscribe(first, "ticker", "sim:A-B");
  shard.subscribe(second, "ticker", "sim:A-B");
  const std::uint64_t before = shard.counters.encoded_frames.get();
  world.run();
  shard.allow(first, FakeClient::endless);
  shard.allow(second, FakeClient::endless);
  world.run();
  EXPECT_EQ(shard.counters.encoded_frames.get(), before + 1);
  EXPECT_EQ(first.transport.last_bytes, second.transport.last_bytes);
  expect_true_picture(shard, first);
  expect_true_picture(shard, second);
}

TEST(ShardCore, SendsAckThenSnapshotThenDeltas) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.price("A-B", 1);
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "ticker", "sim:A-B");
  world.price("A-B", 2);  // between request and flush: in the snapshot
  world.run();
  world.price("A-B", 3);
  world.price("A-B", 4);
  world.run();
  EXPECT_THAT(client.read().types(),
              ElementsAre("welcome", "subscribed", "snapshot", "delta", "delta"));
  EXPECT_EQ(json_value(client.view.messages[2], "seq"), "2");
  expect_true_picture(shard, client);
}

TEST(ShardCore, SendsADeltaOfTheChangedFieldsOnly) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.price("A-B", "1.50");
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "ticker", "sim:A-B");
  world.run();
  world.price("A-B", "2.25", Field::ask);
  world.run();
  const std::string delta = client.read().messages.back();
  EXPECT_EQ(json_value(delta, "ask"), R"("2.25")");
  EXPECT_EQ(json_value(delta, "prev"), "1");
  EXPECT_EQ(json_value(delta, "seq"), "2");
  EXPECT_EQ(json_value(delta, "bid"), "");
  EXPECT_EQ(json_value(delta, "status"), "");
  EXPECT_EQ(client.view.tickers.at("sim:A-B").fields.at("bid"), R"("1.50")");
}

TEST(ShardCore, SendsAStatusChangeWithReasonAndTime) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.price("A-B", 1);
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "ticker", "sim:A-B");
  world.run();
  world.advance_ms(5);
  world.sink.status(Status::stale, Reason::feed_silent);
  world.ring.commit();
  world.run();
  const auto& fields = client.read().tickers.at("sim:A-B").fields;
  EXPECT_EQ(fields.at("status"), R"("stale")");
  EXPECT_EQ(fields.at("reason"), R"("feed_silent")");
  EXPECT_EQ(fields.at("since"), std::to_string(world.now.wall_us));
  EXPECT_EQ(client.view.types().back(), "delta");
  expect_true_picture(shard, client);
}

TEST(ShardCore, BeginsTradesWithTheLastOnesOldestFirst) {
  World world(small_limits());
  TestShard& shard = world.shard();
  for (int i = 1; i <= 60; ++i) world.trade("A-B", std::to_string(i));
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "trades", "sim:A-B");
  world.run();
  world.trade("A-B", "61");
  world.run();
  client.read();
  EXPECT_THAT(client.view.types(), ElementsAre("welcome", "subscribed", "snapshot", "trade"));
  const auto& seqs = client.view.trades.at("sim:A-B").seqs;
  ASSERT_EQ(seqs.size(), 51U);
  EXPECT_EQ(seqs.front(), 11U);
  EXPECT_EQ(seqs.back(), 61U);
  EXPECT_EQ(json_value(client.view.messages.back(), "price"), R"("61")");
  EXPECT_THAT(client.view.violations, IsEmpty());
}

TEST(ShardCore, SendsAnEmptyTradesSnapshotWhenNothingWasTraded) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.price("A-B", 1);
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "trades", "sim:A-B");
  world.run();
  EXPECT_EQ(json_value(client.read().messages.back(), "trades"), "[]");
  world.trade("A-B");
  world.run();
  EXPECT_THAT(client.read().trades.at("sim:A-B").seqs, ElementsAre(1U));
  EXPECT_THAT(client.view.violations, IsEmpty());
}

TEST(ShardCore, IntroducesALaterInstrumentToAWildcardByOneSnapshotWithoutAnAck) {
  World world(small_limits());
  TestShard& shard = world.shard();
  TestClient& client = shard.connect();
  shard.subscribe(client, "ticker", "sim:*");
  world.price("A-B", 1);
  world.run();
  client.read().take();
  world.price("C-D", 1);
  world.price("C-D", 2);
  world.run();
  world.price("C-D", 3);
  world.run();
  EXPECT_THAT(client.read().types(), ElementsAre("snapshot", "delta"));
  EXPECT_EQ(json_value(client.view.messages[0], "symbol"), R"("sim:C-D")");
  EXPECT_EQ(shard.counters.subscriptions.get(), 2U);
  EXPECT_EQ(shard.counters.streams.get(), 2U);
  expect_true_picture(shard, client);
}

TEST(ShardCore, AnswersAnUpstreamInterruptionWithAGapThatTakesANumber) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.trade("A-B");
  world.price("C-D", 1);  // never traded: nobody misses a trade
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "trades", "sim:*");
  world.run();
  client.read().take();
  world.sink.interrupted();
  world.ring.commit();
  world.trade("A-B");
  world.run();
  EXPECT_THAT(client.read().types(), ElementsAre("gap", "trade"));
  const std::string gap = client.view.messages[0];
  EXPECT_EQ(json_value(gap, "from"), "2");
  EXPECT_EQ(json_value(gap, "to"), "2");
  EXPECT_EQ(json_value(gap, "reason"), R"("upstream")");
  EXPECT_EQ(json_value(gap, "lost"), "null");
  EXPECT_EQ(client.view.trades.at("sim:A-B").seq, 3U);
  EXPECT_THAT(client.view.violations, IsEmpty());
  EXPECT_EQ(shard.counters.gaps_sent.get(), 1U);
}

TEST(ShardCore, KeepsNoTradesFromBeforeAnInterruptionForNewListeners) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.trade("A-B");
  world.sink.interrupted();
  world.trade("A-B");
  world.run();
  TestClient& client = shard.connect();
  shard.subscribe(client, "trades", "sim:A-B");
  world.run();
  EXPECT_THAT(client.read().trades.at("sim:A-B").seqs, ElementsAre(3U));
  EXPECT_THAT(client.view.violations, IsEmpty());
}

TEST(ShardCore, DrainsNoMoreThanItWasTold) {
  World world(small_limits());
  for (int i = 1; i <= 10; ++i) world.price("A-B", i);
  EXPECT_EQ(world.shard().core.drain(4), 4U);
  EXPECT_EQ(world.shard().core.drain(100), 7U);  // the instrument's record, too
  EXPECT_EQ(world.shard().core.drain(100), 0U);
}

// One slow or dead client must be invisible to every other one: byte for byte.
TEST(ShardCore, GivesAFastClientTheSameBytesWithAndWithoutSlowOnes) {
  const auto stream_of_fast = [](std::size_t slow_clients) {
    World world(small_limits());
    TestShard& shard = world.shard();
    world.price("A-B", 1);
    world.price("C-D", 1);
    world.run();
    TestClient& fast = shard.connect();
    for (std::size_t i = 0; i < slow_clients; ++i) {
      TestClient& slow = shard.connect(i * 100);
      shard.subscribe(slow, "ticker", "sim:*");
      shard.subscribe(slow, "trades", "sim:*");
    }
    shard.subscribe(fast, "ticker", "sim:A-B");
    shard.subscribe(fast, "trades", "sim:A-B");
    world.run();
    for (int i = 0; i < 500; ++i) {
      world.price("A-B", 100 + i);
      world.price("C-D", 100 + i);
      world.trade("A-B");
      world.advance_ms(10);
      world.run();
      if (i % 50 == 0 && slow_clients > 0) shard.allow(shard.clients[1 + i / 50 % 3], 3'000);
      if (i == 300 && slow_clients > 0) shard.disconnect(shard.clients[2]);
      shard.core.sweep();
    }
    std::string bytes = fast.transport.received;
    fast.read();
    EXPECT_THAT(fast.view.violations, IsEmpty());
    EXPECT_EQ(fast.view.count("delta"), 500U);
    EXPECT_EQ(fast.view.count("trade"), 500U);
    return bytes;
  };
  const std::string alone = stream_of_fast(0);
  EXPECT_THAT(alone, HasSubstr("delta"));
  EXPECT_TRUE(alone == stream_of_fast(8));
}

}  // namespace
}  // namespace ticker
