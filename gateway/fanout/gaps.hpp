// Announcing what a client will not get. Part of a shard, on its thread.
#pragma once

#include "gateway/fanout/shard_state.hpp"

namespace ticker {

/// `piece` announces `lost`: sent now if there is room and nothing is owed before it; else in its
/// turn.
void tell_gap(ShardState& shard, Client& client, std::uint32_t subscription, const Piece& piece,
              const LostRange& lost);

}  // namespace ticker
