// A client: a connection that became a WebSocket. Hands its requests to the shard core, is the
// core's way to its socket, and ends with a reason. Lives on its shard's thread; made when a route
// takes a connection over, so whoever is no client costs nothing of it. Never looks at data.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "gateway/fanout/shard_core.hpp"
#include "gateway/http/request.hpp"
#include "gateway/server/connection.hpp"

namespace ticker {

struct ClientSocketShared;
struct Takeover;

/// What all clients of a shard share.
struct ClientShared {
  ClientSocketShared& sockets;
  ShardCore& core;
  const Limits& limits;
  /// Called once a connection, when nothing of it is left to do.
  std::function<void(Connection*)> ended;
};

/// The format that a handshake asks for by its subprotocols: the first of ours that it names, the
/// usual one if it names none at all; nothing if it names others only.
[[nodiscard]] std::optional<FormatId> format_of(const HttpRequest& request);

/// Takes over a connection whose request is a handshake that can be accepted (`refuse_handshake`).
std::shared_ptr<Connection> start_client(Takeover& given, ClientShared& shared);

}  // namespace ticker
