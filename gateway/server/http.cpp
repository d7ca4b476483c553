#include "gateway/server/http.hpp"

#include <optional>
#include <vector>

#include "feeds/base/json_text.hpp"
#include "gateway/web/web_assets.hpp"

namespace ticker {
namespace {

struct Target {
  std::string_view path;
  std::string_view query;
};

Target split(std::string_view target) {
  const auto mark = target.find('?');
  if (mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, mark), target.substr(mark + 1)};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Undoes percent-encoding (RFC 3986, 2.1); what is no valid escape stays as it is.
std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                        hex_digit(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// The value of `key` in a query string; null when it is not there.
std::optional<std::string_view> parameter(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) == key) {
      return equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    }
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return std::nullopt;
}

HttpReply symbols(const Board& board) {
  HttpReply reply;
  reply.body = "{\"symbols\":[";
  for (InstrumentId id = 0; id < board.size(); ++id) {
    if (!board.knows(id)) continue;
    const View& view = board.at(id);
    if (reply.body.back() != '[') reply.body += ',';
    reply.body += "{\"symbol\":\"";
    reply.body += view.symbol;
    reply.body += "\",\"venue\":\"";
    reply.body += view.symbol.substr(0, view.symbol.find(':'));
    reply.body += "\",\"status\":\"";
    reply.body += status_names[static_cast<std::size_t>(view.ticker.ticker.status)];
    reply.body += "\"}";
  }
  reply.body += "]}";
  return reply;
}

HttpReply unknown_symbol(std::string_view name) {
  if (name.ends_with(":*")) {
    return http_error(404, "unknown_symbol", "wildcards are for subscriptions; name instruments");
  }
  const bool sane = is_instrument_name(name);
  return http_error(404, "unknown_symbol", (sane ? std::string(name) : "a name") + " is not known");
}

HttpReply snapshots(std::string_view query, ShardCore& core, const Limits& limits) {
  const auto list = parameter(query, "symbols");
  if (!list || list->empty()) {
    return http_error(400, "bad_request", "ask for ?symbols=venue:BASE-QUOTE,...");
  }
  std::vector<InstrumentId> ids;
  const std::string names = decoded(*list);
  std::string_view rest = names;
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
  HttpReply reply;
  reply.body = "{\"snapshots\":[";
  for (const InstrumentId id : ids) {
    if (reply.body.back() != '[') reply.body += ',';
    reply.body += core.snapshot_json(id);
  }
  reply.body += "]}";
  return reply;
}

}  // namespace

HttpReply http_error(unsigned status, std::string_view code, std::string_view message) {
  HttpReply reply;
  reply.status = status;
  reply.body = "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":";
  append_json_string(reply.body, message);
  reply.body += "}}";
  return reply;
}

HttpReply http_reply(std::string_view method, std::string_view target, ShardCore& core,
                     const Limits& limits, const std::function<std::string()>& venues_json) {
  const auto [path, query] = split(target);
  constexpr std::string_view assets = "/web/";
  const bool is_asset = path == "/" || path.starts_with(assets);
  const auto asset =
      !is_asset ? std::nullopt : web_asset(path == "/" ? "index.html" : path.substr(assets.size()));
  const bool known = asset || path == "/v1/symbols" || path == "/v1/snapshot" ||
                     path == "/v1/venues" || path == websocket_path;
  if (!known) return http_error(404, "not_found", "no such path");
  if (method != "GET" && method != "HEAD") {
    HttpReply reply = http_error(405, "method_not_allowed", "GET or HEAD only");
    reply.allow = "GET, HEAD";
    return reply;
  }
  if (asset) return {200, asset->content_type, std::string(asset->bytes), {}};
  if (path == "/v1/symbols") return symbols(core.board());
  if (path == "/v1/snapshot") return snapshots(query, core, limits);
  if (path == "/v1/venues") return {.body = "{\"venues\":" + venues_json() + "}", .allow = {}};
  return http_error(426, "upgrade_required", "this path speaks WebSocket");
}

}  // namespace ticker
