// Flags and the target's address.
#include "bench/load/options.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstring>
#include <iostream>

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

}  // namespace

std::string parse_target(std::string_view url, Target& out) {
  constexpr std::string_view scheme = "ws://";
  if (!url.starts_with(scheme)) return "the URL must begin with ws://";
  url.remove_prefix(scheme.size());
  const std::string_view authority = url.substr(0, url.find('/'));
  const std::string_view path = url.substr(authority.size());
  std::string host;
  std::uint16_t port = 80;
  if (!split_authority(authority, host, port)) return "the URL must be ws://host[:port]/path";
  if (path.find_first_of(" \r\n#") != std::string_view::npos) return "the URL's path is malformed";
  if (!loopback_address(host, port, out)) {
    return "only loopback targets (127.x.y.z, [::1], localhost) are allowed, not '" + host +
           "': this program generates load";
  }
  out.host = authority;
  out.path = path.empty() ? "/" : path;
  return {};
}

bool read_options(int argc, const char* const* argv, Options& out, int& exit_code) {
  CLI::App app("Open-loop load client for the ticker gateway; loopback targets only",
               "ticker-load");
  app.add_option("--url", out.url, "WebSocket address of the gateway")->capture_default_str();
  app.add_option("--clients", out.clients, "Clients that read as fast as they can")
      ->check(CLI::Range(0U, 1'000'000U))
      ->capture_default_str();
  app.add_option("--symbols-per-client", out.symbols_per_client, "Symbols of each client")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  app.add_flag("--same-symbols", out.same_symbols, "All clients take the same symbols");
  app.add_option("--seconds", out.seconds, "Seconds that are counted")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--warmup", out.warmup, "Seconds before that, once all have subscribed")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_option("--seed", out.seed, "Seed of the choice of symbols")->capture_default_str();
  app.add_option("--slow", out.slow, "Further clients that read slowly, reported apart")
      ->check(CLI::Range(0U, 1'000'000U))
      ->capture_default_str();
  app.add_option("--slow-bytes-per-second", out.slow_bytes_per_second, "What each of those reads")
      ->check(CLI::Range(1U, 1'000'000'000U))
      ->capture_default_str();
  app.add_option("--connect-rate", out.connect_rate, "New connections a second")
      ->check(CLI::Range(1U, 1'000'000U))
      ->capture_default_str();
  app.add_flag("--json", out.json, "Print one JSON object instead of text");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? 0 : 1;
    return false;
  }
  std::string mistake = parse_target(out.url, out.target);
  if (mistake.empty() && out.clients + out.slow == 0) mistake = "no clients asked for";
  if (mistake.empty()) return true;
  std::cerr << "ticker-load: " << mistake << '\n';
  exit_code = 1;
  return false;
}

}  // namespace ticker::load
