// The result of one run, and what it is worth. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/load/options.hpp"
#include "bench/load/tally.hpp"

namespace ticker::load {

struct Outcome {
  Group fast;
  Group slow;
  std::uint64_t fast_stayed = 0;  // subscribed, and still connected at the end
  std::uint64_t slow_stayed = 0;
  double seconds = 0;                // really counted
  std::int64_t counted_from_us = 0;  // wall clock, microseconds since the epoch
  std::int64_t counted_to_us = 0;
  double cpu_user_s = 0;
  double cpu_system_s = 0;
  double busy_share = 0;  // of the counted seconds, not waiting for sockets

  /// Beyond this share the client itself may have been what limited the rate.
  static constexpr double busy_share_max = 0.9;
  [[nodiscard]] bool client_was_bottleneck() const { return busy_share > busy_share_max; }
  /// The share of the counted seconds in which the client had work but no core to do it on.
  [[nodiscard]] double starved_share() const {
    const double cpu_share = seconds > 0 ? (cpu_user_s + cpu_system_s) / seconds : 0;
    return busy_share > cpu_share ? busy_share - cpu_share : 0;
  }
  static constexpr double starved_share_max = 0.1;
  [[nodiscard]] bool client_was_starved() const { return starved_share() > starved_share_max; }
};

/// Why the run does not count as good; empty when every client stayed and nothing was missing.
/// Slow clients may be disconnected: that is what a gateway does with them.
[[nodiscard]] std::vector<std::string> failures(const Outcome& outcome);

[[nodiscard]] std::string text_report(const Options& options, const Outcome& outcome);
/// One JSON object on one line.
[[nodiscard]] std::string json_report(const Options& options, const Outcome& outcome);

}  // namespace ticker::load
