// Slabs under a client that hardly reads: a tiny piece must not pin the shard's memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fanout/shard_core.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

constexpr std::size_t instruments = 200;
constexpr std::size_t fast_clients = 1'000;
constexpr std::size_t symbols_a_fast_client = 5;
constexpr int seconds = 20;
constexpr int events_a_turn = 20;  // 50 turns a second: 1000 events a second
constexpr std::int64_t turn_ms = 20;

std::string name_of(std::size_t i) { return "S" + std::to_string(i % instruments) + "-USD"; }

Limits limits_of(std::uint32_t slab_bytes, std::uint32_t slabs_max) {
  Limits limits;
  limits.instruments_max = instruments;
  limits.ring_slots = 4'096;
  limits.slab_bytes = slab_bytes;
  limits.slabs_max = slabs_max;
  limits.trades_snapshot_max = 10;
  return limits;
}

/// One client that reads 1 KB/s beside many that read all.
struct Crowd {
  explicit Crowd(const Limits& limits, std::size_t fast) : world(limits), shard(world.shard()) {
    for (std::size_t i = 0; i < instruments; ++i) world.price(name_of(i), 1);
    world.run();
    slow = &shard.connect(0);
    shard.subscribe(*slow, "ticker", "sim:*");
    shard.subscribe(*slow, "trades", "sim:*");
    for (std::size_t i = 0; i < fast; ++i) {
      TestClient& client = shard.connect();
      client.transport.keep = false;
      std::string symbols;
      for (std::size_t s = 0; s < symbols_a_fast_client; ++s) {
        symbols += (s > 0 ? ",sim:" : "sim:") + name_of(i * symbols_a_fast_client + s);
      }
      shard.subscribe(client, "ticker", symbols);
    }
    world.run();
  }

  void run(int for_seconds) {
    for (int turn = 0; turn < for_seconds * 1'000 / turn_ms; ++turn) {
      for (int i = 0; i < events_a_turn; ++i) {
        ++number;
        number % 5 == 0 ? world.trade(name_of(number / 5 * 3))
                        : world.price(name_of(number * 7), static_cast<std::int64_t>(number));
      }
      world.advance_ms(turn_ms);
      shard.allow(*slow, 1'024 * turn_ms / 1'000);
      world.run();
      if (turn % 5 == 0) shard.core.sweep();
      used_max = std::max(used_max, shard.pool.used());
    }
  }

  void let_slow_one_catch_up() {
    shard.allow(*slow, FakeClient::endless);
    world.run();
    shard.core.sweep();
    world.run();
    ASSERT_FALSE(slow->transport.closed.has_value());
    expect_true_picture(shard, *slow);
    expect_balanced(slow->ledger());
  }

  World world;
  TestShard& shard;
  TestClient* slow = nullptr;
  std::uint64_t number = 0;
  std::uint32_t used_max = 0;
};

TEST(ShardSlabs, StayFewHoweverLongASlowClientHangsBehindAThousandFastOnes) {
  Crowd crowd(limits_of(262'144, 128), fast_clients);
  crowd.run(seconds / 2);
  const std::uint32_t used_half_way = crowd.used_max;
  crowd.run(seconds / 2);
  // Its queue of at most hard + reserve bytes touches a bounded number of slabs.
  EXPECT_LE(crowd.used_max, used_half_way + 2);
  EXPECT_LE(crowd.used_max, 128U / 4);
  EXPECT_EQ(crowd.shard.counters.slabs_used.get(), crowd.shard.pool.used());
  EXPECT_GT(crowd.slow->ledger().merged, 1'000U);
  crowd.let_slow_one_catch_up();
  EXPECT_LE(crowd.shard.pool.used(), 1U);
}

TEST(ShardSlabs, TheSlowClientCopiesItsQueueWhenFewSlabsAreLeft) {
  for (const std::uint32_t slabs_max : {2U, 3U, 4U, 8U}) {
    Crowd crowd(limits_of(16'384, slabs_max), 10);
    crowd.run(seconds);
    EXPECT_LE(crowd.used_max, slabs_max);
    EXPECT_GT(crowd.shard.counters.slabs_spilled.get(), 0U) << slabs_max;
    EXPECT_GT(crowd.slow->ledger().merged, 1'000U);
    crowd.let_slow_one_catch_up();
  }
}

TEST(ShardSlabs, AHundredSlowClientsShareAFewSlabs) {
  Crowd crowd(limits_of(65'536, 8), 0);
  for (std::size_t i = 0; i < 100; ++i) {
    TestClient& client = crowd.shard.connect(100 * i);
    crowd.shard.subscribe(client, "ticker", "sim:*");
  }
  crowd.run(8);
  EXPECT_LE(crowd.used_max, 8U);
  for (TestClient& client : crowd.shard.clients) {
    if (&client == crowd.slow) continue;
    crowd.shard.allow(client, FakeClient::endless);
    crowd.world.run();
    expect_true_picture(crowd.shard, client);
  }
}

// One event may be encoded once for every filter and interval: for more than there are slabs.
TEST(ShardSlabs, AStatusThatManyStreamsTellFitsIntoTheFewestSlabs) {
  Limits limits = limits_of(16'384, 2);
  World world(limits);
  TestShard& shard = world.shard();
  world.price("A-B", 1);
  world.run();
  for (std::size_t i = 0; i < limits.filters_max; ++i) {
    std::string fields = "\"status\"";
    for (std::size_t bit = 0; bit < 6; ++bit) {
      if ((i >> bit & 1) != 0) fields += ",\"" + std::string(field_names[bit]) + '"';
    }
    for (const std::uint32_t interval_ms : interval_classes_ms) {
      shard.subscribe(
          shard.connect(0), "ticker", "sim:A-B", "subscribe",
          ",\"interval_ms\":" + std::to_string(interval_ms) + ",\"fields\":[" + fields + "]");
    }
  }
  world.run();
  world.sink.status(Status::stale, Reason::feed_silent);
  world.ring.commit();
  world.run();
  EXPECT_LE(shard.pool.used(), 2U);
  for (TestClient& client : shard.clients) {
    shard.allow(client, FakeClient::endless);
    shard.run();
    client.read();
    EXPECT_THAT(client.view.violations, testing::IsEmpty());
    EXPECT_EQ(client.view.tickers["sim:A-B"].fields["status"], "\"stale\"");
  }
}

}  // namespace
}  // namespace ticker
