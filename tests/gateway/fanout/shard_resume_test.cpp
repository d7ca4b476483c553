// Resume: a client goes on where it was, on any shard, without anybody having kept its state.
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Limits two_trades_kept() {
  Limits limits = small_limits();
  limits.trades_kept = limits.trades_snapshot_max = 2;
  return limits;
}

class ShardResume : public testing::Test {
 protected:
  ShardResume() {
    world.price("A-B", "1");               // seq 1, with the status
    world.price("A-B", "2", Field::ask);   // 2
    world.price("A-B", "3", Field::last);  // 3
    world.price("A-B", "4", Field::ask);   // 4
    for (int i = 1; i <= 4; ++i) world.trade("A-B", std::to_string(i));
    world.run();
  }

  /// What a new client of the second shard gets behind its ack.
  std::vector<std::string> resume(std::string_view channel, std::uint64_t seq,
                                  std::string_view epoch = "e1", std::string_view more = "",
                                  std::string_view symbols = "sim:A-B") {
    TestShard& other = world.shards[1];
    TestClient& client = other.connect();
    other.run();
    client.read().take();
    other.subscribe(client, channel, symbols, "subscribe",
                    R"(,"resume":{"sim:A-B":{"epoch":")" + std::string(epoch) + R"(","seq":)" +
                        std::to_string(seq) + "}}" + std::string(more));
    other.run();
    client.read();
    auto messages = client.view.take();
    messages.erase(messages.begin());
    return messages;
  }

  World world{two_trades_kept(), 2};
};

TEST_F(ShardResume, ATickerGoesOnWithExactlyTheFieldsThatChanged) {
  const auto messages = resume("ticker", 2);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(messages[0],
              StartsWith(R"({"type":"delta","symbol":"sim:A-B","seq":4,"prev":2,"resumed":true,)"
                         R"("ask":"4","last":"3","recv_ts":)"));
}

TEST_F(ShardResume, TheStatusIsAmongThem) {
  EXPECT_THAT(resume("ticker", 0)[0], HasSubstr(R"("status":"live")"));
}

TEST_F(ShardResume, WhatDidNotChangeIsConfirmedByAnEmptyDelta) {
  const auto messages = resume("ticker", 4);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(messages[0], StartsWith(R"({"type":"delta","symbol":"sim:A-B","seq":4,"prev":4,)"
                                      R"("resumed":true,"recv_ts":)"));
}

TEST_F(ShardResume, TheVenuesTimeIsToldOnlyOfAChangeInTheFrame) {
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.mask = bit(Field::ask);
  update.fields.set(Field::ask, decimal("9"));
  update.exchange_us = 77;
  world.sink.ticker(update);  // 5
  world.ring.commit();
  world.run();
  EXPECT_EQ(json_value(resume("ticker", 4)[0], "exchange_ts"), "77");
  EXPECT_EQ(json_value(resume("ticker", 5)[0], "exchange_ts"), "");
  EXPECT_EQ(json_value(resume("ticker", 2, "e1", R"(,"fields":["last"])")[0], "exchange_ts"), "");
}

TEST_F(ShardResume, AFilterHolds) {
  const auto messages = resume("ticker", 2, "e1", R"(,"fields":["bid","last"])");
  EXPECT_THAT(messages[0], HasSubstr(R"("last":"3")"));
  EXPECT_THAT(messages[0], Not(HasSubstr("\"ask\"")));
}

TEST_F(ShardResume, AnotherEpochOrAFutureNumberBeginsWithASnapshotThatSaysSo) {
  for (const auto& [seq, epoch] : {std::pair(2U, "e0"), std::pair(5U, "e1"), std::pair(2U, "")}) {
    for (const std::string_view channel : {"ticker", "trades"}) {
      const auto messages = resume(channel, seq, epoch);
      ASSERT_EQ(messages.size(), 1U);
      EXPECT_EQ(json_value(messages[0], "type"), R"("snapshot")");
      EXPECT_EQ(json_value(messages[0], "resumed"), "false");
    }
  }
  EXPECT_EQ(world.shards[1].counters.not_resumed.get(), 6U);
}

