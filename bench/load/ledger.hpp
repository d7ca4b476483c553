// The gateway's own ledger beside what the clients counted, and whether they agree. Reading of
// metrics and comparing, both pure; who asks for them is server_watch.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/tally.hpp"

namespace ticker::load {

/// Of /metrics, what a comparison needs; summed over shards.
struct GatewayCounters {
  std::uint64_t offered = 0, sent = 0, merged = 0, lost = 0, abandoned = 0, queued = 0;
  std::uint64_t clients = 0;   // connected now
  std::uint64_t accepted = 0;  // connections to the client port, ever
  std::uint64_t lapped = 0;    // events that a shard missed

  /// What was added since; gauges stay as they are.
  [[nodiscard]] GatewayCounters since(const GatewayCounters& before) const;
};

/// False when a metric is missing.
[[nodiscard]] bool read_counters(std::string_view metrics, GatewayCounters& out);

/// What was seen of the gateway at four moments.
struct LedgerBook {
  GatewayCounters begin;  // before the first client
  GatewayCounters from;   // when counting began and ended: with frames under way
  GatewayCounters to;
  GatewayCounters end;  // when all clients had gone
  bool quiet = false;   // they were gone for the gateway, too, and nothing was queued any more
};

/// What the clients counted from the first to the last byte.
struct ClientCounts {
  Tally whole;
  std::uint64_t connects = 0;
  std::uint64_t unclean = 0;  // ends without a closing handshake
  bool plain = true;          // every change of the ticker was asked for: no interval, no filter
};

/// One line of the comparison.
struct Compared {
  enum class Verdict : std::uint8_t { equal, possible, differs, untold };
  std::string what;
  std::uint64_t client = 0;
  std::uint64_t gateway = 0;
  Verdict verdict = Verdict::untold;
  std::string remark = {};
};

[[nodiscard]] std::string_view verdict_name(Compared::Verdict verdict);

/// Delivered, merged and lost. Equal is demanded where nothing may differ; else that the clients
/// did not get more than the gateway gave.
[[nodiscard]] std::vector<Compared> compare(const LedgerBook& book, const ClientCounts& clients);

}  // namespace ticker::load
