// A venue, live: learns how it spells the configured instruments, keeps its
// connections, and tells the market what comes and what of it may be believed.
// A source like others: it says what is due when it is asked; what sockets
// bring comes in between, on the same feed thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/limits.hpp"
#include "feeds/contract/tap.hpp"
#include "feeds/contract/venue.hpp"
#include "feeds/contract/wire.hpp"

namespace ticker::feeds {

struct LiveParts {
  const VenueEntry& entry;
  VenueOptions options;
  FeedLimits limits;
  Network& network;
  SinkDirectory& directory;
  std::uint64_t seed = 1;
  Tap* tap = nullptr;
};

/// What keeps these options from being run: URLs that are none, no symbols, too
/// many, a file that cannot be read or does not list them. For the check of a
/// config; no network.
struct OptionMistake {
  std::string key;
  std::string what;
};
[[nodiscard]] std::vector<OptionMistake> check_live(const VenueEntry& entry,
                                                    const VenueOptions& options,
                                                    const FeedLimits& limits);

/// The venue's list of instruments.
using Listing = std::vector<Listed>;

/// Asks for the list, page by page. `done` gets it, or why there is none;
/// within `feed_step_ms` a page.
void fetch_listing(const VenueEntry& entry, const VenueOptions& options, const FeedLimits& limits,
                   Network& network,
                   std::function<void(std::optional<Listing>, const Failure&)> done);

/// One sentence for each configured symbol that the list does not have, or has
/// closed.
[[nodiscard]] std::vector<std::string> unknown_symbols(const VenueEntry& entry,
                                                       const VenueOptions& options,
                                                       const Listing& listing);

/// What came of a first request for the list.
struct FirstListing {
  std::optional<Listing> listing = {};
  std::optional<Failure> failure = {};  // why there is none; nothing: nobody asked yet
};

/// Without a list the source asks for it, and again until it has it; not before the venue wants to
/// be asked again.
[[nodiscard]] std::unique_ptr<Source> make_live(LiveParts parts, FirstListing first);

}  // namespace ticker::feeds
