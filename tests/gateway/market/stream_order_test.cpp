// Orders without a market: newer, equal, old, from scratch; trades that share one.
#include "gateway/market/stream_order.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ticker {
namespace {

using Stream = StreamOrder::Verdict;
using Trade = TradeOrder::Verdict;
constexpr std::int64_t second_ns = 1'000'000'000;

TEST(StreamOrder, TakesWhatIsNotOlder) {
  StreamOrder order;
  EXPECT_EQ(order.take(5, 0), Stream::taken);
  EXPECT_EQ(order.take(5, 0), Stream::taken);
  EXPECT_EQ(order.take(4, 0), Stream::old);
  EXPECT_EQ(order.take(0, 0), Stream::taken);  // has none
  EXPECT_EQ(order.last(), 5U);
}

TEST(StreamOrder, RestartsBehindNineOldOnesOfTwoSeconds) {
  StreamOrder order;
  static_cast<void>(order.take(1'000, 0));
  for (std::uint64_t i = 1; i <= 8; ++i) EXPECT_EQ(order.take(i, second_ns), Stream::old);
  EXPECT_EQ(order.take(9, 3 * second_ns - 1), Stream::old);
  EXPECT_EQ(order.take(10, 3 * second_ns), Stream::restarted);
  EXPECT_EQ(order.last(), 10U);
}

TEST(StreamOrder, DoesNotRestartForFewOldOnesHoweverLongTheyLast) {
  StreamOrder order;
  static_cast<void>(order.take(1'000, 0));
  for (std::int64_t i = 1; i <= 8; ++i) EXPECT_EQ(order.take(5, i * second_ns), Stream::old);
  EXPECT_EQ(order.take(1'001, 9 * second_ns), Stream::taken);
  EXPECT_EQ(order.take(5, 10 * second_ns), Stream::old);  // the first again
}

TEST(TradeOrder, TellsTradesOfOneOrderApartByTheirIds) {
  TradeOrder order;
  EXPECT_EQ(order.take(7, false, "a", 0), Trade::taken);
  EXPECT_EQ(order.take(7, false, "b", 0), Trade::taken);
  EXPECT_EQ(order.take(7, false, "a", 0), Trade::old);
  EXPECT_EQ(order.take(8, false, "a", 0), Trade::taken);
  EXPECT_EQ(order.take(7, false, "c", 0), Trade::old);
}

TEST(TradeOrder, SeesAHoleOnlyWhereIdsAreCountedAndKnown) {
  TradeOrder order;
  EXPECT_EQ(order.take(10, true, "10", 0), Trade::taken);
  EXPECT_EQ(order.take(11, true, "11", 0), Trade::taken);
  EXPECT_EQ(order.take(14, true, "14", 0), Trade::taken_after_hole);
  EXPECT_EQ(order.take(20, false, "20", 0), Trade::taken);
  order.forget();
  EXPECT_EQ(order.take(3, true, "3", 0), Trade::taken);
}

TEST(TradeOrder, RemembersABoundedNumberOfIds) {
  TradeOrder order;
  for (int i = 0; i < 1'024; ++i) {
    ASSERT_EQ(order.take(1, false, std::to_string(i), 0), Trade::taken);
  }
  EXPECT_EQ(order.take(1, false, "0", 0), Trade::old);
  EXPECT_EQ(order.take(1, false, "new", 0), Trade::taken);  // the others are forgotten
  EXPECT_EQ(order.take(1, false, "0", 0), Trade::taken);
}

TEST(TradeOrder, RestartsLikeAnyStream) {
  TradeOrder order;
  static_cast<void>(order.take(1'000, true, "x", 0));
  for (std::uint64_t i = 1; i <= 8; ++i) EXPECT_EQ(order.take(i, true, "y", 0), Trade::old);
  EXPECT_EQ(order.take(9, true, "z", 2 * second_ns), Trade::restarted);
  EXPECT_EQ(order.take(10, true, "10", 2 * second_ns), Trade::taken);
}

}  // namespace
}  // namespace ticker
