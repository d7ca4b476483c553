#include "gateway/fanout/slab.hpp"

#include <cstdlib>

namespace ticker {

SlabPool::SlabPool(std::uint32_t slab_bytes, std::uint32_t slabs_max, ShardCounters& counters)
    : slab_bytes_(slab_bytes),
      slabs_max_(slabs_max),
      counters_(counters),
      bytes_(std::make_unique_for_overwrite<char[]>(std::size_t{slab_bytes} * slabs_max)) {
  slabs_.reserve(slabs_max);
  free_.reserve(slabs_max);
  next_slab();
}

char* SlabPool::reserve(std::uint32_t bytes) {
  assert(bytes <= slab_bytes_);
  if (slab_bytes_ - filled_ < bytes) {
    release(current_);
    next_slab();
  }
  return at(current_) + filled_;
}

Piece SlabPool::commit(std::uint32_t bytes) {
  assert(filled_ + bytes <= slab_bytes_);
  Piece piece;
  piece.slab = current_;
  piece.offset = filled_;
  piece.length = bytes;
  filled_ += bytes;
  return piece;
}

std::uint32_t SlabPool::oldest() const {
  std::uint32_t oldest = current_;
  for (std::uint32_t i = 0; i < slabs_.size(); ++i) {
    const Slab& slab = slabs_[i];
    if (slab.references > 0 && slab.generation < slabs_[oldest].generation) oldest = i;
  }
  return oldest;
}

void SlabPool::next_slab() {
  std::uint32_t next = 0;
  if (!free_.empty()) {
    next = free_.back();
    free_.pop_back();
  } else {
    // The shard spills outboxes while an eighth of the slabs is left, so this cannot fail unless it
    // forgot to.
    if (slabs_.size() == slabs_max_) std::abort();
    next = static_cast<std::uint32_t>(slabs_.size());
    slabs_.push_back({});
  }
  slabs_[next].references = 1;
  slabs_[next].generation = ++generations_;
  current_ = next;
  filled_ = 0;
  counters_.slabs_used.set(++used_);
}

void SlabPool::recycle(std::uint32_t slab) {
  free_.push_back(slab);
  counters_.slabs_used.set(--used_);
}

}  // namespace ticker
