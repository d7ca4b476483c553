#include "feeds/contract/venue.hpp"

#include <algorithm>

namespace ticker::feeds {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_host(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

struct Place {
  std::string_view host;
  std::string_view path;  // begins with a slash, or empty
};

// Host and path of a URL, without scheme, user, port, query and fragment (RFC 3986).
Place place_of(std::string_view endpoint) {
  if (const auto scheme = endpoint.find("://"); scheme != std::string_view::npos) {
    endpoint.remove_prefix(scheme + 3);
  }
  endpoint = endpoint.substr(0, endpoint.find_first_of("?#"));
  const auto slash = std::min(endpoint.find('/'), endpoint.size());
  std::string_view host = endpoint.substr(0, slash);
  if (const auto user = host.rfind('@'); user != std::string_view::npos) {
    host.remove_prefix(user + 1);
  }
  return {host.substr(0, host.find(':')), endpoint.substr(slash)};
}

// Path `/v2` covers `/v2` and `/v2/x`, not `/v20`.
bool covers(const Place& known, const Place& asked) {
  if (!same_host(known.host, asked.host) || !asked.path.starts_with(known.path)) return false;
  const std::string_view rest = asked.path.substr(known.path.size());
  return known.path.empty() || rest.empty() || rest.front() == '/';
}

}  // namespace

std::vector<VenueOptions> default_options(Venues known) {
  std::vector<VenueOptions> all;
  for (const VenueEntry& entry : known) {
    const auto name = std::ranges::find(category_names, entry.categories.front());
    all.push_back({.category = static_cast<Category>(name - category_names.begin()),
                   .trades = std::string(entry.trades.front()),
                   .quotes = std::string(entry.quotes.front())});
  }
  return all;
}

const VenueEntry* find_by_endpoint(Venues known, std::string_view endpoint) {
  const Place asked = place_of(endpoint);
  for (const VenueEntry& entry : known) {
    for (const std::string_view place : entry.endpoints) {
      if (covers(place_of(place), asked)) return &entry;
    }
  }
  return nullptr;
}

}  // namespace ticker::feeds
