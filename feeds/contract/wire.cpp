#include "feeds/contract/wire.hpp"

#include <algorithm>
#include <charconv>

namespace ticker::feeds {
namespace {

struct Scheme {
  std::string_view prefix;
  bool tls;
  std::string_view port;
};
constexpr Scheme schemes[] = {
    {"wss://", true, "443"},
    {"ws://", false, "80"},
    {"https://", true, "443"},
    {"http://", false, "80"},
};
constexpr std::size_t host_bytes_max = 253;  // RFC 1035, 2.3.4, without the last point

bool is_one_of(char c, std::string_view others) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         others.find(c) != std::string_view::npos;
}

bool all_are(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [others](char c) { return is_one_of(c, others); });
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0;
}

bool is_target(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~' && c != '#'; });
}

// `host`, `host:port`, `[v6]` or `[v6]:port`. A user before the host is refused: it would end up in
// logs.
bool read_authority(std::string_view text, std::string_view& host, std::string_view& port) {
  const bool v6 = text.starts_with('[');
  const auto end = v6 ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return false;
  host = text.substr(v6 ? 1 : 0, v6 ? end - 1 : end);
  const std::string_view rest = text.substr(v6 ? end + 1 : end);
  if (host.empty() || host.size() > host_bytes_max || !all_are(host, v6 ? ":." : "-._")) {
    return false;
  }
  if (v6 && host.find(':') == std::string_view::npos) return false;
  if (rest.empty()) return true;
  port = rest.substr(1);
  return rest[0] == ':' && is_port(port);
}

}  // namespace

bool read_url(std::string_view url, Endpoint& out) {
  const auto* const scheme = std::ranges::find_if(
      schemes, [url](const Scheme& one) { return url.starts_with(one.prefix); });
  if (scheme == std::end(schemes)) return false;
  url.remove_prefix(scheme->prefix.size());
  const auto end = std::min(url.find_first_of("/?#"), url.size());
  std::string_view host;
  std::string_view port = scheme->port;
  const std::string_view target = url.substr(end);
  if (!read_authority(url.substr(0, end), host, port) || !is_target(target)) return false;
  out.host = host;
  out.port = port;
  out.target = target.starts_with('/') ? target : "/" + std::string(target);
  out.tls = scheme->tls;
  return true;
}

}  // namespace ticker::feeds
