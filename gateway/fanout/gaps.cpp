#include "gateway/fanout/gaps.hpp"

namespace ticker {

void tell_gap(ShardState& shard, Client& client, std::uint32_t subscription, const Piece& piece,
              const LostRange& lost) {
  Outbox& outbox = *client.outbox;
  shard.pool.retain(piece.slab);
  if (outbox.flush_first(piece)) client.handle->flush();
  if (outbox.owed(subscription).nothing() && outbox.announce(piece, shard.time.us())) {
    shard.counters.gaps_sent.add();
  } else if (!outbox.sealed()) {
    outbox.lose(subscription, lost);
  }
  shard.pool.release(piece.slab);
}

}  // namespace ticker
