// What books say, and in which order: the best prices when they change, and at once when they are
// not known any more.
#include "feeds/book/books.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/feeds/book/books_fixture.hpp"

namespace ticker::feeds {
namespace {

BookUpdate answer(std::uint64_t last) { return whole(step(last)); }

struct BooksByStep : BooksTest {
  BooksByStep() : BooksTest({.sequence = BookRules::Sequence::step}, 3) {}
};
struct BooksByRequest : BooksTest {
  BooksByRequest()
      : BooksTest({.sequence = BookRules::Sequence::range, .snapshot_by_request = true}) {}
};

TEST_F(BooksByStep, SayTheBestPricesAtASnapshotAndWhenTheyChange) {
  say(whole(step(10)), {{"1", "5"}, {"0.9", "1"}}, {{"2", "7"}});
  EXPECT_EQ(said(), (Lines{"A ticker 1 5 / 2 7"}));
  say(step(11), {{"0.9", "3"}}, {});
  EXPECT_EQ(said(), Lines{});
  say(step(12), {{"1", "4"}}, {});
  EXPECT_EQ(said(), (Lines{"A ticker 1 4 / 2 7"}));
  say(step(13), {{"1", "0"}}, {{"1.9", "1"}});
  EXPECT_EQ(said(), (Lines{"A ticker 0.9 3 / 1.9 1"}));
}

TEST_F(BooksByStep, SayTheirUpdatesStreamAndTimeAndNoOrder) {
  BookUpdate update = whole(step(10));
  update.stream = 2;
  update.exchange_us = 1'700'000'000'000'001;
  say(update, {{"1", "5"}}, {{"2", "7"}});
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].stream, 2);
  EXPECT_EQ(sink.tickers[0].order, 0U);
  EXPECT_EQ(sink.tickers[0].exchange_us, 1'700'000'000'000'001);
  EXPECT_EQ(sink.tickers[0].mask,
            bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size));
}

TEST_F(BooksByStep, SayNullsOfAnEmptySide) {
  say(whole(step(10)), {{"1", "5"}}, {});
  EXPECT_EQ(said(), (Lines{"A ticker 1 5 / null null"}));
  say(step(11), {{"1", "0"}}, {{"2", "7"}});
  EXPECT_EQ(said(), (Lines{"A ticker null null / 2 7"}));
  say(whole(step(12)), {}, {});
  EXPECT_EQ(said(), (Lines{"A ticker null null / null null"}));
}

TEST_F(BooksByStep, SayAnEmptyBookToo) {
  say(whole(step(10)), {}, {});
  EXPECT_EQ(said(), (Lines{"A ticker null null / null null"}));
}

TEST_F(BooksByStep, SayNothingOfTheSameNumberWithOtherDigits) {
  say(whole(step(10)), {{"1.5", "5"}}, {{"2", "7"}});
  (void)said();
  say(step(11), {{"1.50", "5.0"}}, {});
  say(whole(step(12)), {{"1.500", "5"}}, {{"2.0", "7"}});
  EXPECT_EQ(said(), Lines{});
}

TEST_F(BooksByStep, SayThatABookIsBrokenAtOnceAndOnce) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}});
  (void)said();
  say(step(12), {{"1.1", "5"}}, {});
  EXPECT_EQ(said(), (Lines{"A resyncing sequence_gap"}));
  EXPECT_FALSE(books.whole("A"));
  say(step(13), {{"1.2", "5"}}, {});
  say(step(99), {{"1.3", "5"}}, {});
  EXPECT_EQ(said(), Lines{});
  say(whole(step(100)), {{"3", "5"}}, {{"2", "7"}});  // crossed: it stays broken
  EXPECT_EQ(said(), Lines{});
}

