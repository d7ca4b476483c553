#include "gateway/ring/ring.hpp"

#include <unistd.h>

namespace ticker {
namespace {

void wake(int event_fd) {
  if (event_fd < 0) return;
  const std::uint64_t one = 1;
  // A full counter (EAGAIN) means that a wake-up is pending already.
  [[maybe_unused]] const auto written = ::write(event_fd, &one, sizeof one);
}

constexpr std::uint64_t odd(std::uint64_t n) { return 2 * n + 1; }
constexpr std::uint64_t even(std::uint64_t n) { return 2 * n + 2; }

}  // namespace

Ring::Ring(std::size_t slots, std::size_t readers, int writer_wake_fd)
    : mask_(slots - 1),
      slots_(std::make_unique<Slot[]>(slots)),
      reader_count_(readers),
      readers_(std::make_unique<Reader[]>(readers)),
      writer_wake_fd_(writer_wake_fd) {
  assert(std::has_single_bit(slots));
}

Ring::Reader& Ring::reader(std::size_t index, int wake_fd) {
  assert(index < reader_count_);
  Reader& reader = readers_[index];
  reader.ring_ = this;
  reader.wake_fd_ = wake_fd;
  reader.cursor_ = published_.load(std::memory_order_acquire);
  return reader;
}

void Ring::write(const Event& event) {
  Slot& slot = slots_[written_ & mask_];
  const auto words = std::bit_cast<Words>(event);
  slot.sequence.store(odd(written_), std::memory_order_relaxed);
  for (std::size_t i = 0; i < word_count; ++i) {
    slot.words[i].store(words[i], std::memory_order_release);
  }
  slot.sequence.store(even(written_), std::memory_order_release);
  ++written_;
}

void Ring::commit() {
  if (published_.load(std::memory_order_relaxed) == written_) return;
  // seq_cst here and in may_sleep(): either we see the flag, or the reader sees the new index.
  published_.store(written_, std::memory_order_seq_cst);
  for (std::size_t i = 0; i < reader_count_; ++i) {
    Reader& reader = readers_[i];
    if (reader.sleeping_.load(std::memory_order_seq_cst)) {
      reader.sleeping_.store(false, std::memory_order_relaxed);
      wake(reader.wake_fd_);
    }
  }
}

bool Ring::take_repair_request() {
  bool wanted = false;
  for (std::size_t i = 0; i < reader_count_; ++i) {
    auto& flag = readers_[i].repair_wanted_;
    if (flag.load(std::memory_order_relaxed) && flag.exchange(false, std::memory_order_acq_rel)) {
      wanted = true;
    }
  }
  return wanted;
}

Ring::Read Ring::Reader::next(Event& out) {
  if (cursor_ == ring_->published_.load(std::memory_order_acquire)) return Read::empty;
  const Slot& slot = ring_->slots_[cursor_ & ring_->mask_];
  // Published, so the slot holds our record or a later one: anything else means that we were
  // overtaken.
  if (slot.sequence.load(std::memory_order_acquire) != even(cursor_)) return Read::lapped;
  Words words;
  for (std::size_t i = 0; i < word_count; ++i) {
    words[i] = slot.words[i].load(std::memory_order_acquire);
  }
  if (slot.sequence.load(std::memory_order_relaxed) != even(cursor_)) return Read::lapped;
  out = std::bit_cast<Event>(words);
  ++cursor_;
  return Read::record;
}

std::uint64_t Ring::Reader::skip_to_newest() {
  const auto newest = ring_->published_.load(std::memory_order_acquire);
  const auto missed = newest - cursor_;
  cursor_ = newest;
  return missed;
}

bool Ring::Reader::may_sleep() {
  sleeping_.store(true, std::memory_order_seq_cst);
  if (ring_->published_.load(std::memory_order_seq_cst) == cursor_) return true;
  awake();
  return false;
}

void Ring::Reader::request_repair() {
  repair_wanted_.store(true, std::memory_order_release);
  wake(ring_->writer_wake_fd_);
}

std::uint64_t Ring::Reader::backlog() const {
  return ring_->published_.load(std::memory_order_relaxed) - cursor_;
}

}  // namespace ticker
