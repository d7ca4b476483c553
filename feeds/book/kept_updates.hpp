// Updates of one book that wait for its snapshot, where that is the answer to a request. Bounded:
// the oldest go first, and then only a newer snapshot fits. Belongs to one book_sync, on one feed
// thread.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/limits.hpp"

namespace ticker::feeds {

/// An update with levels of its own. It has no symbol.
struct KeptUpdate {
  explicit KeptUpdate(const BookUpdate& update);
  KeptUpdate(KeptUpdate&&) = default;
  KeptUpdate& operator=(KeptUpdate&&) = default;
  KeptUpdate(const KeptUpdate&) = delete;
  KeptUpdate& operator=(const KeptUpdate&) = delete;

  std::vector<BookLevel> levels;  // bids, then asks; moving does not move them
  BookUpdate update;
};

class KeptUpdates {
 public:
  KeptUpdates(std::size_t updates_max, std::size_t levels_max)
      : updates_max_(updates_max), levels_max_(levels_max) {}

  /// Keeps an update that follows on those kept. One that is covered by them is not kept again; one
  /// that does not follow makes them worthless.
  void add(const BookUpdate& update);
  /// None is kept; a snapshot must cover all up to `number`.
  void restart(std::uint64_t number);
  /// True if, from a snapshot of this number, the updates kept lead on without a gap.
  [[nodiscard]] bool follow_on(std::uint64_t number) const { return number >= needed_; }
  /// Hands them out, oldest first; none is kept from then on.
  [[nodiscard]] std::deque<KeptUpdate> take();

 private:
  void drop_oldest();

  const std::size_t updates_max_;
  const std::size_t levels_max_;
  std::deque<KeptUpdate> updates_;
  std::size_t levels_ = 0;    // in all of them
  std::uint64_t needed_ = 0;  // the least number of a snapshot that they follow on
};

}  // namespace ticker::feeds
