// The routes of the client port: the page, its assets, symbols, snapshots, venues, the WebSocket.
// Run on a shard thread; answers of instruments come from the shard's own board, so they agree with
// what the shard's clients see. Never block.
#pragma once

#include <functional>
#include <string>

#include "gateway/base/limits.hpp"
#include "gateway/fanout/shard_core.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/server/http_options.hpp"

namespace ticker {

inline constexpr std::string_view websocket_path = "/v1/ws";

/// What they answer from; all of it outlives them.
struct ClientSources {
  ShardCore& core;
  const Limits& limits;
  ShardCounters& counters;
  std::function<std::string()> venues_json;    // the list of venues
  std::function<void(Takeover&)> take_client;  // an accepted handshake
};

[[nodiscard]] Routes client_routes(const ClientSources& sources);

/// Limits, times and headers of the client port.
[[nodiscard]] HttpOptions client_http_options(const Limits& limits);

}  // namespace ticker
