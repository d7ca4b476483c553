// What the frames of Coinbase Exchange mean, and that nothing else is ever heard from them.
#include "feeds/coinbase/coinbase.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/registry.hpp"
#include "tests/feeds/coinbase/coinbase_fixture.hpp"

namespace ticker::feeds::coinbase {
namespace {

TEST_F(Coinbase, TakesBestBidAndOfferAndDayValuesFromTicker) {
  EXPECT_EQ(parse(ticker_frame), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.symbol, "BTC-USD");
  EXPECT_EQ(heard.update.stream, ticker_stream);
  EXPECT_EQ(heard.update.order, 50'978'628'538U);
  EXPECT_EQ(heard.update.exchange_us, 1'669'852'800'122'581);
  EXPECT_EQ(heard.update.mask, quote_mask | day_mask);
  EXPECT_EQ(heard.get(Field::bid), "17165.15");
  EXPECT_EQ(heard.get(Field::bid_size), "0.61540890");
  EXPECT_EQ(heard.get(Field::ask), "17167.76");
  EXPECT_EQ(heard.get(Field::ask_size), "0.18528568");
  EXPECT_EQ(heard.get(Field::open_24h), "16437.94");
  EXPECT_EQ(heard.get(Field::high_24h), "17259.370");
  EXPECT_EQ(heard.get(Field::low_24h), "16423.37");
  EXPECT_EQ(heard.get(Field::volume_24h), "42492.05081975");
  EXPECT_EQ(sink.calls, std::vector<std::string>{"ticker"});
}

TEST_F(Coinbase, TakesTradeAndLastFromMatch) {
  EXPECT_EQ(parse(match_frame), Verdict::data);
  EXPECT_EQ(sink.calls, (std::vector<std::string>{"trade", "ticker"}));
  ASSERT_EQ(sink.trades.size(), 1U);
  const HeardTrade& heard = sink.trades[0];
  EXPECT_EQ(heard.symbol, "ETC-GBP");
  EXPECT_EQ(heard.trade_id, "216544");
  EXPECT_EQ(heard.update.stream, match_stream);
  EXPECT_EQ(heard.update.order, 216'544U);
  EXPECT_EQ(heard.update.exchange_us, 1'564'617'603'816'000);
  EXPECT_EQ(text(heard.update.price), "4.97800000");
  EXPECT_EQ(text(heard.update.size), "0.97133855");
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& last = sink.tickers[0];
  EXPECT_EQ(last.symbol, "ETC-GBP");
  EXPECT_EQ(last.update.stream, match_stream);
  EXPECT_EQ(last.update.order, 216'544U);
  EXPECT_EQ(last.update.exchange_us, 1'564'617'603'816'000);
  EXPECT_EQ(last.update.mask, last_mask);
  EXPECT_EQ(last.get(Field::last), "4.97800000");
  EXPECT_EQ(last.get(Field::last_size), "0.97133855");
}

TEST_F(Coinbase, TurnsTheMakersSideIntoTheTakers) {
  EXPECT_EQ(parse(match_frame), Verdict::data);
  EXPECT_EQ(parse(replaced(match_frame, R"("buy")", R"("sell")")), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 2U);
  EXPECT_EQ(sink.trades[0].update.side, Side::sell);
  EXPECT_EQ(sink.trades[1].update.side, Side::buy);
}

TEST_F(Coinbase, TakesLastButNoTradeFromTheMatchBeforeTheSubscription) {
  EXPECT_EQ(parse(last_match_frame), Verdict::data);
  EXPECT_EQ(sink.calls, std::vector<std::string>{"ticker"});
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& last = sink.tickers[0];
  EXPECT_EQ(last.symbol, "ETC-GBP");
  EXPECT_EQ(last.update.stream, match_stream);
  EXPECT_EQ(last.update.order, 216'544U);
  EXPECT_EQ(last.update.mask, last_mask);
  EXPECT_EQ(last.get(Field::last), "4.97800000");
}

TEST_F(Coinbase, SpeaksOnlyOfTheValuesThatATickerHas) {
  std::string bare = ticker_frame;
  for (const char* size :
       {R"("best_bid_size":"0.61540890",)", R"("best_ask_size":"0.18528568",)"}) {
    bare = replaced(bare, size, "");
  }
  EXPECT_EQ(parse(bare), Verdict::data);  // as in 2021
  for (const char* day : {R"("open_24h":"16437.94",)", R"("volume_24h":"42492.05081975",)",
                          R"("low_24h":"16423.37",)", R"("high_24h":"17259.370",)",
                          R"("time":"2022-12-01T00:00:00.122581Z",)"}) {
    bare = replaced(bare, day, "");
  }
  EXPECT_EQ(parse(bare), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 2U);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | day_mask);
  EXPECT_EQ(sink.tickers[1].update.mask, quote_mask);
  EXPECT_EQ(sink.tickers[1].get(Field::bid_size), "null");
  EXPECT_EQ(sink.tickers[1].get(Field::ask_size), "null");
  EXPECT_EQ(sink.tickers[1].update.exchange_us, 0);
}

TEST_F(Coinbase, CallsAPriceOfZeroNone) {
  EXPECT_EQ(parse(replaced(ticker_frame, R"("17165.15")", R"("0.00")")), Verdict::data);
  const HeardTicker& no_bid = sink.tickers[0];
  EXPECT_EQ(no_bid.update.mask, quote_mask | day_mask);
  EXPECT_EQ(no_bid.get(Field::bid), "null");
  EXPECT_EQ(no_bid.get(Field::bid_size), "null");
  EXPECT_EQ(no_bid.get(Field::ask), "17167.76");
  EXPECT_EQ(parse(R"({"type":"ticker","sequence":7,"product_id":"NEW-USD","price":"0",)"
                  R"("open_24h":"0","volume_24h":"0","low_24h":"0","high_24h":"0",)"
                  R"("best_bid":"0","best_bid_size":"0","best_ask":"0","best_ask_size":"0"})"),
            Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 2U);
  const HeardTicker& never_traded = sink.tickers[1];
  EXPECT_EQ(never_traded.update.mask, quote_mask | day_mask);
  for (const Field field : {Field::bid, Field::bid_size, Field::ask, Field::ask_size,
                            Field::open_24h, Field::high_24h, Field::low_24h}) {
    EXPECT_EQ(never_traded.get(field), "null");
  }
  EXPECT_EQ(never_traded.get(Field::volume_24h), "0");
}

TEST_F(Coinbase, CallsAbsurdTimesNone) {
  for (const char* absurd : {"0001-01-01T00:00:00.000000Z", "1970-01-01T00:00:00Z",
                             "1999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59Z"}) {
    sink = {};
    EXPECT_EQ(parse(replaced(ticker_frame, "2022-12-01T00:00:00.122581Z", absurd)), Verdict::data);
    EXPECT_EQ(parse(replaced(match_frame, "2019-08-01T00:00:03.816000Z", absurd)), Verdict::data);
    ASSERT_EQ(sink.tickers.size(), 2U);
    ASSERT_EQ(sink.trades.size(), 1U);
    EXPECT_EQ(sink.tickers[0].update.exchange_us, 0) << absurd;
    EXPECT_EQ(sink.tickers[0].update.order, 50'978'628'538U);
    EXPECT_EQ(sink.tickers[1].update.exchange_us, 0) << absurd;
    EXPECT_EQ(sink.trades[0].update.exchange_us, 0) << absurd;
  }
}

TEST_F(Coinbase, ReadsTimesOfAnyPrecision) {
  EXPECT_EQ(parse(replaced(ticker_frame, "00.122581Z", "00.122Z")), Verdict::data);
  EXPECT_EQ(parse(replaced(ticker_frame, "00.122581Z", "00Z")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.exchange_us, 1'669'852'800'122'000);
  EXPECT_EQ(sink.tickers[1].update.exchange_us, 1'669'852'800'000'000);
}

TEST_F(Coinbase, ReadsIdsOf64Bits) {
  EXPECT_EQ(parse(replaced(match_frame, "216544", "18446744073709551615")), Verdict::data);
  EXPECT_EQ(parse(replaced(ticker_frame, "50978628538", "9223372036854775808")), Verdict::data);
  EXPECT_EQ(sink.trades[0].trade_id, "18446744073709551615");
  EXPECT_EQ(sink.trades[0].update.order, UINT64_MAX);
  EXPECT_EQ(sink.tickers[0].update.order, UINT64_MAX);
  EXPECT_EQ(sink.tickers[1].update.order, 9'223'372'036'854'775'808U);
}

TEST_F(Coinbase, ReadsKeysInAnyOrderAndPassesOverNewOnes) {
  EXPECT_EQ(parse(R"( { "best_ask":"3", "x":[{"best_bid":"9"},null,-1.5e3], "product_id" : "A-B",
                       "best_bid":"1","sequence":7,"new":{"best_ask":"8"}, "type":"ticker" } )"),
            Verdict::data);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "1");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "3");
  EXPECT_EQ(parse(R"({"time":"2019-08-01T00:00:03Z","product_id":"A-B","price":"1","size":"2",)"
                  R"("taker_fee_rate":"0.005","side":"sell","trade_id":5,"type":"match"})"),
            Verdict::data);
  EXPECT_EQ(text(sink.trades[0].update.price), "1");
}

TEST_F(Coinbase, KeepsSymbolsAsTheVenueSpellsThem) {
  for (const char* symbol : {"BTC-USD", "00-USD", "A-B-C", "人生-USD", "plain"}) {
    sink = {};
    EXPECT_EQ(parse(replaced(ticker_frame, "BTC-USD", symbol)), Verdict::data);
    EXPECT_EQ(sink.tickers[0].symbol, symbol);
    EXPECT_EQ(adapter->canonical(symbol), symbol);
  }
  EXPECT_EQ(parse(replaced(match_frame, "ETC-GBP", R"(\u5e01-USD)")), Verdict::data);
  EXPECT_EQ(sink.trades[0].symbol, "币-USD");
}

// A ticker has price, last_size, side and trade_id too, a match has a sequence: none may leak.
TEST_F(Coinbase, NeverLetsAStreamSpeakOfAnothersFields) {
  const std::string odd_match = replaced(
      match_frame, R"("side")",
      R"("best_bid":"1","best_bid_size":"2","best_ask":"3","open_24h":"4","volume_24h":"5","side")");
  const std::string odd_ticker =
      replaced(ticker_frame, R"("side")", R"("size":"9","last":"9","side")");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(parse(odd_match), Verdict::data);
    EXPECT_EQ(parse(odd_ticker), Verdict::data);
  }
  EXPECT_EQ(sink.trades.size(), 3U);
  ASSERT_EQ(sink.tickers.size(), 6U);
  for (const HeardTicker& heard : sink.tickers) {
    const bool is_quote = heard.update.stream == ticker_stream;
    EXPECT_EQ(heard.symbol, is_quote ? "BTC-USD" : "ETC-GBP");
    EXPECT_EQ(heard.update.mask, is_quote ? quote_mask | day_mask : last_mask);
    EXPECT_EQ(heard.update.order, is_quote ? 50'978'628'538U : 216'544U);
    EXPECT_EQ(heard.get(Field::bid) == "null", !is_quote);
    EXPECT_EQ(heard.get(Field::last) == "null", is_quote);
  }
}

TEST_F(Coinbase, MakesANumberThatOverflowsNullAndAppliesTheRest) {
  EXPECT_EQ(parse(replaced(ticker_frame, "42492.05081975", std::string(22, '9'))), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | day_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::volume_24h), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "17165.15");
  EXPECT_EQ(parse(replaced(match_frame, "0.97133855", "0.1234567890123456789")), Verdict::data);
  EXPECT_EQ(sink.overflows, 2);
  EXPECT_TRUE(sink.trades[0].update.size.is_null());
  EXPECT_EQ(sink.tickers[1].get(Field::last), "4.97800000");
}

TEST(CoinbaseRegistry, MeansTheExchangeFeedOnly) {
  for (const char* endpoint :
       {"wss://ws-feed.exchange.coinbase.com", "wss://ws-feed.pro.coinbase.com:443/",
        "wss://ws-direct.exchange.coinbase.com"}) {
    const VenueEntry* const entry = find_by_endpoint(endpoint);
    ASSERT_NE(entry, nullptr) << endpoint;
    EXPECT_EQ(entry->venue, "coinbase");
    EXPECT_EQ(entry->categories[0], "spot");
    EXPECT_EQ(entry->trades[0], "match");
    EXPECT_EQ(entry->make({})->canonical("BTC-USD"), "BTC-USD");
  }
  EXPECT_EQ(find_by_endpoint("wss://advanced-trade-ws.coinbase.com"), nullptr);
  EXPECT_EQ(find_by_endpoint("wss://ws-md.international.coinbase.com"), nullptr);
}

}  // namespace
}  // namespace ticker::feeds::coinbase
