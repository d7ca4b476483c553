// Clients of the shard core among each other: slots, turns, the end of all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "gateway/fanout/shard_core.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;

TEST(ShardClients, AreAllClosedOnceWhenTheProcessStops) {
  World world(small_limits());
  TestShard& shard = world.shard();
  TestClient& one = shard.connect();
  TestClient& two = shard.connect();
  shard.core.close_all(CloseReason::going_away);
  EXPECT_EQ(one.transport.closed, CloseReason::going_away);
  EXPECT_EQ(two.transport.closed, CloseReason::going_away);
  one.transport.closed.reset();
  shard.core.close_all(CloseReason::going_away);
  EXPECT_FALSE(one.transport.closed.has_value());
}

TEST(ShardClients, AreToldApartWhenOneTakesTheSlotOfAnother) {
  World world(small_limits());
  TestShard& shard = world.shard();
  TestClient& old = shard.connect();
  shard.disconnect(old);
  TestClient& next = shard.connect();
  EXPECT_EQ(next.id.slot, old.id.slot);
  EXPECT_NE(next.id.generation, old.id.generation);
  shard.core.writable(old.id);
  shard.core.remove_client(old.id, CloseReason::client_closed);
  EXPECT_EQ(shard.counters.clients.get(), 1U);
}

TEST(ShardClients, TakeTurnsAtBeingFlushedFirst) {
  World world(small_limits());
  TestShard& shard = world.shard();
  world.price("A-B", 1);
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < 3; ++i) {
    TestClient& client = shard.connect();
    client.transport.on_flush = [&order, i] { order.push_back(i); };
    shard.subscribe(client, "ticker", "sim:*");
  }
  world.run();
  std::set<std::size_t> first;
  for (int i = 0; i < 6; ++i) {
    order.clear();
    world.price("A-B", 100 + i);
    world.run();
    first.insert(order.at(0));
  }
  EXPECT_THAT(first, ElementsAre(0U, 1U, 2U));
}

}  // namespace
}  // namespace ticker
