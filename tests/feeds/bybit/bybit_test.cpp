// What Bybit's frames say: quotes, tickers, trades and books, each field by its owner alone.
#include <gtest/gtest.h>

#include <string>

#include "tests/feeds/bybit/bybit_fixture.hpp"

namespace ticker::feeds::bybit {
namespace {

TEST_F(Bybit, TellsTheBestBidAndOfferWithTheTimeOfTheEngine) {
  ASSERT_EQ(parse(best_frame), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.symbol, "BTCUSDT");
  EXPECT_EQ(heard.update.mask, quote_mask);
  EXPECT_EQ(heard.update.stream, quote_stream);
  EXPECT_EQ(heard.update.order, 1'709'294'400'123'000U);
  EXPECT_EQ(heard.update.exchange_us, 1'709'294'400'123'000);
  EXPECT_EQ(heard.get(Field::bid), "62000.00");
  EXPECT_EQ(heard.get(Field::bid_size), "1.500");
  EXPECT_EQ(heard.get(Field::ask), "62000.01");
  EXPECT_EQ(heard.get(Field::ask_size), "0.25");
}

// A quote ordered by its number would never be taken again after a restart of the service.
TEST_F(Bybit, OrdersQuotesByTimeSinceTheirNumbersBeginAfresh) {
  const std::string restarted = replaced(replaced(best_frame, "9000001", "1"), "123}", "124}");
  ASSERT_EQ(parse(best_frame), Verdict::data);
  ASSERT_EQ(parse(restarted), Verdict::data);
  EXPECT_GT(sink.tickers[1].update.order, sink.tickers[0].update.order);
}

TEST_F(Bybit, TakesTheTimeOfSendingWhereTheEnginesIsNotGiven) {
  ASSERT_EQ(parse(replaced(best_frame, R"(,"cts":1709294400123)", "")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.exchange_us, 1'709'294'400'125'000);
}

TEST_F(Bybit, TakesTimesBetweenQuotesAsWell) {
  const std::string frame = replaced(replaced(best_frame, "1709294400123", R"("1709294400123")"),
                                     "1709294400125", R"("1709294400125")");
  ASSERT_EQ(parse(frame), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.exchange_us, 1'709'294'400'123'000);
  ASSERT_EQ(parse(replaced(trade_frame, "1709294400789", R"("1709294400789")")), Verdict::data);
  EXPECT_EQ(sink.trades[0].update.exchange_us, 1'709'294'400'789'000);
}

TEST_F(Bybit, TellsThatASideIsEmpty) {
  ASSERT_EQ(parse(replaced(best_frame, R"([["62000.00","1.500"]])", "[]")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
}

TEST_F(Bybit, TellsDayValuesOfASpotTicker) {
  ASSERT_EQ(parse(spot_ticker_frame), Verdict::data);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.update.mask, day_mask);
  EXPECT_EQ(heard.update.stream, ticker_stream);
  EXPECT_EQ(heard.update.order, 1'709'294'400'456'000U);
  EXPECT_EQ(heard.get(Field::open_24h), "60704.93");
  EXPECT_EQ(heard.get(Field::high_24h), "62426.99");
  EXPECT_EQ(heard.get(Field::low_24h), "60575");
  EXPECT_EQ(heard.get(Field::volume_24h), "6780.866843");
}

TEST_F(Bybit, LeavesAloneWhatALinearTickerDoesNotName) {
  ASSERT_EQ(parse(linear_ticker_frame), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, bit(Field::volume_24h));
  EXPECT_EQ(sink.tickers[0].get(Field::volume_24h), "17573.9120");
  const std::string unused = replaced(linear_ticker_frame, R"(,"volume24h":"17573.9120")", "");
  expect_silence(unused, Verdict::ignored);
}

TEST_F(Bybit, TellsBidAndAskOfALinearTickerThatOwnsThem) {
  own("tickers");
  ASSERT_EQ(parse(linear_ticker_frame), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | bit(Field::volume_24h));
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "62000.20");
  EXPECT_EQ(sink.tickers[0].get(Field::ask_size), "10.486");
  // A missing field stands, a price or a size of its own.
  const std::string ask_only =
      replaced(linear_ticker_frame, R"("bid1Price":"62000.20","bid1Size":"6.054",)", "");
  ASSERT_EQ(parse(ask_only), Verdict::data);
  EXPECT_EQ(sink.tickers[1].update.mask & quote_mask, bit(Field::ask) | bit(Field::ask_size));
  ASSERT_EQ(parse(replaced(ask_only, R"("ask1Size":"10.486",)", "")), Verdict::data);
  EXPECT_EQ(sink.tickers[2].update.mask & quote_mask, bit(Field::ask));
  expect_silence(best_frame, Verdict::ignored);
}

TEST_F(Bybit, TakesTheSizeAwayWithAPriceThatIsNone) {
  own("tickers");
  for (const char* none : {R"("")", R"("0")"}) {
    sink = {};
    const std::string frame = replaced(linear_ticker_frame, R"("62000.20")", none);
    ASSERT_EQ(parse(replaced(frame, R"("bid1Size":"6.054",)", "")), Verdict::data);
    EXPECT_EQ(sink.tickers[0].update.mask & quote_mask, quote_mask);
    EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
    EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
    EXPECT_EQ(sink.tickers[0].get(Field::ask), "62000.30");
  }
}

TEST_F(Bybit, TellsATradeAndTheLastPriceThatItMakes) {
  ASSERT_EQ(parse(trade_frame), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1U);
  const HeardTrade& heard = sink.trades[0];
  EXPECT_EQ(heard.symbol, "BTCUSDT");
  EXPECT_EQ(heard.trade_id, "20f43950-d8dd-5b31-9112-a178eb6023af");
  EXPECT_EQ(heard.update.order, 1'783'284'617U);
  EXPECT_FALSE(heard.update.counted);
  EXPECT_EQ(heard.update.side, Side::buy);
  EXPECT_EQ(heard.update.exchange_us, 1'709'294'400'789'000);
  EXPECT_EQ(text(heard.update.price), "62000.10");
  EXPECT_EQ(text(heard.update.size), "0.0010");
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].update.mask, last_mask);
  EXPECT_EQ(sink.tickers[0].update.order, 1'783'284'617U);
}

TEST_F(Bybit, TellsAllTradesThatShareANumberInTheirOrder) {
  std::string rows = trade_row;
  for (int i = 1; i < 1'024; ++i) {
    const std::string sold = i % 2 == 0 ? trade_row : replaced(trade_row, "Buy", "Sell");
    rows += "," + replaced(sold, "20f43950", "20f4" + std::to_string(1'000 + i));
  }
  ASSERT_EQ(parse(trades_of(rows)), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1'024U);
  EXPECT_EQ(sink.trades[1'023].trade_id, "20f42023-d8dd-5b31-9112-a178eb6023af");
  EXPECT_EQ(sink.trades[1'023].update.side, Side::sell);
  EXPECT_EQ(sink.trades[1'023].update.order, sink.trades[0].update.order);
}

TEST_F(Bybit, TellsNoBlockTrade) {
  const std::string block = replaced(trade_row, R"("BT":false)", R"("BT":true)");
  expect_silence(trades_of(block), Verdict::ignored);
  ASSERT_EQ(parse(trades_of(block + "," + trade_row + "," + block)), Verdict::data);
  EXPECT_EQ(sink.trades.size(), 1U);
}

TEST_F(Bybit, TellsASnapshotOfABookAndItsChanges) {
  own("orderbook.50");
  ASSERT_EQ(parse(snapshot_frame), Verdict::data);
  ASSERT_EQ(parse(delta_frame), Verdict::data);
  ASSERT_EQ(sink.books.size(), 2U);
  EXPECT_EQ(sink.books[0].symbol, "BTCUSDT");
  EXPECT_TRUE(sink.books[0].update.snapshot);
  EXPECT_EQ(sink.books[0].update.first, 501U);
  EXPECT_EQ(sink.books[0].update.last, 501U);
  EXPECT_EQ(sink.books[0].update.exchange_us, 1'709'294'400'123'000);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].bids), "62000.00 1.500, 61999.90 0.3");
  EXPECT_EQ(HeardBook::text_of(sink.books[0].asks), "62000.01 0.25");
  EXPECT_FALSE(sink.books[1].update.snapshot);
  EXPECT_EQ(sink.books[1].update.last, 502U);
  EXPECT_EQ(HeardBook::text_of(sink.books[1].bids), "61999.90 0");
}

TEST_F(Bybit, TakesTheConfiguredDepthAlone) {
  const std::string deep = replaced(snapshot_frame, "orderbook.50.", "orderbook.200.");
  own("orderbook.50");
  expect_silence(deep, Verdict::ignored);
  expect_silence(best_frame, Verdict::ignored);
  expect_silence(replaced(snapshot_frame, "orderbook.50.", "orderbook.500."), Verdict::ignored);
  own("orderbook.200");
  expect_silence(snapshot_frame, Verdict::ignored);
  EXPECT_EQ(parse(deep), Verdict::data);
  own("");
  expect_silence(snapshot_frame, Verdict::ignored);
  expect_silence(replaced(best_frame, "orderbook.1.", "orderbook.1000."), Verdict::ignored);
}

TEST_F(Bybit, SaysHowItsBooksAreKept) {
  EXPECT_EQ(adapter->book_rules().sequence, BookRules::Sequence::step);
  EXPECT_EQ(adapter->book_rules().checksum, BookRules::Checksum::none);
  EXPECT_EQ(adapter->book_rules().depth, 0U);
}

TEST_F(Bybit, CountsANumberThatDoesNotFitAndAppliesTheRest) {
  const std::string big(40, '9');
  ASSERT_EQ(parse(replaced(spot_ticker_frame, "60575", big)), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  EXPECT_EQ(sink.tickers[0].get(Field::low_24h), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::high_24h), "62426.99");
}

TEST_F(Bybit, NamesPairsOfSpotByTheirQuoteAsset) {
  const auto name = [&](const char* symbol) { return adapter->canonical(symbol); };
  EXPECT_EQ(name("BTCUSDT"), "BTC-USDT");
  EXPECT_EQ(name("USDEUSDT"), "USDE-USDT");
  EXPECT_EQ(name("ETHBTC"), "ETH-BTC");
  EXPECT_EQ(name("USDTEUR"), "USDT-EUR");
  EXPECT_EQ(name("USDT"), "USDT");
  EXPECT_EQ(name("WHAT"), "WHAT");
  EXPECT_EQ(make_adapter({.category = Category::linear})->canonical("BTCUSDT"), "BTCUSDT");
}

}  // namespace
}  // namespace ticker::feeds::bybit
