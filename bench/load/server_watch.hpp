// Looks at the gateway from beside while it is under load: processor and memory from /proc, its own
// ledger from /metrics. On the conductor's thread; costs the gateway four scrapes a run, and one
// more every 50 ms while it is waited for to become quiet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "bench/load/ledger.hpp"
#include "bench/load/options.hpp"
#include "bench/load/process_sample.hpp"
#include "bench/load/series.hpp"

namespace ticker::load {

class ServerWatch {
 public:
  explicit ServerWatch(const Options& options) : options_(options) {}

  /// Before the first client. Answers what went wrong, empty when all is well.
  [[nodiscard]] std::string begin();
  void counting_begins();
  void counting_ended();
  /// Completes a second's row.
  void sample(Second& second);
  /// After the last client; waits for the gateway to become quiet.
  void end();

  /// Empty when it was not asked for, or the gateway stopped answering; `mistake` tells which.
  [[nodiscard]] const std::optional<LedgerBook>& book() const { return book_; }
  [[nodiscard]] const std::string& mistake() const { return mistake_; }
  /// Of the counted time; -1 when it was not measured.
  [[nodiscard]] double counted_cpu_share() const { return counted_cpu_share_; }

 private:
  void read(GatewayCounters& out);

  const Options& options_;
  std::optional<LedgerBook> book_;
  std::string mistake_;
  ProcessSample last_;
  ProcessSample counted_from_;
  double counted_cpu_share_ = -1;
};

}  // namespace ticker::load
