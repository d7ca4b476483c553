// What Binance's frames mean, and that nothing else is ever heard from them.
#include "feeds/binance/binance.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/feeds/binance/binance_fixture.hpp"

namespace ticker::feeds {
namespace {

TEST_F(Binance, TakesBestBidAndOfferFromBookTicker) {
  EXPECT_EQ(parse(book), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.symbol, "BNBUSDT");
  EXPECT_EQ(heard.update.stream, binance::book_ticker_stream);
  EXPECT_EQ(heard.update.order, 400'900'217U);
  EXPECT_EQ(heard.update.exchange_us, 0);
  EXPECT_EQ(heard.update.mask, quote_mask);
  EXPECT_EQ(heard.get(Field::bid), "25.35190000");
  EXPECT_EQ(heard.get(Field::bid_size), "31.21000000");
  EXPECT_EQ(heard.get(Field::ask), "25.36520000");
  EXPECT_EQ(heard.get(Field::ask_size), "40.66000000");
  EXPECT_EQ(heard.get(Field::last), "null");
}

TEST_F(Binance, TakesTradeAndLastFromAggTrade) {
  EXPECT_EQ(parse(trade), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1U);
  const HeardTrade& heard = sink.trades[0];
  EXPECT_EQ(heard.symbol, "FTMUSDT");
  EXPECT_EQ(heard.trade_id, "29211290");
  EXPECT_EQ(heard.update.stream, binance::trade_stream);
  EXPECT_EQ(heard.update.order, 29'211'290U);
  EXPECT_EQ(heard.update.exchange_us, 1'628'952'397'570'000);
  EXPECT_EQ(heard.update.side, Side::buy);
  EXPECT_EQ(text(heard.update.price), "0.34012000");
  EXPECT_EQ(text(heard.update.size), "703.00000000");
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& last = sink.tickers[0];
  EXPECT_EQ(last.symbol, "FTMUSDT");
  EXPECT_EQ(last.update.stream, binance::trade_stream);
  EXPECT_EQ(last.update.order, 29'211'290U);
  EXPECT_EQ(last.update.exchange_us, 1'628'952'397'570'000);
  EXPECT_EQ(last.update.mask, last_mask);
  EXPECT_EQ(last.get(Field::last), "0.34012000");
  EXPECT_EQ(last.get(Field::last_size), "703.00000000");
}

TEST_F(Binance, CallsTheTakerASellerWhenTheBuyerIsTheMaker) {
  EXPECT_EQ(parse(replaced(trade, R"("m":false)", R"("m":true)")), Verdict::data);
  EXPECT_EQ(sink.trades[0].update.side, Side::sell);
}

TEST_F(Binance, ReadsTimesInMicrosecondsToo) {
  EXPECT_EQ(parse(replaced(trade, "1628952397570,", "1628952397570123,")), Verdict::data);
  EXPECT_EQ(sink.trades[0].update.exchange_us, 1'628'952'397'570'123);
}

TEST_F(Binance, ReadsTheCombinedWrapperWithItsKeysInAnyOrder) {
  EXPECT_EQ(parse(wrap("bnbusdt@bookTicker", book)), Verdict::data);
  EXPECT_EQ(parse(R"({"data":)" + book + R"(,"stream":"bnbusdt@bookTicker"})"), Verdict::data);
  EXPECT_EQ(parse(wrap("ftmusdt@aggTrade", trade)), Verdict::data);
  EXPECT_EQ(sink.tickers.size(), 3U);
  EXPECT_EQ(sink.trades.size(), 1U);
}

TEST_F(Binance, ReadsKeysInAnyOrderAndPassesOverNewOnes) {
  EXPECT_EQ(parse(R"( { "A" : "4", "x":[{"b":"9"},null,-1.5e3], "a":"3","B":"2",
                       "b":"1", "s":"X", "u" : 7 } )"),
            Verdict::data);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "1");
  EXPECT_EQ(sink.tickers[0].get(Field::ask_size), "4");
  EXPECT_EQ(
      parse(
          R"({"m":true,"T":1,"q":"2","p":"1","a":5,"s":"X","E":1,"e":"aggTrade","new":{"p":"8"}})"),
      Verdict::data);
  EXPECT_EQ(text(sink.trades[0].update.price), "1");
}

TEST_F(Binance, KeepsSymbolsInUtf8) {
  EXPECT_EQ(parse(replaced(book, "BNBUSDT", "币安人生USDT")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].symbol, "币安人生USDT");
  EXPECT_EQ(parse(replaced(book, "BNBUSDT", R"(\u5e01USDT)")), Verdict::data);
  EXPECT_EQ(sink.tickers[1].symbol, "币USDT");
}

// Each stream's frames carry letters that mean another thing in the other's: `a` is the ask there
// and the trade's id here, and a 24hrTicker has bid, ask and last. None may leak.
TEST_F(Binance, NeverLetsAStreamSpeakOfAnothersFields) {
  const std::string odd_trade =
      replaced(trade, R"("M":true)",
               R"("M":true,"b":"1.00","B":"2.00","A":"3.00","u":99,"c":"4.00","bids":[["1","1"]])");
  const std::string kline =
      R"({"e":"kline","E":1672515782136,"s":"FTMUSDT","o":"0.0025","h":"10","b":"0.0024",)"
      R"("B":"10","a":"0.0026","A":"100","p":"0.0010"})";
  const std::string odd_book = replaced(book, R"("u":)", R"("p":"9","q":"9","T":5,"m":true,"u":)");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(parse(wrap("ftmusdt@aggTrade", odd_trade)), Verdict::data);
    EXPECT_EQ(parse(wrap("ftmusdt@kline_1m", kline)), Verdict::ignored);
    EXPECT_EQ(parse(wrap("bnbusdt@bookTicker", odd_book)), Verdict::data);
    EXPECT_EQ(parse(odd_trade), Verdict::data);
    EXPECT_EQ(parse(odd_book), Verdict::data);
  }
  EXPECT_EQ(sink.trades.size(), 6U);
  ASSERT_EQ(sink.tickers.size(), 12U);
  for (const HeardTicker& heard : sink.tickers) {
    const bool is_quote = heard.update.stream == binance::book_ticker_stream;
    EXPECT_EQ(heard.symbol, is_quote ? "BNBUSDT" : "FTMUSDT");
    EXPECT_EQ(heard.update.mask, is_quote ? quote_mask : last_mask);
    EXPECT_EQ(heard.update.order, is_quote ? 400'900'217U : 29'211'290U);
    for (const Field field : {Field::bid, Field::bid_size, Field::ask, Field::ask_size}) {
      EXPECT_EQ(heard.get(field) == "null", !is_quote);
    }
    EXPECT_EQ(heard.get(Field::last) == "null", is_quote);
  }
}

TEST_F(Binance, TakesTheValuesOfADayFrom24hrTickerAndNothingElse) {
  EXPECT_EQ(parse(day), Verdict::data);
  EXPECT_EQ(parse(wrap("bnbbtc@ticker", day)), Verdict::data);
  EXPECT_TRUE(sink.trades.empty());
  ASSERT_EQ(sink.tickers.size(), 2U);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.symbol, "BNBBTC");
  EXPECT_EQ(heard.update.stream, binance::day_ticker_stream);
  EXPECT_EQ(heard.update.order, 1'672'515'782'136'000U);
  EXPECT_EQ(heard.update.exchange_us, 1'672'515'782'136'000);
  EXPECT_EQ(heard.update.mask, bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) |
                                   bit(Field::volume_24h));
  EXPECT_EQ(heard.get(Field::open_24h), "0.0010");
  EXPECT_EQ(heard.get(Field::high_24h), "0.0025");
  EXPECT_EQ(heard.get(Field::low_24h), "0.0009");
  EXPECT_EQ(heard.get(Field::volume_24h), "10000");
}

TEST_F(Binance, MakesTheValuesOfADayWithoutTradesNull) {
  for (const char* value : {R"("o":"0.0010")", R"("h":"0.0025")", R"("l":"0.0009")"}) {
    const std::string zero = std::string(value).substr(0, 5) + R"(0.00000000")";
    EXPECT_EQ(parse(replaced(day, value, zero)), Verdict::data);
  }
  EXPECT_EQ(parse(replaced(day, R"("v":"10000")", R"("v":"0.00")")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].get(Field::open_24h), "null");
  EXPECT_EQ(sink.tickers[1].get(Field::high_24h), "null");
  EXPECT_EQ(sink.tickers[2].get(Field::low_24h), "null");
  EXPECT_EQ(sink.tickers[3].get(Field::volume_24h), "0.00");
}

// One side of an empty book: a price of zero would be a lie.
TEST_F(Binance, MakesAnEmptySideOfTheBookNull) {
  const std::string empty =
      replaced(replaced(book, "25.35190000", "0.00000000"), "31.21000000", "0.00000000");
  EXPECT_EQ(parse(empty), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "25.36520000");
}

TEST_F(Binance, KeepsIdsPastTwoToThe63) {
  EXPECT_EQ(parse(replaced(book, "400900217", "13834774380200032777")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.order, 13'834'774'380'200'032'777U);
}

TEST_F(Binance, TakesEachTradeOnlyWhenToldTo) {
  expect_silence(one_trade, Verdict::ignored);
  expect_silence(wrap("bnbbtc@trade", one_trade), Verdict::ignored);
  adapter = binance::make_adapter({.category = Category::spot, .trades = "trade"});
  expect_silence(trade, Verdict::ignored);
  EXPECT_EQ(parse(one_trade), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1U);
  EXPECT_EQ(sink.trades[0].trade_id, "12345");
  EXPECT_EQ(sink.trades[0].update.order, 12'345U);
  EXPECT_EQ(sink.trades[0].update.stream, binance::trade_stream);
  EXPECT_EQ(sink.trades[0].update.side, Side::sell);
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].get(Field::last), "0.001");
  EXPECT_EQ(sink.tickers[0].get(Field::last_size), "100");
  sink = {};
  expect_silence(replaced(one_trade, R"("t":12345,)", ""), Verdict::malformed);
  expect_silence(replaced(one_trade, R"("0.001")", R"("0")"), Verdict::malformed);
  expect_silence(wrap("a@trade", "{}"), Verdict::malformed);
}

TEST_F(Binance, RemembersNothingOfTheFrameBefore) {
  EXPECT_EQ(parse(book), Verdict::data);
  sink = {};
  expect_silence(R"({"s":"BNBUSDT","b":"1","B":"1","a":"1"})", Verdict::malformed);
}

TEST_F(Binance, IgnoresKindsItKnowsAndDoesNotUse) {
  for (const std::string frame :
       {R"({"e":"kline","E":1,"s":"A","k":{"t":1,"T":2,"s":"A","o":"1","x":false}})",
        R"({"e":"depthUpdate","E":1,"s":"A","U":1,"u":2,"b":[["1","2"]],"a":[]})",
        R"({"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[["0.0026","100"]]})",
        R"({"result":null,"id":1})", R"({"result":["btcusdt@aggTrade"],"id":3})",
        R"({"code":2,"msg":"Invalid request: bad","id":null})",
        R"({"error":{"code":2,"msg":"Invalid request"},"id":"a"})",
        R"({"e":"serverShutdown","E":1770123456789})", R"({"e":"avgPrice","s":"A","w":"1"})"}) {
    expect_silence(frame, Verdict::ignored);
    expect_silence(wrap("x@y", frame), Verdict::ignored);
  }
  expect_silence(R"([{"e":"24hrMiniTicker","s":"A","c":"1"},{"e":"24hrMiniTicker","s":"B"}])",
                 Verdict::ignored);
  expect_silence(R"({"stream":"!miniTicker@arr","data":[{"e":"24hrMiniTicker","s":"A"}]})",
                 Verdict::ignored);
}

