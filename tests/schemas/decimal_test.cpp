// Decimal keeps every digit of a venue, or says that it cannot. Checked against texts and against
// arithmetic in 128 bits, never against doubles.
#include "schemas/decimal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace ticker {
namespace {

using Parse = Decimal::Parse;

std::string text(const Decimal& value) {
  char buffer[Decimal::text_max + 1];
  buffer[Decimal::text_max] = '#';
  char* const end = value.format(buffer);
  EXPECT_LE(end, buffer + Decimal::text_max);
  EXPECT_EQ(buffer[Decimal::text_max], '#');
  return {buffer, end};
}

// What parsing and writing again gives; the verdict's name where there is no value.
std::string again(std::string_view input) {
  Decimal value{77, 3};
  switch (Decimal::parse(input, value)) {
    case Parse::ok:
      return text(value);
    case Parse::overflow:
      EXPECT_TRUE(value.is_null());
      return "overflow";
    case Parse::malformed:
      EXPECT_TRUE(value.is_null());
      return "malformed";
  }
  return "?";
}

TEST(Decimal, WritesWhatItRead) {
  for (const char* same :
       {"0", "1", "-1", "64123.45", "0.00000001", "-0.5", "1.50", "100", "100.000", "0.00",
        "9223372036854775807", "-9223372036854775807", "0.000000000000000001",
        "9.223372036854775807", "-0.999999999999999999", "58001.03000000"}) {
    EXPECT_EQ(again(same), same);
  }
}

TEST(Decimal, KeepsTrailingZerosThatFit) {
  Decimal value;
  ASSERT_EQ(Decimal::parse("1.50", value), Parse::ok);
  EXPECT_EQ(value.mantissa, 150);
  EXPECT_EQ(value.scale, 2);
}

TEST(Decimal, DropsTrailingZerosOnlyWhereTheyWouldOverflow) {
  EXPECT_EQ(again("9223372036854775807.0"), "9223372036854775807");
  EXPECT_EQ(again("9223372036854775.80700"), "9223372036854775.807");
  EXPECT_EQ(again("922337203685477580.70"), "922337203685477580.7");
  EXPECT_EQ(again("1.5000000000000000000"), "1.5");
  EXPECT_EQ(again("1.50000000000000000"), "1.50000000000000000");
  EXPECT_EQ(again("0.0000000000000000000000"), "0");
  EXPECT_EQ(again("3000000000000000000.0000"), "3000000000000000000");
  EXPECT_EQ(again("1000000000000000000.000000000000000000"), "1000000000000000000");
}

TEST(Decimal, SaysOverflowForMoreDigitsThanFit) {
  for (const char* big : {"9223372036854775808", "-9223372036854775808", "9999999999999999999",
                          "9223372036854775807.1", "922337203685477580.8", "0.0000000000000000001",
                          "1.0000000000000000001", "10000000000000000000", "10000000000000000000.0",
                          "1234567890123456789012345678901234567890", "1e19", "1e400",
                          "1e999999999999", "1e-19", "9223372036854775807e1"}) {
    EXPECT_EQ(again(big), "overflow") << big;
  }
  EXPECT_EQ(again(std::string(5'000, '9')), "overflow");
  EXPECT_EQ(again("0." + std::string(5'000, '9')), "overflow");
}

TEST(Decimal, ReadsExponents) {
  EXPECT_EQ(again("1e3"), "1000");
  EXPECT_EQ(again("1.50e1"), "15.0");
  EXPECT_EQ(again("1.5E+3"), "1500");
  EXPECT_EQ(again("25e-2"), "0.25");
  EXPECT_EQ(again("-25e-2"), "-0.25");
  EXPECT_EQ(again("1e-18"), "0.000000000000000001");
  EXPECT_EQ(again("10e-19"), "0.000000000000000001");
  EXPECT_EQ(again("1e18"), "1000000000000000000");
  EXPECT_EQ(again("0e99999"), "0");
  EXPECT_EQ(again("1e0"), "1");
  EXPECT_EQ(again("1e-0"), "1");
}

TEST(Decimal, ReadsLongTextsWhoseValueFits) {
  EXPECT_EQ(again("100000000000000000000e-5"), "1000000000000000");
  EXPECT_EQ(again("0.000000000000000000000001e10"), "0.00000000000001");
  EXPECT_EQ(again("0000000000000000000000000000001"), "1");
  EXPECT_EQ(again("9223372036854775807000e-3"), "9223372036854775807");
}

TEST(Decimal, RefusesWhatIsNoNumber) {
  for (const char* bad : {"",      "-",        "+1",   "1.",  ".5",  "-.5",   ".",   "1..2",
                          "1.2.3", "0.-10000", "--1",  "1-",  "1e",  "1e+",   "1e-", "1e1.5",
                          "e5",    "1e5x",     " 1",   "1 ",  "1,5", "0x10",  "NaN", "inf",
                          "-inf",  "Infinity", "null", "1_0", "１",  "1e+-5", "-e1", "\"1\""}) {
    EXPECT_EQ(again(bad), "malformed") << bad;
  }
  EXPECT_EQ(again(std::string_view("1\0", 2)), "malformed");
  EXPECT_EQ(again(std::string_view()), "malformed");
  EXPECT_EQ(again(std::string(5'000, '9') + "x"), "malformed");
}

TEST(Decimal, ReadsOnlyItsOwnBytes) {
  const std::string line = "12345";
  EXPECT_EQ(again(std::string_view(line).substr(1, 3)), "234");
}

TEST(Decimal, WritesZeroWithoutSign) {
  EXPECT_EQ(again("-0"), "0");
  EXPECT_EQ(again("-0.00"), "0.00");
}

TEST(Decimal, WritesEveryMantissaAtEveryScale) {
  for (int scale = 0; scale <= Decimal::scale_max; ++scale) {
    for (const std::int64_t mantissa :
         {INT64_MAX, INT64_MIN, INT64_MIN + 1, std::int64_t{0}, std::int64_t{-1}}) {
      const Decimal value{mantissa, static_cast<std::int8_t>(scale)};
      const std::string written = text(value);
      EXPECT_LE(written.size(), Decimal::text_max);
      if (mantissa == INT64_MIN) continue;  // writes, but is out of the range that parse gives
      EXPECT_EQ(again(written), written);
    }
  }
}

TEST(Decimal, SurvivesRoundTripsOfRandomValues) {
  std::mt19937_64 random(20'240'501);
  for (int i = 0; i < 200'000; ++i) {
    const auto bits = random();
    const auto magnitude = static_cast<std::int64_t>((bits >> 1) >> (random() % 63));
    const Decimal value{(bits & 1) != 0 ? -magnitude : magnitude,
                        static_cast<std::int8_t>(random() % (Decimal::scale_max + 1))};
    Decimal read;
    ASSERT_EQ(Decimal::parse(text(value), read), Parse::ok) << text(value);
    ASSERT_EQ(read.mantissa, value.mantissa) << text(value);
    ASSERT_EQ(read.scale, value.scale) << text(value);
  }
}

// The same value written with an exponent, with the point moved by it.
TEST(Decimal, ReadsTheSameValueFromEveryExponentForm) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 50'000; ++i) {
    const auto mantissa = static_cast<std::int64_t>((random() >> 1) >> (random() % 63));
    const auto scale = static_cast<int>(random() % 19);
    const Decimal value{mantissa, static_cast<std::int8_t>(scale)};
    const std::string digits = std::to_string(mantissa) + "e-" + std::to_string(scale);
    const std::string small =
        "0." + std::string(3, '0') + std::to_string(mantissa) + "e" +
        std::to_string(static_cast<int>(std::to_string(mantissa).size()) + 3 - scale);
    for (const std::string& form : {digits, small}) {
      Decimal read;
      ASSERT_EQ(Decimal::parse(form, read), Parse::ok) << form;
      ASSERT_EQ(read, value) << form;
    }
  }
}

TEST(Decimal, NeverReadsAWrongValueFromRandomBytes) {
  constexpr std::string_view alphabet = "00123456789.-eE+ 9";
  std::mt19937_64 random(99);
  std::size_t numbers = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string input;
    for (auto size = random() % 12; size > 0; --size) input += alphabet[random() % alphabet.size()];
    Decimal value;
    if (Decimal::parse(input, value) != Parse::ok) {
      ASSERT_TRUE(value.is_null());
      continue;
    }
    ++numbers;
    Decimal second;
    ASSERT_EQ(Decimal::parse(text(value), second), Parse::ok) << input;
    ASSERT_EQ(second, value) << input;
  }
  EXPECT_GT(numbers, 10'000U);
}

Decimal of(std::string_view input) {
  Decimal value;
  EXPECT_EQ(Decimal::parse(input, value), Parse::ok) << input;
  return value;
}

TEST(Decimal, ComparesByValueAcrossScales) {
  EXPECT_EQ(of("1.5"), of("1.50"));
  EXPECT_EQ(of("0"), of("0.000000000000000000"));
  EXPECT_EQ(of("-0"), of("0"));
  EXPECT_LT(of("1.49"), of("1.5"));
  EXPECT_LT(of("-1.5"), of("-1.49"));
  EXPECT_LT(of("-0.000000000000000001"), of("0"));
  EXPECT_LT(of("9.223372036854775807"), of("9223372036854775807"));
  EXPECT_GT(of("9223372036854775807"), of("0.000000000000000001"));
  EXPECT_LT(of("-9223372036854775807"), of("-0.999999999999999999"));
}

TEST(Decimal, PutsNullBelowEveryNumber) {
  const Decimal null;
  EXPECT_EQ(null, Decimal{});
  EXPECT_LT(null, of("-9223372036854775807"));
  EXPECT_GT(of("0"), null);
}

TEST(Decimal, OrdersRandomValuesAsTheirWholeNumbersDo) {
  std::mt19937_64 random(5);
  std::vector<Decimal> values;
  for (int i = 0; i < 2'000; ++i) {
    // At most 10^9 with at most 9 digits behind the point: exact as mantissa × 10^(9 - scale).
    values.push_back({static_cast<std::int64_t>(random() % 2'000'000'000) - 1'000'000'000,
                      static_cast<std::int8_t>(random() % 10)});
  }
  const auto whole = [](const Decimal& value) {
    std::int64_t number = value.mantissa;
    for (int i = value.scale; i < 9; ++i) number *= 10;
    return number;
  };
  for (std::size_t i = 1; i < values.size(); ++i) {
    ASSERT_EQ(values[i] <=> values[i - 1], whole(values[i]) <=> whole(values[i - 1]));
  }
}

}  // namespace
}  // namespace ticker
