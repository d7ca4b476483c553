#include "gateway/http/routes.hpp"

#include <algorithm>
#include <exception>

#include "gateway/http/upgrade.hpp"

namespace ticker {
namespace {

bool fits(const Route& route, std::string_view path) {
  return route.prefix ? path.starts_with(route.path) : path == route.path;
}

// Methods are case-sensitive, and the list is ours: "GET, HEAD".
bool allows(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const auto comma = methods.find(", ");
    if (methods.substr(0, comma) == method) return true;
    if (comma == std::string_view::npos) break;
    methods.remove_prefix(comma + 2);
  }
  return false;
}

HttpAnswer answer_of(const Routes& routes, const HttpRequest& request, bool upgrade) {
  const auto route =
      std::ranges::find_if(routes, [&](const Route& one) { return fits(one, request.path); });
  if (route == routes.end()) return http_error(404, "not_found", "no such path");
  if (!allows(route->methods, request.method)) {
    HttpAnswer refusal =
        http_error(405, "method_not_allowed", std::string(route->methods) + " only");
    refusal.headers.push_back({"Allow", route->methods});
    return refusal;
  }
  if (upgrade && !route->upgrades) {
    return http_error(400, "bad_request", "no WebSocket at this path");
  }
  try {
    return route->handler(request);
  } catch (const std::exception&) {
    return http_error(500, "internal_error", "the answer could not be made");
  }
}

}  // namespace

HttpAnswer answer(const Routes& routes, const HttpRequest& request) {
  const bool upgrade = asks_for_websocket(request);
  HttpAnswer answer = answer_of(routes, request, upgrade);
  if (upgrade) answer.close = true;
  return answer;
}

}  // namespace ticker
