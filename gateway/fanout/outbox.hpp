// The outbox: what one client is still owed. Bounds, conflation, verdicts and the client's ledger
// (ARCHITECTURE.md). Owned by the shard thread. Holds no bytes of its own but after a spill; never
// looks at a socket.
//
// A *due* is one subscription of the client as the outbox sees it: an index that the shard hands
// out, for a ticker or for trades of one instrument. What cannot be queued now is remembered at its
// due (a mark, a range of lost trades), so the memory that a slow client costs does not grow with
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/base/fifo.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/fanout/slab.hpp"
#include "schemas/event.hpp"

namespace ticker {

/// What became of a frame handed to an outbox. `awaiting`: the due's first snapshot is still owed
/// and will hold the change; such a frame is not offered. The first mark of a conflated due counts
/// as queued.
enum class Push : std::uint8_t { queued, merged, lost, closed, awaiting };

class Outbox {
 public:
  /// What a due waits for.
  enum class Debt : std::uint8_t {
    none,
    first,   // its first data: a snapshot, or what changed since a resume point; counts nowhere
    marked,  // conflated: a snapshot as of its turn, counted as the one frame queued
    gap,     // an announcement of trades lost here
  };
  /// Trades that the client will not get, to be announced. `from` 0: none.
  struct LostTrades {
    std::uint64_t from = 0, to = 0, count = 0;
    Reason reason = Reason::none;  // upstream: how many were lost is unknown
  };
  static constexpr std::uint32_t no_due = UINT32_MAX;
  /// Where a due begins: the seq that the client has already, or one of these.
  static constexpr std::uint64_t from_snapshot = UINT64_MAX;
  static constexpr std::uint64_t not_resumed = UINT64_MAX - 1;  // it asked to resume, in vain

  Outbox(SlabPool& pool, const Limits& limits);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // --- Data in. `now_us`: steady clock, modulo 2^32.

  /// A ticker frame. The common case is this one comparison and an append.
  Push ticker(std::uint32_t due, const Piece& piece, std::uint32_t now_us) {
    if (special_ || bytes_ + piece.length > soft_bytes_) return ticker_slow(due, piece, now_us);
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
  /// A trade frame with its sequence number. Lost above the hard limit, and remembered for a gap.
  Push trade(std::uint32_t due, const Piece& piece, std::uint64_t seq, std::uint32_t now_us);
  /// A gap, now, if there is room below the hard limit; else `lose` keeps it for later.
  bool announce(const Piece& gap, std::uint32_t now_us);
  /// An answer, welcome, slow or what Beast writes. False when even the reserve is used up.
  bool control(const Piece& piece, std::uint32_t now_us);
  /// Trades were lost before this door, upstream or in the ring: joins what is to be announced at
  /// the due.
  void lose(std::uint32_t due, const LostTrades& lost);
  /// True when the queue is over its soft limit although the socket may still take bytes: flush
  /// before pushing.
  [[nodiscard]] bool flush_first(const Piece& piece) const {
    return bytes_ + piece.length > soft_bytes_ && !blocked_;
  }

  // --- Dues

  /// The due begins (again), with a snapshot or after the seq that the client has: frames are
  /// offered from then on.
  void open_due(std::uint32_t due, std::uint64_t begin = from_snapshot);
  /// Unsubscribed: withdraws marks and pending gaps.
  void close_due(std::uint32_t due);
  /// The due whose turn it is to be paid, while there is room below the limits; `no_due` if there
  /// is none.
  [[nodiscard]] std::uint32_t next_due();
  [[nodiscard]] Debt debt(std::uint32_t due) const { return dues_[due].debt; }
  [[nodiscard]] const LostTrades& lost(std::uint32_t due) const { return dues_[due].lost; }
  [[nodiscard]] std::uint64_t begin(std::uint32_t due) const { return dues_[due].begin; }
  /// Pays the due that `next_due` named: first its gap, if trades were lost there, then its
  /// snapshot, if one is owed.
  void pay_gap(const Piece& gap, std::uint32_t now_us);
  void pay_snapshot(const Piece& snapshot, std::uint32_t now_us);
  /// The due begins without data of its own.
  void pay_nothing();
  [[nodiscard]] bool owes() const { return !debts_.empty(); }

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

  /// A close frame comes: drops whole frames and debts, finishes a frame partly sent, refuses what
  /// comes later.
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
  struct Due {
    Debt debt = Debt::none;
    bool in_turn = false;                 // stands in `debts_`, possibly with nothing owed any more
    std::uint64_t begin = from_snapshot;  // what `first` begins with
    LostTrades lost;
  };

  Push ticker_slow(std::uint32_t due, const Piece& piece, std::uint32_t now_us);
  void append(const Piece& piece, std::uint32_t now_us);
  void owe(std::uint32_t due, Debt debt);
  void withdraw(Due& due);
  void next_turn();
  void drop_from(std::size_t first);
  [[nodiscard]] const char* data(const Piece& piece) const {
    return piece.slab == SlabPool::private_slab ? private_bytes_.get() + piece.offset
                                                : pool_.bytes(piece);
  }
  [[nodiscard]] std::uint64_t trim_sent_frames();
  [[nodiscard]] bool too_old(std::uint32_t now_us) const;
  void look() { special_ = sealed_ || conflating_ || blocked_ || !debts_.empty(); }

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
  const std::uint64_t hard_bytes_;
  std::uint64_t taken_ = 0;
  std::vector<Due> dues_;
  Fifo<std::uint32_t> debts_;  // dues to be paid, in turn
  std::unique_ptr<char[]> private_bytes_;
};

}  // namespace ticker
