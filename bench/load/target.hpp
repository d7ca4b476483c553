// Where the clients connect to. Only loopback addresses pass: this program makes load, and must
// never make it on somebody's network. Values and pure functions.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ticker::load {

struct Target {
  std::string host;  // as in the URL, with its port: the Host header
  std::string path;
  sockaddr_storage address{};
  socklen_t address_bytes = 0;
};

/// Reads `ws://host[:port][/path]`; the host is 127.x.y.z, [::1] or localhost. Answers what is
/// wrong, empty when all is well. Another scheme is all that TLS would add here.
[[nodiscard]] std::string parse_target(std::string_view url, Target& out,
                                       std::string_view scheme = "ws://");

/// Reads the addresses that clients come from, in turn: `127.0.0.2`, `127.0.0.2-127.0.0.9`, or
/// several of these with commas. Only 127.x.y.z. Answers what is wrong, empty when all is well.
[[nodiscard]] std::string parse_sources(std::string_view text, std::vector<sockaddr_storage>& out);

}  // namespace ticker::load
