// A venue is recognised by the host of its endpoint.
#include "feeds/registry.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ticker::feeds {
namespace {

std::string_view venue_of(std::string_view endpoint) {
  const VenueEntry* const entry = find_by_endpoint(endpoint);
  return entry == nullptr ? "none" : entry->venue;
}

TEST(Registry, FindsAVenueByTheHostOfItsEndpoint) {
  EXPECT_EQ(venue_of("wss://stream.binance.com:9443/stream"), "binance");
  EXPECT_EQ(venue_of("wss://stream.binance.us:9443/stream"), "binance_us");
  EXPECT_EQ(venue_of("wss://data-stream.binance.vision/ws"), "binance");
  EXPECT_EQ(venue_of("binance.com"), "binance");
  EXPECT_EQ(venue_of("WSS://Stream.Binance.COM/ws?streams=a"), "binance");
}

TEST(Registry, LooksOnlyAtTheHost) {
  EXPECT_EQ(venue_of("wss://notbinance.com/stream"), "none");
  EXPECT_EQ(venue_of("wss://binance.com.example.org/stream"), "none");
  EXPECT_EQ(venue_of("wss://example.org/binance.com"), "none");
  EXPECT_EQ(venue_of("wss://example.org?binance.com"), "none");
  EXPECT_EQ(venue_of("wss://binance.com@example.org/"), "none");
  EXPECT_EQ(venue_of("wss://example.org:443/stream.binance.us"), "none");
  EXPECT_EQ(venue_of("fixture"), "none");
  EXPECT_EQ(venue_of(""), "none");
  EXPECT_EQ(venue_of("://"), "none");
}

TEST(Registry, MakesAnAdapterForEveryVenueUnderItsOwnName) {
  std::set<std::string_view> names;
  for (const VenueEntry& entry : venues()) {
    EXPECT_TRUE(names.insert(entry.venue).second) << entry.venue;
    EXPECT_NE(entry.make(), nullptr);
    EXPECT_EQ(find_by_endpoint(entry.hosts[0]), &entry);
  }
}

TEST(Registry, GivesEachVenueItsOwnQuoteAssets) {
  EXPECT_EQ(find_by_endpoint("stream.binance.us")->make()->canonical("BATUSD"), "BAT-USD");
  EXPECT_EQ(find_by_endpoint("stream.binance.com")->make()->canonical("BATTUSD"), "BAT-TUSD");
}

}  // namespace
}  // namespace ticker::feeds
