// Which venues the house understands, one line a venue. The only place outside a venue's folder
// that knows its name. A constant table; any thread may read it.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "feeds/adapter.hpp"

namespace ticker::feeds {

struct VenueEntry {
  std::string_view venue;                 // the part of an instrument's name before the colon
  std::array<std::string_view, 2> hosts;  // domains of its endpoints; unused ones are empty
  std::unique_ptr<Adapter> (*make)();
};

[[nodiscard]] std::span<const VenueEntry> venues();

/// The venue that speaks from `endpoint` (`wss://stream.binance.com:9443/stream`, or a bare host):
/// the host is one of its domains or below one. Null if there is none.
[[nodiscard]] const VenueEntry* find_by_endpoint(std::string_view endpoint);

}  // namespace ticker::feeds
