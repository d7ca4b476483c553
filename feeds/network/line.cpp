#include "feeds/network/line.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include "feeds/base/clock.hpp"
#include "feeds/network/answer_head.hpp"
#include "feeds/network/lookup.hpp"

namespace ticker::feeds {
namespace {

namespace http = beast::http;

// A host has addresses of two families, and packets of one may vanish: the next address gets its
// turn within the step.
constexpr auto address_time = std::chrono::seconds(3);

Failure failed(std::string_view step, const std::string& why) {
  return {std::string(step) + ": " + printable(why)};
}
Failure failed(std::string_view step, error_code error) { return failed(step, error.message()); }

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string host_header(const Endpoint& endpoint) {
  const bool usual = endpoint.port == (endpoint.tls ? "443" : "80");
  return bracketed(endpoint.host) + (usual ? "" : ":" + endpoint.port);
}

// Names whom it was about: a venue has several hosts, and the proxy is yet another.
Failure Line::failed_at(std::string_view step, const std::string& why) const {
  const std::string& host = by_proxy() ? endpoint_.proxy_host : endpoint_.host;
  const std::string& port = by_proxy() ? endpoint_.proxy_port : endpoint_.port;
  return failed(step, why + " (" + bracketed(host) + ":" + port + ")");
}

Awaitable<Failure> Line::resolve() {
  Addresses addresses =
      co_await look_up(stream_.get_executor(), by_proxy() ? endpoint_.proxy_host : endpoint_.host,
                       by_proxy() ? endpoint_.proxy_port : endpoint_.port);
  if (!addresses.error.empty()) co_return failed_at("resolve", addresses.error);
  if (addresses.found.empty()) co_return failed_at("resolve", "no address");
  addresses_ = std::move(addresses.found);
  co_return Failure{};
}

Awaitable<Failure> Line::connect() {
  error_code error = net::error::host_not_found;
  for (std::size_t i = 0; i < addresses_.size() && error && !closed_; ++i) {
    error = co_await connect_to(addresses_[i], i + 1 == addresses_.size());
  }
  if (closed_) error = net::error::operation_aborted;
  if (error) co_return failed_at(by_proxy() ? "proxy" : "connect", error.message());
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay(true), ignored);
  stream_.socket().set_option(net::socket_base::keep_alive(true), ignored);
  if (!by_proxy()) co_return Failure{};
  co_return co_await ask_proxy();
}

Awaitable<error_code> Line::connect_to(const tcp::endpoint& address, bool last) {
  error_code ignored;
  Socket& socket = stream_.socket();
  socket.close(ignored);
  // The timer's handler may be under way already when it is cancelled.
  enum class Try : std::uint8_t { under_way, late, over };
  const auto state = std::make_shared<Try>(Try::under_way);
  if (!last) {
    timer_.expires_after(address_time);
    timer_.async_wait([&socket, state](error_code cancelled) {
      if (cancelled || *state == Try::over) return;
      *state = Try::late;
      error_code unheard;
      socket.close(unheard);
    });
  }
  const auto [error] = co_await socket.async_connect(address, as_result);
  timer_.cancel();
  if (std::exchange(*state, Try::over) == Try::late) co_return net::error::timed_out;
  co_return error;
}

// CONNECT host:port HTTP/1.1, answered by a head without body (RFC 9110, 9.3.6).
Awaitable<Failure> Line::ask_proxy() {
  const std::string peer = bracketed(endpoint_.host) + ":" + endpoint_.port;
  std::string request = "CONNECT " + peer + " HTTP/1.1\r\nHost: " + peer +
                        "\r\nUser-Agent: " + std::string(user_agent) + "\r\n\r\n";
  const auto [unsent, sent] = co_await net::async_write(stream_, net::buffer(request), as_result);
  if (unsent) co_return failed("proxy", unsent);
  http::response_parser<http::empty_body> parser;
  parser.header_limit(head_bytes_max);
  parser.skip(true);
  beast::flat_buffer buffer(head_bytes_max);
  const auto [unread, read] = co_await http::async_read_header(stream_, buffer, parser, as_result);
  if (unread) co_return failed("proxy", unread);
  const auto& answer = parser.get();
  if (answer.result_int() != 200) {
    const auto wait = answer[http::field::retry_after];
    co_return failure_of("proxy", static_cast<int>(answer.result_int()), {wait.data(), wait.size()},
                         clock_now().wall_us);
  }
  // The peer speaks second, in TLS as in HTTP.
  if (buffer.size() > 0) co_return failed("proxy", "bytes behind its answer");
  co_return Failure{};
}

Awaitable<Failure> Line::secure() {
  std::string why;
  const auto context = trust_->context(endpoint_.ca_file, why);
  if (!context) co_return failed("TLS", why);
  if (!stream_.start_tls(*context, endpoint_.host)) co_return failed("TLS", "no name to verify");
  const auto [error] = co_await stream_.async_handshake(as_result);
  if (!error) co_return Failure{};
  const std::string refused = stream_.certificate_error();
  if (refused.empty()) co_return failed("TLS", error);
  co_return failed("TLS", "certificate verify failed (" + refused + ")");
}

void Line::close() {
  closed_ = true;
  timer_.cancel();
  stream_.close();
}

}  // namespace ticker::feeds
