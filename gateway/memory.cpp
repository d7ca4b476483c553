#include "gateway/memory.hpp"

#include <algorithm>

#include "gateway/fanout/slab.hpp"
#include "gateway/fanout/streams.hpp"
#include "schemas/event.hpp"

namespace ticker {
namespace {

// Upper bounds of what one of each takes; none is a promise to the byte.
constexpr std::uint64_t connection_bytes = 8'192;  // objects of one client, without its buffers
constexpr std::uint64_t subscription_bytes = 208;  // one (channel, instrument) of one client
constexpr std::uint64_t frame_bytes_min = 128;     // a piece stands for at least so much
constexpr std::uint64_t ring_slot_bytes = (sizeof(Event) + 8 + 63) / 64 * 64;

}  // namespace

MemoryMax memory_max(const Config& config) {
  const auto& limits = config.limits;
  const std::uint64_t shards = shard_count(config);
  const auto client = std::uint64_t{limits.outbox_hard_bytes} + limits.control_reserve_bytes +
                      limits.message_bytes_max + connection_bytes +
                      std::uint64_t{limits.subscriptions_max} * subscription_bytes +
                      std::uint64_t{limits.outbox_hard_bytes} / frame_bytes_min * sizeof(Piece);
  // No stream without a subscription, and no more than there are shapes.
  const auto shapes = pace_count * (std::uint64_t{limits.filters_max} + 1) + 1;
  const auto streams = std::min(limits.clients_max * std::uint64_t{limits.subscriptions_max},
                                shards * limits.instruments_max * shapes);
  return {.clients = limits.clients_max * client,
          .streams = streams * sizeof(Stream),
          .slabs = shards * limits.slabs_max * limits.slab_bytes,
          .trades = shards * limits.instruments_max * limits.trades_kept * sizeof(Event),
          .ring = limits.ring_slots * ring_slot_bytes};
}

std::string text_of(const MemoryMax& memory) {
  const auto mib = [](std::uint64_t bytes) { return std::to_string(bytes >> 20); };
  return "memory: at most " + mib(memory.total()) + " MiB (clients " + mib(memory.clients) +
         ", streams " + mib(memory.streams) + ", slabs " + mib(memory.slabs) + ", trades kept " +
         mib(memory.trades) + ", ring " + mib(memory.ring) + ")";
}

}  // namespace ticker
