#include "gateway/config/config_text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <string>
#include <vector>

namespace ticker {
namespace {

/// Edit distance of two short words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = std::string(text.substr(0, colon));
  const auto digits = text.substr(colon + 1);

  Address address;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address.port);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;

  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (inet_pton(AF_INET6, host.c_str(), bytes.data()) != 1) return std::nullopt;
  } else if (host == "localhost") {
    host = "127.0.0.1";
  } else if (inet_pton(AF_INET, host.c_str(), bytes.data()) != 1) {
    return std::nullopt;
  }
  address.host = host;
  return address;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> words) {
  std::string_view best;
  auto best_distance = std::max<std::size_t>(2, word.size() / 5) + 1;
  for (const auto candidate : words) {
    const auto steps = distance(word, candidate);
    if (steps < best_distance && steps < candidate.size() / 2 + 1) {
      best = candidate;
      best_distance = steps;
    }
  }
  return best;
}

}  // namespace ticker
