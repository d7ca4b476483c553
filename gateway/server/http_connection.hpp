// A connection while it speaks HTTP, the same on every port: reads a request, asks the routes,
// writes the answer, whole or as it is made, and reads the next one, until it ends or is taken
// over. Limits and times are those of its port. Lives on the port's thread; never blocks, and lets
// others have their turn between requests and between the parts of an answer.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "feeds/asio/net.hpp"
#include "gateway/base/counters.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/server/connection.hpp"
#include "gateway/server/http_options.hpp"
#include "gateway/server/transport.hpp"

namespace ticker {

/// What all connections of a port share; outlives them.
struct HttpPort {
  Routes routes;
  HttpOptions options;
  ShardCounters* counters = nullptr;  // of the shard whose port it is
  /// Called once a connection, when nothing of it is left to do here. `taken_over`: the TCP
  /// connection lives on as another one.
  std::function<void(Connection*, bool taken_over)> ended;
};

/// Starts on an accepted socket. `peer`: its address; `name`: for logs.
std::shared_ptr<Connection> start_http_connection(Socket socket,
                                                  std::unique_ptr<Transport> transport,
                                                  std::string peer, std::string name,
                                                  HttpPort& port);

}  // namespace ticker
