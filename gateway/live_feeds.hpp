// The live venues of a configuration: asks each for its list of instruments before the gateway
// starts, so that a misspelt symbol is told at once, and makes their sources. Used at start, on the
// main thread.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "feeds/live/live.hpp"
#include "gateway/config/config.hpp"

namespace ticker {

/// The entry of the registry that a feed's name stands for; null: it is no venue.
[[nodiscard]] const feeds::VenueEntry* find_venue(std::string_view feed);

/// Asks all live venues of the configuration side by side, `feed_step_ms` at most. By place in the
/// registry; why not of a venue that could not be reached (the log says it, too). Throws
/// std::runtime_error with all symbols that venues do not know.
[[nodiscard]] std::vector<feeds::FirstListing> ask_listings(const Config& config);

}  // namespace ticker
