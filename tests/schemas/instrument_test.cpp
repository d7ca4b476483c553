// Names of instruments and the table of their ids.
#include "schemas/instrument.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace ticker {
namespace {

TEST(InstrumentName, TakesVenueAndSymbol) {
  for (const char* good : {"binance:BTC-USDT", "sim:1INCH-USD", "okx:ETH-USD-220624-20000-C", "a:b",
                           "kraken:XBT/USD", "a:b:c", "binance:币安人生-USDT"}) {
    EXPECT_TRUE(is_instrument_name(good)) << good;
  }
}

TEST(InstrumentName, RefusesEmptySides) {
  for (const char* bad : {"", ":", "binance", "binance:", ":BTC-USDT"}) {
    EXPECT_FALSE(is_instrument_name(bad)) << bad;
  }
}

TEST(InstrumentName, RefusesWhatWouldNeedEscaping) {
  for (const char* bad :
       {"a:b c", "a:b\"", "a:b\\", "a:*", "a:>", "a:b,c", "a:b\n", "a:b\t", "a:b\x7f", "a:\x01"}) {
    EXPECT_FALSE(is_instrument_name(bad)) << bad;
  }
  EXPECT_FALSE(is_instrument_name(std::string_view("a:b\0", 4)));
}

TEST(InstrumentName, RefusesBytesThatAreNotUtf8) {
  for (const char* bad : {"a:\xff", "a:\x80", "a:\xc3", "a:\xc0\xaf", "a:\xe0\x80\x80",
                          "a:\xed\xa0\x80", "a:\xf4\x90\x80\x80", "a:\xe5\xb8", "\xf0\x9f\x98:b"}) {
    EXPECT_FALSE(is_instrument_name(bad)) << bad;
  }
  EXPECT_TRUE(is_instrument_name("a:\xf0\x9f\x98\x80"));
  EXPECT_TRUE(is_instrument_name("a:\xed\x9f\xbf"));
}

TEST(InstrumentName, HasAtMostNameMaxBytes) {
  const std::string longest = "v:" + std::string(Instrument::name_max - 2, 'X');
  EXPECT_TRUE(is_instrument_name(longest));
  EXPECT_FALSE(is_instrument_name(longest + "X"));
}

TEST(InstrumentTable, GivesDenseIdsAndKnowsThemAgain) {
  InstrumentTable table(3);
  EXPECT_EQ(table.add("a:one"), 0U);
  EXPECT_EQ(table.add("a:two"), 1U);
  EXPECT_EQ(table.add("a:one"), 0U);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.at(1).name(), "a:two");
  EXPECT_EQ(table.at(1).venue(), "a");
}

TEST(InstrumentTable, RefusesMoreThanItsCapacityAndKeepsWhatItHas) {
  InstrumentTable table(1);
  EXPECT_EQ(table.add("a:one"), 0U);
  EXPECT_EQ(table.add("a:two"), std::nullopt);
  EXPECT_EQ(table.add("a:one"), 0U);
  EXPECT_EQ(table.size(), 1U);
}

TEST(InstrumentTable, RefusesMalformedNames) {
  InstrumentTable table(1);
  EXPECT_EQ(table.add("one"), std::nullopt);
  EXPECT_EQ(table.size(), 0U);
}

TEST(InstrumentTable, NeverMovesARecord) {
  InstrumentTable table(1'000);
  (void)table.add("a:first");
  const Instrument* const first = &table.at(0);
  for (int i = 0; i < 900; ++i) (void)table.add("a:" + std::to_string(i));
  EXPECT_EQ(&table.at(0), first);
  EXPECT_EQ(first->name(), "a:first");
}

TEST(InstrumentTable, ShowsAReaderOnlyWholeRecords) {
  constexpr std::size_t count = 2'000;
  InstrumentTable table(count);
  std::thread writer([&table] {
    for (std::size_t i = 0; i < count; ++i) (void)table.add("venue:" + std::to_string(i));
  });
  std::size_t seen = 0;
  while (seen < count) {
    const std::size_t size = table.size();
    for (; seen < size; ++seen) {
      ASSERT_EQ(table.at(static_cast<InstrumentId>(seen)).name(), "venue:" + std::to_string(seen));
    }
  }
  writer.join();
}

}  // namespace
}  // namespace ticker
