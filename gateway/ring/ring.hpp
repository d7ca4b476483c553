// The lock-free broadcast ring between one feed thread and every shard; the only lock-free code of
// the house. One writer that never waits, many readers; a reader that was overtaken is told so and
// by how much.
//
// A slot holds a sequence word and the record as words. The writer makes the sequence odd, stores
// the words, makes it even; a reader that finds the even number that it expects before and after
// its loads has a whole record. No fences (ThreadSanitizer does not know them): word stores
// release, so none moves above the odd mark; word loads acquire, so the second look at the sequence
// does not move above them. On x86 both are plain moves.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstdint>
#include <memory>
#include <vector>

#include "gateway/base/event_sink.hpp"
#include "schemas/event.hpp"

namespace ticker {

class Ring final : public EventSink {
 public:
  /// Outcome of a read: `lapped` means the record is gone, see `Reader::skip_to_newest`.
  enum class Read : std::uint8_t { record, empty, lapped };

  /// One shard's place in the ring. Its thread reads; the writer only looks at the two flags.
  class Reader {
   public:
    /// The next record, unless there is none or the writer overtook this reader.
    Read next(Event& out);
    /// After a lap: continue after the newest record. Returns how many records were missed.
    std::uint64_t skip_to_newest();
    /// Announces sleep. False: something was published meanwhile; do not sleep.
    [[nodiscard]] bool may_sleep();
    void awake() { sleeping_.store(false, std::memory_order_relaxed); }
    /// Asks the writer's thread for a repair pass, and wakes that thread.
    void request_repair();
    /// Records published and not yet read.
    [[nodiscard]] std::uint64_t backlog() const;

   private:
    friend class Ring;
    Ring* ring_ = nullptr;
    std::uint64_t cursor_ = 0;
    int wake_fd_ = -1;
    alignas(64) std::atomic<bool> sleeping_{false};
    std::atomic<bool> repair_wanted_{false};
  };

  /// `slots`: a power of two. `writer_wake_fd`: eventfd that wakes the feed thread, -1 for none.
  Ring(std::size_t slots, std::size_t readers, int writer_wake_fd = -1);
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;

  /// Gives reader `index` its eventfd; before threads start. Reading begins at the first record
  /// after.
  Reader& reader(std::size_t index, int wake_fd = -1);

  /// Writer: stores a record; readers see it at the next `commit`.
  void write(const Event& event) override;
  /// Writer: publishes what was written and wakes the readers that sleep.
  void commit();
  /// Writer: true if any reader asked for repair since the last call.
  [[nodiscard]] bool take_repair_request();

  [[nodiscard]] std::size_t slots() const { return mask_ + 1; }

 private:
  static constexpr std::size_t word_count = sizeof(Event) / sizeof(std::uint64_t);
  using Words = std::array<std::uint64_t, word_count>;
  struct Slot {
    std::atomic<std::uint64_t> sequence{0};
    std::array<std::atomic<std::uint64_t>, word_count> words;
  };

  const std::uint64_t mask_;
  const std::unique_ptr<Slot[]> slots_;
  const std::size_t reader_count_;
  const std::unique_ptr<Reader[]> readers_;
  const int writer_wake_fd_;
  std::uint64_t written_ = 0;                            // writer only
  alignas(64) std::atomic<std::uint64_t> published_{0};  // records readers may see
};

}  // namespace ticker