TEST_F(ShardResume, SnapshotsOfAHerdThatCannotResumeAreMadeOnce) {
  TestClient& holder = world.shards[1].connect(0);  // keeps its snapshot queued
  world.shards[1].subscribe(holder, "ticker", "sim:A-B", "subscribe",
                            R"(,"resume":{"sim:A-B":{"epoch":"e0","seq":1}})");
  world.run();
  holder.transport.room = 500;
  world.shards[1].core.writable(holder.id);
  world.run();
  const auto before = world.shards[1].counters.encoded_frames.get();
  resume("ticker", 1, "e0");
  EXPECT_EQ(world.shards[1].counters.encoded_frames.get(), before + 2);  // welcome and ack
}

TEST_F(ShardResume, WorksForInstrumentsUnderAWildcard) {
  const auto messages = resume("ticker", 3, "e1", "", "sim:*");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "resumed"), "true");
}

TEST_F(ShardResume, ANameAndItsWildcardInOneRequestResumeOnce) {
  const auto messages = resume("ticker", 3, "e1", "", "sim:*,sim:A-B");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "resumed"), "true");
  EXPECT_EQ(world.shards[1].counters.resumed.get(), 1U);
}

TEST_F(ShardResume, OnlyWhatTheRequestBeginsIsResumedAndOnlyWhatItNames) {
  world.price("C-D", "1");
  world.price("E-F", "1");
  world.run();
  TestShard& other = world.shards[1];
  TestClient& client = other.connect();
  other.subscribe(client, "ticker", "sim:A-B,sim:C-D", "subscribe",
                  R"(,"resume":{"sim:A-B":{"epoch":"e1","seq":3},)"
                  R"("sim:E-F":{"epoch":"e1","seq":0},"sim:X-Y":{"epoch":"e1","seq":0}})");
  other.run();
  client.read();
  const auto messages = client.view.take();
  ASSERT_EQ(messages.size(), 4U);  // after welcome and ack
  EXPECT_EQ(json_value(messages[2], "symbol"), R"("sim:A-B")");
  EXPECT_EQ(json_value(messages[2], "resumed"), "true");
  EXPECT_EQ(json_value(messages[3], "symbol"), R"("sim:C-D")");
  EXPECT_EQ(json_value(messages[3], "type"), R"("snapshot")");
  EXPECT_EQ(json_value(messages[3], "resumed"), "");
}

TEST_F(ShardResume, AChangeOutsideTheFilterIsADeltaWithoutValues) {
  const auto messages = resume("ticker", 3, "e1", R"(,"fields":["bid"])");
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(messages[0], StartsWith(R"({"type":"delta","symbol":"sim:A-B","seq":4,"prev":3,)"
                                      R"("resumed":true,"recv_ts":)"));
}

TEST_F(ShardResume, WhatFollowsIsADeltaThatTheClientCanApply) {
  TestShard& other = world.shards[1];
  TestClient& early = other.connect();
  other.subscribe(early, "ticker", "sim:A-B", "subscribe", R"(,"interval_ms":100)");
  other.run();
  world.price("A-B", "5", Field::ask);  // gathered for the next tick
  world.run();
  TestClient& late = other.connect();
  other.subscribe(late, "ticker", "sim:A-B", "subscribe",
                  R"(,"interval_ms":100,"resume":{"sim:A-B":{"epoch":"e1","seq":3}})");
  world.price("A-B", "6");
  world.run();
  late.read().take();
  world.advance_ms(100);
  other.core.tick(SIZE_MAX);
  other.run();
  late.read();
  const auto messages = late.view.take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "prev"), "4");
  EXPECT_EQ(json_value(messages[0], "seq"), "6");
  EXPECT_EQ(early.transport.last_bytes, late.transport.last_bytes);
}

TEST_F(ShardResume, TradesAfterTheNumberAreToldAgain) {
  const auto messages = resume("trades", 3);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(messages[0], StartsWith(R"({"type":"trade","symbol":"sim:A-B","seq":4,"price":"4")"));
  EXPECT_TRUE(resume("trades", 4).empty());
}

TEST_F(ShardResume, TradesThatAreNotKeptAreAGap) {
  const auto messages = resume("trades", 1);
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_THAT(messages[0], HasSubstr(R"("from":2,"to":2,"lost":1})"));
  EXPECT_EQ(json_value(messages[1], "seq"), "3");
  EXPECT_EQ(json_value(messages[2], "seq"), "4");
}

