// /v1/status: what the process is doing, as JSON. Runs on the admin thread; counters are read,
// connections are asked from the shards by posting.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {

/// Has a shard answer on its own thread, soon; not at all once it has stopped.
using AskShard = std::function<void(std::function<void(const ShardCore&)>)>;

struct StatusFacts {
  std::string epoch;
  std::chrono::steady_clock::time_point started;
  std::size_t instruments;
  std::string venues;  // JSON: `VenueBoard::venues_json`
};

/// {"epoch",…,"ledger":{…},"shards":[{…,"slowest":[{"connection",…}]}]}: for each shard the clients
/// with the longest queues, at most `slowest_max`. A shard that does not answer within a quarter of
/// a second is told as `"answered":false`.
[[nodiscard]] std::string status_json(const StatusFacts& facts,
                                      const std::vector<const ShardCounters*>& counters,
                                      const std::vector<AskShard>& shards);

}  // namespace ticker
