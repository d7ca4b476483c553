// HTTP on a port and thread of its own, for what is not data: a bounded number of connections at a
// time, further ones wait in the backlog. Nice to others: where its thread shares a core with a
// shard, it waits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "gateway/base/address.hpp"
#include "gateway/http/routes.hpp"
#include "gateway/server/http_options.hpp"

namespace ticker {

struct HttpServerParts {
  std::string name = {};  // of its thread, and what the port is for
  Address address = {};
  Routes routes = {};  // called on its thread
  HttpOptions options = {};
  std::size_t connections_max = 16;
};

class HttpServer {
 public:
  /// Binds at once; throws std::system_error when the address is in use or not ours.
  explicit HttpServer(HttpServerParts parts);
  ~HttpServer();  // stops and joins

  /// The port in use (interesting when 0 was asked for).
  [[nodiscard]] std::uint16_t port() const;
  void start();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
