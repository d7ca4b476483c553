#include "gateway/live_feeds.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <stdexcept>

#include "feeds/network/network.hpp"
#include "gateway/base/log.hpp"

namespace ticker {

const feeds::VenueEntry* find_venue(std::string_view feed) {
  const auto venues = feeds::venues();
  const auto found = std::ranges::find(venues, feed, &feeds::VenueEntry::venue);
  return found == venues.end() ? nullptr : &*found;
}

std::vector<feeds::FirstListing> ask_listings(const Config& config) {
  boost::asio::io_context context{1};
  const std::unique_ptr<feeds::Network> network = feeds::make_network(context);
  std::vector<feeds::FirstListing> listings(feeds::venues().size());
  std::string unknown;
  for (std::size_t i = 0; i < listings.size(); ++i) {
    const feeds::VenueEntry& entry = feeds::venues()[i];
    if (std::ranges::find(config.feeds, entry.venue) == config.feeds.end()) continue;
    const feeds::VenueOptions& options = config.venues[i];
    feeds::fetch_listing(
        entry, options, config.limits, *network,
        [&, i](std::optional<feeds::Listing> listing, const feeds::Failure& failure) {
          if (!listing) {
            log(LogLevel::warn, std::string(entry.venue) + ": no list of its instruments yet (" +
                                    failure.text + "); goes on trying");
            listings[i].failure = failure;
            return;
          }
          for (const std::string& mistake : feeds::unknown_symbols(entry, options, *listing)) {
            unknown += (unknown.empty() ? "" : "; ") + mistake;
          }
          listings[i].listing = std::move(listing);
        });
  }
  context.run_for(std::chrono::milliseconds(2 * config.limits.feed_step_ms));
  if (!unknown.empty()) throw std::runtime_error(unknown);
  return listings;
}

}  // namespace ticker
