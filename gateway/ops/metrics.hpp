// Gathers every counter of the process at scrape time and writes the Prometheus text format.
// Reads relaxed counters only, on the admin thread; never touches the data path. No symbol, user
// or address ever becomes a label.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/base/counters.hpp"

namespace ticker {

class Metrics : public prometheus::Collectable {
 public:
  struct Feed {
    const FeedCounters* counters;
    bool connected;  // it keeps a connection to its venue
  };

  /// Counters registered here must outlive this object. Any thread may register at any time.
  void add_feed(std::string venue, const FeedCounters* counters, bool connected = false);
  void add_shard(const ShardCounters* counters);
  void set_market(const MarketCounters* counters);

  /// All families; those of a part that is not registered have no samples and are left out.
  [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  /// The same in text format 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  mutable std::mutex mutex_;  // taken at registration and scrape, never while counting
  std::map<std::string, Feed> feeds_;
  std::vector<const ShardCounters*> shards_;
  const MarketCounters* market_ = nullptr;
};

/// Standard metrics of the process as the system sees it: CPU, memory, descriptors, start time.
[[nodiscard]] std::vector<prometheus::MetricFamily> process_metrics();

}  // namespace ticker
