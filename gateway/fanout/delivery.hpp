// From outbox to socket: each client's turn, and the looks after those that do not take all at
// once. Part of a shard, on its thread.
#pragma once

#include <cstdint>
#include <vector>

#include "gateway/fanout/payments.hpp"

namespace ticker {

class Delivery {
 public:
  explicit Delivery(ShardState& shard) : shard_(shard), payments_(shard) {}

  /// Brings to the sockets what was queued since, if anything was; pays what is owed where there is
  /// room. True: more is to be done.
  bool flush();
  /// Housekeeping, about every 100 ms: write timeouts, conflation by age. `late_ns`: how long
  /// nobody could look; no client is blamed for that.
  void sweep(std::int64_t late_ns);
  /// The client does not take all at once: from now on the write timeout runs.
  void watch(Client& client, std::uint32_t slot);
  Payments& payments() { return payments_; }

 private:
  bool serve(Client& client, std::uint32_t slot);
  void announce_state(Client& client, std::uint32_t slot);
  bool look_after(Client& client, std::uint32_t slot, std::int64_t late_ns);

  ShardState& shard_;
  Payments payments_;
  std::vector<std::uint32_t> flushing_;
  std::vector<std::uint32_t> watched_;  // clients that do not take all at once
  std::uint32_t rotation_ = 0;          // so that no client is always flushed last
};

}  // namespace ticker
