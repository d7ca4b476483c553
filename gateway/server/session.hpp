// A session: one TCP connection of a client, from its first byte to its end. Answers HTTP, upgrades
// to WebSocket, hands requests to the shard core, and ends with a reason. Lives on its shard's
// thread; kept alive by its pending operations.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gateway/server/channel.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {

class Session;

/// What all sessions of a shard share.
struct SessionShared {
  ChannelShared& channels;
  ShardCore& core;
  const Limits& limits;
  std::function<std::string()> venues_json;  // state of every venue
  /// Called once a session, when nothing of it is left to do.
  std::function<void(Session*)> ended;
};

class Session {
 public:
  virtual ~Session() = default;
  /// Ends it: with a close frame where the client can still take one, else with a reset.
  virtual void end(CloseReason reason) = 0;
  /// Resets the connection, whatever is under way.
  virtual void abort() = 0;
  /// The process itself was stopped or stalled for so long: nobody is late because of that.
  virtual void excuse(std::int64_t late_ns) = 0;
  /// Looks at its deadlines.
  virtual void tick(std::int64_t now_ns) = 0;
};

/// Starts a session on an accepted socket.
std::shared_ptr<Session> start_session(Socket socket, SessionShared& shared, std::string name);

}  // namespace ticker
