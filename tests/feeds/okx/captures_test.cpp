// Recorded books, rebuilt level by level: after every message the checksum that OKX sent with it
// is that of the book. So nothing is lost or misread, and the venue itself takes out what leaves
// its depth of 400.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "feeds/capture/recording.hpp"
#include "feeds/okx/okx.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds::okx {
namespace {

const std::string captures = SOURCE_DIR "/feeds/okx/captures/";

// CRC-32 of IEEE 802.3, bit by bit.
std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB8'8320U : 0U);
  }
  return ~crc;
}

struct Book {
  std::map<Decimal, std::string, std::greater<>> bids;  // "price:size"
  std::map<Decimal, std::string> asks;

  void apply(const HeardBook& heard) {
    if (heard.update.snapshot) *this = {};
    apply(heard.bids, bids);
    apply(heard.asks, asks);
  }
  template <class Side>
  static void apply(const std::vector<BookLevel>& levels, Side& side) {
    for (const BookLevel& level : levels) {
      if (level.size.mantissa == 0) {
        side.erase(level.price);
      } else {
        side.insert_or_assign(level.price, text(level.price) + ":" + text(level.size));
      }
    }
  }
  // The 25 best of each side in turn, bids first.
  [[nodiscard]] std::uint32_t checksum() const {
    std::string all;
    auto bid = bids.begin();
    auto ask = asks.begin();
    for (int i = 0; i < 25; ++i) {
      if (bid != bids.end()) all += (bid++)->second + ":";
      if (ask != asks.end()) all += (ask++)->second + ":";
    }
    if (!all.empty()) all.pop_back();
    return crc_of(all);
  }
};

TEST(OkxCaptures, HoldBooksWhoseEveryChecksumIsRight) {
  std::size_t checked = 0;
  std::size_t deepest = 0;
  for (const char* name : {"books.ndjson", "books_l2_tbt.ndjson"}) {
    std::map<std::string, Book> books;
    std::string error;
    const auto recording = Recording::load(captures + name, error);
    ASSERT_TRUE(recording) << error;
    const auto adapter = make_adapter({.quotes = "books"});
    for (const RecordedLine& line : recording->lines()) {
      RecordingSink sink;
      ASSERT_EQ(adapter->parse(line.frame, sink), Verdict::data) << line.frame;
      ASSERT_EQ(sink.books.size(), 1U);
      Book& book = books[sink.books[0].symbol];
      book.apply(sink.books[0]);
      ASSERT_EQ(book.checksum(), sink.books[0].update.checksum) << line.frame;
      deepest = std::max({deepest, book.bids.size(), book.asks.size()});
      ++checked;
    }
  }
  EXPECT_EQ(checked, 617U);
  EXPECT_EQ(deepest, 400U);
}

// The venue tells the last trade at once when one subscribes, however old it is.
TEST(OkxCaptures, HoldTradesWhoseIdsRise) {
  std::string error;
  const auto recording = Recording::load(captures + "trades.ndjson", error);
  ASSERT_TRUE(recording) << error;
  const auto adapter = make_adapter({});
  RecordingSink sink;
  for (const RecordedLine& line : recording->lines()) adapter->parse(line.frame, sink);
  std::map<std::string, std::uint64_t> newest;
  for (const HeardTrade& heard : sink.trades) {
    EXPECT_LT(newest[heard.symbol], heard.update.order);
    newest[heard.symbol] = heard.update.order;
  }
  EXPECT_EQ(sink.trades.size(), 24U);
  EXPECT_EQ(newest["ZEN-USDT"], 15'270'493U);
}

TEST(OkxCaptures, HoldTickersWithoutABid) {
  std::string error;
  const auto recording = Recording::load(captures + "tickers.ndjson", error);
  ASSERT_TRUE(recording) << error;
  const auto adapter = make_adapter({.quotes = "tickers"});
  RecordingSink sink;
  for (const RecordedLine& line : recording->lines()) adapter->parse(line.frame, sink);
  ASSERT_EQ(sink.tickers.size(), 22U);
  EXPECT_EQ(sink.tickers[0].symbol, "ETH-USD-220624-20000-C");
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "0.002");
  EXPECT_EQ(sink.tickers[0].get(Field::open_24h), "0.0025");
}

}  // namespace
}  // namespace ticker::feeds::okx
