// The result of one run, and what it is worth. Plain values.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/ledger.hpp"
#include "bench/load/options.hpp"
#include "bench/load/series.hpp"
#include "bench/load/tally.hpp"

namespace ticker::load {

struct Outcome {
  std::array<Group, group_count> groups;  // by GroupId
  Totals totals;
  std::vector<Second> series;
  // From the first connect to the last ack of the first crowd; empty: somebody never subscribed.
  std::optional<double> subscribed_s;
  std::int64_t counted_from_us = 0;  // wall clock, microseconds since the epoch
  std::int64_t counted_to_us = 0;
  double cpu_user_s = 0;  // of all threads, in the counted time
  double cpu_system_s = 0;
  double server_cpu_share = -1;        // of one core, in the counted time; -1: not measured
  std::optional<LedgerBook> book;      // empty: not asked for, or the gateway ceased to answer
  std::string ledger_mistake;          // in the latter case
  std::vector<Compared> ledger;        // of the whole run
  std::vector<std::string> failed_by;  // conditions of --fail-if that are met

  [[nodiscard]] const Group& group(GroupId id) const {
    return groups[static_cast<std::size_t>(id)];
  }
  /// Those who churn apart: they come and go.
  [[nodiscard]] bool all_subscribed() const {
    return std::ranges::all_of(groups, [this](const Group& of) {
      return &of == &group(GroupId::churn) || of.subscribed >= of.wanted;
    });
  }
  [[nodiscard]] Faults faults() const {
    Faults sum;
    for (const Group& group : groups) sum.add(group.faults);
    return sum;
  }

  [[nodiscard]] ClientCounts client_counts(const Options& options) const;

  /// Beyond this share a thread of the client may itself have been what limited the rate.
  static constexpr double busy_share_max = 0.9;
  [[nodiscard]] bool client_was_bottleneck() const { return totals.busy_share > busy_share_max; }
  static constexpr double starved_share_max = 0.1;
  [[nodiscard]] bool client_was_starved() const { return totals.starved_share > starved_share_max; }
};

/// Why the run does not count as good; empty when every client stayed and nothing was missing.
/// Slow clients may be disconnected: that is what a gateway does with them.
[[nodiscard]] std::vector<std::string> failures(const Outcome& outcome);

[[nodiscard]] std::string text_report(const Options& options, const Outcome& outcome);
/// One JSON object on one line.
[[nodiscard]] std::string json_report(const Options& options, const Outcome& outcome);

/// One HTML file that needs no other: plots over time and tables.
[[nodiscard]] std::string html_report(const Options& options, const Outcome& outcome);

}  // namespace ticker::load
