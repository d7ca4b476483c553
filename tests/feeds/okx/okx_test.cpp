// What OKX's frames say: quotes, tickers, trades and books, each field by its owner alone.
#include <gtest/gtest.h>

#include <string>

#include "tests/feeds/okx/okx_fixture.hpp"

namespace ticker::feeds::okx {
namespace {

TEST_F(Okx, TellsTheBestBidAndOfferOfBboTbtWithItsTime) {
  ASSERT_EQ(parse(quote_frame), Verdict::data);
  ASSERT_EQ(sink.tickers.size(), 1U);
  const HeardTicker& heard = sink.tickers[0];
  EXPECT_EQ(heard.symbol, "BTC-USDT");
  EXPECT_EQ(heard.update.mask, quote_mask);
  EXPECT_EQ(heard.update.stream, quote_stream);
  EXPECT_EQ(heard.update.order, 1'709'294'400'123'000U);
  EXPECT_EQ(heard.update.exchange_us, 1'709'294'400'123'000);
  EXPECT_EQ(heard.get(Field::bid), "62000.0");
  EXPECT_EQ(heard.get(Field::bid_size), "1.50");
  EXPECT_EQ(heard.get(Field::ask), "62000.1");
  EXPECT_EQ(heard.get(Field::ask_size), "0.25");
}

// A quote ordered by its number would never be taken again once the numbers begin afresh.
TEST_F(Okx, OrdersQuotesByTimeSinceTheirNumbersMayGoBack) {
  const std::string later = replaced(quote_frame, "1709294400123", "1709294400124");
  ASSERT_EQ(parse(quote_frame), Verdict::data);
  ASSERT_EQ(parse(replaced(later, "700001", "3")), Verdict::data);
  EXPECT_GT(sink.tickers[1].update.order, sink.tickers[0].update.order);
}

TEST_F(Okx, TellsThatASideIsEmpty) {
  ASSERT_EQ(parse(replaced(quote_frame, R"([["62000.0","1.50","0","7"]])", "[]")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "62000.1");
}

TEST_F(Okx, TakesAPriceOfZeroForNone) {
  ASSERT_EQ(parse(replaced(quote_frame, "62000.0", "0")), Verdict::data);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
}

TEST_F(Okx, TellsOnlyDayValuesOfATickerThatOwnsNoQuote) {
  for (const char* owner : {"", "bbo-tbt", "books"}) {
    own(owner);
    sink = {};
    ASSERT_EQ(parse(ticker_frame), Verdict::data);
    ASSERT_EQ(sink.tickers.size(), 1U);
    const HeardTicker& heard = sink.tickers[0];
    EXPECT_EQ(heard.update.mask, day_mask);
    EXPECT_EQ(heard.update.stream, ticker_stream);
    EXPECT_EQ(heard.update.order, 1'709'294'400'456'000U);
    EXPECT_EQ(heard.get(Field::open_24h), "61000.5");
    EXPECT_EQ(heard.get(Field::high_24h), "62500");
    EXPECT_EQ(heard.get(Field::low_24h), "60900.10");
    EXPECT_EQ(heard.get(Field::volume_24h), "5021.73");
  }
}

TEST_F(Okx, TellsBidAndAskOfATickerThatOwnsThem) {
  own("tickers");
  ASSERT_EQ(parse(ticker_frame), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | day_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "62000.2");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "0.125");
  EXPECT_EQ(sink.tickers[0].get(Field::ask), "62000.3");
  EXPECT_EQ(sink.tickers[0].get(Field::ask_size), "0.75");
  expect_silence(quote_frame, Verdict::ignored);
  expect_silence(snapshot_frame, Verdict::ignored);
}

// {"instType":"OPTION",…,"bidPx":"","bidSz":"",…} as recorded.
TEST_F(Okx, TakesAnEmptyTextOfATickerForNoValue) {
  own("tickers");
  const std::string frame =
      replaced(replaced(replaced(ticker_frame, R"("62000.2")", R"("")"), R"("0.125")", R"("")"),
               R"("61000.5")", R"("")");
  ASSERT_EQ(parse(frame), Verdict::data);
  EXPECT_EQ(sink.tickers[0].update.mask, quote_mask | day_mask);
  EXPECT_EQ(sink.tickers[0].get(Field::bid), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::bid_size), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::open_24h), "null");
  EXPECT_EQ(sink.overflows, 0);
}

TEST_F(Okx, TellsATradeAndTheLastPriceThatItMakes) {
  ASSERT_EQ(parse(trade_frame), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1U);
  const HeardTrade& heard = sink.trades[0];
  EXPECT_EQ(heard.symbol, "BTC-USDT");
  EXPECT_EQ(heard.trade_id, "500000010");
  EXPECT_EQ(heard.update.order, 500'000'010U);
  EXPECT_FALSE(heard.update.counted);  // a row is several trades: ids have holes
  EXPECT_EQ(heard.update.side, Side::buy);
  EXPECT_EQ(heard.update.exchange_us, 1'709'294'400'789'000);
  EXPECT_EQ(text(heard.update.price), "62000.10");
  EXPECT_EQ(text(heard.update.size), "0.0200");
  ASSERT_EQ(sink.tickers.size(), 1U);
  EXPECT_EQ(sink.tickers[0].update.mask, last_mask);
  EXPECT_EQ(sink.tickers[0].update.stream, trade_stream);
  EXPECT_EQ(sink.tickers[0].update.order, 500'000'010U);
}

TEST_F(Okx, TellsAllTradesOfAFrameInTheirOrder) {
  const std::string second = replaced(replaced(trade_row, "500000010", "500000014"), "buy", "sell");
  ASSERT_EQ(parse(frame_of("trades", trade_row + "," + second)), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 2U);
  EXPECT_EQ(sink.trades[1].trade_id, "500000014");
  EXPECT_EQ(sink.trades[1].update.side, Side::sell);
  EXPECT_EQ(sink.calls, (std::vector<std::string>{"trade", "ticker", "trade", "ticker"}));
}

TEST_F(Okx, TellsASnapshotOfABookItsChangesAndThatItStands) {
  own("books");
  ASSERT_EQ(parse(snapshot_frame), Verdict::data);
  ASSERT_EQ(parse(update_frame), Verdict::data);
  const std::string standing =
      R"({"asks":[],"bids":[],"ts":"1709294460100","checksum":0,"prevSeqId":700024,)"
      R"("seqId":700024})";
  ASSERT_EQ(parse(frame_of("books", standing, "update")), Verdict::data);
  ASSERT_EQ(sink.books.size(), 3U);
  EXPECT_EQ(sink.books[0].symbol, "BTC-USDT");
  EXPECT_TRUE(sink.books[0].update.snapshot);
  EXPECT_EQ(sink.books[0].update.last, 700'001U);
  EXPECT_EQ(sink.books[0].update.first, 700'001U);
  EXPECT_EQ(sink.books[0].update.previous, -1);
  EXPECT_FALSE(sink.books[0].update.checksum);  // 0: there is none
  EXPECT_EQ(sink.books[0].update.exchange_us, 1'709'294'400'000'000);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].bids), "62000 1.50");
  EXPECT_EQ(HeardBook::text_of(sink.books[0].asks), "62000.1 0.25, 62000.4 1");
  EXPECT_FALSE(sink.books[1].update.snapshot);
  EXPECT_EQ(sink.books[1].update.last, 700'024U);
  EXPECT_EQ(sink.books[1].update.previous, 700'001);
  EXPECT_EQ(HeardBook::text_of(sink.books[1].asks), "62000.1 0");
  EXPECT_EQ(sink.books[2].update.previous, 700'024);
  EXPECT_EQ(sink.books[2].update.last, 700'024U);
  EXPECT_TRUE(sink.books[2].bids.empty() && sink.books[2].asks.empty());
}

TEST_F(Okx, TakesBooksTickByTickForTheSameBook) {
  own("books");
  for (const char* channel : {"books-l2-tbt", "books50-l2-tbt"}) {
    sink = {};
    ASSERT_EQ(parse(frame_of(channel, snapshot_row, "snapshot")), Verdict::data);
    EXPECT_EQ(sink.books.size(), 1U);
  }
  expect_silence(quote_frame, Verdict::ignored);
  expect_silence(frame_of("books5", quote_row), Verdict::ignored);
}

TEST_F(Okx, KeepsAChecksumWhateverItsSign) {
  own("books");
  ASSERT_EQ(parse(replaced(update_frame, R"("checksum":0)", R"("checksum":-855196043)")),
            Verdict::data);
  EXPECT_EQ(sink.books[0].update.checksum, std::uint32_t{3'439'771'253});
  const std::string old = R"(,"prevSeqId":700001,"seqId":700024)";
  const std::string unnumbered = replaced(update_frame, old, "");
  ASSERT_EQ(parse(replaced(unnumbered, R"("checksum":0)", R"("checksum":17)")), Verdict::data);
  EXPECT_EQ(sink.books[1].update.checksum, 17U);
  EXPECT_EQ(sink.books[1].update.previous, -1);
  EXPECT_EQ(sink.books[1].update.last, 0U);
  expect_silence(unnumbered, Verdict::malformed);  // nothing to trust it by
}

TEST_F(Okx, SaysHowItsBooksAreKept) {
  EXPECT_EQ(adapter->book_rules().sequence, BookRules::Sequence::chain);
  EXPECT_EQ(adapter->book_rules().checksum, BookRules::Checksum::okx);
  EXPECT_EQ(adapter->book_rules().depth, 0U);
  EXPECT_FALSE(adapter->book_rules().snapshot_by_request);
}

TEST_F(Okx, CountsANumberThatDoesNotFitAndAppliesTheRest) {
  const std::string big(40, '9');
  ASSERT_EQ(parse(replaced(ticker_frame, "62500", big)), Verdict::data);
  EXPECT_EQ(sink.overflows, 1);
  EXPECT_EQ(sink.tickers[0].get(Field::high_24h), "null");
  EXPECT_EQ(sink.tickers[0].get(Field::low_24h), "60900.10");
  own("books");
  ASSERT_EQ(parse(replaced(snapshot_frame, "1.50", big)), Verdict::data);
  EXPECT_EQ(HeardBook::text_of(sink.books[0].bids), "62000 null");
  expect_silence(replaced(snapshot_frame, "62000.4", big), Verdict::malformed);
}

TEST_F(Okx, ReadsKeysInAnyOrder) {
  ASSERT_EQ(parse(R"({"data":[{"ts":"1709294400123","bids":[],"asks":[["1","2"]]}],)"
                  R"("arg":{"instId":"A-B","channel":"bbo-tbt"}})"),
            Verdict::data);
  EXPECT_EQ(sink.tickers[0].symbol, "A-B");
  EXPECT_EQ(sink.tickers[0].get(Field::ask_size), "2");
}

TEST_F(Okx, SpellsEverySymbolAsTheVenueDoes) {
  EXPECT_EQ(adapter->canonical("BTC-USDT"), "BTC-USDT");
  EXPECT_EQ(make_adapter({.category = Category::option})->canonical("BTC-USD-220325-40000-C"),
            "BTC-USD-220325-40000-C");
}

}  // namespace
}  // namespace ticker::feeds::okx