TEST_F(BooksByStep, SayThePricesOfTheSnapshotBeforeTheyAreLiveAgain) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}});
  say(step(12), {{"1.1", "5"}}, {});
  (void)said();
  say(whole(step(20)), {{"1", "5"}}, {{"2", "7"}});  // the same as before, and yet said
  EXPECT_EQ(said(), (Lines{"A ticker 1 5 / 2 7", "A live"}));
  EXPECT_TRUE(books.whole("A"));
  say(whole(step(21)), {{"1", "6"}}, {{"2", "7"}});
  EXPECT_EQ(said(), (Lines{"A ticker 1 6 / 2 7"}));
}

TEST_F(BooksByStep, SayThatABookIsCrossedAndNeverItsPrices) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}});
  (void)said();
  say(step(11), {{"2.5", "5"}}, {});
  EXPECT_EQ(said(), (Lines{"A resyncing crossed_book"}));
  EXPECT_TRUE(sink.tickers.size() == 1);
}

TEST_F(BooksByStep, KeepInstrumentsApart) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}}, "A");
  say(whole(step(70)), {{"3", "5"}}, {{"4", "7"}}, "B");
  (void)said();
  say(step(12), {}, {}, "A");
  say(step(71), {{"3", "6"}}, {}, "B");
  EXPECT_EQ(said(), (Lines{"A resyncing sequence_gap", "B ticker 3 6 / 4 7"}));
}

TEST_F(BooksByStep, TakeNoMoreBooksThanTheyMay) {
  for (const char* symbol : {"A", "B", "C", "D"}) {
    say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}}, symbol);
  }
  EXPECT_EQ(said().size(), 3U);
  EXPECT_EQ(books.refused(), 1U);
  say(step(11), {{"1", "6"}}, {}, "A");
  EXPECT_EQ(said().size(), 1U);
}

// Ghost levels: a snapshot merged into what was there before the connection was lost.
TEST_F(BooksByStep, ForgetEverythingBeforeAnythingNew) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}});
  books.forget_all();
  (void)said();
  say(step(11), {{"1.1", "5"}}, {});
  EXPECT_EQ(said(), Lines{});  // it is not of this book
  say(whole(step(50)), {{"0.5", "1"}}, {{"9", "1"}});
  EXPECT_EQ(said(), (Lines{"A ticker 0.5 1 / 9 1"}));
  books.forget("A");
  books.forget("unheard of");
  say(whole(step(50)), {{"0.5", "1"}}, {{"9", "1"}});
  EXPECT_EQ(said(), (Lines{"A ticker 0.5 1 / 9 1"}));
}

TEST_F(BooksByStep, RepairWhatWasBrokenBeforeItWasForgotten) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}});
  say(step(12), {}, {});
  books.forget_all();
  (void)said();
  say(whole(step(50)), {{"1", "5"}}, {{"2", "7"}});
  EXPECT_EQ(said(), (Lines{"A ticker 1 5 / 2 7", "A live"}));
}

TEST_F(BooksByStep, ForgetWhatWasInterruptedBeforeItIsTold) {
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}}, "A");
  say(whole(step(10)), {{"1", "5"}}, {{"2", "7"}}, "B");
  (void)said();
  books.interrupted_one("A", true);
  EXPECT_FALSE(books.whole("A"));
  EXPECT_TRUE(books.whole("B"));
  books.interrupted();
  EXPECT_FALSE(books.whole("B"));
  EXPECT_EQ(said(), (Lines{"A interrupted", "interrupted"}));
}

TEST_F(BooksByStep, LetEverythingElsePass) {
  books.received({});
  TickerUpdate ticker;
  ticker.symbol = "A";
  books.ticker(ticker);
  TradeUpdate trade;
  trade.symbol = "B";
  books.trade(trade);
  books.overflow();
  books.frame(Verdict::data, "f");
  books.status(Status::down, Reason::none);
  books.introduce("A", "a");
  books.status_of("A", Status::stale, Reason::feed_silent);
  books.notice({.text = "n"});
  books.link(LinkState::live, "e");
  EXPECT_EQ(said(),
            (Lines{"received", "A ticker null null / null null", "B trade", "overflow", "frame f",
                   "status down", "A is a", "A stale feed_silent", "notice n", "link e"}));
}

