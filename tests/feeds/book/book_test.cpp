// A book is bounded, and yet its best prices are exactly those of the venue, or it says that they
// are not known.
#include "feeds/book/book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/feeds/book/book_fixture.hpp"

namespace ticker::feeds {
namespace {

using Result = Book::Result;

Result replace(Book& book, Texts bids, Texts asks) {
  return book.replace(OwnUpdate{levels_of(bids), levels_of(asks)}.get());
}
Result apply(Book& book, Texts bids, Texts asks) {
  return book.apply(OwnUpdate{levels_of(bids), levels_of(asks)}.get());
}

TEST(Book, SortsASnapshotThatComesInAnyOrder) {
  for (const Texts& bids :
       {Texts{{"3", "1"}, {"2", "1"}, {"1", "1"}}, Texts{{"1", "1"}, {"2", "1"}, {"3", "1"}},
        Texts{{"2", "1"}, {"3", "1"}, {"1", "1"}}}) {
    Book book({});
    EXPECT_EQ(replace(book, bids, {{"5", "2"}, {"4", "1"}, {"6", "3"}}), Result::ok);
    EXPECT_EQ(text(book.bids()), "3 1, 2 1, 1 1");
    EXPECT_EQ(text(book.asks()), "4 1, 5 2, 6 3");
  }
}

TEST(Book, TakesThePriceOutWhoseSizeIsZero) {
  Book book({});
  EXPECT_EQ(replace(book, {{"3", "1"}, {"2", "5"}}, {{"4", "1"}}), Result::ok);
  EXPECT_EQ(apply(book, {{"3", "0.000"}}, {{"4", "0"}, {"9", "0"}}), Result::ok);
  EXPECT_EQ(text(book.bids()), "2 5");
  EXPECT_TRUE(book.asks().empty());
  EXPECT_TRUE(book.asks().best().price.is_null());
}

TEST(Book, KnowsAPriceByItsValueAndKeepsTheDigitsThatCameLast) {
  Book book({});
  EXPECT_EQ(replace(book, {{"1.5", "1"}}, {{"2.50", "1"}}), Result::ok);
  EXPECT_EQ(apply(book, {{"1.500", "7"}}, {{"2.5", "0"}}), Result::ok);
  EXPECT_EQ(text(book.bids()), "1.500 7");
  EXPECT_TRUE(book.asks().empty());
}

TEST(Book, LetsASizeStandThatNobodyCouldRead) {
  Book book({});
  EXPECT_EQ(replace(book, {{"1.5", "null"}}, {}), Result::ok);
  EXPECT_EQ(text(book.bids().best()), "1.5 null");
}

TEST(Book, CannotPlaceAPriceThatNobodyCouldRead) {
  Book book({});
  EXPECT_EQ(replace(book, {{"1.5", "1"}}, {}), Result::ok);
  EXPECT_EQ(apply(book, {}, {{"null", "1"}}), Result::no_price);
  EXPECT_EQ(replace(book, {{"null", "1"}}, {}), Result::no_price);
}

TEST(Book, ForgetsEverythingAtASnapshot) {
  Book book({}, 2);
  EXPECT_EQ(replace(book, {{"5", "1"}, {"4", "1"}, {"3", "1"}}, {{"7", "1"}}), Result::ok);
  EXPECT_TRUE(book.bids().bounded());
  EXPECT_EQ(replace(book, {{"2", "1"}}, {}), Result::ok);
  EXPECT_EQ(text(book.bids()), "2 1");
  EXPECT_FALSE(book.bids().bounded());
  EXPECT_TRUE(book.asks().empty());
}

TEST(Book, AppliesLevelsOfOneUpdateInTheirOrder) {
  Book book({});
  EXPECT_EQ(replace(book, {}, {{"5", "1"}, {"5", "2"}}), Result::ok);
  EXPECT_EQ(text(book.asks()), "5 2");
  EXPECT_EQ(apply(book, {}, {{"5", "0"}, {"5", "3"}, {"4", "9"}, {"4", "0"}}), Result::ok);
  EXPECT_EQ(text(book.asks()), "5 3");
}

TEST(Book, IsCrossedWhenItsBestBidIsAtOrAboveItsBestAsk) {
  Book book({});
  EXPECT_EQ(replace(book, {{"3", "1"}}, {}), Result::ok);
  EXPECT_FALSE(book.crossed());
  EXPECT_EQ(apply(book, {}, {{"3.1", "1"}}), Result::ok);
  EXPECT_FALSE(book.crossed());
  EXPECT_EQ(apply(book, {}, {{"3.00", "1"}}), Result::ok);
  EXPECT_TRUE(book.crossed());
}

// Beyond the worst price kept there may be anything: what comes there cannot be told from what was
// there all the time.
TEST(Book, IgnoresWhatLiesBeyondThePricesItKeeps) {
  Book book({}, 3);
  EXPECT_EQ(replace(book, {{"9", "1"}, {"8", "1"}, {"7", "1"}, {"6", "1"}}, {}), Result::ok);
  EXPECT_EQ(text(book.bids()), "9 1, 8 1, 7 1");
  EXPECT_EQ(apply(book, {{"8", "0"}, {"7", "0"}}, {}), Result::ok);
  EXPECT_EQ(apply(book, {{"6", "5"}, {"6.5", "5"}}, {}), Result::ok);
  EXPECT_EQ(text(book.bids()), "9 1");
  EXPECT_EQ(apply(book, {{"7", "2"}}, {}), Result::ok);
  EXPECT_EQ(text(book.bids()), "9 1, 7 2");
}

TEST(Book, IsShortWhenItsKnownPricesAreUsedUp) {
  Book book({}, 2);
  EXPECT_EQ(replace(book, {}, {{"1", "1"}, {"2", "1"}, {"3", "1"}}), Result::ok);
  EXPECT_EQ(apply(book, {}, {{"1", "0"}}), Result::ok);
  EXPECT_EQ(apply(book, {}, {{"2", "0"}, {"3", "4"}}), Result::short_book);
  Book whole({}, 2);
  EXPECT_EQ(replace(whole, {}, {{"1", "1"}, {"2", "1"}}), Result::ok);
  EXPECT_EQ(apply(whole, {}, {{"1", "0"}, {"2", "0"}}), Result::ok);
  EXPECT_TRUE(whole.asks().empty());
}

// GET /api/v3/depth?limit=1000 answers with the best 1000 of each side, however many there are.
TEST(Book, KnowsNothingBeyondAnAnswerThatIsFull) {
  const BookRules rules{.snapshot_by_request = true};
  Book book(rules, 2);
  EXPECT_EQ(replace(book, {{"5", "1"}, {"4", "1"}}, {{"6", "1"}}), Result::ok);
  EXPECT_TRUE(book.bids().bounded());
  EXPECT_FALSE(book.asks().bounded());
  EXPECT_EQ(apply(book, {{"5", "0"}, {"3", "1"}}, {{"6", "0"}, {"7", "1"}}), Result::ok);
  EXPECT_EQ(text(book.asks()), "7 1");
  EXPECT_EQ(apply(book, {{"4", "0"}}, {}), Result::short_book);
}

// Kraken: «after each update the book has to be truncated to your subscribed depth».
TEST(Book, CutsWhatTheVenueCutsOnlyAfterTheWholeUpdate) {
  Book book({.depth = 2});
  EXPECT_EQ(replace(book, {{"5", "1"}, {"4", "1"}}, {{"6", "1"}, {"7", "1"}}), Result::ok);
  EXPECT_EQ(apply(book, {{"3", "1"}, {"5", "0"}}, {{"5.5", "1"}}), Result::ok);
  EXPECT_EQ(text(book.bids()), "4 1, 3 1");
  EXPECT_EQ(text(book.asks()), "5.5 1, 6 1");
  EXPECT_FALSE(book.asks().bounded());
  EXPECT_EQ(apply(book, {{"4", "0"}, {"2", "1"}}, {{"5.5", "0"}, {"7", "3"}}), Result::ok);
  EXPECT_EQ(text(book.bids()), "3 1, 2 1");
  EXPECT_EQ(text(book.asks()), "6 1, 7 3");
}

// An update that adds more than fits and then takes most of it out.
TEST(Book, IsShortRatherThanWrongAfterAnUpdateThatIsTooLarge) {
  Book book({.depth = 2});
  OwnUpdate update;
  for (std::int64_t price = 1; price <= 200; ++price) update.asks.push_back({{price, 0}, {1, 0}});
  EXPECT_EQ(book.replace(update.get()), Result::ok);
  EXPECT_EQ(text(book.asks()), "1 1, 2 1");
  for (std::int64_t price = 1; price <= 198; ++price) update.asks.push_back({{price, 0}, {0, 0}});
  EXPECT_EQ(book.apply(update.get()), Result::short_book);
}

// What the prices of a real market do: levels come and go near a price that wanders, far away too.
class Walk {
 public:
  explicit Walk(std::uint64_t seed) : random_(seed) {}

