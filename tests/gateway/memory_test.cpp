#include "gateway/memory.hpp"

#include <gtest/gtest.h>

#include "gateway/fanout/streams.hpp"
#include "schemas/event.hpp"

namespace ticker {
namespace {

TEST(Memory, MemoryIsTheSumOfTheLimits) {
  Config config;
  config.shards = 2;
  const MemoryMax before = memory_max(config);
  config.limits.clients_max += 1;
  EXPECT_GE(memory_max(config).clients - before.clients,
            config.limits.outbox_hard_bytes + config.limits.control_reserve_bytes);
  config.limits.slabs_max += 1;
  EXPECT_EQ(memory_max(config).slabs - before.slabs, std::uint64_t{2} * config.limits.slab_bytes);
  config.limits.trades_kept += 1;
  EXPECT_EQ(memory_max(config).trades - before.trades,
            std::uint64_t{2} * config.limits.instruments_max * sizeof(Event));
  config.limits.filters_max += 1;
  EXPECT_GT(memory_max(config).streams, before.streams);
  config.limits.ring_slots *= 2;
  EXPECT_EQ(memory_max(config).ring, 2 * before.ring);
}

TEST(Memory, WithoutSubscriptionsThereAreNoStreams) {
  Config config;
  config.limits.clients_max = 1;
  config.limits.subscriptions_max = 3;
  EXPECT_EQ(memory_max(config).streams, 3 * sizeof(Stream));
}

}  // namespace
}  // namespace ticker
