// What the configuration says of a venue: `[feeds.<venue>]`. What a venue offers, and its defaults,
// stand in the registry. Plain values, immutable after start.
#pragma once

#include <string>
#include <vector>

#include "feeds/contract/category.hpp"

namespace ticker::feeds {

struct VenueOptions {
  Category category = Category::spot;
  // The venue's own name of the stream that tells trades; empty: its default.
  std::string trades = {};
  // The venue's own name of the stream that tells bid and ask; empty: its default.
  std::string quotes = {};

  // Of a live connection.
  std::string url = {};                   // WebSocket; empty: the venue's own
  std::string rest_url = {};              // empty: the venue's own
  std::vector<std::string> symbols = {};  // names behind `venue:`, "BTC-USDT"
  std::vector<std::string> channels = {"ticker", "trades"};
  std::string symbols_file = {};  // the venue's list of symbols, instead of asking for it
  std::string ca_file = {};       // certificates to trust, PEM; empty: the system's
  std::string proxy = {};         // "http://host:port"; empty: none
};

}  // namespace ticker::feeds
