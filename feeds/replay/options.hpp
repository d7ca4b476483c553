// Options of the replay feed; config section [feeds.replay].
#pragma once

#include <string>
#include <vector>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {

struct ReplayOptions {
  std::vector<std::string> files;  // captures; their format is told in feeds/README.md
  double speed = 1.0;              // 1: as recorded; 10: ten times as fast; 0: as fast as it goes
  bool loop = false;
  bool together = false;  // every venue begins at once, whatever the dates of its recordings
  // By place in the registry; empty: the registry's defaults.
  std::vector<VenueOptions> venues = {};
};

}  // namespace ticker::feeds
