// What Kraken's frames mean, and who may speak of what.
#include "feeds/kraken/kraken.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/registry.hpp"
#include "tests/feeds/kraken/kraken_fixture.hpp"

namespace ticker::feeds::kraken {
namespace {

TEST_F(Kraken, TakesQuoteAndDayValuesFromTickerSnapshotAndUpdate) {
  EXPECT_EQ(parse(frame_of("ticker", "snapshot", ticker_row)), Verdict::data);
  EXPECT_EQ(parse(frame_of("ticker", "update", ticker_row)), Verdict::data);
  EXPECT_TRUE(sink.trades.empty());
  ASSERT_EQ(sink.tickers.size(), 2U);
  for (const HeardTicker& heard : sink.tickers) {
    EXPECT_EQ(heard.symbol, "BTC/USD");
    EXPECT_EQ(heard.update.stream, ticker_stream);
    EXPECT_EQ(heard.update.order, 1'709'294'400'123'456U);
    EXPECT_EQ(heard.update.exchange_us, 1'709'294'400'123'456);
    EXPECT_EQ(heard.update.mask, quote_mask | day_mask);
    EXPECT_EQ(heard.get(Field::bid), "61999.90");
    EXPECT_EQ(heard.get(Field::bid_size), "1.50000000");
    EXPECT_EQ(heard.get(Field::ask), "62000.00");
    EXPECT_EQ(heard.get(Field::ask_size), "0.25000000");
    EXPECT_EQ(heard.get(Field::high_24h), "62500.00");
    EXPECT_EQ(heard.get(Field::low_24h), "60000.00");
    EXPECT_EQ(heard.get(Field::volume_24h), "1800.25000000");
  }
}

TEST_F(Kraken, TellsATradeAndThenTheLastPriceItMakes) {
  EXPECT_EQ(parse(trade_frame), Verdict::data);
  EXPECT_EQ(sink.calls, (std::vector<std::string>{"trade", "ticker"}));
  ASSERT_EQ(sink.trades.size(), 1U);
  const HeardTrade& heard = sink.trades[0];
  EXPECT_EQ(heard.symbol, "ETH/USD");
  EXPECT_EQ(heard.trade_id, "40000001");
  EXPECT_EQ(heard.update.stream, trade_stream);
  EXPECT_EQ(heard.update.order, 40'000'001U);
  EXPECT_EQ(heard.update.exchange_us, 1'709'294'402'000'003);
  EXPECT_EQ(heard.update.side, Side::buy);
  EXPECT_EQ(text(heard.update.price), "3400.15");
  EXPECT_EQ(text(heard.update.size), "0.05000000");
  const HeardTicker& last = sink.tickers[0];
  EXPECT_EQ(last.symbol, "ETH/USD");
  EXPECT_EQ(last.update.stream, trade_stream);
  EXPECT_EQ(last.update.order, 40'000'001U);
  EXPECT_EQ(last.update.exchange_us, 1'709'294'402'000'003);
  EXPECT_EQ(last.update.mask, last_mask);
  EXPECT_EQ(last.get(Field::last), "3400.15");
  EXPECT_EQ(last.get(Field::last_size), "0.05000000");
}

TEST_F(Kraken, TakesTheSideForTheTakers) {
  EXPECT_EQ(parse(replaced(trade_frame, R"("buy")", R"("sell")")), Verdict::data);
  EXPECT_EQ(sink.trades[0].update.side, Side::sell);
}

TEST_F(Kraken, TellsEveryTradeOfAFrameInItsOrderWhateverItsSymbol) {
  const std::string other = replaced(replaced(trade_row, "ETH/USD", "BTC/USD"), "40000001", "7");
  const std::string next = replaced(replaced(trade_row, "40000001", "40000002"), "3400.15", "3401");
  EXPECT_EQ(parse(frame_of("trade", "update", trade_row + "," + other + "," + next)),
            Verdict::data);
  EXPECT_EQ(sink.calls,
            (std::vector<std::string>{"trade", "ticker", "trade", "ticker", "trade", "ticker"}));
  ASSERT_EQ(sink.trades.size(), 3U);
  EXPECT_EQ(sink.trades[0].trade_id, "40000001");
  EXPECT_EQ(sink.trades[1].symbol, "BTC/USD");
  EXPECT_EQ(sink.trades[1].trade_id, "7");
  EXPECT_EQ(sink.trades[2].trade_id, "40000002");
  EXPECT_EQ(sink.tickers[2].get(Field::last), "3401");
}

TEST_F(Kraken, TakesOfATradeSnapshotOnlyTheNewestLastOfEachSymbol) {
  std::string rows;
  for (const char* id : {"18446744073709551615", "5", "9223372036854775809"}) {
    const std::string row = replaced(replaced(trade_row, "40000001", id), "3400.15",
                                     std::string(id).substr(0, 3) + ".5");
    rows += row + ",";
    rows += replaced(replaced(row, "ETH/USD", "BTC/USD"), id, std::string(id).substr(0, 4)) + ",";
  }
  rows.pop_back();
  EXPECT_EQ(parse(frame_of("trade", "snapshot", rows)), Verdict::data);
  EXPECT_TRUE(sink.trades.empty());
  ASSERT_EQ(sink.tickers.size(), 2U);
  const HeardTicker& btc = sink.tickers[0];
  EXPECT_EQ(btc.symbol, "BTC/USD");
  EXPECT_EQ(btc.update.order, 9'223U);
  EXPECT_EQ(btc.get(Field::last), "922.5");
  const HeardTicker& eth = sink.tickers[1];
  EXPECT_EQ(eth.symbol, "ETH/USD");
  EXPECT_EQ(eth.update.stream, trade_stream);
  EXPECT_EQ(eth.update.order, 18'446'744'073'709'551'615U);
  EXPECT_EQ(eth.update.mask, last_mask);
  EXPECT_EQ(eth.get(Field::last), "184.5");
  EXPECT_EQ(eth.get(Field::last_size), "0.05000000");
}

TEST_F(Kraken, KeepsTradeIdsBeyondTheSignedRange) {
  EXPECT_EQ(parse(replaced(trade_frame, "40000001", "18446744073709551615")), Verdict::data);
  EXPECT_EQ(sink.trades[0].trade_id, "18446744073709551615");
  EXPECT_EQ(sink.trades[0].update.order, 18'446'744'073'709'551'615U);
}

TEST_F(Kraken, KeepsTheDigitsOfNumbersAsSent) {
  const std::vector<std::pair<std::string, std::string>> numbers = {
      {"105944.20", "105944.20"},
      {"816.9499999999999", "816.9499999999999"},
      {"0.000000010", "0.000000010"},
      {"123456789012.345678", "123456789012.345678"},
      {"5.62e-06", "0.00000562"},
      {"1E-8", "0.00000001"},
      {"2.5E+3", "2500"},
      {"6.000e-6", "0.000006000"},
      {"9.1e9", "9100000000"}};
  for (const auto& [sent, exact] : numbers) {
    sink = {};
    EXPECT_EQ(parse(replaced(ticker_frame, "61999.90", sent)), Verdict::data) << sent;
    EXPECT_EQ(sink.tickers[0].get(Field::bid), exact);
    EXPECT_EQ(parse(replaced(trade_frame, "3400.15", sent + " ")), Verdict::data) << sent;
    EXPECT_EQ(text(sink.trades[0].update.price), exact);
    EXPECT_EQ(sink.overflows, 0);
  }
}

TEST_F(Kraken, ShowsNoPriceForAnInactiveSymbol) {
  const std::string row =
      R"({"symbol":"OLD/USD","bid":0.00000,"bid_qty":0.00000000,"ask":0.0,"ask_qty":0,"last":0.0,)"
      R"("volume":0.00000000,"vwap":0.0,"low":0.0,"high":0.0,"change":0.0,"change_pct":0.0,)"
      R"("timestamp":"1970-01-01T00:00:00.000000Z"})";
  EXPECT_EQ(parse(frame_of("ticker", "snapshot", row)), Verdict::data);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.update.order, 0U);
  EXPECT_EQ(heard.update.exchange_us, 0);
  EXPECT_EQ(heard.update.mask, quote_mask | day_mask);
  for (const Field field : {Field::bid, Field::bid_size, Field::ask, Field::ask_size,
                            Field::high_24h, Field::low_24h}) {
    EXPECT_EQ(heard.get(field), "null");
  }
  EXPECT_EQ(heard.get(Field::volume_24h), "0.00000000");
}

TEST_F(Kraken, ShowsNoPriceOfAnEmptySideOfTheBook) {
  EXPECT_EQ(parse(replaced(ticker_frame, "61999.90", "0")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "62000.00");
}

TEST_F(Kraken, TakesAnAbsurdTimeForNone) {
  for (const char* time : {"0001-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z",
                           "1999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"}) {
    sink = {};
    EXPECT_EQ(parse(replaced(ticker_frame, "2024-03-01T12:00:00.123456Z", time)), Verdict::data);
    EXPECT_EQ(sink.tickers[0].update.order, 0U);
    EXPECT_EQ(sink.tickers[0].update.exchange_us, 0);
    EXPECT_EQ(parse(replaced(trade_frame, "2024-03-01T12:00:02.000003Z", time)), Verdict::data);
    EXPECT_EQ(sink.trades[0].update.order, 40'000'001U);
    EXPECT_EQ(sink.trades[0].update.exchange_us, 0);
  }
}

TEST_F(Kraken, DoesWithoutATimeOfATicker) {
  EXPECT_EQ(parse(replaced(ticker_frame, R"(,"timestamp":"2024-03-01T12:00:00.123456Z")", "")),
            Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.order, 0U);
  EXPECT_EQ(sink.tickers[0].update.exchange_us, 0);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "61999.90");
}

TEST_F(Kraken, SpeaksOfOptionalValuesOnlyWhenTheyAreThere) {
  EXPECT_EQ(parse(frame_of("ticker", "update", R"({"symbol":"A/B","bid":1,"ask":2})")),
            Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask);
  EXPECT_EQ(parse(frame_of("ticker", "update", R"({"symbol":"A/B","bid":0,"ask":0,"high":3})")),
            Verdict::data);
  EXPECT_EQ(sink.tickers[1].update.mask, quote_mask | bit(Field::high_24h));
  EXPECT_EQ(sink.tickers[1].get(Field::bid), "null");
}

TEST_F(Kraken, ReadsKeysInAnyOrderAndPassesOverNewOnes) {
  EXPECT_EQ(parse(R"( {"data" : [ {"timestamp":"2024-03-01T12:00:00Z","ask":2 , "new":{"bid":9},
                       "bid":1,"symbol":"A/B", "data":[{"bid":8}]} ],
                       "x":[null,true,-1.5e3], "type":"update","channel":"ticker"} )"),
            Verdict::data);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "1");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "2");
  EXPECT_EQ(
      parse(R"({"type":"update","data":[{"timestamp":"2024-03-01T12:00:00Z","trade_id":3,)"
            R"("qty":2,"price":1,"side":"sell","symbol":"A/B","misc":"x"}],"channel":"trade"})"),
      Verdict::data);
  EXPECT_EQ(text(sink.trades[0].update.price), "1");
}

TEST_F(Kraken, KeepsSymbolsInUtf8) {
  EXPECT_EQ(parse(replaced(ticker_frame, "BTC/USD", "币安/USD")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].symbol, "币安/USD");
  EXPECT_EQ(parse(replaced(trade_frame, "ETH/USD", R"(\u5e01\/USD)")), Verdict::data);
  EXPECT_EQ(sink.trades[0].symbol, "币/USD");
}

// A ticker has a last price and a trade may come with anything: neither speaks for the other.
TEST_F(Kraken, NeverLetsAStreamSpeakOfAnothersFields) {
  const std::string odd_ticker = replaced(
      ticker_frame, R"("last")",
      R"("side":"buy","price":1,"qty":2,"trade_id":3,"open":4,"last_size":5,"last_qty":6,"last")");
  const std::string odd_trade = replaced(
      trade_frame, R"("side")", R"("bid":1,"ask":2,"bid_qty":3,"high":4,"volume":5,"side")");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(parse(odd_ticker), Verdict::data);
    EXPECT_EQ(parse(odd_trade), Verdict::data);
  }
  EXPECT_EQ(sink.trades.size(), 3U);
  ASSERT_EQ(sink.tickers.size(), 6U);
  for (const HeardTicker& heard : sink.tickers) {
    const bool quote = heard.update.stream == ticker_stream;
    EXPECT_EQ(heard.symbol, quote ? "BTC/USD" : "ETH/USD");
    EXPECT_EQ(heard.update.mask, quote ? quote_mask | day_mask : last_mask);
    EXPECT_EQ(heard.get(Field::last) == "null", quote);
    EXPECT_EQ(heard.get(Field::bid) == "null", !quote);
    EXPECT_EQ(heard.get(Field::open_24h), "null");
  }
}

