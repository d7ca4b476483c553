#include "feeds/book/book_side.hpp"

#include <algorithm>
#include <cassert>

namespace ticker::feeds {

BookSide::BookSide(Kind kind, std::size_t keep, std::size_t slack)
    : kind_(kind), keep_(keep), slack_(slack) {
  assert(keep > 0 && slack > 0);
}

void BookSide::clear() {
  levels_.clear();
  head_ = 0;
  boundary_.reset();
}

// Prices of one book nearly always have one scale; only others need arithmetic.
bool BookSide::worse(const Decimal& a, const Decimal& b) const {
  if (a.scale == b.scale) {
    return kind_ == Kind::bids ? a.mantissa < b.mantissa : a.mantissa > b.mantissa;
  }
  return kind_ == Kind::bids ? a < b : a > b;
}

void BookSide::set(const BookLevel& level) {
  assert(!level.price.is_null());
  if (boundary_ && worse(level.price, *boundary_)) return;
  const auto first = levels_.begin() + static_cast<std::ptrdiff_t>(head_);
  const auto at = std::lower_bound(
      first, levels_.end(), level.price,
      [this](const BookLevel& known, const Decimal& price) { return worse(known.price, price); });
  const bool known = at != levels_.end() && at->price == level.price;
  const bool gone = !level.size.is_null() && level.size.mantissa == 0;
  if (gone) {
    if (known) levels_.erase(at);
  } else if (known) {
    *at = level;
  } else {
    insert(static_cast<std::size_t>(at - levels_.begin()), level);
  }
}

void BookSide::insert(std::size_t at, const BookLevel& level) {
  const bool full = size() == keep_ + slack_;
  if (full && at == head_) {  // it would be cut off at once
    bound();
    return;
  }
  if (full) ++head_;
  const std::size_t capacity = keep_ + 2 * slack_;
  if (levels_.capacity() < capacity) levels_.reserve(capacity);
  if (levels_.size() == capacity) {
    levels_.erase(levels_.begin(), levels_.begin() + static_cast<std::ptrdiff_t>(head_));
    at -= head_;
    head_ = 0;
  }
  levels_.insert(levels_.begin() + static_cast<std::ptrdiff_t>(at), level);
  if (full) bound();
}

// A snapshot that comes with its best price first is read from its end: each price is then put
// behind the ones before. Where a price stands twice the order counts.
void BookSide::set_all(std::span<const BookLevel> levels) {
  const auto not_falling = [this](const BookLevel& a, const BookLevel& b) {
    return !worse(b.price, a.price);
  };
  if (std::ranges::adjacent_find(levels, not_falling) == levels.end()) {
    for (std::size_t i = levels.size(); i > 0; --i) set(levels[i - 1]);
  } else {
    for (const BookLevel& level : levels) set(level);
  }
}

void BookSide::trim() {
  if (size() <= keep_) return;
  head_ = levels_.size() - keep_;
  bound();
}

void BookSide::bound() {
  if (!empty()) boundary_ = levels_[head_].price;
}

}  // namespace ticker::feeds
