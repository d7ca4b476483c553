// Options for replays of tests: the registry's, with another stream of quotes for one venue.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "feeds/registry.hpp"

namespace ticker::feeds {

inline std::vector<VenueOptions> options_with_quotes(std::string_view venue, std::string quotes) {
  std::vector<VenueOptions> all = default_options();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (venues()[i].venue == venue) all[i].quotes = std::move(quotes);
  }
  return all;
}

}  // namespace ticker::feeds
