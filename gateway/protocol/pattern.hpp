// What a subscription speaks of: a channel of one instrument, or of all of a venue. Plain values.
#pragma once

#include <cstdint>
#include <string_view>

#include "schemas/instrument.hpp"

namespace ticker {

enum class DataChannel : std::uint8_t { ticker, trades };
inline constexpr std::size_t channel_count = 2;
inline constexpr std::string_view channel_names[channel_count] = {"ticker", "trades"};

using VenueId = std::uint32_t;

/// What an entry speaks of: one instrument, or all of a venue, now and later.
struct Pattern {
  bool wildcard = false;
  InstrumentId instrument = 0;
  VenueId venue = 0;
};

}  // namespace ticker
