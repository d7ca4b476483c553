// Interval classes and filters of fields: what is granted, and what a filter is called.
#include "gateway/protocol/shape.hpp"

#include <gtest/gtest.h>

namespace ticker {
namespace {

using Names = std::vector<std::string>;

std::uint32_t granted_ms(std::uint64_t interval_ms) {
  return interval_classes_ms[pace_for(interval_ms)];
}

TEST(ShapeTest, TheIntervalGrantedIsTheSmallestClassThatIsNotFasterThanAskedFor) {
  for (const std::uint32_t interval_ms : interval_classes_ms) {
    EXPECT_EQ(granted_ms(interval_ms), interval_ms);
  }
  EXPECT_EQ(granted_ms(1), 100U);
  EXPECT_EQ(granted_ms(99), 100U);
  EXPECT_EQ(granted_ms(101), 250U);
  EXPECT_EQ(granted_ms(251), 500U);
  EXPECT_EQ(granted_ms(501), 1'000U);
  EXPECT_EQ(granted_ms(1'001), 5'000U);
}

TEST(ShapeTest, AnIntervalBeyondTheSlowestClassIsServedByIt) {
  EXPECT_EQ(granted_ms(5'001), 5'000U);
  EXPECT_EQ(granted_ms(UINT64_MAX), 5'000U);
}

TEST(ShapeTest, RealTimeAndTheWidenedPaceAreClasses) {
  EXPECT_EQ(interval_classes_ms[real_time], 0U);
  EXPECT_EQ(interval_classes_ms[widened_pace], 250U);
}

TEST(ShapeTest, AFieldIsKnownByItsNameOnTheWire) {
  for (std::size_t i = 0; i < field_count; ++i) {
    EXPECT_EQ(field_named(field_names[i]), bit(static_cast<Field>(i))) << field_names[i];
  }
}

TEST(ShapeTest, StatusIsANameWithoutAValue) { EXPECT_EQ(field_named("status"), FieldMask{0}); }

TEST(ShapeTest, OtherNamesAreNoFields) {
  for (const std::string_view name :
       {"", "bi", "bid ", "Bid", "reason", "since", "seq", "exchange_ts", "trades"}) {
    EXPECT_EQ(field_named(name), std::nullopt) << name;
  }
}

TEST(ShapeTest, AFilterIsListedInTheOrderOfTheWire) {
  EXPECT_EQ(field_list(bit(Field::ask) | bit(Field::bid)), (Names{"bid", "ask"}));
  EXPECT_EQ(field_list(bit(Field::volume_24h)), Names{"volume_24h"});
  EXPECT_EQ(field_list(all_values), Names(field_names.begin(), field_names.end()));
}

TEST(ShapeTest, AFilterWithoutValuesIsListedAsStatus) { EXPECT_EQ(field_list(0), Names{"status"}); }

TEST(ShapeTest, ASubscriptionThatAsksForNothingGetsEverythingInRealTime) {
  EXPECT_EQ(Shape{}, (Shape{.pace = real_time, .format = 0, .fields = all_values}));
  EXPECT_EQ(Shape{}.fields & status_bit, 0);
}

}  // namespace
}  // namespace ticker
