// What the load client was asked to do, and where. Read once at start, immutable afterwards.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/choice.hpp"
#include "bench/load/requests.hpp"
#include "bench/load/scenario.hpp"
#include "bench/load/target.hpp"

namespace ticker::load {

struct Options {
  std::string url = "ws://127.0.0.1:8080/v1/ws";
  std::uint32_t clients = 100;
  std::uint32_t slow = 0;     // further ones
  std::uint32_t stopped = 0;  // and these
  std::uint32_t slow_bytes_per_second = 1'000;
  std::uint32_t slow_receive_buffer = 0;  // bytes, of slow and stopped ones; 0: the system's
  std::uint32_t connect_rate = 1'000;     // new connections a second
  Taste taste;
  Wish wish;
  double seconds = 10;
  double warmup = 2;
  std::uint32_t threads = 1;
  bool progress = false;
  bool json = false;
  std::string report;    // file of the HTML report
  std::string fail_if;   // conditions, checked already
  std::int32_t pid = 0;  // of the gateway; 0: not watched
  std::string command;   // as started, for reports
  // What the flags come to:
  std::string scenario_name = "steady";
  Scenario scenario;
  Crowd crowd;
  Target target;
  std::optional<Target> admin;            // where the gateway tells its metrics
  std::vector<sockaddr_storage> sources;  // empty: the system chooses
};

/// Reads the flags; false when the process shall end with `exit_code`, everything being said.
[[nodiscard]] bool read_options(int argc, const char* const* argv, Options& out, int& exit_code);

}  // namespace ticker::load