  OwnUpdate next() {
    OwnUpdate update;
    middle_ += static_cast<std::int64_t>(random_() % 7) - 3;
    for (auto count = random_() % 12; count > 0; --count) {
      const bool bid = random_() % 2 == 0;
      const auto away = static_cast<std::int64_t>(1 + random_() % (random_() % 4 == 0 ? 60 : 12));
      (bid ? update.bids : update.asks).push_back(level(bid ? middle_ - away : middle_ + away));
    }
    // Prices that the market went through are gone.
    for (std::int64_t price = middle_ - 4; price <= middle_ + 4; ++price) {
      if (price >= middle_) update.bids.push_back({{price, 1}, {0, 0}});
      if (price <= middle_) update.asks.push_back({{price, 1}, {0, 0}});
    }
    return update;
  }

 private:
  BookLevel level(std::int64_t price) {
    const auto size = static_cast<std::int64_t>(random_() % 4);
    if (random_() % 5 == 0) return {{price * 10, 2}, {size * 100, 2}};  // 1.50 for 1.5
    return {{price, 1}, {size, 0}};
  }

  std::mt19937_64 random_;
  std::int64_t middle_ = 100'000;
};

TEST(Book, AgreesWithTheWholeBookOfAWanderingMarketOrKnowsThatItIsShort) {
  std::size_t shorts = 0;
  std::size_t compared = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Walk walk(seed);
    PlainSide bids(true);
    PlainSide asks(false);
    Book book({}, 2 + seed % 9);
    bool known = true;
    for (int i = 0; i < 2'000; ++i) {
      const OwnUpdate update = walk.next();
      for (const BookLevel& level : update.bids) bids.set(level);
      for (const BookLevel& level : update.asks) asks.set(level);
      if (known) {
        known = book.apply(update.get()) == Result::ok;
      } else {  // a snapshot, as the venue would answer
        ++shorts;
        OwnUpdate all;
        for (const auto& [price, size] : bids) all.bids.push_back({price, size});
        for (const auto& [price, size] : asks) all.asks.push_back({price, size});
        known = book.replace(all.get()) == Result::ok;
        ASSERT_TRUE(known);
      }
      if (!known) continue;
      ++compared;
      ASSERT_EQ(text(book.bids().best()), text(bids.best())) << seed << " " << i;
      ASSERT_EQ(text(book.asks().best()), text(asks.best())) << seed << " " << i;
      ASSERT_LE(std::max(book.bids().size(), book.asks().size()), 2 + seed % 9);
    }
  }
  EXPECT_GT(shorts, 100U);
  EXPECT_GT(compared, 50'000U);
}

TEST(Book, AgreesWithAVenueThatCutsItsBookAndTellsAgainWhatComesBack) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Walk walk(seed);
    PlainSide bids(true);
    PlainSide asks(false);
    Book book({.depth = 10});
    for (int i = 0; i < 2'000; ++i) {
      const OwnUpdate update = walk.next();
      for (const BookLevel& level : update.bids) bids.set(level);
      for (const BookLevel& level : update.asks) asks.set(level);
      bids.cut(10);
      asks.cut(10);
      ASSERT_EQ(book.apply(update.get()), Result::ok);
      ASSERT_EQ(text(book.bids()), text(bids)) << seed << " " << i;
      ASSERT_EQ(text(book.asks()), text(asks)) << seed << " " << i;
    }
  }
}

}  // namespace
}  // namespace ticker::feeds
