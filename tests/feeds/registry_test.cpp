// A venue is recognised by the host of its endpoint.
#include "feeds/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace ticker::feeds {
namespace {

std::string_view venue_of(std::string_view endpoint) {
  const VenueEntry* const entry = find_by_endpoint(endpoint);
  return entry == nullptr ? "none" : entry->venue;
}

TEST(Registry, FindsAVenueByItsEndpoint) {
  EXPECT_EQ(venue_of("wss://stream.binance.com:9443/stream"), "binance");
  EXPECT_EQ(venue_of("wss://stream.binance.us:9443/stream"), "binance_us");
  EXPECT_EQ(venue_of("wss://data-stream.binance.vision/ws"), "binance");
  EXPECT_EQ(venue_of("stream.binance.com"), "binance");
  EXPECT_EQ(venue_of("WSS://Stream.Binance.COM/ws?streams=a"), "binance");
}

TEST(Registry, LooksOnlyAtHostAndPath) {
  EXPECT_EQ(venue_of("wss://notstream.binance.com/stream"), "none");
  EXPECT_EQ(venue_of("wss://stream.binance.com.example.org/stream"), "none");
  EXPECT_EQ(venue_of("wss://example.org/stream.binance.com"), "none");
  EXPECT_EQ(venue_of("wss://example.org?stream.binance.com"), "none");
  EXPECT_EQ(venue_of("wss://stream.binance.com@example.org/"), "none");
  EXPECT_EQ(venue_of("wss://user:word@stream.binance.com/ws@x"), "binance");
  EXPECT_EQ(venue_of("wss://example.org:443/stream.binance.us"), "none");
  EXPECT_EQ(venue_of("fixture"), "none");
  EXPECT_EQ(venue_of(""), "none");
  EXPECT_EQ(venue_of("://"), "none");
}

// Futures speak a like protocol, and `BTCUSDT` there is another thing.
TEST(Registry, KnowsNoOtherMarketOfAVenue) {
  EXPECT_EQ(venue_of("wss://fstream.binance.com/stream"), "none");
  EXPECT_EQ(venue_of("binance.com"), "none");
}

TEST(Registry, MakesAnAdapterForEveryVenueUnderItsOwnName) {
  std::set<std::string_view> names;
  for (const VenueEntry& entry : venues()) {
    EXPECT_TRUE(names.insert(entry.venue).second) << entry.venue;
    EXPECT_NE(entry.make({}), nullptr);
    ASSERT_FALSE(entry.endpoints.empty());
    for (const std::string_view endpoint : entry.endpoints) {
      EXPECT_EQ(find_by_endpoint(endpoint), &entry);
      EXPECT_EQ(find_by_endpoint("wss://" + std::string(endpoint) + "?a=b"), &entry);
    }
  }
}

TEST(Registry, NamesOnlyCategoriesThatExist) {
  for (const VenueEntry& entry : venues()) {
    ASSERT_FALSE(entry.categories.empty());
    for (const std::string_view name : entry.categories) {
      EXPECT_NE(std::ranges::find(category_names, name), category_names.end()) << name;
    }
    EXPECT_FALSE(entry.trades.empty()) << entry.venue;
  }
}

std::string canonical(std::string_view endpoint, std::string_view symbol) {
  return find_by_endpoint(endpoint)->make({})->canonical(symbol);
}

TEST(Registry, GivesEachVenueItsOwnQuoteAssets) {
  EXPECT_EQ(canonical("stream.binance.us", "BATUSD"), "BAT-USD");
  EXPECT_EQ(canonical("stream.binance.com", "BATTUSD"), "BAT-TUSD");
}

// Whether a symbol is a pair is told by the category, never guessed from its look.
TEST(Registry, KeepsTheVenuesSymbolOfADerivative) {
  for (const Category category : {Category::linear, Category::inverse, Category::option}) {
    const auto adapter = venues()[0].make({.category = category, .trades = {}});
    EXPECT_EQ(adapter->canonical("BTCUSDT"), "BTCUSDT");
    EXPECT_EQ(adapter->canonical("ETH-USD-220624-20000-C"), "ETH-USD-220624-20000-C");
  }
}

TEST(Registry, NamesOfDerivativesAreNamesOfInstruments) {
  EXPECT_TRUE(is_instrument_name("okx:ETH-USD-220624-20000-C"));
}

}  // namespace
}  // namespace ticker::feeds
