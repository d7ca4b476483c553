// Which updates a book may take, by the rules of each venue.
#include "feeds/book/book_sync.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "tests/feeds/book/book_fixture.hpp"

namespace ticker::feeds {

void PrintTo(const BookSync::Answer& answer, std::ostream* out) {
  constexpr const char* names[] = {"replace", "apply", "ignore", "keep", "broken"};
  *out << names[static_cast<std::size_t>(answer.action)] << " "
       << reason_names[static_cast<std::size_t>(answer.reason)];
}

namespace {

using Action = BookSync::Action;
using Answer = BookSync::Answer;

constexpr Answer replace{Action::replace};
constexpr Answer apply{Action::apply};
constexpr Answer ignore{Action::ignore};
constexpr Answer keep{Action::keep};
constexpr Answer gap{Action::broken, Reason::sequence_gap};

constexpr BookRules binance{.sequence = BookRules::Sequence::range, .snapshot_by_request = true};
constexpr BookRules okx{.sequence = BookRules::Sequence::chain,
                        .checksum = BookRules::Checksum::okx};
constexpr BookRules bybit{.sequence = BookRules::Sequence::step};

std::vector<std::uint64_t> numbers(const std::deque<KeptUpdate>& kept) {
  std::vector<std::uint64_t> all;
  for (const KeptUpdate& each : kept) all.push_back(each.update.last);
  return all;
}
using Numbers = std::vector<std::uint64_t>;

TEST(BookSync, IgnoresWhatComesBeforeASnapshotAndCallsItNoGap) {
  for (const BookRules& rules : {okx, bybit, BookRules{}}) {
    BookSync sync(rules);
    EXPECT_EQ(sync.on(chain(4, 5)), ignore);
    EXPECT_EQ(sync.on(chain(90, 91)), ignore);
    EXPECT_FALSE(sync.whole());
    EXPECT_FALSE(sync.wants_snapshot());
  }
}

// To ignore such a stream for ever would be to believe an old book for ever.
TEST(BookSync, CallsItAGapWhenAStreamOfRangesStaysBehindItself) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(10, 12)), keep);
  BookUpdate answer = range(11, 11);
  answer.snapshot = true;
  EXPECT_EQ(sync.on(answer), replace);
  for (const KeptUpdate& kept : sync.take_kept()) EXPECT_EQ(sync.on(kept.update), apply);
  EXPECT_EQ(sync.on(range(13, 1'000'000)), apply);  // absurd
  for (std::uint64_t i = 14; i < 22; ++i) EXPECT_EQ(sync.on(range(i, i)), ignore) << i;
  EXPECT_EQ(sync.on(range(22, 22)), gap);
  EXPECT_TRUE(sync.wants_snapshot());
  answer.first = answer.last = 22;
  EXPECT_EQ(sync.on(answer), replace);
}

// An answer to a request may be far ahead of the stream.
TEST(BookSync, CallsItNoGapThatAStreamIsBehindItsSnapshot) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(1, 1)), keep);
  BookUpdate answer = range(100, 100);
  answer.snapshot = true;
  EXPECT_EQ(sync.on(answer), replace);
  for (std::uint64_t i = 2; i <= 100; ++i) EXPECT_EQ(sync.on(range(i, i)), ignore) << i;
  EXPECT_EQ(sync.on(range(101, 101)), apply);
}

TEST(BookSync, TakesEverythingOfAVenueWithoutNumbers) {
  BookSync sync({});
  EXPECT_EQ(sync.on(whole({})), replace);
  EXPECT_EQ(sync.on({}), apply);
  EXPECT_EQ(sync.on({}), apply);
  EXPECT_EQ(sync.on(whole({})), replace);
}

TEST(BookSync, KeepsUpdatesUntilTheSnapshotThatWasAskedFor) {
  BookSync sync(binance);
  EXPECT_FALSE(sync.wants_snapshot());
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_TRUE(sync.wants_snapshot());
  EXPECT_EQ(sync.on(range(161, 161)), keep);
  EXPECT_EQ(sync.on(range(162, 170)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 161))), replace);
  EXPECT_FALSE(sync.wants_snapshot());
  const auto kept = sync.take_kept();
  EXPECT_EQ(numbers(kept), (Numbers{160, 161, 170}));
  EXPECT_EQ(sync.on(kept[0].update), ignore);
  EXPECT_EQ(sync.on(kept[1].update), ignore);
  EXPECT_EQ(sync.on(kept[2].update), apply);
  EXPECT_EQ(sync.on(range(171, 171)), apply);
}

