// The table of routes of a port, and what is decided for all of them alike: unknown paths, methods,
// upgrades where there are none, handlers that fail. Pure; called on the thread of the port.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/answer.hpp"
#include "gateway/http/request.hpp"

namespace ticker {

struct Route {
  using Handler = std::function<HttpAnswer(const HttpRequest&)>;

  std::string path = {};  // as it stands in a request, or what it begins with
  Handler handler = {};
  bool prefix = false;
  bool upgrades = false;                   // becomes a WebSocket; the handler sees to that
  std::string_view methods = "GET, HEAD";  // as `Allow` names them; the body of HEAD is not sent
};
using Routes = std::vector<Route>;

/// The answer of the first route that fits. 404, 405, 400 for an upgrade at a path that has none,
/// 500 for a handler that throws: as JSON, like all errors. A refused upgrade ends its connection.
[[nodiscard]] HttpAnswer answer(const Routes& routes, const HttpRequest& request);

}  // namespace ticker
