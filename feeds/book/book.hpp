// One instrument's book: bounded, and yet its best bid and offer are exactly right, or it says that
// it cannot know them. It trusts every update that it is given; `book_sync` decides which those
// are. Belongs to one feed thread; takes no memory for a level once it has its own.
#pragma once

#include <cstdint>
#include <optional>

#include "feeds/book/book_side.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/contract/book_rules.hpp"
#include "feeds/contract/limits.hpp"

namespace ticker::feeds {

class Book {
 public:
  /// `short_book`: prices beyond the capacity were cut off, and those known are used up.
  /// `no_price`: a level has a null price, so nobody knows where it belongs. Only a snapshot helps.
  enum class Result : std::uint8_t { ok, short_book, no_price };

  /// Keeps `levels_max` prices a side, or as many as the venue itself keeps (`BookRules::depth`).
  explicit Book(const BookRules& rules, std::size_t levels_max = book_levels_max);

  void clear();
  /// Forgets what it was; `update` is all there is.
  [[nodiscard]] Result replace(const BookUpdate& update);
  /// Sizes are absolute; levels apply in their order.
  [[nodiscard]] Result apply(const BookUpdate& update);

  [[nodiscard]] const BookSide& bids() const { return bids_; }
  [[nodiscard]] const BookSide& asks() const { return asks_; }
  /// True if the best bid is at or above the best ask.
  [[nodiscard]] bool crossed() const;
  /// The sum that the venue would send now; nothing where it has none, or where a size that counts
  /// is null.
  [[nodiscard]] std::optional<std::uint32_t> checksum() const;

 private:
  [[nodiscard]] bool set(BookSide& side, std::span<const BookLevel> levels);
  [[nodiscard]] Result settle(BookSide& side) const;
  [[nodiscard]] Result settle();

  const BookRules rules_;
  const std::size_t levels_max_;
  BookSide bids_;
  BookSide asks_;
  int price_scale_ = 0;  // the largest seen since the last snapshot
  int size_scale_ = 0;
};

}  // namespace ticker::feeds
