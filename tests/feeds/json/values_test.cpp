// Numbers, ids, times and sides, each with what it must refuse.
#include "feeds/json/values.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {
namespace {

using Type = Value::Type;

Value value(std::string_view text, Type type = Type::string) {
  return {text.data(), static_cast<std::uint32_t>(text.size()), type};
}
Value number(std::string_view text) { return value(text, Type::number); }

TEST(Values, TakeIdsUpTo64Bits) {
  std::uint64_t id = 0;
  EXPECT_TRUE(read_id(number("13834774380200032777"), id));  // Kraken's connection_id, past 2^63
  EXPECT_EQ(id, 13'834'774'380'200'032'777U);
  EXPECT_TRUE(read_id(number("18446744073709551615"), id));
  for (const char* wrong : {"18446744073709551616", "-1", "1.0", "1e3", ""}) {
    EXPECT_FALSE(read_id(number(wrong), id)) << wrong;
  }
  EXPECT_FALSE(read_id(value("1"), id));
}

TEST(Values, TakeIdsBetweenQuotesWhereTheVenueQuotesThem) {
  std::uint64_t id = 0;
  EXPECT_TRUE(read_loose_id(value("130639474"), id));
  EXPECT_EQ(id, 130'639'474U);
  EXPECT_TRUE(read_loose_id(number("7"), id));
  EXPECT_EQ(id, 7U);
  for (const char* wrong : {"18446744073709551616", "-1", "1.0", " 1", "1 ", "+1", "0x1", ""}) {
    EXPECT_FALSE(read_loose_id(value(wrong), id)) << wrong;
  }
  EXPECT_FALSE(read_loose_id(value("", Type::null), id));
  EXPECT_FALSE(read_loose_id(Value{}, id));
}

std::int64_t text_time(std::string_view text) {
  std::int64_t time_us = -1;
  return read_text_time(value(text), time_us) ? time_us : -1;
}

TEST(Values, ReadTimesAsTextToTheMicrosecond) {
  EXPECT_EQ(text_time("2022-12-01T00:00:00.122581Z"), 1'669'852'800'122'581);
  EXPECT_EQ(text_time("2019-08-01T00:00:03.816Z"), 1'564'617'603'816'000);
  EXPECT_EQ(text_time("2024-02-29T23:59:59Z"), 1'709'251'199'000'000);
  EXPECT_EQ(text_time("2023-10-04T16:25:00.123456789Z"), 1'696'436'700'123'456);
  EXPECT_EQ(text_time("2016-12-31T23:59:60Z"), 1'483'228'800'000'000);  // a leap second
}

TEST(Values, KnowThatAbsurdTimesAreNone) {
  EXPECT_EQ(text_time("0001-01-01T00:00:00.000000Z"), 0);
  EXPECT_EQ(text_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(text_time("1999-12-31T23:59:59.999999Z"), 0);
  EXPECT_EQ(text_time("2000-01-01T00:00:00Z"), time_min_us);
  EXPECT_EQ(text_time("9999-12-31T23:59:59Z"), 0);
  std::int64_t time_us = -1;
  EXPECT_TRUE(read_epoch_time(number("0"), time_us));
  EXPECT_EQ(time_us, 0);
  EXPECT_TRUE(read_epoch_time(number("9000000000000000000"), time_us));
  EXPECT_EQ(time_us, 0);
}

TEST(Values, RefuseTextsThatAreNoTime) {
  for (const char* wrong : {"", "Z", "2022-12-01", "2022-12-01T00:00:00", "2022-12-01 00:00:00Z",
                            "2022-13-01T00:00:00Z", "2023-02-29T00:00:00Z", "2022-12-01T24:00:00Z",
                            "2022-12-01T00:60:00Z", "2022-12-01T00:00:61Z", "2022-12-01T00:00:00.Z",
                            "2022-12-01T00:00:00.1234567890Z", "2022-12-01T00:00:00+00:00",
                            "2022-12-1T00:00:00Z", "22022-12-01T00:00:00Z", "2022-12-01T00:00:00ZZ",
                            "-022-12-01T00:00:00Z", "2022-12-01T00:00:0 Z"}) {
    EXPECT_EQ(text_time(wrong), -1) << wrong;
  }
  std::int64_t time_us = 0;
  EXPECT_FALSE(read_text_time(number("2022"), time_us));
}

TEST(Values, ReadTimesInMillisecondsAndMicroseconds) {
  std::int64_t time_us = 0;
  EXPECT_TRUE(read_epoch_time(number("1672515782136"), time_us));
  EXPECT_EQ(time_us, 1'672'515'782'136'000);
  EXPECT_TRUE(read_epoch_time(number("1672515782136789"), time_us));
  EXPECT_EQ(time_us, 1'672'515'782'136'789);
  EXPECT_TRUE(read_epoch_time(number("946684800000000"), time_us));
  EXPECT_EQ(time_us, time_min_us);
  EXPECT_FALSE(read_epoch_time(number("9223372036854775808"), time_us));
  EXPECT_FALSE(read_epoch_time(value("1672515782136"), time_us));
}

TEST(Values, ReadTimesBetweenQuotesWhereTheVenueQuotesThem) {
  std::int64_t time_us = -1;
  EXPECT_TRUE(read_loose_time(value("1597026383085"), time_us));
  EXPECT_EQ(time_us, 1'597'026'383'085'000);
  EXPECT_TRUE(read_loose_time(number("1597026383085"), time_us));
  EXPECT_TRUE(read_loose_time(value("0"), time_us));
  EXPECT_EQ(time_us, 0);
  EXPECT_FALSE(read_loose_time(value(""), time_us));
  EXPECT_FALSE(read_loose_time(value("9223372036854775808"), time_us));
  EXPECT_FALSE(read_epoch_time(value("1597026383085"), time_us));  // nobody else quotes them
}

TEST(Values, KnowTheTwoSides) {
  Side side = Side::unknown;
  EXPECT_TRUE(read_side(value("buy"), side));
  EXPECT_EQ(side, Side::buy);
  EXPECT_TRUE(read_side(value("sell"), side));
  EXPECT_EQ(side, Side::sell);
  EXPECT_FALSE(read_side(value("BUY"), side));
  EXPECT_FALSE(read_side(value(""), side));
  EXPECT_FALSE(read_side(number("buy"), side));
}

TEST(Values, RefuseNumbersOfTheOtherTypeNegativeOnesAndRubbish) {
  NumberReader strings(Type::string);
  NumberReader tokens(Type::number);
  Decimal out;
  EXPECT_TRUE(strings.read(value("1.50"), out));
  EXPECT_EQ(text(out), "1.50");
  EXPECT_FALSE(strings.read(number("1.50"), out));
  EXPECT_FALSE(tokens.read(value("1.50"), out));
  EXPECT_TRUE(tokens.read(number("0.00027625"), out));
  EXPECT_EQ(text(out), "0.00027625");
  for (const char* wrong : {"0.-10000", "-1", "-0", "", "1.", ".5", "NaN", " 1", "1,5"}) {
    EXPECT_FALSE(strings.read(value(wrong), out)) << wrong;
  }
}

TEST(Values, KnowThatAPriceOfZeroIsNone) {
  NumberReader numbers(Type::string);
  TickerUpdate update;
  ASSERT_TRUE(numbers.add_quote(value("0.00000000"), value("5"), Field::bid, update));
  ASSERT_TRUE(numbers.add_quote(value("2.0"), value("0.000"), Field::ask, update));
  EXPECT_EQ(update.mask,
            bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size));
  EXPECT_TRUE(update.fields.get(Field::bid).is_null());
  EXPECT_TRUE(update.fields.get(Field::bid_size).is_null());
  EXPECT_EQ(text(update.fields.get(Field::ask)), "2.0");
  EXPECT_EQ(text(update.fields.get(Field::ask_size)), "0.000");
  Decimal out;
  EXPECT_FALSE(numbers.read_traded(value("0.0"), out));
}

TEST(Values, SpeakOnlyOfWhatIsThere) {
  NumberReader numbers(Type::string);
  TickerUpdate update;
  EXPECT_EQ(update.mask, 0);
  ASSERT_TRUE(numbers.add({}, Field::volume_24h, false, update));
  ASSERT_TRUE(numbers.add(value("0"), Field::high_24h, true, update));
  EXPECT_EQ(update.mask, bit(Field::high_24h));
  EXPECT_TRUE(update.fields.get(Field::high_24h).is_null());
  EXPECT_FALSE(numbers.add_quote({}, value("1"), Field::ask, update));
  EXPECT_FALSE(numbers.add(value("x"), Field::volume_24h, false, update));
}

TEST(Values, ForgetASizeWhosePriceIsNoMore) {
  NumberReader numbers(Type::string);
  TickerUpdate update;
  ASSERT_TRUE(numbers.add_quote(value("1"), {}, Field::bid, update));
  EXPECT_EQ(update.mask, bit(Field::bid) | bit(Field::bid_size));
  EXPECT_EQ(text(update.fields.get(Field::bid)), "1");
  EXPECT_TRUE(update.fields.get(Field::bid_size).is_null());
  EXPECT_FALSE(numbers.add_quote(value("0"), value("x"), Field::bid, update));
}

TEST(Values, TakeAnEmptyTextForNoneWhereTheVenueMeansIt) {
  NumberReader numbers(Type::string, true);
  NumberReader strict(Type::string);
  Decimal number_read{1, 0};
  EXPECT_TRUE(numbers.read(value(""), number_read));
  EXPECT_TRUE(number_read.is_null());
  EXPECT_FALSE(strict.read(value(""), number_read));
  EXPECT_FALSE(numbers.read(value("", Type::null), number_read));
}

TEST(Values, MakeAQuoteOfOneLevelOrOfNone) {
  NumberReader numbers(Type::string);
  const Cells level = {value("1.50"), value("2"), {}};
  TickerUpdate update;
  ASSERT_TRUE(numbers.add_best({&level, 1}, Field::bid, update));
  ASSERT_TRUE(numbers.add_best({}, Field::ask, update));
  EXPECT_EQ(update.mask,
            bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size));
  EXPECT_EQ(text(update.fields.get(Field::bid)), "1.50");
  EXPECT_TRUE(update.fields.get(Field::ask).is_null());
  const Cells two[] = {level, level};
  EXPECT_FALSE(numbers.add_best(two, Field::bid, update));
  const Cells sizeless = {value("1.50"), {}, {}};
  EXPECT_FALSE(numbers.add_best({&sizeless, 1}, Field::bid, update));
}

TEST(Values, CountNumbersThatDoNotFit) {
  NumberReader numbers(Type::string);
  Decimal out;
  EXPECT_TRUE(numbers.read(value(std::string(40, '9')), out));
  EXPECT_TRUE(out.is_null());
  EXPECT_TRUE(numbers.read_traded(value("0.1234567890123456789"), out));
  RecordingSink sink;
  numbers.tell(sink);
  EXPECT_EQ(sink.overflows, 2);
}

TEST(Values, MakeTheLastPriceOfATrade) {
  TradeUpdate trade;
  trade.symbol = "A";
  trade.stream = 1;
  trade.order = 7;
  trade.exchange_us = 9;
  trade.price = {15, 1};
  trade.size = {2, 0};
  const TickerUpdate last = last_of(trade);
  EXPECT_EQ(last.symbol, "A");
  EXPECT_EQ(last.stream, 1);
  EXPECT_EQ(last.order, 7U);
  EXPECT_EQ(last.exchange_us, 9);
  EXPECT_EQ(last.mask, bit(Field::last) | bit(Field::last_size));
  EXPECT_EQ(text(last.fields.get(Field::last)), "1.5");
  EXPECT_EQ(text(last.fields.get(Field::last_size)), "2");
}

}  // namespace
}  // namespace ticker::feeds
