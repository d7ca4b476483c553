// Frames of OKX that say nothing: of no use, of no known kind, or not sound. Broken and hostile
// ones are refused whole, whatever lies behind them in memory.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/feeds/okx/okx_fixture.hpp"

namespace ticker::feeds::okx {
namespace {

using OkxFrames = Okx;

TEST_F(OkxFrames, AreIgnoredWhenTheirKindIsOfNoUse) {
  for (const char* channel : {"books", "books-l2-tbt", "books5", "trades-all", "candle1m",
                              "mark-price", "mark-price-candle1D", "index-tickers", "open-interest",
                              "funding-rate", "status", "instruments"}) {
    expect_silence(frame_of(channel, R"({"instId":"BTC-USDT"})"), Verdict::ignored);
  }
  expect_silence(frame_of("trades", ""), Verdict::ignored);
  expect_silence(frame_of("tickers", ""), Verdict::ignored);
}

TEST_F(OkxFrames, AreUnknownWhenNobodyHasHeardOfTheirKind) {
  own("books");
  for (const std::string& frame : std::vector<std::string>{
           "{}", "[]", "1", "\"pong\"", "null", R"({"event":5})", R"({"event":"news"})",
           R"({"arg":"trades","data":[]})", R"({"arg":{"instId":"BTC-USDT"},"data":[]})",
           R"({"arg":{"channel":7}})", frame_of("news", trade_row),
           frame_of("books", update_row, "delete"), "[" + trade_frame + "]"}) {
    expect_silence(frame, Verdict::unknown);
  }
}

TEST_F(OkxFrames, AreRefusedWhenTheyLackAField) {
  own("tickers");
  for (const char* field : {R"("tradeId":"500000010",)", R"("px":"62000.10",)", R"("sz":"0.0200",)",
                            R"("side":"buy",)", R"("ts":"1709294400789",)"}) {
    expect_silence(replaced(trade_frame, field, ""), Verdict::malformed);
  }
  for (const char* field : {R"("bidPx":"62000.2",)", R"("bidSz":"0.125",)", R"("askPx":"62000.3",)",
                            R"("askSz":"0.75",)", R"("open24h":"61000.5",)",
                            R"("vol24h":"5021.73",)", R"(,"ts":"1709294400456")"}) {
    expect_silence(replaced(ticker_frame, field, ""), Verdict::malformed);
  }
  expect_silence(replaced(trade_frame, R"(,"instId":"BTC-USDT"})", "}"), Verdict::malformed);
  own("bbo-tbt");
  for (const char* field :
       {R"("asks":[["62000.1","0.25","0","3"]],)", R"("bids":[["62000.0","1.50","0","7"]],)",
        R"("ts":"1709294400123",)"}) {
    expect_silence(replaced(quote_frame, field, ""), Verdict::malformed);
  }
  own("books");
  for (const char* field :
       {R"("bids":[["62000","1.50","0","7"]],)", R"("ts":"1709294400000",)", R"("prevSeqId":-1,)",
        R"(,"seqId":700001)", R"("action":"snapshot",)"}) {
    std::string frame = snapshot_frame;
    const auto at = frame.find(field);
    ASSERT_NE(at, std::string::npos) << field;
    frame.erase(at, std::string_view(field).size());
    if (frame.find(",}") != std::string::npos) frame = replaced(frame, ",}", "}");
    expect_silence(frame, Verdict::malformed);
  }
}

TEST_F(OkxFrames, AreRefusedWhenAValueIsOfAWrongKind) {
  own("books");
  for (const char* wrong : {"62000.10", "null", "true", "[]", "{}", R"("")", R"("-1")", R"("x")",
                            R"("1.")", R"("NaN")", R"("0")"}) {
    expect_silence(replaced(trade_frame, R"("62000.10")", wrong), Verdict::malformed);
    expect_silence(replaced(trade_frame, R"("500000010")",
                            std::string_view(wrong) == "62000.10" ? "6.1" : wrong),
                   Verdict::malformed);
    expect_silence(replaced(snapshot_frame, R"("62000.4")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"null", R"("Buy")", R"("")", "1"}) {
    expect_silence(replaced(trade_frame, R"("buy")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"null", "{}", R"("x")", R"([["1"]])", R"([[1,2]])", R"([["1","-2"]])",
                            R"([5])", R"([["","1"]])", R"([["0","1"]])"}) {
    expect_silence(replaced(snapshot_frame, R"([["62000","1.50","0","7"]])", wrong),
                   Verdict::malformed);
  }
  for (const char* wrong : {"-2", "1.5", R"("-1")", "null", "9223372036854775808"}) {
    expect_silence(
        replaced(snapshot_frame, R"("prevSeqId":-1)", R"("prevSeqId":)" + std::string(wrong)),
        Verdict::malformed);
  }
  for (const char* wrong : {"2147483648", R"("0")", "null", "1.5"}) {
    expect_silence(
        replaced(snapshot_frame, R"("checksum":0)", R"("checksum":)" + std::string(wrong)),
        Verdict::malformed);
  }
  for (const char* rows : {"{}", "null", "1", R"("x")"}) {
    expect_silence(replaced(trade_frame, "[" + trade_row + "]", rows), Verdict::malformed);
  }
  expect_silence(frame_of("books", snapshot_row + "," + update_row, "snapshot"),
                 Verdict::malformed);
}

TEST_F(OkxFrames, AreRefusedWhenAQuoteHasNoTimeOrTwoLevelsASide) {
  for (const char* wrong : {"0", "1", "yesterday", "", "-1709294400123"}) {
    expect_silence(replaced(quote_frame, "1709294400123", wrong), Verdict::malformed);
  }
  expect_silence(replaced(quote_frame, R"([["62000.1","0.25","0","3"]])",
                          R"([["62000.1","0.25"],["62000.2","1"]])"),
                 Verdict::malformed);
  expect_silence(replaced(quote_frame, R"(["62000.1","0.25","0","3"])", R"(["62000.1"])"),
                 Verdict::malformed);
}

TEST_F(OkxFrames, AreRefusedWholeForTheirLastRow) {
  const std::string big = replaced(trade_row, "62000.10", std::string(40, '9'));  // an overflow
  for (const std::string& bad : std::vector<std::string>{replaced(trade_row, "62000.10", "0"), "{}",
                                                         "1", "null", "[" + trade_row + "]"}) {
    expect_silence(frame_of("trades", trade_row + "," + big + "," + bad), Verdict::malformed);
  }
}

TEST_F(OkxFrames, AreRefusedWhenCutShort) {
  own("books");
  for (const std::string& frame :
       {snapshot_frame, ticker_frame, trade_frame, replaced(trade_frame, "BTC", "币"),
        std::string(R"({"event":"subscribe","arg":{"channel":"trades","instId":"A-B"}})")}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      expect_silence(std::string_view(frame).substr(0, size), Verdict::malformed);
    }
  }
}

TEST_F(OkxFrames, StaySaneUnderRandomDamage) {
  own("books");
  const std::size_t refused =
      parse_damaged({snapshot_frame, update_frame, ticker_frame, trade_frame}, 21);
  for (const HeardBook& heard : sink.books) {
    ASSERT_FALSE(heard.symbol.empty());
    for (const auto* side : {&heard.bids, &heard.asks}) {
      for (const BookLevel& level : *side) ASSERT_GT(level.price.mantissa, 0);
    }
  }
  EXPECT_GT(refused, 10'000U);
  EXPECT_GT(sink.books.size(), 1'000U);
  EXPECT_GT(sink.trades.size(), 500U);
  own("bbo-tbt");
  sink = {};
  EXPECT_GT(parse_damaged({quote_frame}, 22), 10'000U);
  for (const HeardTicker& heard : sink.tickers) ASSERT_NE(heard.update.order, 0U);
}

}  // namespace
}  // namespace ticker::feeds::okx
