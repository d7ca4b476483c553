// Frames of Kraken that say nothing: of no use, of no known kind, or not sound. Broken and hostile
// ones are refused whole, whatever lies behind them in memory.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/feeds/kraken/kraken_fixture.hpp"

namespace ticker::feeds::kraken {
namespace {

using KrakenFrames = Kraken;

TEST_F(KrakenFrames, AreIgnoredWhenTheirKindIsOfNoUse) {
  for (const std::string frame :
       {R"({"channel":"heartbeat"})",
        R"({"channel":"status","data":[{"connection_id":13834774380200032777}],"type":"update"})",
        R"({"channel":"status","data":[{"connection_id":99999999999999999999}],"type":"update"})",
        R"({"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[{"price":1,"qty":0}],)"
        R"("asks":[],"checksum":1,"timestamp":"2024-03-01T12:00:00Z"}]})",
        R"({"channel":"ohlc","type":"snapshot","data":[{"symbol":"A/B","open":-1}]})",
        R"({"channel":"instrument","type":"snapshot","data":{"assets":[],"pairs":[]}})",
        R"({"channel":"level3","type":"update","data":[{"symbol":"A/B"}]})",
        R"({"channel":"executions","type":"update","data":[],"sequence":1})",
        R"({"channel":"balances","type":"update","data":[],"sequence":1})",
        R"({"method":"subscribe","result":{"channel":"ticker","symbol":"A/B"},"success":true})",
        R"({"error":"Currency pair not supported A/B","method":"subscribe","success":false})",
        R"({"method":"unsubscribe","result":{"channel":"trade","symbol":"A/B"},"success":true})",
        R"({"method":"pong","req_id":1,"time_in":"x","time_out":"y"})",
        R"({"method":"ping","req_id":1})", R"({"error":"Malformed request"})",
        R"({"success":false})"}) {
    expect_silence(frame, Verdict::ignored);
  }
}

TEST_F(KrakenFrames, AreIgnoredWhenTheirListHasNoRow) {
  expect_silence(frame_of("trade", "snapshot", ""), Verdict::ignored);
  expect_silence(frame_of("trade", "update", ""), Verdict::ignored);
  expect_silence(frame_of("ticker", "update", ""), Verdict::ignored);
}

TEST_F(KrakenFrames, AreUnknownWhenNobodyHasHeardOfTheirKind) {
  for (const std::string& frame : std::vector<std::string>{
           "{}",
           "[]",
           "1",
           "-1.5e3",
           "\"text\"",
           "true",
           "null",
           R"({"hello":"world"})",
           R"({"channel":"news","type":"update","data":[]})",
           R"({"channel":""})",
           R"({"channel":5,"method":"pong"})",
           R"({"channel":null})",
           R"({"method":7})",
           R"({"data":[)" + ticker_row + "]}",
           R"({"type":"update","data":[)" + trade_row + "]}",
           "[" + ticker_frame + "]",
           frame_of("ticker", "delta", ticker_row),
           frame_of("trade", "delete", trade_row),
           frame_of("Ticker", "update", ticker_row),
           R"({"event":"heartbeat"})",  // version 1
           R"([468,{"a":["1.0",0,"2.0"],"b":["1.0",0,"2.0"]},"ticker","XBT/CHF"])"}) {
    expect_silence(frame, Verdict::unknown);
  }
}

TEST_F(KrakenFrames, AreRefusedWhenTheyLackAField) {
  for (const char* field : {R"("symbol":"BTC/USD",)", R"("bid":61999.90,)", R"("ask":62000.00,)",
                            R"("type":"update",)", R"(,"data":[)"}) {
    const std::string by = field[0] == ',' ? R"(,"rows":[)" : "";
    expect_silence(replaced(ticker_frame, field, by), Verdict::malformed);
  }
  for (const char* field :
       {R"("symbol":"ETH/USD",)", R"("side":"buy",)", R"("price":3400.15,)", R"("qty":0.05000000,)",
        R"("trade_id":40000001,)", R"(,"timestamp":"2024-03-01T12:00:02.000003Z")",
        R"("type":"update",)"}) {
    expect_silence(replaced(trade_frame, field, ""), Verdict::malformed);
    if (std::string_view(field) == R"("type":"update",)") continue;
    expect_silence(frame_of("trade", "snapshot", replaced(trade_row, field, "")),
                   Verdict::malformed);
  }
}

TEST_F(KrakenFrames, AreRefusedWhenTheirRowsAreNoList) {
  for (const char* rows : {"{}", "null", "1", R"("x")", "true"}) {
    for (const char* head : {R"({"channel":"ticker","type":"update","data":)",
                             R"({"channel":"trade","type":"update","data":)",
                             R"({"channel":"trade","type":"snapshot","data":)"}) {
      expect_silence(std::string(head) + rows + "}", Verdict::malformed);
    }
  }
  expect_silence(R"({"channel":"ticker","type":"update","data":)" + ticker_row + "}",
                 Verdict::malformed);
  expect_silence(R"({"channel":"ticker","type":"update"})", Verdict::malformed);
  expect_silence(R"({"channel":"ticker","type":5,"data":[]})", Verdict::malformed);
}

TEST_F(KrakenFrames, AreRefusedWhenAValueIsOfAWrongType) {
  for (const char* wrong :
       {R"("61999.90")", "null", "true", "[]", "{}", "[1]", R"("")", "-1", "-0", "-0.0"}) {
    for (const char* number : {"61999.90", "1.50000000", "62000.00", "0.25000000", "1800.25000000",
                               "60000.00", "62500.00"}) {
      expect_silence(replaced(ticker_frame, number, wrong), Verdict::malformed);
    }
    for (const char* number : {"3400.15", "0.05000000", "40000001"}) {
      expect_silence(replaced(trade_frame, number, wrong), Verdict::malformed);
    }
    expect_silence(replaced(ticker_frame, R"("BTC/USD")", R"("")"), Verdict::malformed);
  }
  for (const char* wrong : {"5", "null", R"("")", "[]", "{}", "true"}) {
    expect_silence(replaced(ticker_frame, R"("BTC/USD")", wrong), Verdict::malformed);
    expect_silence(replaced(trade_frame, R"("ETH/USD")", wrong), Verdict::malformed);
    expect_silence(replaced(trade_frame, R"("buy")", wrong), Verdict::malformed);
    expect_silence(replaced(ticker_frame, R"("2024-03-01T12:00:00.123456Z")", wrong),
                   Verdict::malformed);
    expect_silence(replaced(trade_frame, R"("2024-03-01T12:00:02.000003Z")", wrong),
                   Verdict::malformed);
  }
  for (const char* wrong : {R"("Buy")", R"("b")", R"("maker")"}) {
    expect_silence(replaced(trade_frame, R"("buy")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"1.0", "1e3", "18446744073709551616", "99999999999999999999999"}) {
    expect_silence(replaced(trade_frame, "40000001", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"2024-03-01 12:00:00Z", "2024-02-30T12:00:00Z", "2024-03-01T12:00:00",
                            "2024-03-01T12:00:00.Z", "yesterday"}) {
    expect_silence(replaced(trade_frame, "2024-03-01T12:00:02.000003Z", wrong), Verdict::malformed);
  }
}

TEST_F(KrakenFrames, AreRefusedWhenANumberIsNone) {
  for (const char* wrong : {"0.-10000", "1.", ".5", "+1", "01", "1e", "1e+", "0x1", "NaN", "1 2",
                            "--1", "1_000", "Infinity", "1.5.2"}) {
    expect_silence(replaced(ticker_frame, "1.50000000", wrong), Verdict::malformed);
    expect_silence(replaced(ticker_frame, "61500.10", wrong), Verdict::malformed);  // vwap, unused
    expect_silence(replaced(trade_frame, "0.05000000", wrong), Verdict::malformed);
  }
}

TEST_F(KrakenFrames, AreRefusedWhenATradeHasNoPrice) {
  for (const char* zero : {"0", "0.00", "0e5"}) {
    expect_silence(replaced(trade_frame, "3400.15", zero), Verdict::malformed);
  }
}

TEST_F(KrakenFrames, AreRefusedWholeForTheirLastRow) {
  const std::string big = replaced(trade_row, "3400.15", std::string(40, '9'));  // an overflow
  for (const std::string& bad : std::vector<std::string>{
           replaced(trade_row, "3400.15", "0"), replaced(trade_row, "40000001", "-1"), "{}", "1",
           "null", "[" + trade_row + "]"}) {
    const std::string rows = trade_row + "," + big + "," + bad;
    expect_silence(frame_of("trade", "update", rows), Verdict::malformed);
    expect_silence(frame_of("trade", "snapshot", rows), Verdict::malformed);
  }
  const std::string bad = replaced(ticker_row, "61999.90", "-1");
  expect_silence(frame_of("ticker", "update", ticker_row + "," + bad), Verdict::malformed);
}

TEST_F(KrakenFrames, LeaveNothingBehindForTheNext) {
  EXPECT_EQ(parse(frame_of("trade", "update", trade_row + "," + trade_row)), Verdict::data);
  EXPECT_EQ(parse(ticker_frame), Verdict::data);
  sink = {};
  expect_silence(frame_of("trade", "update", R"({"symbol":"ETH/USD"})"), Verdict::malformed);
  expect_silence(frame_of("trade", "update", ""), Verdict::ignored);
  EXPECT_EQ(parse(trade_frame), Verdict::data);
  EXPECT_EQ(sink.trades.size(), 1U);
}

TEST_F(KrakenFrames, AreRefusedWhenCutShort) {
  for (const std::string& frame : std::vector<std::string>{
           ticker_frame, trade_frame, frame_of("trade", "snapshot", trade_row + "," + trade_row),
           replaced(ticker_frame, "BTC/USD", "币/USD"), R"({"channel":"heartbeat"})",
           R"({"method":"pong","req_id":42})"}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      expect_silence(std::string_view(frame).substr(0, size), Verdict::malformed);
    }
  }
}

TEST_F(KrakenFrames, StaySaneUnderRandomDamage) {
  const std::size_t refused = parse_damaged(
      {ticker_frame, trade_frame, frame_of("ticker", "snapshot", ticker_row + "," + ticker_row),
       frame_of("trade", "snapshot", trade_row + "," + trade_row)},
      12);
  for (const HeardTicker& heard : sink.tickers) {
    const bool quote = heard.update.stream == ticker_stream;
    ASSERT_EQ(heard.update.mask & ~(quote ? quote_mask | day_mask : last_mask), 0);
    ASSERT_FALSE(heard.symbol.empty());
  }
  EXPECT_GT(refused, 10'000U);
  EXPECT_GT(sink.tickers.size(), 1'000U);
  EXPECT_GT(sink.trades.size(), 500U);
}

}  // namespace
}  // namespace ticker::feeds::kraken
