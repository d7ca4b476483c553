#include "gateway/http/upgrade.hpp"

#include <algorithm>

namespace ticker {
namespace {

constexpr std::string_view version = "13";

HttpAnswer upgrade_required(std::string_view message) {
  HttpAnswer answer = http_error(426, "upgrade_required", message);
  answer.headers.push_back({"Upgrade", "websocket"});
  return answer;
}

// 16 bytes as base64.
bool is_key(std::string_view key) {
  constexpr std::size_t digits = 22;
  const auto is_digit = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return key.size() == digits + 2 && key.ends_with("==") &&
         std::ranges::all_of(key.substr(0, digits), is_digit);
}

}  // namespace

bool asks_for_websocket(const HttpRequest& request) {
  return request.version >= 11 && request.method == "GET" &&
         request.has_token("Connection", "upgrade") && request.has_token("Upgrade", "websocket");
}

std::optional<HttpAnswer> refuse_handshake(const HttpRequest& request) {
  if (!asks_for_websocket(request)) return upgrade_required("this path speaks WebSocket");
  if (request.bytes_behind) {
    return http_error(400, "bad_request", "bytes before the upgrade was answered");
  }
  if (request.count("Host") != 1) return http_error(400, "bad_request", "one Host is expected");
  if (request.count("Sec-WebSocket-Version") != 1 ||
      request.header("Sec-WebSocket-Version") != version) {
    HttpAnswer answer = upgrade_required("version 13 of WebSocket is spoken here");
    answer.headers.push_back({"Sec-WebSocket-Version", version});
    return answer;
  }
  if (request.count("Sec-WebSocket-Key") != 1 || !is_key(*request.header("Sec-WebSocket-Key"))) {
    return http_error(400, "bad_request", "one Sec-WebSocket-Key of 16 bytes is expected");
  }
  return std::nullopt;
}

}  // namespace ticker
