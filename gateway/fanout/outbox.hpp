// The outbox: what one client is still owed. Bounds, conflation, verdicts and the client's ledger
// (ARCHITECTURE.md). Owned by the shard thread. Holds no bytes of its own but after a spill; never
// looks at a socket.
//
// A *subscription* is one (channel, instrument) of the client: an index that the shard hands out.
// What cannot be queued now is remembered there (what is owed, a range of lost numbers), so the
// memory that a slow client costs does not grow with time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/base/fifo.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/fanout/owed.hpp"
#include "gateway/fanout/slab.hpp"
#include "gateway/protocol/framing.hpp"
#include "gateway/protocol/lost_range.hpp"

namespace ticker {

/// What became of a frame handed to an outbox. `awaiting`: the subscription's first data is still
/// owed and will hold the change; such a frame is not offered. The first frame that is merged
/// counts as queued: the snapshot stands for it.
enum class Push : std::uint8_t { queued, merged, lost, closed, awaiting };

class Outbox {
 public:
  /// `framing`: of all frames that it will hold.
  Outbox(SlabPool& pool, const Limits& limits, const Framing& framing);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // --- Data in. `now_us`: steady clock, modulo 2^32.

  /// A frame that may be merged with later ones. The common case is this one comparison and an
  /// append.
  Push offer(std::uint32_t subscription, const Piece& piece, std::uint32_t now_us) {
    if (special_ || bytes_ + piece.length > soft_bytes_) {
      return offer_slow(subscription, piece, now_us);
    }
    ++ledger_.offered;
    append(piece, now_us);
    return Push::queued;
  }
  /// Asks the memory system for what the next push will touch: the outbox itself, then its last
  /// piece.
  void prefetch() const {
    __builtin_prefetch(&soft_bytes_, 1);
    __builtin_prefetch(&ledger_, 1);
  }
  void prefetch_tail() const {
    if (!pieces_.empty()) __builtin_prefetch(&pieces_.back() + 1, 1);
  }
  /// A frame that must come by itself, with its number. Lost above the hard limit, and remembered
  /// for a gap.
  Push offer_numbered(std::uint32_t subscription, const Piece& piece, std::uint64_t seq,
                      std::uint32_t now_us);
  /// A gap, now, if there is room below the hard limit; else `lose` keeps it for later.
  bool announce(const Piece& gap, std::uint32_t now_us);
  /// An answer, welcome, slow or what Beast writes. False when even the reserve is used up.
  bool control(const Piece& piece, std::uint32_t now_us);
  /// Something was lost before this door, upstream or in the ring: joins what is to be announced
  /// at the subscription.
  void lose(std::uint32_t subscription, const LostRange& lost);
  /// True when the queue is over its soft limit although the socket may still take bytes: flush
  /// before pushing.
  [[nodiscard]] bool flush_first(const Piece& piece) const {
    return bytes_ + piece.length > soft_bytes_ && !blocked_;
  }

  // --- What is owed

  /// The subscription begins (again) with this first data: frames are offered from then on.
  void begin(std::uint32_t subscription, Owed first_data);
  /// Unsubscribed: withdraws what is owed, gaps too.
  void end(std::uint32_t subscription);
  /// The subscription whose turn it is to be paid, while there is room below the limits.
  [[nodiscard]] std::optional<std::uint32_t> next_owed();
  [[nodiscard]] Owed owed(std::uint32_t subscription) const {
    const Subscription& entry = subscriptions_[subscription];
    return {entry.owed, entry.resume_after};
  }
  [[nodiscard]] const LostRange& lost(std::uint32_t subscription) const {
    return subscriptions_[subscription].lost;
  }
  /// Pays the subscription that `next_owed` named: first its gap, if anything was lost there, then
  /// its snapshot, if one is owed.
  void pay_gap(const Piece& gap, std::uint32_t now_us);
  void pay_snapshot(const Piece& snapshot, std::uint32_t now_us);
  /// The subscription begins without data of its own.
  void pay_nothing();
  [[nodiscard]] bool owes() const { return !turns_.empty(); }

