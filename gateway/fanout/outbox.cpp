#include "gateway/fanout/outbox.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

constexpr std::uint32_t merge_ages = 8;  // a piece grows for this part of the soft age at most

}  // namespace

Outbox::Outbox(SlabPool& pool, const Limits& limits, const Framing& framing)
    : soft_bytes_(limits.outbox_soft_bytes),
      pool_(pool),
      limits_(limits),
      framing_(framing),
      hard_bytes_(limits.outbox_hard_bytes) {}

Outbox::~Outbox() { drop_from(0); }

// --- Data in

Push Outbox::offer_slow(std::uint32_t subscription, const Piece& piece, std::uint32_t now_us) {
  if (sealed_) return Push::closed;
  const Owed owed = this->owed(subscription);
  if (owed.first_data()) return Push::awaiting;
  ++ledger_.offered;
  if (owed.kind == Owed::Kind::merged_snapshot) {
    ++ledger_.merged;
    return Push::merged;
  }
  if (bytes_ + piece.length > soft_bytes_ || too_old(now_us)) conflating_ = true;
  if (conflating_ && planted(Bug::mark_skipped)) {
    ++ledger_.merged;
  } else if (conflating_) {
    ++ledger_.queued;
    owe(subscription, Owed::Kind::merged_snapshot);
  } else {
    append(piece, now_us);
  }
  return Push::queued;
}

Push Outbox::offer_numbered(std::uint32_t subscription, const Piece& piece, std::uint64_t seq,
                            std::uint32_t now_us) {
  if (sealed_) return Push::closed;
  const Owed owed = this->owed(subscription);
  if (owed.first_data()) return Push::awaiting;
  ++ledger_.offered;
  // While a gap waits for its turn, what comes joins it: it must not overtake it.
  const bool waits = owed.kind == Owed::Kind::gap && !planted(Bug::gap_overtaken);
  const bool full = bytes_ + piece.length > hard_bytes_ && !planted(Bug::hard_limit_ignored);
  if (waits || full) {
    ++ledger_.lost;
    lose(subscription, {seq, seq, 1, Reason::none});
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

void Outbox::lose(std::uint32_t subscription, const LostRange& lost) {
  Subscription& entry = subscriptions_[subscription];
  entry.lost.join(lost);
  if (entry.owed == Owed::Kind::nothing) owe(subscription, Owed::Kind::gap);
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

// --- What is owed

void Outbox::begin(std::uint32_t subscription, Owed first_data) {
  assert(first_data.first_data());
  if (subscription >= subscriptions_.size()) subscriptions_.resize(subscription + 1);
  Subscription& entry = subscriptions_[subscription];
  withdraw(entry);
  entry.resume_after = first_data.after;
  // What it resumes with tells all after that number.
  const bool resumes = first_data.kind == Owed::Kind::resume;
  if (resumes && !planted(Bug::gap_told_twice)) entry.lost = {};
  owe(subscription, first_data.kind);
}

void Outbox::end(std::uint32_t subscription) {
  withdraw(subscriptions_[subscription]);
  if (!planted(Bug::subscription_remembers_gap)) subscriptions_[subscription].lost = {};
}

void Outbox::owe(std::uint32_t subscription, Owed::Kind owed) {
  Subscription& entry = subscriptions_[subscription];
  entry.owed = owed;
  if (!entry.in_turn) {
    entry.in_turn = true;
    turns_.push_back(subscription);
    if (planted(Bug::paid_out_of_turn)) std::swap(turns_.front(), turns_.back());
  }
  special_ = true;
}

void Outbox::withdraw(Subscription& entry) {
  if (entry.owed == Owed::Kind::merged_snapshot && !planted(Bug::mark_kept)) {
    --ledger_.queued;
    ++ledger_.abandoned;
  }
  entry.owed = Owed::Kind::nothing;
}

std::optional<std::uint32_t> Outbox::next_owed() {
  while (!turns_.empty() && owed(turns_.front()).nothing()) next_turn();
  if (turns_.empty() || sealed_ || bytes_ >= soft_bytes_ / 2) return std::nullopt;
  return turns_.front();
}

void Outbox::next_turn() {
  subscriptions_[turns_.front()].in_turn = false;
  turns_.pop_front();
  look();
}

void Outbox::pay_gap(const Piece& gap, std::uint32_t now_us) {
  Subscription& entry = subscriptions_[turns_.front()];
  entry.lost = {};
  if (!planted(Bug::gap_forgotten)) append(gap, now_us);
  if (entry.owed != Owed::Kind::gap) return;
  entry.owed = Owed::Kind::nothing;
  next_turn();
}

void Outbox::pay_snapshot(const Piece& snapshot, std::uint32_t now_us) {
  Subscription& entry = subscriptions_[turns_.front()];
  Piece piece = snapshot;
  piece.frames = planted(Bug::first_counted) ? 1 : 0;
  if (entry.owed == Owed::Kind::merged_snapshot) {
    piece.frames = 1;
    --ledger_.queued;  // counted when it was owed; append counts it again
  }
  entry.owed = Owed::Kind::nothing;
  next_turn();
  append(piece, now_us);
}

void Outbox::pay_nothing() {
  subscriptions_[turns_.front()].owed = Owed::Kind::nothing;
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

std::uint32_t Outbox::first_frame_length() const {
  const Piece& first = pieces_.front();
  return framing_.frame_length({data(first), first.length});
}

// Cuts frames that are out already from the front of a piece of several.
std::uint64_t Outbox::trim_sent_frames() {
  std::uint64_t finished = 0;
  while (partial_ > 0 && pieces_.front().frames > 1) {
    Piece& first = pieces_.front();
    const std::uint32_t length = first_frame_length();
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
  if (conflating_ && bytes_ < soft_bytes_ / 2 && !next_owed() && !too_old(now_us)) {
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
      const std::uint32_t length = first_frame_length();
      ledger_.abandoned += first.frames - 1;
      ledger_.queued -= first.frames - 1;
      bytes_ -= first.length - length;
      first.length = length;
      first.frames = 1;
    }
  }
  drop_from(keep);
  for (Subscription& entry : subscriptions_) withdraw(entry);
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
