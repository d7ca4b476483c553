#include "feeds/book/book.hpp"

#include <algorithm>

#include "feeds/book/checksum.hpp"

namespace ticker::feeds {
namespace {

std::size_t keep_of(const BookRules& rules, std::size_t levels_max) {
  return rules.depth != 0 ? rules.depth : levels_max;
}

// Room for prices that an update adds before it takes others out.
std::size_t slack_of(const BookRules& rules, std::size_t levels_max) {
  return std::max<std::size_t>(keep_of(rules, levels_max) / 8, 64);
}

}  // namespace

Book::Book(const BookRules& rules, std::size_t levels_max)
    : rules_(rules),
      levels_max_(levels_max),
      bids_(BookSide::Kind::bids, keep_of(rules, levels_max), slack_of(rules, levels_max)),
      asks_(BookSide::Kind::asks, keep_of(rules, levels_max), slack_of(rules, levels_max)) {}

void Book::clear() {
  bids_.clear();
  asks_.clear();
  price_scale_ = 0;
  size_scale_ = 0;
}

Book::Result Book::replace(const BookUpdate& update) {
  clear();
  if (!set(bids_, update.bids) || !set(asks_, update.asks)) return Result::no_price;
  // An answer with as many prices as were asked for ends there, not the book.
  if (rules_.snapshot_by_request) {
    if (update.bids.size() >= levels_max_) bids_.bound();
    if (update.asks.size() >= levels_max_) asks_.bound();
  }
  return settle();
}

Book::Result Book::apply(const BookUpdate& update) {
  if (!set(bids_, update.bids) || !set(asks_, update.asks)) return Result::no_price;
  return settle();
}

bool Book::set(BookSide& side, std::span<const BookLevel> levels) {
  for (const auto& [price, size] : levels) {
    if (price.is_null()) return false;
    price_scale_ = std::max<int>(price_scale_, price.scale);
    size_scale_ = std::max<int>(size_scale_, size.scale);
  }
  side.set_all(levels);
  return true;
}

Book::Result Book::settle() {
  const Result bids = settle(bids_);
  const Result asks = settle(asks_);
  return bids == Result::ok ? asks : bids;
}

// What a venue cuts off itself, it tells again: then nothing is unknown, provided that enough is
// left of an update that was too large to be kept whole.
Book::Result Book::settle(BookSide& side) const {
  side.trim();
  const std::size_t needed = rules_.depth != 0 ? rules_.depth : 1;
  if (side.bounded() && side.size() < needed) return Result::short_book;
  if (rules_.depth != 0) side.unbound();
  return Result::ok;
}

bool Book::crossed() const {
  return !bids_.empty() && !asks_.empty() && bids_.best().price >= asks_.best().price;
}

std::optional<std::uint32_t> Book::checksum() const {
  switch (rules_.checksum) {
    case BookRules::Checksum::kraken:
      return kraken_checksum(bids_, asks_, price_scale_, size_scale_);
    case BookRules::Checksum::okx:
      return okx_checksum(bids_, asks_);
    case BookRules::Checksum::none:
      break;
  }
  return std::nullopt;
}

}  // namespace ticker::feeds
