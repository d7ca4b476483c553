// Books of Kraken: snapshots and updates, their checksums, and who owns bid and ask.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "feeds/capture/recording.hpp"
#include "tests/feeds/book/book_view.hpp"
#include "tests/feeds/kraken/kraken_fixture.hpp"

namespace ticker::feeds::kraken {
namespace {

const std::string book_row =
    R"({"symbol":"BTC/USD","bids":[{"price":45283.5,"qty":0.10000000},)"
    R"({"qty":0.00000000,"price":45283.40}],"asks":[{"price":45285.2,"qty":1e-3}],)"
    R"("checksum":3310070434,"timestamp":"2023-10-06T17:35:55.440295Z"})";
const std::string update = frame_of("book", "update", book_row);
const std::string snapshot = frame_of("book", "snapshot", book_row);

TEST_F(KrakenBook, TellsUpdatesAndSnapshotsWithEveryDigit) {
  EXPECT_EQ(parse(update), Verdict::data);
  EXPECT_EQ(parse(snapshot), Verdict::data);
  ASSERT_EQ(sink.calls, (std::vector<std::string>{"book", "book"}));
  for (const HeardBook& heard : sink.books) {
    EXPECT_EQ(heard.symbol, "BTC/USD");
    EXPECT_EQ(heard.update.stream, book_stream);
    EXPECT_EQ(heard.update.checksum, 3'310'070'434U);
    EXPECT_EQ(heard.update.exchange_us, 1'696'613'755'440'295);
    EXPECT_EQ(HeardBook::text_of(heard.bids), "45283.5 0.10000000, 45283.40 0.00000000");
    EXPECT_EQ(HeardBook::text_of(heard.asks), "45285.2 0.001");
  }
  EXPECT_FALSE(sink.books[0].update.snapshot);
  EXPECT_TRUE(sink.books[1].update.snapshot);
}

TEST_F(KrakenBook, TellsEveryBookOfAFrameWithItsOwnLevels) {
  std::string many = R"({"symbol":"A/B","bids":[],"asks":[)";
  for (int i = 1; i <= 500; ++i) {
    many += R"({"price":)" + std::to_string(i) + R"(,"qty":1},)";
  }
  many.back() = ']';
  many += R"(,"checksum":1})";
  EXPECT_EQ(parse(frame_of("book", "update", book_row + "," + many + "," + book_row)),
            Verdict::data);
  ASSERT_EQ(sink.books.size(), 3U);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].asks), "45285.2 0.001");
  EXPECT_EQ(sink.books[1].asks.size(), 500U);
  EXPECT_TRUE(sink.books[1].bids.empty());
  EXPECT_EQ(sink.books[1].update.exchange_us, 0);
  EXPECT_EQ(HeardBook::text_of(sink.books[2].bids), HeardBook::text_of(sink.books[0].bids));
}

TEST_F(KrakenBook, RefusesBooksThatLackSomethingOrAreAbsurd) {
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {R"("symbol":"BTC/USD",)", ""},
           {R"("checksum":3310070434,)", ""},  // all that can tell a book from a wrong one
           {"3310070434", "4294967296"},
           {"3310070434", "-1"},
           {"3310070434", R"("3310070434")"},
           {R"("bids")", R"("bid")"},
           {R"("asks")", R"("ask")"},
           {R"([{"price":45285.2,"qty":1e-3}])", "null"},
           {R"([{"price":45285.2,"qty":1e-3}])", "[[45285.2,1e-3]]x"},
           {R"("price":45285.2,)", ""},
           {R"(,"qty":1e-3)", ""},
           {"45285.2", R"("45285.2")"},
           {"45285.2", "-45285.2"},
           {"45285.2", "0.0"},
           {"45285.2", "45285200000000000000.5"},
           {"1e-3", "-1"},
           {"1e-3", "null"},
           {"2023-10-06T", "2023-10-06 "}}) {
    expect_silence(replaced(update, what, by), Verdict::malformed);
    expect_silence(frame_of("book", "update", book_row + "," + replaced(book_row, what, by)),
                   Verdict::malformed);
  }
  expect_silence(R"({"channel":"book","data":[]})", Verdict::malformed);
  expect_silence(R"({"channel":"book","type":"update","data":{}})", Verdict::malformed);
  expect_silence(frame_of("book", "update", ""), Verdict::ignored);
  expect_silence(frame_of("book", "other", book_row), Verdict::unknown);
}

TEST_F(KrakenBook, CountsASizeThatDoesNotFit) {
  EXPECT_EQ(parse(replaced(update, "1e-3", "1e-30")), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].asks), "45285.2 null");
}

TEST_F(KrakenBook, OwnsBidAndAskWhereTheTickerDoesNot) {
  EXPECT_EQ(parse(ticker_frame), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].update.mask, day_mask);
  expect_silence(frame_of("ticker", "update", R"({"symbol":"A/B","bid":1,"ask":2})"),
                 Verdict::ignored);
}

TEST_F(Kraken, IgnoresBooksWhereTheTickerOwnsBidAndAsk) {
  expect_silence(update, Verdict::ignored);
  expect_silence(snapshot, Verdict::ignored);
}

TEST(KrakenOptions, MakeTheBookTheOwnerByDefault) {
  RecordingSink sink;
  const std::string padded = snapshot + std::string(Adapter::padding_bytes, '\0');
  EXPECT_EQ(make_adapter({})->parse({padded.data(), snapshot.size()}, sink), Verdict::data);
  EXPECT_EQ(sink.books.size(), 1U);
}

TEST_F(KrakenBook, SaysItsRules) {
  EXPECT_EQ(adapter->book_rules().checksum, BookRules::Checksum::kraken);
  EXPECT_EQ(adapter->book_rules().sequence, BookRules::Sequence::none);
  EXPECT_EQ(adapter->book_rules().depth, 10U);
}

TEST_F(KrakenBook, SaysNothingOfDamagedFrames) {
  EXPECT_GT(parse_damaged({update, snapshot}, 13), 20'000U);
}

// docs.kraken.com, «Book checksum»: CRC32 over the digits of price and size, asks before bids.
std::uint32_t checksum_of(const BookView& view) {
  std::string digits;
  const auto add = [&digits](const std::string& number) {
    std::string kept;
    for (const char c : number) {
      if (c != '.' && (c != '0' || !kept.empty())) kept += c;
    }
    digits += kept;
  };
  for (const auto& side : {view.asks(), view.bids()}) {
    for (const BookLevel& level : side) add(text(level.price)), add(text(level.size));
  }
  std::uint32_t crc = ~0U;
  for (const char c : digits) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

TEST_F(KrakenBook, OfTheCapturesHasTheSumsThatTheVenueSays) {
  BookView view(book_depth);
  std::ifstream file(SOURCE_DIR "/feeds/kraken/captures/book.ndjson");
  for (std::string line; std::getline(file, line);) {
    ASSERT_EQ(parse(std::string(read_line(line).frame)), Verdict::data);
    view.apply(sink.books.back());
    ASSERT_EQ(checksum_of(view), sink.books.back().update.checksum) << line;
  }
  EXPECT_EQ(sink.books.size(), 605U);
}

}  // namespace
}  // namespace ticker::feeds::kraken
