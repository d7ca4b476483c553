// Books of Binance: updates of the stream, snapshots over REST, and who owns bid and ask.
#include <gtest/gtest.h>

#include <string>

#include "feeds/binance/symbols.hpp"
#include "tests/feeds/binance/binance_fixture.hpp"

namespace ticker::feeds {
namespace {

const std::string update =
    R"({"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,)"
    R"("b":[["0.0024","10"],["0.00230","0.00000000"]],"a":[["0.0026","100"]]})";
const std::string answer = R"({"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],)"
                           R"("asks":[["4.00000200","12.00000000"],["4.1","1"]]})";
constexpr std::string_view target = "/api/v3/depth?symbol=BNBBTC&limit=1000";

class BinanceBook : public BinanceDepth {
 protected:
  Verdict parse_answer(std::string_view asked, std::string_view body) {
    const std::string padded = std::string(body) + std::string(Adapter::padding_bytes, '}');
    return adapter->parse_answer(asked, std::string_view(padded).substr(0, body.size()), sink);
  }
};

TEST_F(BinanceBook, TellsAnUpdateWithItsNumbersAndDigits) {
  EXPECT_EQ(parse(wrap("bnbbtc@depth@100ms", update)), Verdict::data);
  ASSERT_EQ(sink.calls, std::vector<std::string>{"book"});
  const HeardBook& heard = sink.books[0];
  EXPECT_EQ(heard.symbol, "BNBBTC");
  EXPECT_EQ(heard.update.stream, binance::depth_stream);
  EXPECT_FALSE(heard.update.snapshot);
  EXPECT_EQ(heard.update.first, 157U);
  EXPECT_EQ(heard.update.last, 160U);
  EXPECT_EQ(heard.update.previous, -1);
  EXPECT_FALSE(heard.update.checksum);
  EXPECT_EQ(heard.update.exchange_us, 1'672'515'782'136'000);
  EXPECT_EQ(HeardBook::text_of(heard.bids), "0.0024 10, 0.00230 0.00000000");
  EXPECT_EQ(HeardBook::text_of(heard.asks), "0.0026 100");
}

TEST_F(BinanceBook, TellsAnUpdateThatChangesNothing) {
  EXPECT_EQ(parse(replaced(replaced(update, R"([["0.0026","100"]])", "[]"),
                           R"([["0.0024","10"],["0.00230","0.00000000"]])", "[]")),
            Verdict::data);
  ASSERT_EQ(sink.books.size(), 1U);  // its numbers belong to the chain
  EXPECT_EQ(sink.books[0].update.last, 160U);
}

TEST_F(BinanceBook, KnowsAnUpdateByItsStreamToo) {
  const std::string nameless = replaced(update, R"("e":"depthUpdate",)", "");
  EXPECT_EQ(parse(wrap("bnbbtc@depth", nameless)), Verdict::data);
  EXPECT_EQ(parse(wrap("bnbbtc@depth@100ms", nameless)), Verdict::data);
  EXPECT_EQ(sink.books.size(), 2U);
}

TEST_F(BinanceBook, RefusesUpdatesThatLackSomethingOrAreAbsurd) {
  for (const auto& [what, by] : std::vector<std::pair<std::string, std::string>>{
           {R"("U":157,)", ""},
           {R"("u":160,)", ""},
           {R"("s":"BNBBTC",)", ""},
           {R"("E":1672515782136,)", ""},
           {R"("a":[["0.0026","100"]])", R"("x":1)"},
           {R"("a":[["0.0026","100"]])", R"("a":"0.0026")"},
           {R"("U":157)", R"("U":161)"},
           {R"("U":157)", R"("U":0)"},
           {R"("U":157)", R"("U":"157")"},
           {R"("U":157)", R"("U":-157)"},
           {R"("s":"BNBBTC")", R"("s":"")"},
           {R"(["0.0026","100"])", R"(["0.0026"])"},
           {R"(["0.0026","100"])", R"(["0.0026",100])"},
           {R"(["0.0026","100"])", R"(["0.0026","0.-10000"])"},
           {R"(["0.0026","100"])", R"(["0","100"])"},
           {R"(["0.0026","100"])", R"(["12345678901234567890","100"])"}}) {
    expect_silence(replaced(update, what, by), Verdict::malformed);
  }
}

TEST_F(BinanceBook, CountsASizeThatDoesNotFit) {
  EXPECT_EQ(parse(replaced(update, R"("100")", R"("12345678901234567890123")")), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].asks), "0.0026 null");
}

