// One client's seq of each of its symbols on one channel, and the protocol's rules. Ticker: a delta
// is applied when prev <= mine < seq, ignored when seq <= mine, and a hole when prev > mine.
// Trades: seq rises by one, except over a gap that names what is missing. Every message is checked,
// not a sample. Owned by one client; never knows names, only their hashes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ticker::load {

class SequenceTable {
 public:
  enum class Step : std::uint8_t {
    applied,
    ignored,     // older than what we have
    hole,        // something between is missing, or data came before its snapshot
    unexpected,  // a symbol that this client never asked for
  };

  /// What a snapshot did: the first of its symbol, or one that replaced values we had.
  struct Replaced {
    Step step = Step::applied;
    bool first = false;        // the subscription began with it
    bool again = false;        // we had values, and these are newer
    std::uint64_t merged = 0;  // changes folded by it, beyond the one it shows
  };

  explicit SequenceTable(std::span<const std::uint64_t> name_hashes = {});

  Step delta(std::uint64_t name_hash, std::uint64_t prev, std::uint64_t seq) {
    Slot& slot = find(name_hash);
    if (prev <= slot.seq && slot.seq < seq && slot.name_hash == name_hash) [[likely]] {
      slot.seq = seq;
      return Step::applied;
    }
    return refuse(slot, name_hash, seq);
  }

  /// One trade continues what went just before it; a gap stands for `from` to `to`.
  Step trade(std::uint64_t name_hash, std::uint64_t seq) { return delta(name_hash, seq - 1, seq); }
  Step gap(std::uint64_t name_hash, std::uint64_t from, std::uint64_t to) {
    return delta(name_hash, from - 1, to);
  }

  /// Replaces whatever was there. After another epoch, seq cannot be compared: nothing is merged.
  Replaced snapshot(std::uint64_t name_hash, std::uint64_t epoch_hash, std::uint64_t seq);

  /// The subscription begins anew or has ended: only a snapshot may come next.
  void restart(std::uint64_t name_hash);
  void restart_all();
  /// Symbols of which no snapshot came since the begin.
  [[nodiscard]] std::size_t waiting() const;

 private:
  static constexpr std::uint64_t none = ~std::uint64_t{0};
  struct Slot {
    std::uint64_t name_hash = 0;  // 0: free
    std::uint64_t seq = none;     // none: no snapshot yet
  };

  /// The slot of this name, or the free one where the search ended. Never full: twice as many
  /// slots as names.
  Slot& find(std::uint64_t name_hash) {
    std::size_t at = static_cast<std::size_t>(name_hash >> 7U) & mask_;
    while (slots_[at].name_hash != name_hash && slots_[at].name_hash != 0) at = (at + 1) & mask_;
    return slots_[at];
  }
  static Step refuse(Slot& slot, std::uint64_t name_hash, std::uint64_t seq);

  std::size_t mask_;
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> epochs_;  // beside the slots: deltas never look at them
};

}  // namespace ticker::load