TEST(BookSync, TakesAnUpdateThatReachesOverTheSnapshot) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 158))), replace);
  EXPECT_EQ(sync.on(sync.take_kept()[0].update), apply);
}

TEST(BookSync, AsksAgainForASnapshotOlderThanTheFirstUpdateKept) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 155))), ignore);
  EXPECT_TRUE(sync.wants_snapshot());
  EXPECT_EQ(sync.on(whole(range(0, 156))), replace);  // 157 follows on it
  EXPECT_EQ(sync.on(sync.take_kept()[0].update), apply);
}

TEST(BookSync, TakesASnapshotNewerThanAllThatWasKept) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 999))), replace);
  EXPECT_EQ(sync.on(sync.take_kept()[0].update), ignore);
  EXPECT_EQ(sync.on(range(990, 999)), ignore);
  EXPECT_EQ(sync.on(range(998, 1'001)), apply);
}

// It answers a question of another connection.
TEST(BookSync, IgnoresAnAnswerThatNobodyAskedFor) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(whole(range(0, 155))), ignore);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 160))), replace);
  sync.forget();
  EXPECT_EQ(sync.on(whole(range(0, 160))), ignore);
  EXPECT_FALSE(sync.whole());
}

TEST(BookSync, NeverGoesBackToAnAnswerOlderThanTheBook) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 160))), replace);
  EXPECT_EQ(sync.on(range(161, 165)), apply);
  EXPECT_EQ(sync.on(whole(range(0, 164))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 170))), replace);
  EXPECT_EQ(sync.on(range(171, 171)), apply);
}

TEST(BookSync, FindsAGapBetweenRangesAndIgnoresWhatIsOld) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 160))), replace);
  EXPECT_EQ(sync.on(range(157, 160)), ignore);
  EXPECT_EQ(sync.on(range(161, 165)), apply);
  EXPECT_EQ(sync.on(range(161, 165)), ignore);
  EXPECT_EQ(sync.on(range(167, 168)), gap);
  EXPECT_FALSE(sync.whole());
  EXPECT_TRUE(sync.wants_snapshot());
}

TEST(BookSync, KeepsTheUpdateThatShowedTheGap) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 160))), replace);
  EXPECT_EQ(sync.on(range(167, 168)), gap);
  EXPECT_EQ(sync.on(range(169, 169)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 165))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 166))), replace);
  EXPECT_EQ(numbers(sync.take_kept()), (Numbers{168, 169}));
}

TEST(BookSync, KeepsNothingFromBeforeAGapAmongTheKept) {
  BookSync sync(binance);
  EXPECT_EQ(sync.on(range(157, 160)), keep);
  EXPECT_EQ(sync.on(range(163, 164)), keep);
  EXPECT_EQ(sync.on(range(163, 164)), keep);  // again, but not twice
  EXPECT_EQ(sync.on(whole(range(0, 158))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 162))), replace);
  EXPECT_EQ(numbers(sync.take_kept()), (Numbers{164}));
}

TEST(BookSync, DropsTheOldestWhenTooManyAreKeptAndThenNeedsANewerSnapshot) {
  BookSync sync(binance, 3, 100);
  for (std::uint64_t n = 1; n <= 5; ++n) EXPECT_EQ(sync.on(range(10 * n, 10 * n + 9)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 28))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 29))), replace);
  EXPECT_EQ(numbers(sync.take_kept()), (Numbers{39, 49, 59}));
}

TEST(BookSync, DropsTheOldestWhenTooManyLevelsAreKept) {
  BookSync sync(binance, 100, 10);
  const auto levels = levels_of({{"1", "1"}, {"2", "1"}, {"3", "1"}, {"4", "1"}});
  for (std::uint64_t n = 1; n <= 4; ++n) {
    BookUpdate update = range(n, n);
    update.asks = levels;
    EXPECT_EQ(sync.on(update), keep);
  }
  EXPECT_EQ(sync.on(whole(range(0, 1))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 2))), replace);
  const auto kept = sync.take_kept();
  EXPECT_EQ(numbers(kept), (Numbers{3, 4}));
  EXPECT_EQ(kept[0].update.asks.size(), 4U);
  EXPECT_NE(kept[0].update.asks.data(), levels.data());
}

