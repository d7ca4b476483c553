// The cut between base and quote.
#include "feeds/binance/symbols.hpp"

#include <gtest/gtest.h>

#include "feeds/binance/binance.hpp"

namespace ticker::feeds::binance {
namespace {

TEST(BinanceSymbols, CutsBeforeAKnownQuoteAssetLongestFirst) {
  const auto adapter = make_adapter({});
  EXPECT_EQ(adapter->canonical("BTCUSDT"), "BTC-USDT");
  EXPECT_EQ(adapter->canonical("BTCFDUSD"), "BTC-FDUSD");
  EXPECT_EQ(adapter->canonical("BTCTUSD"), "BTC-TUSD");
  EXPECT_EQ(adapter->canonical("TUSDUSDT"), "TUSD-USDT");
  EXPECT_EQ(adapter->canonical("ETHBTC"), "ETH-BTC");
  EXPECT_EQ(adapter->canonical("BLZETH"), "BLZ-ETH");
  EXPECT_EQ(adapter->canonical("BTCEUR"), "BTC-EUR");
  EXPECT_EQ(adapter->canonical("1000SATSUSDT"), "1000SATS-USDT");
}

TEST(BinanceSymbols, LeavesASpellingItCannotCut) {
  const auto adapter = make_adapter({});
  EXPECT_EQ(adapter->canonical("USDT"), "USDT");
  EXPECT_EQ(adapter->canonical("NOQUOTE"), "NOQUOTE");
  EXPECT_EQ(adapter->canonical("btcusdt"), "btcusdt");
  EXPECT_EQ(adapter->canonical(""), "");
}

TEST(BinanceSymbols, KeepsBasesInUtf8Whole) {
  EXPECT_EQ(make_adapter({})->canonical("币安人生USDT"), "币安人生-USDT");
}

TEST(BinanceSymbols, KnowsNoTusdQuoteInTheUs) {
  const auto adapter = make_us_adapter({});
  EXPECT_EQ(adapter->canonical("BATUSD"), "BAT-USD");
  EXPECT_EQ(adapter->canonical("HNTUSD"), "HNT-USD");
  EXPECT_EQ(adapter->canonical("MANAUSD"), "MANA-USD");
}

TEST(BinanceSymbols, ListsLongerQuotesFirst) {
  for (const auto quotes : {global_quotes(), us_quotes()}) {
    for (std::size_t i = 1; i < quotes.size(); ++i) {
      EXPECT_GE(quotes[i - 1].size(), quotes[i].size()) << quotes[i];
    }
  }
}

}  // namespace
}  // namespace ticker::feeds::binance