TEST_F(BinanceBook, IgnoresPartialBooks) {
  expect_silence(wrap("bnbbtc@depth5", answer), Verdict::ignored);
  expect_silence(answer, Verdict::ignored);
}

TEST_F(BinanceBook, OwnsBidAndAskWhereDepthDoes) {
  expect_silence(book, Verdict::ignored);
  EXPECT_EQ(parse(day), Verdict::data);
  EXPECT_EQ(parse(trade), Verdict::data);
  for (const HeardTicker& heard : sink.tickers) EXPECT_EQ(heard.update.mask & quote_mask, 0);
}

TEST_F(Binance, IgnoresBooksWhereBookTickerOwnsBidAndAsk) {
  expect_silence(update, Verdict::ignored);
  EXPECT_EQ(adapter->parse_answer(target, answer, sink), Verdict::ignored);
  EXPECT_EQ(parse(book), Verdict::data);
  EXPECT_TRUE(sink.books.empty());
}

TEST_F(BinanceBook, TellsASnapshotOfTheSymbolThatWasAskedFor) {
  EXPECT_EQ(parse_answer(target, answer), Verdict::data);
  ASSERT_EQ(sink.calls, std::vector<std::string>{"book"});
  const HeardBook& heard = sink.books[0];
  EXPECT_EQ(heard.symbol, "BNBBTC");
  EXPECT_TRUE(heard.update.snapshot);
  EXPECT_EQ(heard.update.last, 1'027'024U);
  EXPECT_EQ(heard.update.stream, binance::depth_stream);
  EXPECT_EQ(HeardBook::text_of(heard.bids), "4.00000000 431.00000000");
  EXPECT_EQ(HeardBook::text_of(heard.asks), "4.00000200 12.00000000, 4.1 1");
}

TEST_F(BinanceBook, FindsTheSymbolInItsOwnTargets) {
  for (const std::string symbol : {"BTCUSDT", "1000SATSUSDT", "币安人生USDT", "A&B%C=D"}) {
    const std::string asked = binance::depth_target(symbol);
    EXPECT_EQ(binance::symbol_in(asked), symbol);
    EXPECT_EQ(parse_answer(asked, answer), Verdict::data);
    EXPECT_EQ(sink.books.back().symbol, symbol);
  }
  EXPECT_EQ(binance::depth_target("币USDT"), "/api/v3/depth?symbol=%E5%B8%81USDT&limit=1000");
}

TEST_F(BinanceBook, SaysNothingOfAnswersThatAreNoBook) {
  for (const char* body : {"", "[]", R"({"code":-1121,"msg":"Invalid symbol."})", "<html>"}) {
    EXPECT_EQ(parse_answer(target, body), Verdict::malformed) << body;
  }
  EXPECT_EQ(parse_answer(target, replaced(answer, "1027024", "0")), Verdict::malformed);
  EXPECT_EQ(parse_answer(target, replaced(answer, R"("4.1")", R"("4.1.")")), Verdict::malformed);
  for (const char* asked : {"", "/api/v3/ticker?symbol=BNBBTC", "/api/v3/depth?symbol=",
                            "/api/v3/depth?symbol=%4", "/api/v3/depth?symbol=%zz&limit=1000"}) {
    EXPECT_EQ(parse_answer(asked, answer), Verdict::unknown) << asked;
  }
  EXPECT_TRUE(sink.calls.empty());
}

TEST_F(BinanceBook, SaysItsRules) {
  EXPECT_EQ(adapter->book_rules().sequence, BookRules::Sequence::range);
  EXPECT_EQ(adapter->book_rules().checksum, BookRules::Checksum::none);
  EXPECT_EQ(adapter->book_rules().depth, 0U);
  EXPECT_TRUE(adapter->book_rules().snapshot_by_request);
}

TEST_F(BinanceBook, SaysNothingOfDamagedFrames) {
  EXPECT_GT(parse_damaged({update, wrap("bnbbtc@depth@100ms", update)}, 11), 20'000U);
}

}  // namespace
}  // namespace ticker::feeds