  // --- Data out

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  [[nodiscard]] std::size_t piece_count() const { return pieces_.size(); }
  /// Bytes of the piece at `index`, the first one without what the socket took already.
  [[nodiscard]] std::string_view bytes_at(std::size_t index) const {
    const Piece& piece = pieces_[index];
    const std::uint32_t skip = index == 0 ? partial_ : 0;
    return {data(piece) + skip, piece.length - skip};
  }
  [[nodiscard]] std::uint32_t received_us_at(std::size_t index) const {
    return pieces_[index].received_us;
  }
  /// The socket took `count` bytes. Returns how many frames of the ledger that finished.
  std::uint64_t consume(std::size_t count);
  /// The socket would block (or not any more).
  void set_blocked(bool blocked) {
    blocked_ = blocked;
    look();
  }
  [[nodiscard]] bool blocked() const { return blocked_; }

  // --- State

  /// A close frame comes: drops whole frames and what is owed, finishes a frame partly sent,
  /// refuses what comes later.
  void seal();
  /// The close frame itself, the only piece after `seal`.
  void closing(const Piece& piece, std::uint32_t now_us) { append(piece, now_us); }
  /// The client is gone: everything queued or owed counts as abandoned.
  void abandon();
  [[nodiscard]] bool sealed() const { return sealed_; }
  [[nodiscard]] bool conflating() const { return conflating_; }
  /// Leaves conflation when the queue is short and nothing is owed; enters it by age.
  void review(std::uint32_t now_us);
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// Bytes ever pushed and ever taken by the socket: a position `pushed()` has left when `taken()`
  /// reaches it.
  [[nodiscard]] std::uint64_t pushed() const { return taken_ + bytes_; }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }

  /// Does the queue hold on to this slab?
  [[nodiscard]] bool holds(std::uint32_t slab) const;
  /// Copies the whole remaining queue into a private buffer and lets the slabs go.
  void spill();

 private:
  struct Subscription {
    std::uint64_t resume_after = 0;
    Owed::Kind owed = Owed::Kind::nothing;
    bool in_turn = false;  // stands in `turns_`, possibly with nothing owed any more
    LostRange lost;
  };

  Push offer_slow(std::uint32_t subscription, const Piece& piece, std::uint32_t now_us);
  void append(const Piece& piece, std::uint32_t now_us);
  void owe(std::uint32_t subscription, Owed::Kind owed);
  void withdraw(Subscription& entry);
  void next_turn();
  void drop_from(std::size_t first);
  [[nodiscard]] const char* data(const Piece& piece) const {
    return piece.slab == SlabPool::private_slab ? private_bytes_.get() + piece.offset
                                                : pool_.bytes(piece);
  }
  [[nodiscard]] std::uint32_t first_frame_length() const;
  [[nodiscard]] std::uint64_t trim_sent_frames();
  [[nodiscard]] bool too_old(std::uint32_t now_us) const;
  void look() { special_ = sealed_ || conflating_ || blocked_ || !turns_.empty(); }

  // What a push touches, together: one or two lines of the cache.
  const std::uint64_t soft_bytes_;
  std::uint64_t bytes_ = 0;  // queued, without what the socket took
  bool special_ = false;     // anything that the common case must not ignore
  bool sealed_ = false, conflating_ = false, blocked_ = false;
  std::uint32_t partial_ = 0;  // bytes of the first piece that the socket took
  Fifo<Piece> pieces_;
  Ledger ledger_;

  SlabPool& pool_;
  const Limits& limits_;
  const Framing& framing_;
  const std::uint64_t hard_bytes_;
  std::uint64_t taken_ = 0;
  std::vector<Subscription> subscriptions_;
  Fifo<std::uint32_t> turns_;  // subscriptions to be paid, in turn
  std::unique_ptr<char[]> private_bytes_;
};

}  // namespace ticker
