// Snapshots and updates of one book, made of the input's bytes: few prices, in several scales, so
// that they meet. Checked against a venue that keeps its whole book in a map, and sums made from
// texts, bit by bit.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "feeds/book/book.hpp"
#include "tests/fuzz/bytes.hpp"
#include "tests/fuzz/expect.hpp"

namespace ticker::fuzz {
namespace {

using feeds::Book;
using feeds::BookLevel;
using feeds::BookRules;
using feeds::BookSide;
using feeds::BookUpdate;
using Result = Book::Result;

// Prices of the model are integers: those of the input at a scale of 3.
constexpr int price_scale = 3;

struct Priced {
  BookLevel level;
  int price;
};

class Venue {
 public:
  Venue(bool bids, std::size_t depth) : sign_(bids ? -1 : 1), depth_(depth) {}

  void clear() {
    levels_.clear();
    most_ = 0;
  }
  void set(const Priced& priced) {
    levels_.erase(sign_ * priced.price);
    const Decimal& size = priced.level.size;
    if (size.is_null() || size.mantissa != 0) levels_[sign_ * priced.price] = priced.level;
    most_ = std::max(most_, levels_.size());
  }
  void settle() {
    while (depth_ != 0 && levels_.size() > depth_) levels_.erase(std::prev(levels_.end()));
  }
  /// The best `count`.
  [[nodiscard]] std::vector<BookLevel> best(std::size_t count) const {
    std::vector<BookLevel> all;
    for (const auto& [price, level] : levels_) {
      if (all.size() < count) all.push_back(level);
    }
    return all;
  }
  [[nodiscard]] std::size_t size() const { return levels_.size(); }
  /// The most there ever were since it was cleared.
  [[nodiscard]] std::size_t most() const { return most_; }

