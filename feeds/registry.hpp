// Which venues the house understands, one line a venue. The only place outside a venue's folder
// that knows its name. A constant table; any thread may read it.
#pragma once

#include <string_view>
#include <vector>

#include "feeds/contract/venue.hpp"

namespace ticker::feeds {

[[nodiscard]] Venues venues();

[[nodiscard]] inline std::vector<VenueOptions> default_options() {
  return default_options(venues());
}

[[nodiscard]] inline const VenueEntry* find_by_endpoint(std::string_view endpoint) {
  return find_by_endpoint(venues(), endpoint);
}

}  // namespace ticker::feeds
