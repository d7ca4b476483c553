// The rules that every simulated market keeps, over long walks.
#include "feeds/simulated/walk.hpp"

#include <gtest/gtest.h>

#include <array>

#include "feeds/simulated/random.hpp"

namespace ticker::feeds {
namespace {

constexpr std::array quote_fields = {Field::bid, Field::bid_size, Field::ask, Field::ask_size};

void expect_sane(const Walk& walk, const Pair& pair) {
  const Decimal zero{0, 0};
  const auto get = [&walk](Field field) { return walk.get(field); };
  ASSERT_GT(get(Field::bid), zero);
  ASSERT_LT(get(Field::bid), get(Field::ask));
  for (const Field size : {Field::bid_size, Field::ask_size, Field::last_size, Field::volume_24h}) {
    ASSERT_GT(get(size), zero);
    ASSERT_EQ(get(size).scale, pair.size_scale);
  }
  for (const Field price :
       {Field::bid, Field::ask, Field::last, Field::open_24h, Field::high_24h, Field::low_24h}) {
    ASSERT_EQ(get(price).scale, pair.price_scale);
    ASSERT_EQ(get(price).mantissa % pair.tick, 0);
  }
  ASSERT_GT(get(Field::low_24h), zero);
  for (const Field inside : {Field::last, Field::open_24h}) {
    ASSERT_LE(get(Field::low_24h), get(inside));
    ASSERT_GE(get(Field::high_24h), get(inside));
  }
}

class WalkOf : public testing::TestWithParam<std::uint32_t> {
 protected:
  Pair pair = make_pairs(GetParam() + 1).back();
  Walk walk{pair, 42};
  Random random{7};
};

TEST_P(WalkOf, BeginsSane) { expect_sane(walk, pair); }

TEST_P(WalkOf, KeepsBidBelowAskAndAllOnTheGrid) {
  for (int i = 0; i < 20'000; ++i) {
    walk.quote(random.next(), random.next());
    if (i % 3 == 0) (void)walk.trade(random.next());
    if (i % 11 == 0 && walk.day_is_due()) walk.roll_day();
    ASSERT_NO_FATAL_FAILURE(expect_sane(walk, pair));
  }
}

TEST_P(WalkOf, ChangesSomethingWithEveryQuote) {
  for (int i = 0; i < 20'000; ++i) {
    const Walk before = walk;
    walk.quote(random.next(), random.next());
    int changed = 0;
    for (const Field field : quote_fields) changed += walk.get(field) != before.get(field) ? 1 : 0;
    ASSERT_GE(changed, 1);
    ASSERT_EQ(walk.get(Field::last), before.get(Field::last));
  }
}

TEST_P(WalkOf, ChangesAllFourFieldsWhenAskedTo) {
  for (int i = 0; i < 20'000; ++i) {
    const Walk before = walk;
    walk.quote_all(random.next(), random.next());
    for (const Field field : quote_fields) ASSERT_NE(walk.get(field), before.get(field));
  }
}

TEST_P(WalkOf, TradesBetweenBidAndAsk) {
  for (int i = 0; i < 20'000; ++i) {
    walk.quote(random.next(), random.next());
    const Walk before = walk;
    const Side side = walk.trade(random.next());
    EXPECT_NE(side, Side::unknown);
    ASSERT_LE(walk.get(Field::bid), walk.get(Field::last));
    ASSERT_GE(walk.get(Field::ask), walk.get(Field::last));
    ASSERT_TRUE(walk.get(Field::last) != before.get(Field::last) ||
                walk.get(Field::last_size) != before.get(Field::last_size));
  }
}

TEST_P(WalkOf, StaysWithinItsBoundsForever) {
  // Every draw goes the same way; the walk turns at its bounds nonetheless.
  for (const std::uint64_t way : {~std::uint64_t{0}, std::uint64_t{1} << 63}) {
    for (int i = 0; i < 60'000; ++i) walk.quote_all(way, random.next());
    EXPECT_GE(walk.get(Field::bid).mantissa, pair.price * pair.tick / 2 * 99 / 100);
    EXPECT_LE(walk.get(Field::bid).mantissa, pair.price * pair.tick * 2 * 101 / 100);
  }
}

TEST_P(WalkOf, TellsADayOnlyWhenItsVolumeChanged) {
  EXPECT_FALSE(walk.day_is_due());
  for (int i = 0; i < 5'000; ++i) {
    const Decimal volume = walk.get(Field::volume_24h);
    (void)walk.trade(random.next());
    ASSERT_TRUE(walk.day_is_due());
    walk.roll_day();
    ASSERT_FALSE(walk.day_is_due());
    ASSERT_NE(walk.get(Field::volume_24h), volume);
  }
}

// BTC-USD, the finest price, the coarsest grid, and two invented ones.
INSTANTIATE_TEST_SUITE_P(Pairs, WalkOf, testing::Values(0U, 31U, 39U, 40U, 9'999U));

}  // namespace
}  // namespace ticker::feeds