 private:
  const int sign_;
  const std::size_t depth_;
  std::map<int, BookLevel> levels_;  // by rank: the best first
  std::size_t most_ = 0;
};

bool identical(const Decimal& a, const Decimal& b) {
  return a.scale == b.scale && (a.is_null() || a.mantissa == b.mantissa);
}

std::string text(const Decimal& value) {
  char buffer[Decimal::text_max];
  return {buffer, value.format(buffer)};
}

std::uint32_t plain_crc32(const std::string& text) {
  std::uint32_t rest = ~0U;
  for (const char c : text) {
    rest ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~rest;
}

std::string digits(const Decimal& value, int scale) {
  std::string all = text(value);
  all.append(static_cast<std::size_t>(scale - value.scale), '0');
  std::erase(all, '.');
  return all.substr(std::min(all.find_first_not_of('0'), all.size()));
}

class Run {
 public:
  explicit Run(Bytes bytes)
      : bytes_(bytes), rules_(read_rules()), levels_max_(1 + bytes_.below(24)) {}

  void run() {
    Book book(rules_, levels_max_);
    for (bool whole = false; !bytes_.empty();) {
      const unsigned what = bytes_.below(8);
      if (!whole || what == 0) {
        whole = replace(book);
      } else {
        whole = apply(book);
      }
      if (whole) check(book);
    }
  }

 private:
  BookRules read_rules() {
    const std::uint8_t byte = bytes_.next();
    BookRules rules;
    rules.checksum = static_cast<BookRules::Checksum>(byte % 3);
    rules.depth = byte / 3 % 2 == 0 ? 0 : 1 + byte / 6 % 12;
    rules.snapshot_by_request = rules.depth == 0 && byte / 6 % 2 == 1;
    return rules;
  }

  // One level: a price of 1 to 128 at a scale of 0, 1 or 3, a size of 0 to 5 or null; now and then
  // a price that is null.
  Priced level() {
    const unsigned first = bytes_.next();
    const unsigned second = bytes_.next();
    const int number = 1 + static_cast<int>(first % 128);
    constexpr int scales[] = {0, 1, 3, 3};
    const int scale = scales[second % 4];
    int steps = 1;
    for (int i = scale; i < price_scale; ++i) steps *= 10;
    // Prices of all scales meet: 5, 5.0 and 5.000 are 5 000 thousandths.
    const int thousandths = number * (first >= 128 ? 1'000 : steps);
    Decimal price{thousandths / steps, static_cast<std::int8_t>(scale)};
    const unsigned size = second / 4 % 8;
    Decimal amount;
    if (size < 6)
      amount = {static_cast<std::int64_t>(size) * (second >= 128 ? 100 : 1),
                static_cast<std::int8_t>(second >= 128 ? 2 : 0)};
    if (size == 7) amount = {0, 0};
    return {{price, amount}, thousandths};
  }

  std::vector<Priced> levels() {
    const unsigned byte = bytes_.next();
    const unsigned count = byte == 255 ? 300 : byte % 8;
    std::vector<Priced> all;
    for (unsigned i = 0; i < count; ++i) all.push_back(level());
    return all;
  }

  static std::vector<BookLevel> plain(const std::vector<Priced>& priced) {
    std::vector<BookLevel> all;
    for (const Priced& each : priced) all.push_back(each.level);
    return all;
  }

  // Where snapshots are answers, the venue has had a book all the time and tells its best part.
  bool replace(Book& book) {
    const std::vector<Priced> bids = levels();
    const std::vector<Priced> asks = levels();
    if (!rules_.snapshot_by_request) {
      bids_.clear();
      asks_.clear();
    }
    hear(bids, asks);
    const auto told_bids = rules_.snapshot_by_request ? bids_.best(levels_max_) : plain(bids);
    const auto told_asks = rules_.snapshot_by_request ? asks_.best(levels_max_) : plain(asks);
    const Result result = book.replace(update(told_bids, told_asks));
    expect(result == Result::ok || may_be_short(bids.size(), asks.size()),
           "a snapshot is a whole book");
    return result == Result::ok;
  }

  bool apply(Book& book) {
    const std::vector<Priced> bids = levels();
    const std::vector<Priced> asks = levels();
    if (bytes_.below(64) == 63) {
      const std::vector<BookLevel> none{{{}, {1, 0}}};
      expect(book.apply(update(none, {})) == Result::no_price, "a null price has no place");
      hear(bids, asks);
      return false;
    }
    hear(bids, asks);
    const Result result = book.apply(update(plain(bids), plain(asks)));
    expect(result != Result::no_price, "a price has a place");
    expect(result == Result::ok || may_be_short(bids.size(), asks.size()),
           "a book is short only after something was cut off");
    return result == Result::ok;
  }

  // Whatever fits was never cut off.
  [[nodiscard]] bool may_be_short(std::size_t bids, std::size_t asks) const {
    if (rules_.depth != 0) return std::max(bids, asks) > 64;
    return rules_.snapshot_by_request || std::max(bids_.most(), asks_.most()) > levels_max_;
  }

  void hear(const std::vector<Priced>& bids, const std::vector<Priced>& asks) {
    for (const Priced& each : bids) bids_.set(each);
    for (const Priced& each : asks) asks_.set(each);
    bids_.settle();
    asks_.settle();
  }

  static BookUpdate update(const std::vector<BookLevel>& bids, const std::vector<BookLevel>& asks) {
    BookUpdate made;
    made.bids = bids;
    made.asks = asks;
    return made;
  }

  void check(const Book& book) const {
    check(book.bids(), bids_);
    check(book.asks(), asks_);
    if (!book.bids().empty() && !book.asks().empty()) {
      const bool crossed = book.bids().best().price >= book.asks().best().price;
      expect(book.crossed() == crossed, "a book is crossed if its best prices meet");
    }
    if (rules_.checksum != BookRules::Checksum::none) check_sum(book);
  }

  void check(const BookSide& side, const Venue& venue) const {
    expect(side.size() <= (rules_.depth != 0 ? rules_.depth : levels_max_), "a book is bounded");
    expect(side.empty() == (venue.size() == 0), "a side is empty if the venue's is");
    expect(side.bounded() || side.size() == venue.size(), "all is known unless it was cut off");
    const std::vector<BookLevel> best = venue.best(side.size());
    expect(best.size() == side.size(), "no price is there that the venue has not");
    for (std::size_t rank = 0; rank < best.size(); ++rank) {
      expect(identical(side.ranked(rank).price, best[rank].price) &&
                 identical(side.ranked(rank).size, best[rank].size),
             "the best prices are those of the venue, with every digit");
    }
  }

  // From texts. Scales that were seen are not known here: the book's own levels must do, so only a
  // sum that depends on no other is compared.
  void check_sum(const Book& book) const {
    std::string all;
    bool has_null = false;
    const auto ranks = rules_.checksum == BookRules::Checksum::kraken ? 10U : 25U;
    for (const BookSide* const side : {&book.bids(), &book.asks()}) {
      for (std::size_t rank = 0; rank < std::min<std::size_t>(side->size(), ranks); ++rank) {
        has_null = has_null || side->ranked(rank).size.is_null();
      }
    }
    expect(book.checksum().has_value() != has_null, "there is a sum unless a size is null");
    if (has_null) return;
    if (rules_.checksum == BookRules::Checksum::okx) {
      for (std::size_t rank = 0; rank < ranks; ++rank) {
        for (const BookSide* const side : {&book.bids(), &book.asks()}) {
          if (rank >= side->size()) continue;
          all += ":" + text(side->ranked(rank).price) + ":" + text(side->ranked(rank).size);
        }
      }
      if (!all.empty()) all.erase(0, 1);
      expect(book.checksum() == plain_crc32(all), "OKX sums prices and sizes in turn");
      return;
    }
    bool equal = false;  // for one of the scales that there are
    for (const int price : {0, 1, 3}) {
      for (const int size : {0, 2}) equal = equal || sums_to(book, price, size);
    }
    expect(equal, "Kraken sums the digits of asks, then of bids");
  }

  [[nodiscard]] static bool sums_to(const Book& book, int price, int size) {
    std::string all;
    for (const BookSide* const side : {&book.asks(), &book.bids()}) {
      for (std::size_t rank = 0; rank < std::min<std::size_t>(side->size(), 10); ++rank) {
        const auto& level = side->ranked(rank);
        if (level.price.scale > price || level.size.scale > size) return false;
        all += digits(level.price, price) + digits(level.size, size);
      }
    }
    return book.checksum() == plain_crc32(all);
  }

  Bytes bytes_;
  const BookRules rules_;
  const std::size_t levels_max_;
  Venue bids_{true, rules_.depth};
  Venue asks_{false, rules_.depth};
};

}  // namespace
}  // namespace ticker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ticker::fuzz::Run(ticker::fuzz::Bytes(data, size)).run();
  return 0;
}
