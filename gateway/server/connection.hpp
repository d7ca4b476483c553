// A connection: one TCP connection of a client, from its first byte to its end. Answers HTTP,
// upgrades to WebSocket, hands requests to the shard core, and ends with a reason. Lives on its
// shard's thread; kept alive by its pending operations.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/fanout/shard_core.hpp"
#include "gateway/server/client_socket.hpp"

namespace ticker {

class Connection;

/// What all connections of a shard share.
struct ConnectionShared {
  ClientSocketShared& sockets;
  ShardCore& core;
  const Limits& limits;
  std::function<std::string()> venues_json;  // state of every venue
  /// Called once a connection, when nothing of it is left to do.
  std::function<void(Connection*)> ended;
};

class Connection {
 public:
  virtual ~Connection() = default;
  /// Ends it: with a close frame where the client can still take one, else with a reset.
  virtual void end(CloseReason reason) = 0;
  /// Resets the connection, whatever is under way.
  virtual void abort() = 0;
  /// The process itself was stopped or stalled for so long: nobody is late because of that.
  virtual void excuse(std::int64_t late_ns) = 0;
  /// Looks at its deadlines.
  virtual void tick(std::int64_t now_ns) = 0;
};

/// Starts a connection on an accepted socket.
std::shared_ptr<Connection> start_connection(Socket socket, ConnectionShared& shared,
                                             std::string name);

}  // namespace ticker
