// The rare ways of sequence.hpp.
#include "bench/load/sequence.hpp"

#include <algorithm>
#include <bit>

namespace ticker::load {

SequenceTable::SequenceTable(std::span<const std::uint64_t> name_hashes)
    : mask_(std::bit_ceil(std::max<std::size_t>(2 * name_hashes.size(), 2)) - 1),
      slots_(mask_ + 1),
      epochs_(mask_ + 1) {
  for (const std::uint64_t name_hash : name_hashes) find(name_hash).name_hash = name_hash;
}

SequenceTable::Step SequenceTable::refuse(Slot& slot, std::uint64_t name_hash, std::uint64_t seq) {
  if (slot.name_hash != name_hash) return Step::unexpected;
  if (slot.seq != none && seq <= slot.seq) return Step::ignored;
  slot.seq = seq;  // a hole counts once; go on from here
  return Step::hole;
}

SequenceTable::Replaced SequenceTable::snapshot(std::uint64_t name_hash, std::uint64_t epoch_hash,
                                                std::uint64_t seq) {
  Slot& slot = find(name_hash);
  if (slot.name_hash != name_hash) return {.step = Step::unexpected};
  std::uint64_t& epoch = epochs_[static_cast<std::size_t>(&slot - slots_.data())];
  Replaced replaced{.first = slot.seq == none};
  if (slot.seq != none) {
    replaced.again = epoch != epoch_hash || seq > slot.seq;
    if (epoch == epoch_hash && seq > slot.seq) replaced.merged = seq - slot.seq - 1;
  }
  slot.seq = seq;
  epoch = epoch_hash;
  return replaced;
}

void SequenceTable::restart(std::uint64_t name_hash) {
  Slot& slot = find(name_hash);
  if (slot.name_hash == name_hash) slot.seq = none;
}

void SequenceTable::restart_all() {
  for (Slot& slot : slots_) slot.seq = none;
}

std::size_t SequenceTable::waiting() const {
  const auto waits = [](const Slot& slot) { return slot.name_hash != 0 && slot.seq == none; };
  return static_cast<std::size_t>(std::count_if(slots_.begin(), slots_.end(), waits));
}

}  // namespace ticker::load
