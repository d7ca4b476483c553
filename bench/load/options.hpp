// What the load client was asked to do, and where. Read once at start, immutable afterwards. Only
// loopback addresses pass: this program makes load, and must never make it on somebody's network.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace ticker::load {

/// Where the clients connect to.
struct Target {
  std::string host;  // as in the URL, with its port: the Host header
  std::string path;
  sockaddr_storage address{};
  socklen_t address_bytes = 0;
};

struct Options {
  std::string url = "ws://127.0.0.1:8080/v1/ws";
  std::uint32_t clients = 100;
  std::uint32_t symbols_per_client = 10;
  bool same_symbols = false;
  double seconds = 10;
  double warmup = 2;
  std::uint64_t seed = 1;
  std::uint32_t slow = 0;
  std::uint32_t slow_bytes_per_second = 1'000;
  std::uint32_t connect_rate = 1'000;  // new connections a second
  bool json = false;
  Target target;
};

/// Reads `ws://host[:port][/path]`; the host is 127.x.y.z, [::1] or localhost. Answers what is
/// wrong, empty when all is well.
[[nodiscard]] std::string parse_target(std::string_view url, Target& out);

/// Reads the flags; false when the process shall end with `exit_code`, everything being said.
[[nodiscard]] bool read_options(int argc, const char* const* argv, Options& out, int& exit_code);

}  // namespace ticker::load