TEST_F(Kraken, MakesANumberThatOverflowsNullAndAppliesTheRest) {
  EXPECT_EQ(parse(replaced(ticker_frame, "61999.90", "1234567890123456789012")), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | day_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "62000.00");
  EXPECT_EQ(parse(replaced(trade_frame, "0.05000000", "1e-19")), Verdict::data);
  EXPECT_EQ(sink.overflows, 2);
  EXPECT_TRUE(sink.trades[0].update.size.is_null());
  EXPECT_EQ(sink.tickers[1].get(Field::last), "3400.15");
}

TEST_F(Kraken, NamesPairsByTheirOneSlash) {
  const std::vector<std::pair<std::string, std::string>> names = {{"BTC/USD", "BTC-USD"},
                                                                  {"XBT/USD", "XBT-USD"},
                                                                  {"A/B", "A-B"},
                                                                  {"币/USD", "币-USD"},
                                                                  {"AAVE.S/EUR", "AAVE.S-EUR"},
                                                                  {"BTCUSD", "BTCUSD"},
                                                                  {"/USD", "/USD"},
                                                                  {"BTC/", "BTC/"},
                                                                  {"/", "/"},
                                                                  {"A/B/C", "A/B/C"},
                                                                  {"A//B", "A//B"},
                                                                  {"", ""}};
  for (const auto& [symbol, name] : names) EXPECT_EQ(adapter->canonical(symbol), name);
}

TEST(KrakenEndpoint, IsVersionTwoOnly) {
  for (const char* endpoint : {"wss://ws.kraken.com/v2", "wss://WS.Kraken.com:443/v2/"}) {
    const VenueEntry* const entry = find_by_endpoint(endpoint);
    ASSERT_NE(entry, nullptr) << endpoint;
    EXPECT_EQ(entry->venue, "kraken");
  }
  for (const char* endpoint : {"wss://ws.kraken.com", "wss://ws.kraken.com/", "ws.kraken.com/v20",
                               "wss://ws-auth.kraken.com/v2", "wss://kraken.com/v2"}) {
    EXPECT_EQ(find_by_endpoint(endpoint), nullptr) << endpoint;
  }
}

}  // namespace
}  // namespace ticker::feeds::kraken
