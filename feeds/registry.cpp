#include "feeds/registry.hpp"

#include <algorithm>

#include "feeds/binance/binance.hpp"

namespace ticker::feeds {
namespace {

constexpr VenueEntry table[] = {
    {"binance", {"binance.com", "binance.vision"}, binance::make_adapter},
    {"binance_us", {"binance.us", ""}, binance::make_us_adapter},
};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

// The host of a URL: what stands between the scheme and port, path or query (RFC 3986).
std::string_view host_of(std::string_view endpoint) {
  if (const auto scheme = endpoint.find("://"); scheme != std::string_view::npos) {
    endpoint.remove_prefix(scheme + 3);
  }
  endpoint = endpoint.substr(0, endpoint.find_first_of("/?#"));
  if (const auto user = endpoint.rfind('@'); user != std::string_view::npos) {
    endpoint.remove_prefix(user + 1);
  }
  return endpoint.substr(0, endpoint.find(':'));
}

bool is_below(std::string_view host, std::string_view domain) {
  if (domain.empty() || host.size() < domain.size()) return false;
  const auto rest = host.size() - domain.size();
  return same(host.substr(rest), domain) && (rest == 0 || host[rest - 1] == '.');
}

}  // namespace

std::span<const VenueEntry> venues() { return table; }

const VenueEntry* find_by_endpoint(std::string_view endpoint) {
  const std::string_view host = host_of(endpoint);
  for (const VenueEntry& entry : table) {
    for (const std::string_view domain : entry.hosts) {
      if (is_below(host, domain)) return &entry;
    }
  }
  return nullptr;
}

}  // namespace ticker::feeds