TEST_F(ShardResume, AnInterruptionIsToldInItsPlaceWhileItIsKept) {
  world.sink.interrupted();  // takes the number 5
  world.ring.commit();
  world.run();
  auto messages = resume("trades", 3);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_THAT(messages[1], HasSubstr(R"("from":5,"to":5,"reason":"upstream","lost":null})"));
  for (int i = 0; i < 2; ++i) world.trade("A-B");
  world.run();
  messages = resume("trades", 3);  // only 6 and 7 are kept
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_THAT(messages[0], HasSubstr(R"("from":4,"to":5,"reason":"upstream","lost":null})"));
}

TEST_F(ShardResume, ASocketThatTakesAllGetsAllTradesHoweverManyAreKept) {
  Limits limits = small_limits();
  limits.trades_kept = 400;  // several times the hard limit
  World full(limits, 2);
  for (int i = 0; i < 401; ++i) full.trade("A-B");
  full.run();
  TestShard& shard = full.shard();
  TestClient& client = shard.connect();
  shard.subscribe(client, "trades", "sim:A-B", "subscribe",
                  R"(,"resume":{"sim:A-B":{"epoch":"e1","seq":1}})");
  shard.run();
  EXPECT_EQ(client.ledger().lost, 0U);
  EXPECT_EQ(client.ledger().sent, 400U);
}

// What changed in the hole is not known, so it counts as changed; its trades are a gap.
TEST(ShardResumeAfterALap, TellsEveryFieldAndTheTradesOfTheHole) {
  Limits limits = small_limits();
  limits.ring_slots = 8;
  World lapping(limits);
  TestShard& shard = lapping.shard();
  lapping.price("A-B", "1");
  lapping.trade("A-B");
  lapping.run();
  for (int i = 2; i < 20; ++i) lapping.price("A-B", i);
  lapping.trade("A-B");
  lapping.run();  // overtaken
  lapping.price("A-B", "20");
  lapping.trade("A-B");
  lapping.run();
  EXPECT_EQ(shard.counters.laps.get(), 1U);
  TestClient& back = shard.connect();
  const auto resume = [&](std::string_view channel) {
    shard.run();
    back.read().take();
    shard.subscribe(back, channel, "sim:A-B", "subscribe",
                    R"(,"resume":{"sim:A-B":{"epoch":"e1","seq":1}})");
    shard.run();
    return back.read().take();
  };
  const auto ticker = resume("ticker");
  ASSERT_EQ(ticker.size(), 2U);
  EXPECT_EQ(json_value(ticker[1], "resumed"), "true");
  EXPECT_EQ(json_value(ticker[1], "bid"), R"("20")");
  for (const std::string_view name : {"status", "ask", "last", "volume_24h"}) {
    EXPECT_NE(json_value(ticker[1], name), "") << name;
  }
  const auto trades = resume("trades");
  ASSERT_EQ(trades.size(), 3U);
  EXPECT_THAT(trades[1], HasSubstr(R"("from":2,"to":2,"lost":1})"));
  EXPECT_EQ(json_value(trades[2], "seq"), "3");
}

TEST_F(ShardResume, TradesThatAreKeptWaitForRoomRatherThanBeLost) {
  Limits limits = small_limits();
  limits.trades_kept = 256;
  World full(limits);
  for (int i = 0; i < 201; ++i) full.trade("A-B");  // more than the hard limit has room for
  full.run();
  TestShard& shard = full.shard();
  TestClient& client = shard.connect();
  shard.subscribe(client, "trades", "sim:A-B");
  shard.run();
  client.read();
  client.view.trades["sim:A-B"].seq = 1;
  client.transport.room = 0;
  shard.subscribe(client, "trades", "sim:A-B", "subscribe",
                  R"(,"resume":{"sim:A-B":{"epoch":"e1","seq":1}})");
  shard.run();
  EXPECT_LE(client.transport.outbox().bytes(), limits.outbox_soft_bytes);
  full.trade("A-B");
  full.run();
  shard.allow(client, FakeClient::endless);
  shard.run();
  expect_true_picture(shard, client);
  EXPECT_EQ(client.ledger().sent, 201U);  // what is kept tells the last one, too
  EXPECT_EQ(client.ledger().lost, 0U);
  EXPECT_EQ(shard.counters.gaps_sent.get(), 0U);
  expect_balanced(client.ledger());
}

}  // namespace
}  // namespace ticker
