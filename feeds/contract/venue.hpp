// What the house knows of a venue before it speaks with it: one row of the registry. Plain values
// and pure functions over a table of them; who needs the table is given it.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/dialect.hpp"

namespace ticker::feeds {

struct VenueEntry {
  std::string_view venue;  // the part of an instrument's name before the colon
  /// Where it speaks what its adapter understands, REST answers too: a host, or a host and the
  /// beginning of a path.
  /// Other markets and versions of a venue have endpoints of their own and are not meant.
  std::span<const std::string_view> endpoints;
  std::span<const std::string_view> categories;  // names of `Category`; the first is the default
  std::span<const std::string_view> trades;      // its streams of trades; the first is the default
  std::span<const std::string_view> quotes;  // its streams of bid and ask; the first is the default
  std::unique_ptr<Adapter> (*make)(const VenueOptions&);
  std::unique_ptr<Dialect> (*make_dialect)(const VenueOptions&);
};

using Venues = std::span<const VenueEntry>;

/// The options of every venue, by place in the table, as they are unless configured.
[[nodiscard]] std::vector<VenueOptions> default_options(Venues known);

/// The venue that speaks at `endpoint` (`wss://stream.binance.com:9443/stream`, or a bare host).
/// Null if there is none.
[[nodiscard]] const VenueEntry* find_by_endpoint(Venues known, std::string_view endpoint);

}  // namespace ticker::feeds
