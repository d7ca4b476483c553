// What an entry of a client speaks of: one instrument, or all of a venue. Plain values.
#pragma once

#include <cstdint>

#include "schemas/instrument.hpp"

namespace ticker {

using VenueId = std::uint32_t;

/// One instrument, or all of a venue, now and later.
struct Pattern {
  bool wildcard = false;
  InstrumentId instrument = 0;
  VenueId venue = 0;
};

}  // namespace ticker
