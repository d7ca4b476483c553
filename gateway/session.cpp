#include "gateway/session.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>

#include "feeds/clock.hpp"
#include "gateway/http.hpp"
#include "gateway/log.hpp"

namespace ticker {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr std::string_view subprotocol = "ticker.v1.json";
constexpr std::uint64_t body_bytes_max = 1'024;  // of a plain HTTP request; no path wants one

std::int64_t now_ns() { return clock_now().steady_ns; }

// Which reason does the end of a read tell?
CloseReason reason_of(const error_code& error) {
  if (error == websocket::error::closed) return CloseReason::client_closed;
  if (error == websocket::error::message_too_big) return CloseReason::too_big;
  if (error == websocket::error::bad_frame_payload) return CloseReason::bad_data;
  if (error == beast::error::timeout) return CloseReason::idle;
  if (error.category() == make_error_code(websocket::error::bad_opcode).category()) {
    return CloseReason::protocol_error;
  }
  return CloseReason::connection_lost;
}

websocket::close_reason close_frame(CloseReason reason) {
  const CloseReasonInfo& text = info(reason);
  return {static_cast<websocket::close_code>(text.code), {text.text.data(), text.text.size()}};
}

class ClientSession final : public Session,
                            public Transport,
                            public std::enable_shared_from_this<ClientSession> {
 public:
  ClientSession(Socket socket, SessionShared& shared, std::string name,
                std::function<void(Session*)> ended)
      : shared_(shared),
        name_(std::move(name)),
        ended_(std::move(ended)),
        stream_(std::move(socket), shared.channels) {}

  void start() {
    channel().set_owner(weak_from_this());
    deadline_ns_ = now_ns() + std::int64_t{shared_.limits.handshake_timeout_ms} * 1'000'000;
    net::co_spawn(channel().get_executor(), run(shared_from_this()), net::detached);
  }

  // --- Transport, for the core
  Outbox& outbox() override { return channel().outbox(); }
  void flush() override { channel().flush(); }
  void close(CloseReason reason) override { end(reason); }

  // --- Session, for the loop
  void end(CloseReason reason) override {
    if (reason_) return;
    reason_ = reason;
    // A close frame cannot pass a full socket, and means nothing before the upgrade.
    if (!open_ || reason == CloseReason::slow_consumer) return channel().abort();
    deadline_ns_ = now_ns() + close_time_ns();
    stream_.async_close(close_frame(reason), [self = shared_from_this()](const error_code&) {});
  }

  void abort() override { channel().abort(); }
  void excuse(std::int64_t late_ns) override {
    if (deadline_ns_ != 0 && deadline_ns_ != INT64_MAX) deadline_ns_ += late_ns;
  }

  void tick(std::int64_t now) override {
    // Whoever began it, a close handshake has its time, too.
    if (deadline_ns_ == 0 && outbox().sealed()) deadline_ns_ = now + close_time_ns();
    if (replying_ && outbox().taken() != reply_taken_) expect_reply_progress(now);
    if (deadline_ns_ == 0 || now < deadline_ns_) return;
    if (!reason_) {
      reason_ = replying_ ? CloseReason::slow_consumer : CloseReason::handshake_timeout;
    }
    if (!open_) shared_.channels.counters.closed[static_cast<std::size_t>(*reason_)].add();
    deadline_ns_ = INT64_MAX;  // once
    channel().abort();
  }

 private:
  using Request = http::request<http::string_body>;

  Channel& channel() { return stream_.next_layer(); }
  std::int64_t close_time_ns() const {
    return std::int64_t{shared_.limits.close_timeout_ms} * 1'000'000;
  }

  // A reply has time as long as the client takes some of it every `write_timeout_ms`.
  void expect_reply_progress(std::int64_t now) {
    reply_taken_ = outbox().taken();
    deadline_ns_ = now + std::int64_t{shared_.limits.write_timeout_ms} * 1'000'000;
  }

  Awaitable<void> run([[maybe_unused]] std::shared_ptr<ClientSession> self) {
    const bool upgraded = co_await serve_http();
    if (upgraded) co_await serve_websocket();
    channel().abort();
    ended_(this);
  }

  // Plain requests, until one has become a WebSocket (true) or the connection ends. What it needs
  // is gone when it returns.
  Awaitable<bool> serve_http() {
    beast::flat_buffer buffer(shared_.limits.header_bytes_max + body_bytes_max);
    while (true) {
      http::request_parser<http::string_body> parser;
      parser.header_limit(shared_.limits.header_bytes_max);
      parser.body_limit(body_bytes_max);
      const auto [error, bytes] = co_await http::async_read(channel(), buffer, parser, as_result);
      if (error) {
        if (error == http::error::end_of_stream) co_await finish();
        co_await refuse_unread(error);
        co_return false;
      }
      const Request& request = parser.get();
      if (websocket::is_upgrade(request)) {
        const HttpReply refusal = check_upgrade(request, buffer.size());
        if (refusal.status == 200) {
          const bool accepted = co_await accept(request);
          co_return accepted;
        }
        co_await reply(request, refusal, false);
        co_return false;
      }
      HttpReply answer = answer_to(request);
      if (!co_await reply(request, std::move(answer), request.keep_alive())) co_return false;
      deadline_ns_ = now_ns() + std::int64_t{shared_.limits.handshake_timeout_ms} * 1'000'000;
    }
  }

  // A request that could not be read gets an answer where it still can.
  Awaitable<void> refuse_unread(const error_code& error) {
    Request request{http::verb::get, "/", 11};
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      co_await reply(request, http_error(431, "headers_too_large", "request headers too large"),
                     false);
    } else if (error == http::error::body_limit) {
      co_await reply(request, http_error(413, "body_too_large", "no body is expected"), false);
    } else if (error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
      co_await reply(request, http_error(400, "bad_request", error.message()), false);
    }
  }

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
      shared_.channels.counters.refused_late.add();
      return http_error(503, "overloaded", "try again later");
    }
    const auto asked = request.find(http::field::sec_websocket_protocol);
    if (asked != request.end() && !asks_for_ours(request)) {
      return http_error(400, "unknown_subprotocol", "this gateway speaks ticker.v1.json");
    }
    return {};
  }

  static bool asks_for_ours(const Request& request) {
    const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
    for (auto field = first; field != last; ++field) {
      if (http::token_list(field->value()).exists(subprotocol)) return true;
    }
    return false;
  }

  Awaitable<bool> reply(const Request& request, HttpReply answer, bool keep_alive) {
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
    replying_ = true;
    expect_reply_progress(now_ns());
    const auto [error, bytes] = co_await http::async_write(channel(), response, as_result);
    replying_ = false;
    if (!error && !keep_alive) co_await finish();
    co_return !error && keep_alive;
  }

  // Bytes unread at close would reset the connection and take our last answer with them.
  Awaitable<void> finish() {
    error_code ignored;
    channel().socket().shutdown(Socket::shutdown_send, ignored);
    char bytes[512];
    for (int i = 0; i < 64; ++i) {
      const auto [error, count] = co_await channel().async_read_some(net::buffer(bytes), as_result);
      if (error) break;
    }
    channel().socket().close(ignored);  // without a reset: what the kernel still has goes out
  }

  Awaitable<bool> accept(const Request& request) {
    const bool named = request.find(http::field::sec_websocket_protocol) != request.end();
    stream_.set_option(
        websocket::stream_base::decorator([named](websocket::response_type& response) {
          if (named) response.set(http::field::sec_websocket_protocol, subprotocol);
        }));
    expect_silence_up_to(std::chrono::milliseconds(shared_.limits.idle_timeout_ms));

    stream_.auto_fragment(false);
    stream_.read_message_max(shared_.limits.message_bytes_max);
    stream_.text(true);
    const auto [error] = co_await stream_.async_accept(request, as_result);
    if (error) co_await finish();  // Beast answered with what it disliked
    co_return !error;
  }

  void expect_silence_up_to(std::chrono::steady_clock::duration idle) {
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = websocket::stream_base::none();
    timeout.idle_timeout = idle;
    timeout.keep_alive_pings = true;
    stream_.set_option(timeout);
  }

  Awaitable<void> serve_websocket() {
    open_ = true;
    deadline_ns_ = 0;
    channel().set_open();
    client_ = shared_.core.add_client(*this, name_);
    channel().on_writable([this] { shared_.core.writable(client_); });
    if (reason_) channel().abort();  // ended between accept and here
    // Beast's own buffers would keep 1 536 bytes for each client that says nothing.
    std::array<char, 256> part;
    std::string message;
    while (true) {
      const auto [error, bytes] = co_await stream_.async_read_some(net::buffer(part), as_result);
      if (error) {
        note_end(error);
        break;
      }
      if (!stream_.got_text()) {
        co_await close_alone(CloseReason::bad_data);
        break;
      }
      message.append(part.data(), bytes);
      if (!stream_.is_message_done()) continue;
      shared_.core.request(client_, message);
      std::string().swap(message);
      co_await answer_taken();
    }
    shared_.core.remove_client(client_, reason_.value_or(CloseReason::connection_lost));
    log(LogLevel::debug, "session " + name_ + " ended: " + std::string(info(*reason_).label));
  }

  void note_end(const error_code& error) {
    // Many clients close the socket without waiting for the answer to their close frame.
    const bool said_goodbye = stream_.reason().code != websocket::close_code::none;
    if (!reason_) reason_ = said_goodbye ? CloseReason::client_closed : reason_of(error);
  }

  // Ends it with nobody reading beside: Beast's reader and closer would wait for each other for
  // ever when a broken frame lies behind the message in the reader's buffer.
  Awaitable<void> close_alone(CloseReason reason) {
    if (reason_) co_return;
    reason_ = reason;
    deadline_ns_ = now_ns() + close_time_ns();
    co_await stream_.async_close(close_frame(reason), as_result);
  }

  // The next request is read when the answer to this one has left. Silence of a client that nobody
  // reads means nothing: until then the write timeout judges it.
  Awaitable<void> answer_taken() {
    const std::uint64_t answer_end = outbox().pushed();
    channel().flush();
    if (outbox().taken() >= answer_end) co_return;
    expect_silence_up_to(websocket::stream_base::none());
    co_await channel().async_taken(answer_end, as_result);
    expect_silence_up_to(std::chrono::milliseconds(shared_.limits.idle_timeout_ms));
  }

  SessionShared& shared_;
  const std::string name_;
  const std::function<void(Session*)> ended_;
  websocket::stream<Channel, false> stream_;
  ClientId client_;
  bool replying_ = false;  // over plain HTTP
  std::uint64_t reply_taken_ = 0;

  bool open_ = false;  // upgraded
  std::optional<CloseReason> reason_;
  std::int64_t deadline_ns_ = 0;
};

}  // namespace

std::shared_ptr<Session> start_session(Socket socket, SessionShared& shared, std::string name,
                                       std::function<void(Session*)> ended) {
  auto session =
      std::make_shared<ClientSession>(std::move(socket), shared, std::move(name), std::move(ended));
  session->start();
  return session;
}

}  // namespace ticker
