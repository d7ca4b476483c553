// Clients of the shard core that do not keep up: conflation, lost trades, timeouts, goodbye.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fanout/shard_core.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t endless = FakeClient::endless;

/// A world of two instruments and one client that listens to both and reads nothing any more.
class SlowClient : public testing::Test {
 protected:
  SlowClient() : world(small_limits()), shard(world.shard()) {
    world.price("A-B", 1);
    world.price("C-D", 1);
    world.trade("A-B");
    world.run();
    client = &shard.connect();
  }
  void stall(std::string_view channel) {
    shard.subscribe(*client, channel, "sim:*");
    world.run();
    client->read().take();
    client->transport.room = 0;
  }
  void resume() {
    shard.allow(*client, endless);
    world.run();
    shard.core.sweep();
    world.run();
  }
  void change_prices(int times) {
    for (int i = 0; i < times; ++i) world.price(i % 2 == 0 ? "A-B" : "C-D", ++price);
    world.run();
  }

  /// Cut a moment after the write timeout, and not before, if it begins now.
  void expect_cut_by_timeout(const TestClient& deaf) {
    world.advance_ms(shard.limits.write_timeout_ms);
    shard.core.sweep();
    EXPECT_FALSE(deaf.transport.closed.has_value());
    world.advance_ms(1);
    shard.core.sweep();
    EXPECT_EQ(deaf.transport.closed, CloseReason::slow_consumer);
  }

  World world;
  TestShard& shard;
  TestClient* client = nullptr;
  std::int64_t price = 100;
};

TEST_F(SlowClient, IsConflatedAboveTheSoftLimitAndTold) {
  stall("ticker");
  change_prices(200);
  EXPECT_TRUE(client->transport.outbox().conflating());
  EXPECT_EQ(shard.counters.conflating.get(), 1U);
  EXPECT_LE(client->transport.outbox().bytes(), shard.limits.outbox_soft_bytes + 200);
  EXPECT_EQ(client->ledger().queued + client->ledger().merged, 200U);
  EXPECT_EQ(client->ledger().lost, 0U);
  resume();
  expect_true_picture(shard, *client);
  std::vector<std::string> states;
  for (const std::string& message : client->view.messages) {
    if (json_value(message, "type") == R"("slow")") states.push_back(json_value(message, "state"));
  }
  EXPECT_THAT(states, ElementsAre(R"("conflating")", R"("live")"));
  EXPECT_EQ(shard.counters.conflating.get(), 0U);
}

TEST_F(SlowClient, GetsOneSnapshotForEachInstrumentItIsOwed) {
  stall("ticker");
  change_prices(400);
  const Ledger stalled = client->ledger();
  EXPECT_EQ(stalled.offered, 400U);
  resume();
  EXPECT_EQ(client->read().count("snapshot"), 2U);
  EXPECT_EQ(client->ledger().sent, 400U - stalled.merged);
  EXPECT_EQ(client->ledger().queued, 0U);
  expect_balanced(client->ledger());
  expect_true_picture(shard, *client);
  change_prices(2);
  EXPECT_THAT(client->read().types().back(), "delta");
  expect_true_picture(shard, *client);
}

TEST_F(SlowClient, IsLiveAgainAsSoonAsItsQueueIsShortAndItsDebtsArePaid) {
  stall("ticker");
  change_prices(400);
  shard.allow(*client, endless);
  world.run();
  EXPECT_FALSE(client->transport.outbox().conflating());
  EXPECT_EQ(json_value(client->read().messages.back(), "state"), R"("live")");
}

TEST_F(SlowClient, IsNotSlowWhenItsSocketTakesABurstLargerThanItsQueue) {
  stall("ticker");
  client->transport.room = endless;
  change_prices(400);  // one drain, far above the soft limit
  EXPECT_THAT(client->read().types(), testing::Each("delta"));
  EXPECT_EQ(client->ledger().sent, 400U);
  EXPECT_EQ(client->ledger().merged, 0U);
}

