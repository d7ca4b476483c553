// Frames of Bybit that say nothing: of no use, of no known kind, or not sound. Broken and hostile
// ones are refused whole, whatever lies behind them in memory.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/feeds/bybit/bybit_fixture.hpp"

namespace ticker::feeds::bybit {
namespace {

using BybitFrames = Bybit;

TEST_F(BybitFrames, AreIgnoredWhenTheirKindIsOfNoUse) {
  for (const char* topic : {"kline.1.BTCUSDT", "allLiquidation.BTCUSDT", "liquidation.BTCUSDT",
                            "priceLimit.BTCUSDT", "insurance.USDT", "adlAlert.USDT",
                            "orderbook.50.BTCUSDT", "orderbook.1000.BTCUSDT", "orderbook.x"}) {
    expect_silence(R"({"topic":")" + std::string(topic) + R"(","type":"snapshot","data":{}})",
                   Verdict::ignored);
  }
  expect_silence(trades_of(""), Verdict::ignored);
}

TEST_F(BybitFrames, AreUnknownWhenNobodyHasHeardOfTheirKind) {
  for (const std::string& frame : std::vector<std::string>{
           "{}", "[]", "1", "null", R"({"topic":5})", R"({"topic":""})", R"({"topic":"news.X"})",
           R"({"op":"subscribe"})", R"({"op":"auth"})", R"({"success":"yes","op":"subscribe"})",
           R"({"data":{"s":"BTCUSDT"}})", "[" + trade_frame + "]",
           replaced(best_frame, "snapshot", "delta"), replaced(trade_frame, "snapshot", "delta"),
           replaced(spot_ticker_frame, "snapshot", "reset")}) {
    expect_silence(frame, Verdict::unknown);
  }
}

TEST_F(BybitFrames, AreRefusedWhenTheyLackAField) {
  for (const char* field :
       {R"("b":[["62000.00","1.500"]],)", R"("a":[["62000.01","0.25"]],)", R"("s":"BTCUSDT",)",
        R"("ts":1709294400125,)", R"("type":"snapshot",)"}) {
    expect_silence(replaced(best_frame, field, ""), Verdict::malformed);
  }
  for (const char* field :
       {R"("T":1709294400789,)", R"("s":"BTCUSDT",)", R"("S":"Buy",)", R"("v":"0.0010",)",
        R"("p":"62000.10",)", R"("i":"20f43950-d8dd-5b31-9112-a178eb6023af",)",
        R"(,"seq":1783284617)"}) {
    expect_silence(replaced(trade_frame, field, ""), Verdict::malformed);
  }
  expect_silence(replaced(spot_ticker_frame, R"("symbol":"BTCUSDT",)", ""), Verdict::malformed);
  expect_silence(replaced(spot_ticker_frame, R"("ts":1709294400456,)", ""), Verdict::malformed);
  own("orderbook.50");
  for (const char* field : {R"("a":[],)", R"("b":[["61999.90","0"]],)", R"("u":502,)",
                            R"("s":"BTCUSDT",)", R"("ts":1709294400145,)"}) {
    expect_silence(replaced(delta_frame, field, ""), Verdict::malformed);
  }
}

TEST_F(BybitFrames, AreRefusedWhenAValueIsOfAWrongKind) {
  own("orderbook.50");
  for (const char* wrong : {"62000.10", "null", "true", "[]", "{}", R"("")", R"("-1")", R"("x")",
                            R"("1.")", R"("NaN")", R"("0")"}) {
    expect_silence(replaced(trade_frame, R"("62000.10")", wrong), Verdict::malformed);
    expect_silence(replaced(delta_frame, R"("61999.90")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"0", "-1", "1.5", R"("502")", "null", "18446744073709551616"}) {
    expect_silence(replaced(delta_frame, R"("u":502)", R"("u":)" + std::string(wrong)),
                   Verdict::malformed);
    expect_silence(replaced(trade_frame, "1783284617", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"null", R"("buy")", R"("")", "1"}) {
    expect_silence(replaced(trade_frame, R"("Buy")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"null", "{}", R"("x")", R"([["1"]])", "[[1,2]]", R"([["1","-2"]])",
                            "[5]", R"([["","1"]])", R"([["0","1"]])"}) {
    expect_silence(replaced(delta_frame, R"([["61999.90","0"]])", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"null", R"("")", R"("x")", "1.5", "-1709294400145", "[]"}) {
    expect_silence(replaced(delta_frame, "1709294400145", wrong), Verdict::malformed);
    expect_silence(replaced(delta_frame, "1709294400143", wrong), Verdict::malformed);
  }
  for (const char* body : {"[]", "null", "1", R"("x")"}) {
    expect_silence(R"({"topic":"tickers.X","type":"delta","ts":1709294400145,"data":)" +
                       std::string(body) + "}",
                   Verdict::malformed);
  }
  expect_silence(R"({"topic":"publicTrade.X","type":"snapshot","data":)" + trade_row + "}",
                 Verdict::malformed);
}

TEST_F(BybitFrames, AreRefusedWhenAQuoteHasNoTimeOrTwoLevelsASide) {
  std::string timeless = replaced(best_frame, "1709294400125", "0");
  expect_silence(replaced(timeless, "1709294400123", "0"), Verdict::malformed);
  expect_silence(replaced(best_frame, R"([["62000.01","0.25"]])", R"([["2","1"],["3","1"]])"),
                 Verdict::malformed);
  expect_silence(replaced(best_frame, R"(["62000.01","0.25"])", R"(["62000.01"])"),
                 Verdict::malformed);
}

TEST_F(BybitFrames, AreRefusedWholeForTheirLastRow) {
  const std::string big = replaced(trade_row, "62000.10", std::string(40, '9'));  // an overflow
  for (const std::string& bad : std::vector<std::string>{replaced(trade_row, "62000.10", "0"), "{}",
                                                         "1", "null", "[" + trade_row + "]"}) {
    expect_silence(trades_of(trade_row + "," + big + "," + bad), Verdict::malformed);
  }
}

TEST_F(BybitFrames, AreRefusedWhenCutShort) {
  own("orderbook.50");
  for (const std::string& frame :
       {snapshot_frame, delta_frame, spot_ticker_frame, trade_frame,
        std::string(R"({"success":true,"ret_msg":"pong","conn_id":"x","op":"ping"})")}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      expect_silence(std::string_view(frame).substr(0, size), Verdict::malformed);
    }
  }
}

TEST_F(BybitFrames, StaySaneUnderRandomDamage) {
  own("orderbook.50");
  const std::size_t refused =
      parse_damaged({snapshot_frame, delta_frame, spot_ticker_frame, trade_frame}, 31);
  for (const HeardBook& heard : sink.books) {
    ASSERT_FALSE(heard.symbol.empty());
    ASSERT_NE(heard.update.last, 0U);
    for (const auto* side : {&heard.bids, &heard.asks}) {
      for (const BookLevel& level : *side) ASSERT_GT(level.price.mantissa, 0);
    }
  }
  EXPECT_GT(refused, 10'000U);
  EXPECT_GT(sink.books.size(), 1'000U);
  EXPECT_GT(sink.trades.size(), 500U);
  own("");
  sink = {};
  EXPECT_GT(parse_damaged({best_frame}, 32), 10'000U);
  for (const HeardTicker& heard : sink.tickers) ASSERT_NE(heard.update.order, 0U);
}

}  // namespace
}  // namespace ticker::feeds::bybit
