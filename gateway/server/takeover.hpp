// A connection that leaves HTTP: what a route gets that answers by taking it over. Nothing is
// pending on it and no byte has come beyond the request.
#pragma once

#include <memory>
#include <string>

#include "feeds/asio/net.hpp"
#include "gateway/http/request.hpp"
#include "gateway/server/transport.hpp"

namespace ticker {

struct Takeover {
  Socket socket;  // what to wait for
  std::unique_ptr<Transport> transport;
  std::string name;            // for logs
  const HttpRequest& request;  // good until the route returns
};

}  // namespace ticker