TEST(Books, KeepTheBooksOfOneStreamOnlyWhenAsked) {
  TextSink sink;
  Books books({}, std::uint8_t{2}, sink);
  BookUpdate update = whole({});
  update.symbol = "A";
  update.stream = 1;
  books.book(update);
  EXPECT_EQ(sink.said, Lines{});
  update.stream = 2;
  books.book(update);
  EXPECT_EQ(sink.said, (Lines{"A ticker null null / null null"}));
}

TEST_F(BooksByRequest, AskForASnapshotOnceAtTheFirstUpdate) {
  EXPECT_FALSE(books.wants_snapshot("A"));
  say(range(10, 12), {{"1", "5"}}, {});
  say(range(13, 13), {}, {{"2.5", "7"}});
  EXPECT_TRUE(books.wants_snapshot("A"));
  EXPECT_EQ(wanted, (Lines{"A"}));
  EXPECT_EQ(said(), Lines{});
  say(answer(12), {{"1", "5"}, {"0.9", "1"}}, {{"3", "1"}});
  EXPECT_FALSE(books.wants_snapshot("A"));
  EXPECT_EQ(said(), (Lines{"A ticker 1 5 / 2.5 7"}));
  EXPECT_EQ(wanted, (Lines{"A"}));
}

TEST_F(BooksByRequest, AskAgainWhenTheSnapshotIsOlderThanTheFirstUpdate) {
  say(range(10, 12), {{"1", "5"}}, {});
  say(answer(8), {{"1", "5"}}, {{"3", "1"}});
  EXPECT_EQ(said(), Lines{});
  EXPECT_TRUE(books.wants_snapshot("A"));
  EXPECT_EQ(wanted, (Lines{"A", "A"}));
  say(answer(9), {{"0.9", "5"}}, {{"3", "1"}});
  EXPECT_EQ(said(), (Lines{"A ticker 1 5 / 3 1"}));
}

TEST_F(BooksByRequest, RepairAGapWithWhatWasKept) {
  say(range(10, 12), {}, {});
  say(answer(12), {{"1", "5"}}, {{"3", "1"}});
  (void)said();
  say(range(15, 16), {{"1.2", "1"}}, {});
  EXPECT_EQ(said(), (Lines{"A resyncing sequence_gap"}));
  EXPECT_EQ(wanted, (Lines{"A", "A"}));
  say(range(17, 18), {{"1.3", "1"}}, {});
  say(answer(15), {{"1.1", "5"}}, {{"3", "1"}});
  EXPECT_EQ(said(), (Lines{"A ticker 1.3 1 / 3 1", "A live"}));
  EXPECT_EQ(wanted, (Lines{"A", "A"}));
}

TEST_F(BooksByRequest, AskAgainWhenWhatWasKeptBreaksTheBook) {
  say(range(10, 12), {{"4", "1"}}, {});
  say(answer(9), {{"1", "5"}}, {{"3", "1"}});
  EXPECT_EQ(said(), (Lines{"A resyncing crossed_book"}));
  EXPECT_TRUE(books.wants_snapshot("A"));
  EXPECT_EQ(wanted, (Lines{"A", "A"}));
}

TEST_F(BooksByRequest, AskForNothingAfterADisconnectionUntilUpdatesComeAgain) {
  say(range(10, 12), {}, {});
  books.forget_all();
  EXPECT_FALSE(books.wants_snapshot("A"));
  say(answer(12), {{"1", "5"}}, {{"3", "1"}});  // of the connection before
  EXPECT_EQ(said(), Lines{});
  say(range(30, 32), {}, {});
  EXPECT_EQ(wanted, (Lines{"A", "A"}));
}

}  // namespace
}  // namespace ticker::feeds
