#include "gateway/fanout/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "gateway/base/planted.hpp"
#include "gateway/protocol/frame.hpp"

namespace ticker {
namespace {

constexpr std::uint32_t merge_ages = 8;  // a piece grows for this part of the soft age at most

}  // namespace

Outbox::Outbox(SlabPool& pool, const Limits& limits)
    : soft_bytes_(limits.outbox_soft_bytes),
      pool_(pool),
      limits_(limits),
      hard_bytes_(limits.outbox_hard_bytes) {}

Outbox::~Outbox() { drop_from(0); }

// --- Data in

Push Outbox::ticker_slow(std::uint32_t due, const Piece& piece, std::uint32_t now_us) {
  if (sealed_) return Push::closed;
  Due& entry = dues_[due];
  if (entry.debt == Debt::first) return Push::awaiting;
  ++ledger_.offered;
  if (entry.debt == Debt::marked) {
    ++ledger_.merged;
    return Push::merged;
  }
  if (bytes_ + piece.length > soft_bytes_ || too_old(now_us)) conflating_ = true;
  if (conflating_ && planted(Bug::mark_skipped)) {
    ++ledger_.merged;
  } else if (conflating_) {
    ++ledger_.queued;
    owe(due, Debt::marked);
  } else {
    append(piece, now_us);
  }
  return Push::queued;
}

Push Outbox::trade(std::uint32_t due, const Piece& piece, std::uint64_t seq, std::uint32_t now_us) {
  if (sealed_) return Push::closed;
  const Due& entry = dues_[due];
  if (entry.debt == Debt::first) return Push::awaiting;
  ++ledger_.offered;
  // While a gap waits for its turn, later trades join it: they must not overtake it.
  const bool waits = entry.debt == Debt::gap && !planted(Bug::gap_overtaken);
  const bool full = bytes_ + piece.length > hard_bytes_ && !planted(Bug::hard_limit_ignored);
  if (waits || full) {
    ++ledger_.lost;
    lose(due, {seq, seq, 1, Reason::none});
    return Push::lost;
  }
  append(piece, now_us);
  return Push::queued;
}

bool Outbox::announce(const Piece& gap, std::uint32_t now_us) {
  if (sealed_ || bytes_ + gap.length > hard_bytes_) return false;
  append(gap, now_us);
  return true;
}

bool Outbox::control(const Piece& piece, std::uint32_t now_us) {
  if (sealed_ || bytes_ + piece.length > hard_bytes_ + limits_.control_reserve_bytes) return false;
  append(piece, now_us);
  return true;
}

void Outbox::lose(std::uint32_t due, const LostTrades& lost) {
  LostTrades& all = dues_[due].lost;
  if (all.from == 0) {
    all = lost;
  } else {
    all.to = lost.to;
    all.count += lost.count;
    if (lost.reason != Reason::none) all.reason = lost.reason;
  }
  if (dues_[due].debt == Debt::none) owe(due, Debt::gap);
}

void Outbox::append(const Piece& piece, std::uint32_t now_us) {
  ledger_.queued += piece.frames;
  bytes_ += piece.length;
  if (!pieces_.empty() && piece.frames > 0) {
    Piece& last = pieces_.back();
    const bool neighbours = last.slab == piece.slab && last.offset + last.length == piece.offset;
    // A piece is as old as its first frame; if it grew for long, a queue that moves would seem old.
    const bool young = now_us - last.queued_us <= limits_.outbox_soft_ms * 1'000 / merge_ages;
    if (neighbours && young && last.frames > 0) {
      last.length += piece.length;
      last.frames += piece.frames;
      return;
    }
  }
  pool_.retain(piece.slab);
  pieces_.push_back(piece);
  pieces_.back().queued_us = now_us;
}

bool Outbox::too_old(std::uint32_t now_us) const {
  // Signed: a piece may carry a time a little after `now_us`, which is read once a turn.
  const auto age_us = [&] { return static_cast<std::int32_t>(now_us - pieces_.front().queued_us); };
  return !pieces_.empty() && age_us() > static_cast<std::int32_t>(limits_.outbox_soft_ms * 1'000);
}

// --- Dues

void Outbox::open_due(std::uint32_t due, std::uint64_t begin) {
  if (due >= dues_.size()) dues_.resize(due + 1);
  withdraw(dues_[due]);
  dues_[due].begin = begin;
  // What it resumes with tells all after `begin`.
  if (begin < not_resumed && !planted(Bug::gap_told_twice)) dues_[due].lost = {};
  owe(due, Debt::first);
}

void Outbox::close_due(std::uint32_t due) {
  withdraw(dues_[due]);
  if (!planted(Bug::due_remembers_gap)) dues_[due].lost = {};
}

void Outbox::owe(std::uint32_t due, Debt debt) {
  Due& entry = dues_[due];
  entry.debt = debt;
  if (!entry.in_turn) {
    entry.in_turn = true;
    debts_.push_back(due);
    if (planted(Bug::debts_out_of_turn)) std::swap(debts_.front(), debts_.back());
  }
  special_ = true;
}

void Outbox::withdraw(Due& due) {
  if (due.debt == Debt::marked && !planted(Bug::mark_kept)) {
    --ledger_.queued;
    ++ledger_.abandoned;
  }
  due.debt = Debt::none;
}

std::uint32_t Outbox::next_due() {
  while (!debts_.empty() && dues_[debts_.front()].debt == Debt::none) next_turn();
  if (debts_.empty() || sealed_ || bytes_ >= soft_bytes_ / 2) return no_due;
  return debts_.front();
}

void Outbox::next_turn() {
  dues_[debts_.front()].in_turn = false;
  debts_.pop_front();
  look();
}

void Outbox::pay_gap(const Piece& gap, std::uint32_t now_us) {
  Due& due = dues_[debts_.front()];
  due.lost = {};
  if (!planted(Bug::gap_forgotten)) append(gap, now_us);
  if (due.debt != Debt::gap) return;
  due.debt = Debt::none;
  next_turn();
}

void Outbox::pay_snapshot(const Piece& snapshot, std::uint32_t now_us) {
  Due& due = dues_[debts_.front()];
  Piece piece = snapshot;
  piece.frames = planted(Bug::first_counted) ? 1 : 0;
  if (due.debt == Debt::marked) {
    piece.frames = 1;
    --ledger_.queued;  // counted at its mark; append counts it again
  }
  due.debt = Debt::none;
  next_turn();
  append(piece, now_us);
}

void Outbox::pay_nothing() {
  dues_[debts_.front()].debt = Debt::none;
  next_turn();
}

// --- Data out

std::uint64_t Outbox::consume(std::size_t count) {
  taken_ += count;
  bytes_ -= count;
  std::uint64_t finished = 0;
  while (count > 0) {
    const Piece& first = pieces_.front();
    const std::uint32_t rest = first.length - partial_;
    if (count < rest) {
      partial_ += static_cast<std::uint32_t>(count);
      break;
    }
    count -= rest;
    finished += first.frames;
    pool_.release(first.slab);
    pieces_.pop_front();
    partial_ = 0;
  }
  finished += trim_sent_frames();
  ledger_.sent += finished;
  ledger_.queued -= finished;
  if (pieces_.empty()) private_bytes_.reset();
  return finished;
}

// Cuts frames that are out already from the front of a piece of several.
std::uint64_t Outbox::trim_sent_frames() {
  std::uint64_t finished = 0;
  while (partial_ > 0 && pieces_.front().frames > 1) {
    Piece& first = pieces_.front();
    const std::uint32_t length = frame_length(data(first));
    if (length > partial_) break;
    first.offset += length;
    first.length -= length;
    --first.frames;
    partial_ -= length;
    ++finished;
  }
  return finished;
}

// --- State

void Outbox::review(std::uint32_t now_us) {
  if (!conflating_ && too_old(now_us)) conflating_ = true;
  if (conflating_ && bytes_ < soft_bytes_ / 2 && next_due() == no_due && !too_old(now_us)) {
    conflating_ = false;
  }
  look();
}

void Outbox::seal() {
  sealed_ = special_ = true;
  std::size_t keep = 0;
  if (partial_ > 0 && !planted(Bug::frame_cut)) {
    keep = 1;
    Piece& first = pieces_.front();
    if (first.frames > 1) {
      const std::uint32_t length = frame_length(data(first));
      ledger_.abandoned += first.frames - 1;
      ledger_.queued -= first.frames - 1;
      bytes_ -= first.length - length;
      first.length = length;
      first.frames = 1;
    }
  }
  drop_from(keep);
  for (Due& due : dues_) withdraw(due);
}

void Outbox::abandon() {
  seal();
  drop_from(0);
}

void Outbox::drop_from(std::size_t first) {
  while (pieces_.size() > first) {
    const Piece& last = pieces_.back();
    ledger_.abandoned += last.frames;
    ledger_.queued -= last.frames;
    bytes_ -= last.length;
    if (pieces_.size() == 1) bytes_ += partial_;
    if (!planted(Bug::slab_leaked)) pool_.release(last.slab);
    pieces_.pop_back();
  }
  if (pieces_.empty()) partial_ = 0;
}

bool Outbox::holds(std::uint32_t slab) const {
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    if (pieces_[i].slab == slab) return true;
  }
  return false;
}

void Outbox::spill() {
  auto copy = std::make_unique_for_overwrite<char[]>(bytes_ + partial_);
  std::uint32_t end = 0;
  Fifo<Piece> pieces;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    Piece piece = pieces_[i];
    std::memcpy(copy.get() + end, data(piece), piece.length);
    pool_.release(piece.slab);
    if (i > 0 && piece.frames > 0 && pieces.back().frames > 0) {
      pieces.back().length += piece.length;
      pieces.back().frames += piece.frames;
    } else {
      piece.slab = SlabPool::private_slab;
      if (!planted(Bug::spill_misplaced)) piece.offset = end;
      pieces.push_back(piece);
    }
    end += piece.length;
  }
  pieces_ = std::move(pieces);
  private_bytes_ = std::move(copy);
}

}  // namespace ticker
