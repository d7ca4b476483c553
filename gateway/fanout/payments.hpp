// Paying what a client is owed: first data of a subscription, snapshots for what was merged, gaps
// for what was lost; in turn, while its queue is short. Part of a shard, on its thread.
#pragma once

#include "gateway/fanout/shard_state.hpp"

namespace ticker {

class Payments {
 public:
  explicit Payments(ShardState& shard) : shard_(shard) {}

  /// Sends what the client is owed, while there is room. True if anything was paid.
  bool pay(Client& client, std::uint32_t slot);

 private:
  void pay_one(Client& client, std::uint32_t subscription, Stream& stream);
  void pay_snapshot(Client& client, const Stream& stream, const View& view, Resumed resumed);
  void resume(Client& client, std::uint32_t subscription, const Stream& stream, View& view,
              std::uint64_t seq);
  void resume_entries(Client& client, std::uint32_t subscription, const Stream& stream, View& view,
                      std::uint64_t seq);

  ShardState& shard_;
};

}  // namespace ticker
