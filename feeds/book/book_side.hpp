// One side of a book: its prices, sorted, in one piece of memory that is taken once. The best price
// stands last, so that changes near it move little. Bounded: what is cut off is never guessed at,
// only remembered as unknown. Belongs to one book, on one feed thread.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {

class BookSide {
 public:
  enum class Kind : std::uint8_t { bids, asks };

  /// Keeps `keep` prices from one update to the next, at least one, and up to `slack` more while
  /// one is applied.
  BookSide(Kind kind, std::size_t keep, std::size_t slack);

  /// Forgets all prices, and that any were cut off.
  void clear();
  /// Sets the size of a price; a size of 0 takes it out. What lies beyond the boundary is ignored.
  /// The price must not be null.
  void set(const BookLevel& level);
  /// Sets all of them, one after the other; cheap for a whole book that comes sorted, either way.
  void set_all(std::span<const BookLevel> levels);
  /// Cuts off what is beyond `keep`; the boundary is then the worst price left.
  void trim();
  /// Nothing is known beyond the worst price there is.
  void bound();
  /// Whatever is not here does not exist: the venue itself cuts off there.
  void unbound() { boundary_.reset(); }

  [[nodiscard]] bool empty() const { return head_ == levels_.size(); }
  [[nodiscard]] std::size_t size() const { return levels_.size() - head_; }
  /// True if there may be prices beyond those known.
  [[nodiscard]] bool bounded() const { return boundary_.has_value(); }
  /// The best price; nulls where there is none.
  [[nodiscard]] BookLevel best() const { return empty() ? BookLevel{} : levels_.back(); }
  /// The `rank`-th best price, from 0, below `size()`.
  [[nodiscard]] const BookLevel& ranked(std::size_t rank) const {
    return levels_[levels_.size() - 1 - rank];
  }

 private:
  [[nodiscard]] bool worse(const Decimal& a, const Decimal& b) const;
  void insert(std::size_t at, const BookLevel& level);

  const Kind kind_;
  const std::size_t keep_;
  const std::size_t slack_;
  // Prices from `head_` on, the worst first. What was cut off stands before them until its place is
  // needed: to cut moves nothing.
  std::vector<BookLevel> levels_;
  std::size_t head_ = 0;
  // The worst price that is known, if there may be others beyond; what is better, or this, is known
  // even when it is not there.
  std::optional<Decimal> boundary_;
};

}  // namespace ticker::feeds
