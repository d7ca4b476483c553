#include "gateway/server/connection_http.hpp"

#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>

#include "feeds/base/clock.hpp"
#include "gateway/server/http.hpp"

namespace ticker {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

using Request = http::request<http::string_body>;

constexpr std::string_view subprotocol = "ticker.v1.json";
constexpr std::uint64_t body_bytes_max = 1'024;  // of a plain HTTP request; no path wants one

bool asks_for_ours(const Request& request) {
  const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
  for (auto field = first; field != last; ++field) {
    if (http::token_list(field->value()).exists(subprotocol)) return true;
  }
  return false;
}

http::response<http::string_body> response_of(const Request& request, HttpReply answer,
                                              bool keep_alive) {
  const auto status = static_cast<http::status>(answer.status);
  http::response<http::string_body> response(status, request.version());
  response.set(http::field::content_type, answer.content_type);
  response.set(http::field::cache_control, "no-cache");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", "frame-ancestors 'none'");
  if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
  if (answer.status == 426) response.set(http::field::upgrade, "websocket");
  if (answer.status == 503) response.set(http::field::retry_after, "1");
  response.keep_alive(keep_alive);
  response.body() = std::move(answer.body);
  response.prepare_payload();
  if (request.method() == http::verb::head) response.body().clear();
  return response;
}

// What is to be told to a client whose request could not be read, where it still can be told.
std::optional<HttpReply> refusal_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return http_error(431, "headers_too_large", "request headers too large");
  }
  if (error == http::error::body_limit) {
    return http_error(413, "body_too_large", "no body is expected");
  }
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return http_error(400, "bad_request", error.message());
  }
  return {};
}

class HttpPhase {
 public:
  HttpPhase(ClientStream& stream, ConnectionShared& shared, Deadline& deadline)
      : stream_(stream), shared_(shared), deadline_(deadline) {}

  Awaitable<bool> serve() {
    const Limits& limits = shared_.limits;
    deadline_.set(now_ns(), limits.handshake_timeout_ms);
    beast::flat_buffer buffer(limits.header_bytes_max + body_bytes_max);
    while (true) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(limits.header_bytes_max);
      parser.body_limit(body_bytes_max);
      const auto [error, bytes] = co_await http::async_read(socket(), buffer, parser, as_result);
      if (error) {
        if (error == http::error::end_of_stream) co_await finish();
        std::optional<HttpReply> refusal = refusal_of(error);
        const Request unread{http::verb::get, "/", 11};
        if (refusal) co_await reply(unread, std::move(*refusal), false);
        co_return false;
      }
      const Request& request = parser.get();
      if (websocket::is_upgrade(request)) {
        const bool upgraded = co_await upgrade(request, buffer.size());
        co_return upgraded;
      }
      HttpReply answer = answer_to(request);
      const bool goes_on = co_await reply(request, std::move(answer), request.keep_alive());
      if (!goes_on) co_return false;
      deadline_.set(now_ns(), limits.handshake_timeout_ms);
    }
  }

 private:
  static std::int64_t now_ns() { return clock_now().steady_ns; }
  ClientSocket& socket() { return stream_.next_layer(); }

  HttpReply answer_to(const Request& request) {
    return http_reply(request.method_string(), request.target(), shared_.core, shared_.limits,
                      shared_.venues_json);
  }

  HttpReply check_upgrade(const Request& request, std::size_t bytes_behind) {
    HttpReply by_path = answer_to(request);
    if (by_path.status == 404 || by_path.status == 405) return by_path;
    if (by_path.status != 426) return http_error(400, "bad_request", "no WebSocket at this path");
    if (bytes_behind > 0) {
      return http_error(400, "bad_request", "bytes before the upgrade was answered");
    }
    if (shared_.core.overload().refuses()) {
      shared_.sockets.counters.refused_late.add();
      return http_error(503, "overloaded", "try again later");
    }
    const auto asked = request.find(http::field::sec_websocket_protocol);
    if (asked != request.end() && !asks_for_ours(request)) {
      return http_error(400, "unknown_subprotocol", "this gateway speaks ticker.v1.json");
    }
    return {};
  }

  Awaitable<bool> upgrade(const Request& request, std::size_t bytes_behind) {
    HttpReply refusal = check_upgrade(request, bytes_behind);
    if (refusal.status != 200) {
      co_await reply(request, std::move(refusal), false);
      co_return false;
    }
    const bool named = request.find(http::field::sec_websocket_protocol) != request.end();
    stream_.set_option(
        websocket::stream_base::decorator([named](websocket::response_type& response) {
          if (named) response.set(http::field::sec_websocket_protocol, subprotocol);
        }));
    const auto [error] = co_await stream_.async_accept(request, as_result);
    if (error) co_await finish();  // Beast answered with what it disliked
    co_return !error;
  }

  Awaitable<bool> reply(const Request& request, HttpReply answer, bool keep_alive) {
    const auto response = response_of(request, std::move(answer), keep_alive);
    deadline_.replying = true;
    deadline_.expect_reply_progress(now_ns(), socket().outbox(), shared_.limits);
    const auto [error, bytes] = co_await http::async_write(socket(), response, as_result);
    deadline_.replying = false;
    if (!error && !keep_alive) co_await finish();
    co_return !error && keep_alive;
  }

  // Bytes unread at close would reset the connection and take our last answer with them.
  Awaitable<void> finish() {
    socket().shutdown();
    char bytes[512];
    for (int i = 0; i < 64; ++i) {
      const auto [error, count] = co_await socket().async_read_some(net::buffer(bytes), as_result);
      if (error) break;
    }
    socket().release();  // without a reset: what the kernel still has goes out
  }

  ClientStream& stream_;
  ConnectionShared& shared_;
  Deadline& deadline_;
};

}  // namespace

Awaitable<bool> serve_http(ClientStream& stream, ConnectionShared& shared, Deadline& deadline) {
  HttpPhase phase(stream, shared, deadline);
  const bool upgraded = co_await phase.serve();
  co_return upgraded;
}

}  // namespace ticker
