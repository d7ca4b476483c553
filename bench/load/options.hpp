// What the load client was asked to do, and where. Read once at start, immutable afterwards.
#pragma once

#include <cstdint>
#include <string>

#include "bench/load/choice.hpp"
#include "bench/load/requests.hpp"
#include "bench/load/target.hpp"

namespace ticker::load {

struct Options {
  std::string url = "ws://127.0.0.1:8080/v1/ws";
  std::uint32_t clients = 100;
  Taste taste;
  Wish wish;
  double seconds = 10;
  double warmup = 2;
  std::uint32_t slow = 0;
  std::uint32_t slow_bytes_per_second = 1'000;
  std::uint32_t connect_rate = 1'000;  // new connections a second
  bool json = false;
  Target target;
};

/// Reads the flags; false when the process shall end with `exit_code`, everything being said.
[[nodiscard]] bool read_options(int argc, const char* const* argv, Options& out, int& exit_code);

}  // namespace ticker::load