TEST_F(SlowClient, LosesNoTradeWhenItsSocketTakesMoreGapsThanItsQueue) {
  stall("trades");
  client->transport.room = endless;
  for (int i = 0; i < 200; ++i) world.sink.interrupted();  // one drain, above the hard limit
  world.trade("A-B");
  world.run();
  EXPECT_EQ(client->read().count("gap"), 200U);
  EXPECT_EQ(client->view.count("trade"), 1U);
  EXPECT_EQ(client->ledger().lost, 0U);
}

TEST_F(SlowClient, IsConflatedByTheAgeOfItsOldestPiece) {
  stall("ticker");
  change_prices(1);
  EXPECT_FALSE(client->transport.outbox().conflating());
  world.advance_ms(shard.limits.outbox_soft_ms + 1);
  shard.core.sweep();
  EXPECT_TRUE(client->transport.outbox().conflating());
  change_prices(10);
  EXPECT_EQ(client->ledger().merged, 8U);
  resume();
  EXPECT_FALSE(client->transport.outbox().conflating());
  expect_true_picture(shard, *client);
}

TEST_F(SlowClient, IsOwedNothingWhenItsQueueNeverFills) {
  stall("ticker");
  change_prices(10);
  EXPECT_FALSE(client->transport.outbox().conflating());
  resume();
  EXPECT_THAT(client->read().types(), testing::Each("delta"));
  EXPECT_EQ(client->ledger().sent, 10U);
  expect_true_picture(shard, *client);
}

TEST_F(SlowClient, LosesTradesAboveTheHardLimitAndIsToldExactlyWhich) {
  stall("trades");
  for (int i = 0; i < 300; ++i) world.trade("A-B");
  world.run();
  const std::uint64_t lost = client->ledger().lost;
  ASSERT_GT(lost, 0U);
  EXPECT_EQ(client->ledger().queued, 300 - lost);
  EXPECT_LE(client->transport.outbox().bytes(), shard.limits.outbox_hard_bytes);
  resume();  // the gap comes even if no further trade does
  const std::string gap = client->read().messages.back();
  ASSERT_EQ(json_value(gap, "type"), R"("gap")");
  EXPECT_EQ(json_value(gap, "from"), std::to_string(302 - lost));
  EXPECT_EQ(json_value(gap, "to"), "301");
  EXPECT_EQ(json_value(gap, "lost"), std::to_string(lost));
  EXPECT_EQ(client->view.count("gap"), 1U);
  world.trade("A-B");
  world.run();
  EXPECT_EQ(client->read().types().back(), "trade");
  expect_true_picture(shard, *client);
  expect_balanced(client->ledger());
}

TEST_F(SlowClient, LosesTradesOfOneInstrumentWithoutHarmToAnother) {
  stall("trades");
  for (int i = 0; i < 300; ++i) world.trade("A-B");
  for (int i = 0; i < 3; ++i) world.trade("C-D");
  world.run();
  resume();
  EXPECT_EQ(client->read().count("gap"), 2U);
  expect_true_picture(shard, *client);
  EXPECT_EQ(client->view.trades.at("sim:C-D").seq, 3U);
}

TEST_F(SlowClient, HearsOfAnUpstreamGapThatCameWhileTradesWereLost) {
  stall("trades");
  for (int i = 0; i < 300; ++i) world.trade("A-B");
  world.sink.interrupted();
  world.ring.commit();
  world.trade("A-B");
  world.run();
  resume();
  EXPECT_EQ(json_value(client->read().messages.back(), "reason"), R"("upstream")");
  expect_true_picture(shard, *client);
}

TEST_F(SlowClient, KeepsItsAnswersInTheirPlace) {
  stall("ticker");
  change_prices(200);
  shard.core.request(client->id, R"({"op":"ping","id":5})");
  shard.subscribe(*client, "trades", "sim:A-B");
  change_prices(200);
  resume();
  const auto types = client->read().types();
  const auto pong = std::find(types.begin(), types.end(), "pong");
  const auto ack = std::find(types.begin(), types.end(), "subscribed");
  const auto first_snapshot = std::find(types.begin(), types.end(), "snapshot");
  EXPECT_LT(pong, ack);
  EXPECT_LT(ack, first_snapshot);
  EXPECT_NE(first_snapshot, types.end());
  EXPECT_TRUE(client->view.trades.contains("sim:A-B"));
  expect_true_picture(shard, *client);
}

