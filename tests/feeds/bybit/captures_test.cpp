// Recorded books, rebuilt level by level: their numbers rise by one, their sides never cross, and
// the venue itself takes out what leaves its depth. Recorded quotes and trades never run back.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "feeds/bybit/bybit.hpp"
#include "feeds/capture/recording.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds::bybit {
namespace {

const std::string captures = SOURCE_DIR "/feeds/bybit/captures/";

// All that one endpoint (spot or linear) says in a file.
RecordingSink heard_in(const std::string& name, const std::string& market,
                       const std::string& owner) {
  RecordingSink sink;
  std::string error;
  const auto recording = Recording::load(captures + name, error);
  EXPECT_TRUE(recording) << error;
  if (!recording) return sink;
  const auto adapter = make_adapter({.quotes = owner});
  for (const RecordedLine& line : recording->lines()) {
    if (!line.endpoint.ends_with(market)) continue;
    const Verdict verdict = adapter->parse(line.frame, sink);
    EXPECT_TRUE(verdict == Verdict::data || verdict == Verdict::ignored) << line.frame;
  }
  return sink;
}

using Levels = std::map<Decimal, Decimal>;

void apply(const std::vector<BookLevel>& levels, Levels& side) {
  for (const BookLevel& level : levels) {
    if (level.size.mantissa == 0) {
      EXPECT_EQ(side.erase(level.price), 1U);  // what goes was there
    } else {
      side.insert_or_assign(level.price, level.size);
    }
  }
}

TEST(BybitCaptures, HoldBooksThatKeepTheirDepthByThemselves) {
  for (const auto& [market, updates] : {std::pair{"spot", 250U}, std::pair{"linear", 150U}}) {
    const RecordingSink sink = heard_in("orderbook_200.ndjson", market, "orderbook.200");
    ASSERT_EQ(sink.books.size(), updates);
    Levels bids;
    Levels asks;
    std::uint64_t number = 0;
    for (const HeardBook& heard : sink.books) {
      ASSERT_EQ(heard.update.snapshot, number == 0);
      if (number != 0) {
        ASSERT_EQ(heard.update.last, number + 1);
      }
      number = heard.update.last;
      apply(heard.bids, bids);
      apply(heard.asks, asks);
      ASSERT_EQ(bids.size(), 200U);
      ASSERT_EQ(asks.size(), 200U);
      ASSERT_LT(bids.rbegin()->first, asks.begin()->first);
    }
  }
}

TEST(BybitCaptures, HoldQuotesWhoseTimesRise) {
  const RecordingSink sink = heard_in("orderbook_1.ndjson", "linear", "orderbook.1");
  ASSERT_EQ(sink.tickers.size(), 198U);
  std::map<std::string, std::uint64_t> newest;
  for (const HeardTicker& heard : sink.tickers) {
    EXPECT_LE(newest[heard.symbol], heard.update.order);
    newest[heard.symbol] = heard.update.order;
    EXPECT_LT(heard.update.fields.get(Field::bid), heard.update.fields.get(Field::ask));
  }
  EXPECT_EQ(newest.size(), 4U);
}

TEST(BybitCaptures, HoldTradesThatShareNumbersAndNeverRunBack) {
  const RecordingSink sink = heard_in("publicTrade.ndjson", "linear", "");
  ASSERT_EQ(sink.trades.size(), 139U);
  std::map<std::string, std::uint64_t> newest;
  std::set<std::string> ids;
  std::size_t shared = 0;
  for (const HeardTrade& heard : sink.trades) {
    std::uint64_t& number = newest[heard.symbol];
    EXPECT_LE(number, heard.update.order);
    if (number == heard.update.order) ++shared;
    number = heard.update.order;
    EXPECT_TRUE(ids.insert(heard.trade_id).second);
  }
  EXPECT_GT(shared, 50U);
}

// What is not named stands: put together, bid and ask never cross.
TEST(BybitCaptures, HoldLinearTickersOfWhichOnlyWhatChangedIsTold) {
  const RecordingSink sink = heard_in("tickers.ndjson", "linear", "tickers");
  std::map<std::string, Fields> last;
  std::size_t partly = 0;
  for (const HeardTicker& heard : sink.tickers) {
    Fields& fields = last[heard.symbol];
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((heard.update.mask & bit(field)) != 0) fields.set(field, heard.update.fields.get(field));
    }
    if ((heard.update.mask & bit(Field::bid)) == 0) ++partly;
    EXPECT_LT(fields.get(Field::bid), fields.get(Field::ask));
  }
  EXPECT_EQ(last.size(), 2U);
  EXPECT_GT(partly, 20U);
}

}  // namespace
}  // namespace ticker::feeds::bybit
