// The target's address, and the addresses that clients come from.
#include "bench/load/target.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace ticker::load {

namespace {

/// Splits `host[:port]`; an IPv6 host stands in brackets, which go.
bool split_authority(std::string_view authority, std::string& host, std::uint16_t& port) {
  std::size_t host_end = authority.find(':');
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos) return false;
    host = authority.substr(1, bracket - 1);
    host_end = bracket + 1;
  } else {
    host = authority.substr(0, host_end);
  }
  if (host_end >= authority.size()) return !host.empty();
  if (authority[host_end] != ':') return false;
  const std::string_view digits = authority.substr(host_end + 1);
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, port);
  return error == std::errc{} && at == end && port != 0 && !host.empty();
}

/// Only 127.0.0.0/8 and ::1. `localhost` is taken as 127.0.0.1: no resolver is asked.
bool loopback_address(std::string host, std::uint16_t port, Target& out) {
  if (host == "localhost") host = "127.0.0.1";
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&out.address, &v4, sizeof v4);
    out.address_bytes = sizeof v4;
    return (ntohl(v4.sin_addr.s_addr) >> 24U) == 127;
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&out.address, &v6, sizeof v6);
    out.address_bytes = sizeof v6;
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
  }
  return false;
}

constexpr std::size_t sources_max = 1'024;

/// An address of 127.0.0.0/8 as a number; 0 when it is none.
std::uint32_t loopback_number(std::string_view text) {
  in_addr address{};
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return 0;
  const std::uint32_t number = ntohl(address.s_addr);
  return number >> 24U == 127 ? number : 0;
}

sockaddr_storage source_of(std::uint32_t number) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(number);
  sockaddr_storage out{};
  std::memcpy(&out, &v4, sizeof v4);
  return out;
}

}  // namespace

std::string parse_target(std::string_view url, Target& out, std::string_view scheme) {
  if (!url.starts_with(scheme)) return "the URL must begin with " + std::string(scheme);
  url.remove_prefix(scheme.size());
  const std::string_view authority = url.substr(0, url.find('/'));
  const std::string_view path = url.substr(authority.size());
  std::string host;
  std::uint16_t port = 80;
  if (!split_authority(authority, host, port))
    return "the URL must be " + std::string(scheme) + "host[:port]/path";
  if (path.find_first_of(" \r\n#") != std::string_view::npos) return "the URL's path is malformed";
  if (!loopback_address(host, port, out)) {
    return "only loopback targets (127.x.y.z, [::1], localhost) are allowed, not '" + host +
           "': this program generates load";
  }
  out.host = authority;
  out.path = path.empty() ? "/" : path;
  return {};
}

std::string parse_sources(std::string_view text, std::vector<sockaddr_storage>& out) {
  out.clear();
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t dash = part.find('-');
    const std::uint32_t first = loopback_number(part.substr(0, dash));
    const std::uint32_t last =
        dash == std::string_view::npos ? first : loopback_number(part.substr(dash + 1));
    if (first == 0 || last < first) {
      return "sources are addresses 127.x.y.z or ranges of them, not '" + std::string(part) + "'";
    }
    if (last - first >= sources_max - out.size()) return "too many sources, 1024 are the most";
    for (std::uint32_t number = first; number <= last; ++number) out.push_back(source_of(number));
  }
  return {};
}

}  // namespace ticker::load
