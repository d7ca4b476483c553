// Frames of Coinbase Exchange that say nothing: of no use, of no known kind, unsound, damaged.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/feeds/coinbase/coinbase_fixture.hpp"

namespace ticker::feeds::coinbase {
namespace {

using CoinbaseRefusals = Coinbase;

TEST_F(CoinbaseRefusals, IgnoreKindsTheyKnowAndDoNotUse) {
  for (const char* type :
       {"subscriptions", "heartbeat", "error", "status", "snapshot", "l2update", "received", "open",
        "done", "change", "activate", "auction", "rfq_match", "level3", "balance"}) {
    expect_silence(R"({"type":")" + std::string(type) + R"("})", Verdict::ignored);
    expect_silence(replaced(match_frame, R"("match")", "\"" + std::string(type) + "\""),
                   Verdict::ignored);
  }
  expect_silence(R"({"type":"l2update","product_id":"BTC-EUR","changes":[["buy","9202.70",)"
                 R"("0.-10000"]],"time":"0001-01-01T00:00:00.000000Z"})",
                 Verdict::ignored);
}

TEST_F(CoinbaseRefusals, CallKindsTheyNeverHeardOfUnknown) {
  for (const char* frame :
       {"{}", "[]", "[[]]", "1", "-1.5e3", "\"text\"", "true", "null", R"({"hello":"world"})",
        R"({"type":"something_new"})", R"({"type":""})", R"({"type":5})", R"({"type":null})",
        R"({"type":["ticker"]})", R"({"type":"Ticker"})",
        R"(["open","BTC-USD","57560479456","12aca6e0","buy","27268.09","0.02"])",
        R"([{"type":"match"}])",
        R"({"channel":"ticker","sequence_num":0,"events":[{"type":"snapshot","tickers":[{}]}]})"}) {
    expect_silence(frame, Verdict::unknown);
  }
}

TEST_F(CoinbaseRefusals, RefuseFramesThatLackAField) {
  for (const char* field : {R"("sequence":50978628538,)", R"("product_id":"BTC-USD",)",
                            R"("best_bid":"17165.15",)", R"("best_ask":"17167.76",)"}) {
    expect_silence(replaced(ticker_frame, field, ""), Verdict::malformed);
  }
  for (const char* field : {R"("trade_id":216544,)", R"("side":"buy",)", R"("size":"0.97133855",)",
                            R"("price":"4.97800000",)", R"("product_id":"ETC-GBP",)",
                            R"(,"time":"2019-08-01T00:00:03.816000Z")"}) {
    expect_silence(replaced(match_frame, field, ""), Verdict::malformed);
    expect_silence(replaced(last_match_frame, field, ""), Verdict::malformed);
  }
}

TEST_F(CoinbaseRefusals, RefuseNumbersThatAreNone) {
  for (const char* wrong :
       {"25.3519", "null", "true", "[]", "{}", "[\"1\"]", R"("")", R"("abc")", R"("1.")", R"("-1")",
        R"("-0")", R"("+1")", R"("0.-10000")", R"(" 1")", R"("1e")", R"("NaN")"}) {
    for (const char* sound :
         {R"("16437.94")", R"("42492.05081975")", R"("16423.37")", R"("17259.370")",
          R"("17165.15")", R"("0.61540890")", R"("17167.76")", R"("0.18528568")"}) {
      expect_silence(replaced(ticker_frame, sound, wrong), Verdict::malformed);
    }
    expect_silence(replaced(match_frame, R"("4.97800000")", wrong), Verdict::malformed);
    expect_silence(replaced(match_frame, R"("0.97133855")", wrong), Verdict::malformed);
    expect_silence(replaced(last_match_frame, R"("0.97133855")", wrong), Verdict::malformed);
  }
}

TEST_F(CoinbaseRefusals, RefuseATradeAtZero) {
  for (const char* zero : {"0", "0.00000000"}) {
    expect_silence(replaced(match_frame, "4.97800000", zero), Verdict::malformed);
    expect_silence(replaced(last_match_frame, "4.97800000", zero), Verdict::malformed);
  }
}

// To the market 0 means «no order»: such a frame would overwrite whatever is newer.
TEST_F(CoinbaseRefusals, RefuseIdsThatCannotOrder) {
  for (const char* wrong : {"0", R"("1")", "-1", "1.0", "1e3", "null", "true", "[1]", "007",
                            "18446744073709551616", "99999999999999999999999999"}) {
    expect_silence(replaced(ticker_frame, "50978628538", wrong), Verdict::malformed);
    expect_silence(replaced(match_frame, "216544", wrong), Verdict::malformed);
    expect_silence(replaced(last_match_frame, "216544", wrong), Verdict::malformed);
  }
}

TEST_F(CoinbaseRefusals, RefuseSymbolsSidesAndTimesThatAreNone) {
  for (const char* wrong : {"5", "null", R"("")", "[]", "{}", "true"}) {
    expect_silence(replaced(ticker_frame, R"("BTC-USD")", wrong), Verdict::malformed);
    expect_silence(replaced(match_frame, R"("ETC-GBP")", wrong), Verdict::malformed);
    expect_silence(replaced(match_frame, R"("buy")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {R"("Buy")", R"("BUY")", R"("none")"}) {
    expect_silence(replaced(match_frame, R"("buy")", wrong), Verdict::malformed);
  }
  for (const char* wrong :
       {"1669852800", "null", R"("")", R"("2022-12-01")", R"("2022-13-01T00:00:00Z")",
        R"("2022-12-01 00:00:00Z")", R"("2022-12-01T00:00:00")", R"("2022-12-01T25:00:00Z")"}) {
    expect_silence(replaced(ticker_frame, R"("2022-12-01T00:00:00.122581Z")", wrong),
                   Verdict::malformed);
    expect_silence(replaced(match_frame, R"("2019-08-01T00:00:03.816000Z")", wrong),
                   Verdict::malformed);
  }
}

TEST_F(CoinbaseRefusals, SayNothingOfAnOverflowInAMalformedFrame) {
  const std::string huge = replaced(ticker_frame, "17165.15", std::string(40, '9'));
  expect_silence(replaced(huge, "42492.05081975", "x"), Verdict::malformed);
}

TEST_F(CoinbaseRefusals, RememberNothingOfTheFrameBefore) {
  EXPECT_EQ(parse(ticker_frame), Verdict::data);
  EXPECT_EQ(parse(match_frame), Verdict::data);
  sink = {};
  expect_silence(R"({"type":"ticker","product_id":"BTC-USD","sequence":1})", Verdict::malformed);
  expect_silence(R"({"type":"match"})", Verdict::malformed);
}

TEST_F(CoinbaseRefusals, RefuseEveryFrameCutShort) {
  for (const std::string& frame : {ticker_frame, match_frame, last_match_frame}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      expect_silence(std::string_view(frame).substr(0, size), Verdict::malformed);
    }
    expect_silence(frame + frame, Verdict::malformed);
    expect_silence(frame + "}", Verdict::malformed);
  }
}

TEST_F(CoinbaseRefusals, StaySaneUnderRandomDamage) {
  const std::size_t refused = parse_damaged({ticker_frame, match_frame, last_match_frame}, 11);
  for (const HeardTicker& heard : sink.tickers) {
    const FieldMask mask = heard.update.mask;
    ASSERT_TRUE(mask == last_mask || (mask & quote_mask) == quote_mask);
    ASSERT_EQ((mask & last_mask) != 0, heard.update.stream == match_stream);
    ASSERT_NE(heard.update.order, 0U);
    ASSERT_FALSE(heard.symbol.empty());
  }
  EXPECT_GT(refused, 10'000U);
  EXPECT_GT(sink.tickers.size(), 1'000U);
}

}  // namespace
}  // namespace ticker::feeds::coinbase
