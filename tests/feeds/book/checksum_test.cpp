// The sums of venues, over the digits that they sent.
#include "feeds/book/checksum.hpp"

#include <gtest/gtest.h>

#include "feeds/book/book.hpp"
#include "feeds/book/crc32.hpp"
#include "tests/feeds/book/book_fixture.hpp"

namespace ticker::feeds {
namespace {

constexpr BookRules kraken{.checksum = BookRules::Checksum::kraken, .depth = 10};
constexpr BookRules okx{.checksum = BookRules::Checksum::okx};

// The check value of the algorithm's catalogue, and lengths around the block of eight.
TEST(BookChecksum, IsTheCrc32OfIeee) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("a"), 0xE8B7BE43U);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339U);
}

// The example of Kraken's page on checksums (spot-websocket-v2, «Checksum»).
const Texts example_bids = {{"45283.5", "0.10000000"}, {"45283.4", "1.54582015"},
                            {"45282.1", "0.10000000"}, {"45281.0", "0.10000000"},
                            {"45280.3", "1.54592586"}, {"45279.0", "0.07990000"},
                            {"45277.6", "0.03310103"}, {"45277.5", "0.30000000"},
                            {"45277.3", "1.54602737"}, {"45276.6", "0.15445238"}};
const Texts example_asks = {{"45285.2", "0.00100000"}, {"45286.4", "1.54571953"},
                            {"45286.6", "1.54571109"}, {"45289.6", "1.54560911"},
                            {"45290.2", "0.15890660"}, {"45291.8", "1.54553491"},
                            {"45294.7", "0.04454749"}, {"45296.1", "0.35380000"},
                            {"45297.5", "0.09945542"}, {"45299.5", "0.18772827"}};

std::optional<std::uint32_t> sum_of(const BookRules& rules, const std::vector<BookLevel>& bids,
                                    const std::vector<BookLevel>& asks) {
  Book book(rules);
  EXPECT_EQ(book.replace(OwnUpdate{bids, asks}.get()), Book::Result::ok);
  return book.checksum();
}

TEST(BookChecksum, OfKrakenIsThatOfItsDocumentation) {
  EXPECT_EQ(sum_of(kraken, levels_of(example_bids), levels_of(example_asks)), 3'310'070'434U);
}

TEST(BookChecksum, OfKrakenLooksAtTheTenBestOnly) {
  auto bids = levels_of(example_bids);
  auto asks = levels_of(example_asks);
  bids.push_back({number("45270.0"), number("1.00000000")});
  asks.push_back({number("45300.0"), number("1.00000000")});
  EXPECT_EQ(sum_of({.checksum = BookRules::Checksum::kraken, .depth = 25}, bids, asks),
            3'310'070'434U);
}

// Whoever writes 0.1 for 0.10000000 means the same.
TEST(BookChecksum, OfKrakenGivesBackTheDigitsThatWereDropped) {
  auto bids = levels_of(example_bids);
  auto asks = levels_of(example_asks);
  bids[0].size = number("0.1");
  bids[3].price = number("45281");
  asks[0].size = number("1e-3");
  EXPECT_EQ(sum_of(kraken, bids, asks), 3'310'070'434U);
}

TEST(BookChecksum, OfKrakenDropsLeadingZeros) {
  EXPECT_EQ(sum_of(kraken, levels_of({{"0.000022", "0.05"}}), levels_of({{"0.000123", "10.00"}})),
            crc32("1231000225"));
}

TEST(BookChecksum, OfOkxTakesBidAndAskInTurnAsTheyWereSent) {
  EXPECT_EQ(sum_of(okx, levels_of({{"3366.1", "7"}, {"3366", "6.0"}}),
                   levels_of({{"3366.8", "9"}, {"3368", "8"}})),
            crc32("3366.1:7:3366.8:9:3366:6.0:3368:8"));
  EXPECT_EQ(sum_of(okx, levels_of({{"3366.1", "7"}}),
                   levels_of({{"3366.8", "9"}, {"3368", "8"}, {"3372", "8"}})),
            crc32("3366.1:7:3366.8:9:3368:8:3372:8"));
  EXPECT_EQ(sum_of(okx, {}, levels_of({{"1", "2"}})), crc32("1:2"));
  EXPECT_EQ(sum_of(okx, {}, {}), crc32(""));
}

TEST(BookChecksum, OfOkxLooksAtThe25BestOnly) {
  std::vector<BookLevel> asks;
  std::string digits;
  for (int i = 1; i <= 30; ++i) {
    asks.push_back({{i, 0}, {7, 0}});
    if (i <= 25) digits += (i == 1 ? "" : ":") + std::to_string(i) + ":7";
  }
  EXPECT_EQ(sum_of(okx, {}, asks), crc32(digits));
}

TEST(BookChecksum, IsNoneWhereASizeThatCountsCannotBeRead) {
  const auto bids = levels_of({{"1", "null"}});
  EXPECT_EQ(sum_of(kraken, bids, {}), std::nullopt);
  EXPECT_EQ(sum_of(okx, bids, {}), std::nullopt);
  EXPECT_EQ(sum_of({}, {}, {}), std::nullopt);
}

TEST(BookChecksum, FitsTheLongestNumbers) {
  std::vector<BookLevel> bids;
  for (std::int64_t i = 0; i < 30; ++i) {
    bids.push_back({{INT64_MAX - i, 18}, {INT64_MAX, 18}});
    bids.push_back({{INT64_MAX - 100 - i, 0}, {INT64_MAX, 0}});
  }
  EXPECT_TRUE(sum_of(kraken, bids, {}));
  EXPECT_TRUE(sum_of(okx, bids, {}));
}

}  // namespace
}  // namespace ticker::feeds