TEST(BookSync, NeedsASnapshotNewerThanAnUpdateTooLargeToBeKept) {
  BookSync sync(binance, 100, 3);
  const auto levels = levels_of({{"1", "1"}, {"2", "1"}, {"3", "1"}, {"4", "1"}});
  BookUpdate update = range(5, 9);
  update.bids = levels;
  EXPECT_EQ(sync.on(update), keep);
  EXPECT_EQ(sync.on(whole(range(0, 8))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 9))), replace);
  EXPECT_TRUE(sync.take_kept().empty());
}

TEST(BookSync, FollowsAChainWhoseNumbersJump) {
  BookSync sync(okx);
  EXPECT_EQ(sync.on(whole(chain(-1, 123'456))), replace);
  EXPECT_EQ(sync.on(chain(123'456, 123'463)), apply);
  EXPECT_EQ(sync.on(chain(123'463, 123'556)), apply);
  EXPECT_EQ(sync.on(chain(123'556, 123'556)), apply);  // nothing changed for a minute
  EXPECT_EQ(sync.on(chain(123'556, 123'556)), apply);
  EXPECT_EQ(sync.on(chain(123'556, 123'560)), apply);
}

TEST(BookSync, FollowsAChainWhoseNumbersGoBackAfterAMaintenance) {
  BookSync sync(okx);
  EXPECT_EQ(sync.on(whole(chain(-1, 15))), replace);
  EXPECT_EQ(sync.on(chain(15, 3)), apply);
  EXPECT_EQ(sync.on(chain(3, 5)), apply);
}

TEST(BookSync, IgnoresOnlyTheExactRepetitionInAChain) {
  BookSync sync(okx);
  EXPECT_EQ(sync.on(whole(chain(-1, 10))), replace);
  EXPECT_EQ(sync.on(chain(10, 12)), apply);
  EXPECT_EQ(sync.on(chain(10, 12)), ignore);
  EXPECT_EQ(sync.on(chain(12, 14)), apply);
  EXPECT_EQ(sync.on(chain(10, 12)), gap);
  EXPECT_EQ(sync.on(chain(14, 15)), ignore);  // until a snapshot
  EXPECT_EQ(sync.on(whole(chain(-1, 30))), replace);
  EXPECT_EQ(sync.on(chain(29, 31)), gap);
}

TEST(BookSync, TakesAChainWithoutNumbersAsItComes) {
  BookSync sync(okx);
  EXPECT_EQ(sync.on(whole(chain(-1, 0))), replace);
  EXPECT_EQ(sync.on(chain(-1, 0)), apply);
  EXPECT_EQ(sync.on(chain(-1, 0)), apply);
  BookSync numbered(okx);
  EXPECT_EQ(numbered.on(whole(chain(-1, 7))), replace);
  EXPECT_EQ(numbered.on(chain(-1, 0)), gap);
}

TEST(BookSync, CountsStepsAndIgnoresOnlyTheExactRepetition) {
  BookSync sync(bybit);
  EXPECT_EQ(sync.on(whole(step(18'521'288))), replace);
  EXPECT_EQ(sync.on(step(18'521'289)), apply);
  EXPECT_EQ(sync.on(step(18'521'289)), ignore);
  EXPECT_EQ(sync.on(step(18'521'290)), apply);
  EXPECT_EQ(sync.on(step(18'521'289)), gap);
  EXPECT_EQ(sync.on(step(18'521'291)), ignore);
  EXPECT_EQ(sync.on(whole(step(18'521'291))), replace);
  EXPECT_EQ(sync.on(step(18'521'293)), gap);
}

TEST(BookSync, TakesASnapshotAtAnyTimeWhateverItsNumber) {
  BookSync sync(bybit);
  EXPECT_EQ(sync.on(whole(step(500))), replace);
  EXPECT_EQ(sync.on(whole(step(500))), replace);  // the best prices, told again each 3 s
  EXPECT_EQ(sync.on(whole(step(20))), replace);
  EXPECT_EQ(sync.on(step(21)), apply);
}

TEST(BookSync, TakesAStepOfOneForTheSnapshotOfARestart) {
  BookSync sync(bybit);
  EXPECT_EQ(sync.on(whole(step(500))), replace);
  EXPECT_EQ(sync.on(step(1)), replace);
  EXPECT_EQ(sync.on(step(2)), apply);
  BookSync fresh(bybit);
  EXPECT_EQ(fresh.on(step(1)), replace);
}

TEST(BookSync, DoesNotWrapAroundAtTheLargestNumber) {
  BookSync steps(bybit);
  EXPECT_EQ(steps.on(whole(step(UINT64_MAX))), replace);
  EXPECT_EQ(steps.on(step(0)), gap);
  BookSync ranges(binance);
  EXPECT_EQ(ranges.on(range(1, UINT64_MAX)), keep);
  EXPECT_EQ(ranges.on(whole(range(0, UINT64_MAX))), replace);
  EXPECT_EQ(ranges.on(range(0, 0)), ignore);
}

class BookSyncCheck : public testing::Test {
 protected:
  // Takes a snapshot of these prices with this sum.
  Reason check(const BookRules& rules, Texts bids, Texts asks,
               std::optional<std::uint32_t> checksum = std::nullopt) {
    OwnUpdate own{levels_of(bids), levels_of(asks), whole({})};
    own.numbers.checksum = checksum;
    Book book(rules);
    BookSync sync(rules);
    EXPECT_EQ(sync.on(own.get()), replace);
    const Reason reason = sync.check(book, book.replace(own.get()), own.get());
    EXPECT_EQ(sync.whole(), reason == Reason::none);
    return reason;
  }
};

TEST_F(BookSyncCheck, FindsACrossedBook) {
  EXPECT_EQ(check({}, {{"1", "1"}}, {{"2", "1"}}), Reason::none);
  EXPECT_EQ(check({}, {{"2", "1"}}, {{"2", "1"}}), Reason::crossed_book);
  EXPECT_EQ(check({}, {{"3", "1"}}, {{"2", "1"}}), Reason::crossed_book);
  EXPECT_EQ(check({}, {}, {{"2", "1"}}), Reason::none);
}

TEST_F(BookSyncCheck, FindsASumThatDoesNotMatch) {
  Book book(okx);
  (void)book.replace(OwnUpdate{levels_of({{"1", "1"}}), levels_of({{"2", "1"}})}.get());
  const auto sum = book.checksum();
  ASSERT_TRUE(sum);
  EXPECT_EQ(check(okx, {{"1", "1"}}, {{"2", "1"}}, sum), Reason::none);
  EXPECT_EQ(check(okx, {{"1", "1"}}, {{"2", "1"}}, *sum ^ 1), Reason::bad_checksum);
  EXPECT_EQ(check(okx, {{"1", "1"}}, {{"2", "1"}}), Reason::none);
}

// Since 2026-06-23 OKX sends 0 in its place.
TEST_F(BookSyncCheck, TakesASumOfZeroAtOkxForNone) {
  EXPECT_EQ(check(okx, {{"1", "1"}}, {{"2", "1"}}, 0), Reason::none);
  EXPECT_EQ(
      check({.checksum = BookRules::Checksum::kraken, .depth = 10}, {{"1", "1"}}, {{"2", "1"}}, 0),
      Reason::bad_checksum);
}

TEST_F(BookSyncCheck, CannotJudgeASumOverASizeThatNobodyCouldRead) {
  EXPECT_EQ(check(okx, {{"1", "null"}}, {{"2", "1"}}, 77), Reason::none);
}

TEST_F(BookSyncCheck, CallsAPriceThatNobodyCouldReadAGap) {
  EXPECT_EQ(check({}, {{"null", "1"}}, {{"2", "1"}}), Reason::sequence_gap);
}

TEST_F(BookSyncCheck, NeedsASnapshotThatHasAllThatWasApplied) {
  BookSync sync(binance);
  Book book(binance);
  EXPECT_EQ(sync.on(range(1, 10)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 10))), replace);
  (void)sync.take_kept();
  OwnUpdate own{levels_of({{"5", "1"}}), levels_of({{"4", "1"}}), range(11, 20)};
  EXPECT_EQ(sync.on(own.get()), apply);
  EXPECT_EQ(sync.check(book, book.apply(own.get()), own.get()), Reason::crossed_book);
  EXPECT_TRUE(sync.wants_snapshot());
  EXPECT_EQ(sync.on(range(21, 30)), keep);
  EXPECT_EQ(sync.on(whole(range(0, 19))), ignore);
  EXPECT_EQ(sync.on(whole(range(0, 20))), replace);
}

}  // namespace
}  // namespace ticker::feeds
