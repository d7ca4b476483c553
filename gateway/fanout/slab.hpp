// Slabs: the blocks that hold encoded bytes, shared by all outboxes of a shard and counted by
// reference. Owned by one shard thread. Bounded: at most `slabs_max` blocks exist; which ones hold
// on longest is known, so that the shard can free them (see Outbox::spill). Blocks are kept for
// reuse: no allocation in steady state.
#pragma once

#include <cassert>
#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/base/counters.hpp"

namespace ticker {

/// Some whole frames, one after the other, in one slab. Times are in microseconds of the steady
/// clock, modulo 2^32.
struct Piece {
  std::uint32_t slab = 0;
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
  std::uint32_t frames = 0;       // frames of the ledger; 0: control, gap or first snapshot
  std::uint32_t queued_us = 0;    // when it joined an outbox
  std::uint32_t received_us = 0;  // when its (oldest) data was received; 0: no data
};

class SlabPool {
 public:
  /// In `Piece::slab`: the bytes lie in the outbox's private buffer.
  static constexpr std::uint32_t private_slab = UINT32_MAX;

  SlabPool(std::uint32_t slab_bytes, std::uint32_t slabs_max, ShardCounters& counters);

  /// Room for `bytes` (at most a slab) in the current slab, or in a new one. Valid until the next
  /// `reserve`.
  char* reserve(std::uint32_t bytes);
  /// The first `bytes` of the last reserve became a piece. The pool keeps its slab alive until the
  /// next `reserve` only: whoever wants it longer retains it.
  Piece commit(std::uint32_t bytes);

  void retain(std::uint32_t slab) {
    if (slab != private_slab) ++slabs_[slab].references;
  }
  void release(std::uint32_t slab) {
    if (slab == private_slab) return;
    assert(slabs_[slab].references > 0);
    if (--slabs_[slab].references == 0) recycle(slab);
  }
  [[nodiscard]] const char* bytes(const Piece& piece) const {
    return at(piece.slab) + piece.offset;
  }

  /// How often a slab was filled anew: a piece remembered with it is still good while it does not
  /// change and somebody holds the slab.
  [[nodiscard]] std::uint64_t generation(std::uint32_t slab) const {
    return slabs_[slab].references > 0 ? slabs_[slab].generation : 0;
  }

  /// Time to free the oldest slab: at most an eighth is left.
  [[nodiscard]] bool nearly_spent() const { return used_ + slabs_max_ / 8 >= slabs_max_; }
  /// The slab in use for longest; never the current one unless it is the only one.
  [[nodiscard]] std::uint32_t oldest() const;
  [[nodiscard]] std::uint32_t used() const { return used_; }
  [[nodiscard]] std::uint32_t slab_bytes() const { return slab_bytes_; }

 private:
  struct Slab {
    std::uint32_t references = 0;
    std::uint64_t generation = 0;
  };

  [[nodiscard]] char* at(std::uint32_t slab) const {
    return bytes_.get() + std::size_t{slab} * slab_bytes_;
  }
  void next_slab();
  void recycle(std::uint32_t slab);

  const std::uint32_t slab_bytes_;
  const std::uint32_t slabs_max_;
  ShardCounters& counters_;
  // Room for all of them, in one piece; the system gives memory to what is written to.
  const std::unique_ptr<char[]> bytes_;
  std::vector<Slab> slabs_;
  std::vector<std::uint32_t> free_;
  std::uint64_t generations_ = 0;
  std::uint32_t current_ = 0;
  std::uint32_t filled_ = 0;  // bytes of the current slab
  std::uint32_t used_ = 0;
};

}  // namespace ticker