TEST_F(Binance, CallsKindsItNeverHeardOfUnknown) {
  for (const char* frame :
       {"{}", "[]", "[[]]", "1", "-1.5e3", "\"text\"", "true", "null", R"({"hello":"world"})",
        R"({"e":"somethingNew","s":"A"})", R"({"e":""})", R"({"e":5,"s":"A"})",
        R"({"stream":"a@b","data":{}})", R"({"stream":"a@b","data":null})",
        R"({"data":{"u":1,"s":"A","b":"1","B":"1","a":"1","A":"1"}})", R"({"stream":"a@b"})",
        R"([{"u":1,"s":"A","b":"1","B":"1","a":"1","A":"1"}])"}) {
    expect_silence(frame, Verdict::unknown);
  }
}

TEST_F(Binance, RefusesFramesThatLackAField) {
  for (const char* field :
       {R"("u":400900217,)", R"("s":"BNBUSDT",)", R"("b":"25.35190000",)", R"("B":"31.21000000",)",
        R"("a":"25.36520000",)", R"(,"A":"40.66000000")"}) {
    expect_silence(replaced(book, field, ""), Verdict::malformed);
  }
  for (const char* field : {R"("s":"FTMUSDT",)", R"("a":29211290,)", R"("p":"0.34012000",)",
                            R"("q":"703.00000000",)", R"("T":1628952397570,)", R"("m":false,)"}) {
    expect_silence(replaced(trade, field, ""), Verdict::malformed);
  }
  for (const char* field : {R"("E":1672515782136,)", R"("s":"BNBBTC",)", R"("o":"0.0010",)",
                            R"("h":"0.0025",)", R"("l":"0.0009",)", R"("v":"10000",)"}) {
    expect_silence(replaced(day, field, ""), Verdict::malformed);
  }
  expect_silence(wrap("a@bookTicker", "{}"), Verdict::malformed);
  expect_silence(wrap("a@ticker", "{}"), Verdict::malformed);
  expect_silence(wrap("a@aggTrade", R"({"s":"A"})"), Verdict::malformed);
}

