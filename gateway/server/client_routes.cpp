#include "gateway/server/client_routes.hpp"

#include <array>
#include <vector>

#include "gateway/http/upgrade.hpp"
#include "gateway/server/client_connection.hpp"
#include "gateway/web/web_assets.hpp"

namespace ticker {
namespace {

constexpr std::string_view assets = "/web/";

HttpAnswer asset(std::string_view name) {
  const auto found = web_asset(name);
  if (!found) return http_error(404, "not_found", "no such path");
  HttpAnswer answer;
  answer.content_type = found->content_type;
  answer.body = found->bytes;
  return answer;
}

HttpAnswer symbols(const Board& board) {
  HttpAnswer answer;
  answer.body = "{\"symbols\":[";
  for (InstrumentId id = 0; id < board.size(); ++id) {
    if (!board.knows(id)) continue;
    const View& view = board.at(id);
    if (answer.body.back() != '[') answer.body += ',';
    answer.body += "{\"symbol\":\"";
    answer.body += view.symbol;
    answer.body += "\",\"venue\":\"";
    answer.body += view.symbol.substr(0, view.symbol.find(':'));
    answer.body += "\",\"status\":\"";
    answer.body += status_names[static_cast<std::size_t>(view.ticker.ticker.status)];
    answer.body += "\"}";
  }
  answer.body += "]}";
  return answer;
}

HttpAnswer unknown_symbol(std::string_view name) {
  if (name.ends_with(":*")) {
    return http_error(404, "unknown_symbol", "wildcards are for subscriptions; name instruments");
  }
  const bool sane = is_instrument_name(name);
  return http_error(404, "unknown_symbol", (sane ? std::string(name) : "a name") + " is not known");
}

HttpAnswer snapshots(const HttpRequest& request, ShardCore& core, const Limits& limits) {
  const auto names = request.parameter("symbols");
  if (!names || names->empty()) {
    return http_error(400, "bad_request", "ask for ?symbols=venue:BASE-QUOTE,...");
  }
  std::vector<InstrumentId> ids;
  std::string_view rest = *names;
  while (true) {
    const auto comma = rest.find(',');
    const std::string_view name = rest.substr(0, comma);
    const auto pattern = core.board().find(name);
    if (!pattern || pattern->wildcard) return unknown_symbol(name);
    ids.push_back(pattern->instrument);
    if (ids.size() > limits.symbols_per_request_max) {
      return http_error(400, "too_many_symbols", "too many symbols in one request");
    }
    if (comma == std::string_view::npos) break;
    rest.remove_prefix(comma + 1);
  }
  HttpAnswer answer;
  answer.body = "{\"snapshots\":[";
  for (const InstrumentId id : ids) {
    if (answer.body.back() != '[') answer.body += ',';
    answer.body += core.snapshot_json(id);
  }
  answer.body += "]}";
  return answer;
}

HttpAnswer venues(const ClientSources& sources) {
  HttpAnswer answer;
  answer.body = "{\"venues\":" + sources.venues_json() + "}";
  return answer;
}

HttpAnswer websocket(const HttpRequest& request, const ClientSources& sources) {
  if (auto refusal = refuse_handshake(request)) return std::move(*refusal);
  if (sources.core.overload().refuses()) {
    sources.counters.refused_late.add();
    HttpAnswer refusal = http_error(503, "overloaded", "try again later");
    refusal.headers.push_back({"Retry-After", "1"});
    return refusal;
  }
  if (!format_of(request)) {
    return http_error(400, "unknown_subprotocol",
                      "this gateway speaks " + std::string(formats().front().name));
  }
  HttpAnswer answer;
  answer.takeover = sources.take_client;
  return answer;
}

}  // namespace

Routes client_routes(const ClientSources& sources) {
  using Request = HttpRequest;
  return {
      {.path = "/", .handler = [](const Request&) { return asset("index.html"); }},
      {.path = std::string(assets),
       .handler = [](const Request& one) { return asset(one.path.substr(assets.size())); },
       .prefix = true},
      {.path = "/v1/symbols",
       .handler = [sources](const Request&) { return symbols(sources.core.board()); }},
      {.path = "/v1/snapshot",
       .handler =
           [sources](const Request& one) { return snapshots(one, sources.core, sources.limits); }},
      {.path = "/v1/venues", .handler = [sources](const Request&) { return venues(sources); }},
      {.path = std::string(websocket_path),
       .handler = [sources](const Request& one) { return websocket(one, sources); },
       .upgrades = true},
  };
}

HttpOptions client_http_options(const Limits& limits) {
  static constexpr std::array<HttpHeader, 3> headers = {{
      {"Cache-Control", "no-cache"},
      {"X-Content-Type-Options", "nosniff"},
      {"Content-Security-Policy", "frame-ancestors 'none'"},
  }};
  HttpOptions options;
  options.header_bytes_max = limits.header_bytes_max;
  options.request_timeout_ms = limits.handshake_timeout_ms;
  options.answer_timeout_ms = limits.write_timeout_ms;
  options.answer_by_progress = true;
  options.headers = headers;
  return options;
}

}  // namespace ticker
