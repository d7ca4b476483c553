// Updates of books as short texts, and a book that is nothing but a map: what books must agree
// with.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "feeds/book/book.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {

inline Decimal number(std::string_view text) {
  Decimal value;
  if (text == "null") return value;
  EXPECT_EQ(Decimal::parse(text, value), Decimal::Parse::ok) << text;
  return value;
}

using Texts = std::initializer_list<std::pair<const char*, const char*>>;

inline std::vector<BookLevel> levels_of(Texts texts) {
  std::vector<BookLevel> levels;
  for (const auto& [price, size] : texts) levels.push_back({number(price), number(size)});
  return levels;
}

/// An update that owns its levels.
struct OwnUpdate {
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  BookUpdate numbers = {};

  [[nodiscard]] BookUpdate get() const {
    BookUpdate update = numbers;
    update.bids = bids;
    update.asks = asks;
    return update;
  }
};

// The numbers of an update by a venue's rule.
inline BookUpdate range(std::uint64_t first, std::uint64_t last) {
  BookUpdate update;
  update.first = first;
  update.last = last;
  return update;
}
inline BookUpdate chain(std::int64_t previous, std::uint64_t last) {
  BookUpdate update;
  update.previous = previous;
  update.last = last;
  return update;
}
inline BookUpdate step(std::uint64_t last) { return range(0, last); }
inline BookUpdate whole(BookUpdate update) {
  update.snapshot = true;
  return update;
}

/// A side by its prices, the best one first: the venue's whole book.
class PlainSide {
 public:
  explicit PlainSide(bool bids) : levels_(Worse{bids}) {}

  void set(const BookLevel& level) {
    levels_.erase(level.price);
    if (level.size.is_null() || level.size.mantissa != 0) levels_.emplace(level.price, level.size);
  }
  void cut(std::size_t depth) {
    while (levels_.size() > depth) levels_.erase(std::prev(levels_.end()));
  }
  void clear() { levels_.clear(); }
  [[nodiscard]] std::size_t size() const { return levels_.size(); }
  [[nodiscard]] BookLevel best() const {
    return levels_.empty() ? BookLevel{}
                           : BookLevel{levels_.begin()->first, levels_.begin()->second};
  }
  [[nodiscard]] auto begin() const { return levels_.begin(); }
  [[nodiscard]] auto end() const { return levels_.end(); }

 private:
  struct Worse {
    bool bids;
    bool operator()(const Decimal& a, const Decimal& b) const { return bids ? b < a : a < b; }
  };
  std::map<Decimal, Decimal, Worse> levels_;
};

inline std::string text(const BookLevel& level) {
  return text(level.price) + " " + text(level.size);
}

/// A side as text, the best price first.
inline std::string text(const BookSide& side) {
  std::string all;
  for (std::size_t rank = 0; rank < side.size(); ++rank) {
    all += (rank == 0 ? "" : ", ") + text(side.ranked(rank));
  }
  return all;
}
inline std::string text(const PlainSide& side) {
  std::string all;
  for (const auto& [price, size] : side) {
    all += (all.empty() ? "" : ", ") + text(BookLevel{price, size});
  }
  return all;
}

}  // namespace ticker::feeds