TEST_F(Binance, RefusesValuesOfAWrongType) {
  for (const char* wrong :
       {"25.3519", "null", "true", "[]", "{}", "[\"1\"]", R"("")", R"("abc")", R"("1.")", R"("-1")",
        R"("-0")", R"("+1")", R"("0.-10000")", R"(" 1")", R"("1e")", R"("NaN")"}) {
    expect_silence(replaced(book, R"("25.35190000")", wrong), Verdict::malformed);
    expect_silence(replaced(book, R"("40.66000000")", wrong), Verdict::malformed);
    expect_silence(replaced(trade, R"("0.34012000")", wrong), Verdict::malformed);
    expect_silence(replaced(trade, R"("703.00000000")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {R"("1")", "-1", "1.0", "1e3", "null", "true", "[1]", "007",
                            "18446744073709551616", "99999999999999999999999999"}) {
    expect_silence(replaced(book, "400900217", wrong), Verdict::malformed);
    expect_silence(replaced(trade, "29211290", wrong), Verdict::malformed);
    expect_silence(replaced(trade, "1628952397570", wrong), Verdict::malformed);
  }
  expect_silence(replaced(book, "400900217", "0"), Verdict::malformed);  // no place in the order
  expect_silence(replaced(trade, R"("T":1628952397570)", R"("T":9223372036854775808)"),
                 Verdict::malformed);
  for (const char* wrong : {"5", "null", R"("")", "[]", "{}", "true"}) {
    expect_silence(replaced(book, R"("BNBUSDT")", wrong), Verdict::malformed);
    expect_silence(replaced(trade, R"("FTMUSDT")", wrong), Verdict::malformed);
  }
  for (const char* wrong : {"1", "0", "null", R"("true")", "[]"}) {
    expect_silence(replaced(trade, R"("m":false)", R"("m":)" + std::string(wrong)),
                   Verdict::malformed);
  }
}

TEST_F(Binance, MakesANumberThatOverflowsNullAndAppliesTheRest) {
  EXPECT_EQ(parse(replaced(book, "25.35190000", "1234567890123456789012")), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "25.36520000");
  EXPECT_EQ(parse(replaced(trade, "703.00000000", "0.1234567890123456789")), Verdict::data);
  EXPECT_EQ(sink.overflows, 2);
  EXPECT_TRUE(sink.trades[0].update.size.is_null());
  EXPECT_EQ(sink.tickers[1].get(Field::last_size), "null");
  EXPECT_EQ(sink.tickers[1].get(Field::last), "0.34012000");
}

TEST_F(Binance, SaysNothingOfAnOverflowInAMalformedFrame) {
  expect_silence(replaced(replaced(book, "25.35190000", std::string(40, '9')), "40.66000000", "x"),
                 Verdict::malformed);
}

}  // namespace
}  // namespace ticker::feeds
