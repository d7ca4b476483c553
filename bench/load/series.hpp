// Puts the threads' slices together: one row a second for plots and the progress line, and the
// totals of the run. By the conductor only; no clock, no socket.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "bench/load/slice.hpp"

namespace ticker::load {

/// One second of the run, all threads together. Latencies are of the fast clients, µs.
struct Second {
  double begin_s = 0;  // since the start of the run
  double length_s = 0;
  bool counted = false;
  std::uint32_t clients = 0;  // subscribed at its end
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t p50_us = 0, p99_us = 0, p999_us = 0, max_us = 0;  // recv_ts to receipt
  std::uint64_t sent_p50_us = 0, sent_p99_us = 0, sent_p999_us = 0, sent_max_us = 0;  // sent_ts
  double busy_share = 0;                         // of the busiest thread: not waiting for sockets
  double starved_share = 0;                      // of the most starved one: work to do but no core
  std::uint64_t lag_p99_us = 0, lag_max_us = 0;  // of turns of the loop
  std::int64_t late_us_max = 0;                  // of what the scenario had due
  double server_cpu_share = -1;                  // of one core; -1: not measured
  std::uint64_t server_rss_bytes = 0;
};

struct Totals {
  std::array<Tally, group_count> first_half;  // of the counted time, by GroupId
  std::array<Tally, group_count> second_half;
  Tally whole;         // of all groups, from the first byte to the last
  double seconds = 0;  // really counted
  double busy_share = 0;
  double starved_share = 0;
  Histogram turns_us;
  std::int64_t late_us_max = 0;
  std::uint64_t skipped = 0;  // rounds left out by clients, whole run

  [[nodiscard]] std::unique_ptr<Tally> counted(GroupId id) const;
};

class Series {
 public:
  explicit Series(std::int64_t started_ns, std::size_t threads)
      : started_ns_(started_ns), threads_(threads) {}

  /// When counting is known to begin and end.
  void count(std::int64_t from_ns, std::int64_t to_ns) {
    from_ns_ = from_ns;
    to_ns_ = to_ns;
  }
  /// The slices of one second, one of each thread; answers its row, which may still be completed.
  Second& add(const std::vector<std::unique_ptr<Slice>>& slices);
  /// Totals and rows, when the run is over.
  [[nodiscard]] std::unique_ptr<Totals> totals() const;
  [[nodiscard]] const std::vector<Second>& seconds() const { return seconds_; }

 private:
  struct Thread {
    std::int64_t counted_ns = 0, waited_ns = 0, cpu_ns = 0;
  };
  void add_to_totals(const std::vector<std::unique_ptr<Slice>>& slices);

  const std::int64_t started_ns_;
  std::int64_t from_ns_ = 0;
  std::int64_t to_ns_ = 0;
  std::vector<Thread> threads_;
  std::vector<Second> seconds_;
  std::unique_ptr<Totals> totals_ = std::make_unique<Totals>();
};

}  // namespace ticker::load
