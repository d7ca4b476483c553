// Which updates a book may take: the venue's own rules, as a state machine over numbers. It holds
// no book and asks for nothing; it only says what an update is good for. One a book, on one feed
// thread. A book that is not whole never takes an update.
#pragma once

#include <cstdint>
#include <deque>

#include "feeds/book/book.hpp"
#include "feeds/book/kept_updates.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/contract/book_rules.hpp"

namespace ticker::feeds {

class BookSync {
 public:
  /// `replace`: it is the whole book. `apply`: it comes next. `ignore`: it is old, or there is no
  /// book that it could change. `keep`: it was kept for the snapshot to come. `broken`: updates are
  /// missing; the book is worthless until a snapshot.
  enum class Action : std::uint8_t { replace, apply, ignore, keep, broken };
  struct Answer {
    Action action = Action::ignore;
    Reason reason = Reason::none;  // of `broken`
    bool operator==(const Answer&) const = default;
  };

  explicit BookSync(const BookRules& rules, std::size_t kept_updates_max = book_kept_updates_max,
                    std::size_t kept_levels_max = book_kept_levels_max)
      : rules_(rules), kept_(kept_updates_max, kept_levels_max) {}

  /// What to do with an update. After `replace`, the updates that were kept come next: see
  /// `take_kept`.
  [[nodiscard]] Answer on(const BookUpdate& update);
  /// What the book says once it took `update` with this result: `none`, or why it is broken.
  [[nodiscard]] Reason check(const Book& book, Book::Result result, const BookUpdate& update);
  /// The updates to give to `on` after a `replace`, oldest first.
  [[nodiscard]] std::deque<KeptUpdate> take_kept() { return kept_.take(); }

  /// As it was at first (after a disconnection: numbers may start afresh).
  void forget();

  [[nodiscard]] bool whole() const { return whole_; }
  /// True while a snapshot has to be asked for: from the first update without a book until the
  /// snapshot that fits.
  [[nodiscard]] bool wants_snapshot() const { return wants_; }

 private:
  [[nodiscard]] Answer on_snapshot(const BookUpdate& update);
  [[nodiscard]] Answer on_range(const BookUpdate& update);
  [[nodiscard]] Answer on_chain(const BookUpdate& update);
  [[nodiscard]] Answer on_step(const BookUpdate& update);
  [[nodiscard]] Answer broken(Reason reason);

  const BookRules rules_;
  bool whole_ = false;
  bool wants_ = false;
  std::uint64_t last_ = 0;      // of the update that was applied last
  std::int64_t previous_ = -1;  // of the same
  std::uint64_t highest_ = 0;   // of the stream, in or out of order (`range`)
  std::uint32_t backward_ = 0;  // updates in a row that are below it
  KeptUpdates kept_;
};

}  // namespace ticker::feeds
