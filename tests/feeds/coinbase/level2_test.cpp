// Books of Coinbase: snapshots and changes, and who owns bid and ask.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "feeds/capture/recording.hpp"
#include "tests/feeds/book/book_view.hpp"
#include "tests/feeds/coinbase/coinbase_fixture.hpp"

namespace ticker::feeds::coinbase {
namespace {

const std::string snapshot =
    R"({"type":"snapshot","product_id":"YFI-USD","asks":[["40584.89","0.039985"],["40585","1.0"]],)"
    R"("bids":[["40533.24","0.020416"]]})";
const std::string changes =
    R"({"type":"l2update","product_id":"BTC-EUR","changes":[["buy","9202.70","0.58667860"],)"
    R"(["sell","9222.39","0.00459825"],["buy","9202.70","0"]],"time":"2019-08-01T00:00:03.869Z"})";

TEST_F(CoinbaseBook, TellsASnapshot) {
  EXPECT_EQ(parse(snapshot), Verdict::data);
  ASSERT_EQ(sink.calls, std::vector<std::string>{"book"});
  const HeardBook& heard = sink.books[0];
  EXPECT_EQ(heard.symbol, "YFI-USD");
  EXPECT_EQ(heard.update.stream, level2_stream);
  EXPECT_TRUE(heard.update.snapshot);
  EXPECT_EQ(heard.update.exchange_us, 0);
  EXPECT_EQ(HeardBook::text_of(heard.bids), "40533.24 0.020416");
  EXPECT_EQ(HeardBook::text_of(heard.asks), "40584.89 0.039985, 40585 1.0");
}

// The side of a change is the book's own, unlike that of a match.
TEST_F(CoinbaseBook, TellsChangesInTheirOrderBySide) {
  EXPECT_EQ(parse(changes), Verdict::data);
  ASSERT_EQ(sink.calls, std::vector<std::string>{"book"});
  const HeardBook& heard = sink.books[0];
  EXPECT_EQ(heard.symbol, "BTC-EUR");
  EXPECT_FALSE(heard.update.snapshot);
  EXPECT_EQ(heard.update.last, 0U);
  EXPECT_FALSE(heard.update.checksum);
  EXPECT_EQ(heard.update.exchange_us, 1'564'617'603'869'000);
  EXPECT_EQ(HeardBook::text_of(heard.bids), "9202.70 0.58667860, 9202.70 0");
  EXPECT_EQ(HeardBook::text_of(heard.asks), "9222.39 0.00459825");
}

TEST_F(CoinbaseBook, DoesWithoutATimeAndWithoutChanges) {
  EXPECT_EQ(parse(replaced(changes, R"(,"time":"2019-08-01T00:00:03.869Z")", "")), Verdict::data);
  EXPECT_EQ(parse(R"({"type":"l2update","product_id":"A-B","changes":[]})"), Verdict::data);
  EXPECT_EQ(parse(R"({"type":"snapshot","product_id":"A-B","bids":[],"asks":[]})"), Verdict::data);
  EXPECT_EQ(sink.books.size(), 3U);
}

TEST_F(CoinbaseBook, RefusesBooksThatLackSomethingOrAreAbsurd) {
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {R"("product_id":"BTC-EUR",)", ""},
           {R"("changes")", R"("change")"},
           {R"(["buy","9202.70","0.58667860"])", R"(["bid","9202.70","0.58667860"])"},
           {R"(["buy","9202.70","0.58667860"])", R"(["buy","9202.70"])"},
           {R"(["buy","9202.70","0.58667860"])", R"(["9202.70","0.58667860"])"},
           {R"(["buy","9202.70","0.58667860"])", R"("buy")"},
           {R"("0.58667860")", R"("0.-10000")"},
           {R"("0.58667860")", "0.58667860"},
           {R"("9222.39")", R"("0")"},
           {R"("9222.39")", R"("-9222.39")"},
           {R"("9222.39")", R"("92223900000000000000.1")"},
           {R"("2019-08-01T00:00:03.869Z")", "1564617603869"}}) {
    expect_silence(replaced(changes, what, by), Verdict::malformed);
  }
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {R"("product_id":"YFI-USD")", R"("product_id":5)"},
           {R"("bids")", R"("bid")"},
           {R"("asks")", R"("ask")"},
           {R"([["40533.24","0.020416"]])", "null"},
           {R"("0.020416")", R"("")"}}) {
    expect_silence(replaced(snapshot, what, by), Verdict::malformed);
  }
}

TEST_F(CoinbaseBook, CountsASizeThatDoesNotFit) {
  EXPECT_EQ(parse(replaced(changes, "0.00459825", "12345678901234567890123")), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].asks), "9222.39 null");
}

TEST_F(CoinbaseBook, OwnsBidAndAskWhereTheTickerDoesNot) {
  EXPECT_EQ(parse(ticker_frame), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].update.mask, day_mask);
  // What is not read cannot be wrong.
  EXPECT_EQ(parse(replaced(ticker_frame, "0.61540890", "0.-10000")), Verdict::data);
  expect_silence(R"({"type":"ticker","sequence":5,"product_id":"A-B","best_bid":"1"})",
                 Verdict::ignored);
  expect_silence(R"({"type":"ticker","product_id":"A-B","best_bid":"1"})", Verdict::malformed);
}

TEST_F(Coinbase, IgnoresBooksWhereTheTickerOwnsBidAndAsk) {
  expect_silence(snapshot, Verdict::ignored);
  expect_silence(changes, Verdict::ignored);
  EXPECT_EQ(parse(ticker_frame), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | day_mask);
}

TEST(CoinbaseOptions, MakeTheBookTheOwnerByDefault) {
  RecordingSink sink;
  const std::string padded = snapshot + std::string(Adapter::padding_bytes, '\0');
  EXPECT_EQ(make_adapter({})->parse({padded.data(), snapshot.size()}, sink), Verdict::data);
  EXPECT_EQ(sink.books.size(), 1U);
}

TEST_F(CoinbaseBook, HasNeitherNumbersNorSums) {
  EXPECT_EQ(adapter->book_rules().sequence, BookRules::Sequence::none);
  EXPECT_EQ(adapter->book_rules().checksum, BookRules::Checksum::none);
  EXPECT_FALSE(adapter->book_rules().snapshot_by_request);
}

TEST_F(CoinbaseBook, SaysNothingOfDamagedFrames) {
  EXPECT_GT(parse_damaged({snapshot, changes}, 12), 20'000U);
}

TEST_F(CoinbaseBook, OfTheCapturesIsNeverCrossed) {
  std::map<std::string, BookView> views;
  std::ifstream file(SOURCE_DIR "/feeds/coinbase/captures/level2.ndjson");
  for (std::string line; std::getline(file, line);) {
    ASSERT_EQ(parse(std::string(read_line(line).frame)), Verdict::data);
    const HeardBook& heard = sink.books.back();
    BookView& view = views[heard.symbol];
    view.apply(heard);
    ASSERT_FALSE(view.bids().empty() || view.asks().empty());
    EXPECT_LT(view.bids().front().price, view.asks().front().price) << line;
  }
  EXPECT_EQ(sink.books.size(), 549U);
  EXPECT_EQ(views.size(), 2U);
}

}  // namespace
}  // namespace ticker::feeds::coinbase