TEST_F(SlowClient, ThatUnsubscribesIsNotOwedAnyMore) {
  stall("ticker");
  change_prices(200);
  const std::uint64_t owed = 2;
  shard.subscribe(*client, "ticker", "sim:*", "unsubscribe");
  world.run();
  EXPECT_EQ(client->ledger().abandoned, owed);
  expect_balanced(client->ledger());
  resume();
  EXPECT_EQ(client->read().count("snapshot"), 0U);
  EXPECT_THAT(client->view.types(), Contains("unsubscribed"));
  EXPECT_THAT(client->view.tickers, IsEmpty());
  EXPECT_THAT(client->view.violations, IsEmpty());
}

TEST_F(SlowClient, IsClosedWhenItTakesNothingForTheWriteTimeout) {
  stall("ticker");
  change_prices(1);
  shard.core.sweep();
  expect_cut_by_timeout(*client);
  shard.disconnect(*client, *client->transport.closed);
  EXPECT_EQ(shard.counters.closed[static_cast<std::size_t>(CloseReason::slow_consumer)].get(), 1U);
}

TEST_F(SlowClient, IsClosedWhenItTakesNothingOfWhatItsChannelWrote) {
  stall("ticker");
  const Piece pong = shard.core.encoder().raw("\x8a\x01x");
  ASSERT_TRUE(client->transport.outbox().control(pong, 0));
  shard.core.blocked(client->id);
  expect_cut_by_timeout(*client);
}

TEST_F(SlowClient, IsGivenItsOwnWriteTimeoutWhereASlowOneLeftIt) {
  stall("ticker");
  change_prices(20);
  world.advance_ms(shard.limits.write_timeout_ms - 1);
  shard.disconnect(*client);
  TestClient& next = shard.connect(0);  // takes nothing, not even its welcome
  ASSERT_EQ(next.id.slot, client->id.slot);
  world.run();
  expect_cut_by_timeout(next);
}

TEST_F(SlowClient, IsNotClosedWhileItTakesAByteNowAndThen) {
  stall("ticker");
  change_prices(20);
  for (int i = 0; i < 30; ++i) {
    world.advance_ms(shard.limits.write_timeout_ms / 2);
    shard.allow(*client, 1);
    world.run();
    shard.core.sweep();
    EXPECT_FALSE(client->transport.closed.has_value());
  }
}

TEST_F(SlowClient, IsNotClosedWhenNothingWaitsForIt) {
  stall("ticker");
  for (int i = 0; i < 3; ++i) {
    world.advance_ms(shard.limits.write_timeout_ms + 1);
    shard.core.sweep();
  }
  EXPECT_FALSE(client->transport.closed.has_value());
}

TEST_F(SlowClient, ThatLeavesLeavesNothingBehind) {
  stall("ticker");
  change_prices(200);
  const Ledger before = client->ledger();
  EXPECT_EQ(shard.counters.conflating.get(), 1U);
  shard.disconnect(*client);
  EXPECT_EQ(client->ledger().abandoned, before.abandoned + before.queued);
  expect_balanced(client->ledger());
  EXPECT_EQ(shard.counters.ledger.read().queued, 0U);
  EXPECT_EQ(shard.counters.conflating.get(), 0U);
  EXPECT_EQ(shard.counters.subscriptions.get(), 0U);
  EXPECT_EQ(shard.counters.clients.get(), 0U);
  change_prices(10);
  EXPECT_EQ(shard.pool.used(), 1U);
}

TEST_F(SlowClient, ThatAsksOnAndOnWithoutReadingIsClosedWhenTheReserveIsUsedUp) {
  stall("ticker");
  for (int i = 0; i < 2'000 && !client->transport.closed; ++i) {
    shard.core.request(client->id, R"({"op":"ping","id":1})");
  }
  EXPECT_EQ(client->transport.closed, CloseReason::slow_consumer);
  EXPECT_LE(client->transport.outbox().bytes(),
            shard.limits.outbox_hard_bytes + shard.limits.control_reserve_bytes);
}

}  // namespace
}  // namespace ticker
