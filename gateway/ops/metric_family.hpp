// Small tools of the metrics' rooms: families of Prometheus made from counters. Read on the admin
// thread.
#pragma once

#include <prometheus/metric_family.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/ops/metrics.hpp"

namespace ticker {

using Labels = std::vector<prometheus::ClientMetric::Label>;
using Families = std::vector<prometheus::MetricFamily>;

enum class MetricKind { counter, gauge };

/// A counter of one owner, by feed, by market or by shard.
template <class Owner>
struct MetricRow {
  const char* name;
  const char* help;
  Counter Owner::*counter;
  MetricKind kind = MetricKind::counter;
  double scale = 1.0;  // from the counter's unit to the metric's
};

inline prometheus::MetricFamily family(const char* name, const char* help, MetricKind kind) {
  using prometheus::MetricType;
  return {name, help, kind == MetricKind::counter ? MetricType::Counter : MetricType::Gauge, {}};
}

/// Adds one sample to a counter or gauge family.
inline void add(prometheus::MetricFamily& family, double value, Labels labels = {}) {
  prometheus::ClientMetric sample;
  sample.label = std::move(labels);
  const bool counts = family.type == prometheus::MetricType::Counter;
  (counts ? sample.counter.value : sample.gauge.value) = value;
  family.metric.push_back(std::move(sample));
}

inline double number(const Counter& counter) { return static_cast<double>(counter.get()); }

/// One sample of a histogram, in seconds: the sum of these.
inline prometheus::ClientMetric histogram_sample(
    const std::vector<const LatencyHistogram*>& histograms, Labels labels = {}) {
  prometheus::ClientMetric sample;
  sample.label = std::move(labels);
  auto& result = sample.histogram;
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < LatencyHistogram::bucket_count; ++i) {
    for (const auto* histogram : histograms) count += histogram->bucket(i);
    const bool last = i + 1 == LatencyHistogram::bucket_count;
    const auto bound = last ? std::numeric_limits<double>::infinity()
                            : std::ldexp(1.0, static_cast<int>(i)) * 1e-6;
    result.bucket.push_back({count, bound});
  }
  result.sample_count = count;
  for (const auto* histogram : histograms) {
    result.sample_sum += static_cast<double>(histogram->sum_ns()) * 1e-9;
  }
  return sample;
}

/// What feeds did, a series a venue (feed_metrics.cpp).
void collect_feeds(const std::map<std::string, Metrics::Feed>& known, Families& all);

}  // namespace ticker
