#include "gateway/server/client_connection.hpp"

#include <boost/beast/websocket.hpp>
#include <optional>
#include <string>

#include "feeds/base/clock.hpp"
#include "gateway/base/log.hpp"
#include "gateway/server/client_socket.hpp"
#include "gateway/server/takeover.hpp"

namespace ticker {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

// A message is read into a string in steps. The first one fits into the string object itself: a
// client that says nothing costs no buffer.
constexpr std::size_t first_step_bytes = 15;
constexpr std::size_t step_bytes = 512;
constexpr std::size_t discard_bytes = 512;

std::int64_t now_ns() { return clock_now().steady_ns; }

// A request that Beast accepts, whatever else the client's own has: all that it must be was
// checked.
http::request<http::empty_body> handshake_of(const HttpRequest& request) {
  http::request<http::empty_body> handshake(http::verb::get, "/", 11);
  handshake.set(http::field::host, "any");
  handshake.set(http::field::connection, "upgrade");
  handshake.set(http::field::upgrade, "websocket");
  handshake.set(http::field::sec_websocket_version, "13");
  handshake.set(http::field::sec_websocket_key, *request.header("Sec-WebSocket-Key"));
  return handshake;
}

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

class ClientConnection final : public Connection,
                               public ClientHandle,
                               public SocketOwner,
                               public std::enable_shared_from_this<ClientConnection> {
 public:
  ClientConnection(Takeover& given, ClientShared& shared)
      : shared_(shared),
        name_(std::move(given.name)),
        format_(*format_of(given.request)),
        stream_(std::move(given.socket), std::move(given.transport), formats()[format_].framing,
                shared.sockets) {}

  void start(const HttpRequest& request) {
    deadline_.set(now_ns(), shared_.limits.handshake_timeout_ms);
    socket().set_owner(this);
    if (request.header("Sec-WebSocket-Protocol")) {
      stream_.set_option(websocket::stream_base::decorator(
          [name = formats()[format_].name](websocket::response_type& response) {
            response.set(http::field::sec_websocket_protocol, name);
          }));
    }
    stream_.async_accept(handshake_of(request), [self = shared_from_this()](error_code error) {
      error ? self->leave() : self->serve();
    });
  }

  // --- ClientHandle, for the core
  Outbox& outbox() override { return socket().outbox(); }
  void flush() override { socket().flush(); }
  void close(CloseReason reason) override { end(reason); }

  // --- SocketOwner
  std::shared_ptr<void> keep() override { return shared_from_this(); }
  void on_blocked() override {
    if (open_) return shared_.core.blocked(client_);
    outbox().spill();  // the core, which does not know it yet, cannot ask for its slabs
  }
  void on_writable() override { open_ ? shared_.core.writable(client_) : socket().flush(); }
  bool beast_may_write() const override { return !open_ || stream_.is_open(); }

  // --- Connection, for the loop
  void end(CloseReason reason) override {
    if (reason_) return;
    reason_ = reason;
    // A close frame cannot pass a full socket, and means nothing before the upgrade.
    if (!open_ || reason == CloseReason::slow_consumer) return socket().abort();
    say_goodbye(info(reason).code, info(reason).text);
  }

  void abort() override { socket().abort(); }
  void excuse(std::int64_t late_ns) override { deadline_.excuse(late_ns); }
  void tick(std::int64_t now) override {
    if (!deadline_.runs_out(now)) return;
    if (!open_) {
      const auto reason = static_cast<std::size_t>(CloseReason::handshake_timeout);
      shared_.sockets.counters.closed[reason].add();
    }
    socket().abort();
  }

 private:
  ClientSocket& socket() { return stream_.next_layer(); }

  void leave() {
    socket().abort();
    shared_.ended(this);
  }

  // --- Reading: handlers, each of which starts the next; coroutine frames would stay for as long
  // as the client does.

  void serve() {
    open_ = true;
    deadline_.clear();
    stream_.auto_fragment(false);
    stream_.read_message_max(shared_.limits.message_bytes_max);
    stream_.text(true);
    expect_silence_up_to(std::chrono::milliseconds(shared_.limits.idle_timeout_ms));
    client_ = shared_.core.add_client(*this, name_, format_);
    if (reason_) socket().abort();  // ended between accept and here
    read();
  }

  void expect_silence_up_to(std::chrono::steady_clock::duration idle) {
    websocket::stream_base::timeout timeout{};
    timeout.handshake_timeout = websocket::stream_base::none();
    timeout.idle_timeout = idle;
    timeout.keep_alive_pings = true;
    stream_.set_option(timeout);
  }

  void read() {
    const std::size_t before = message_.size();
    const bool first = before == 0 && !socket().closing();
    message_.resize(before + (first ? first_step_bytes : step_bytes));
    stream_.async_read_some(
        net::buffer(message_) + before,
        [self = shared_from_this(), before](const error_code& error, std::size_t bytes) {
          self->message_.resize(before + bytes);
          self->on_read(error);
        });
  }

  void on_read(const error_code& error) {
    if (error) return on_end(error);
    if (socket().closing()) {  // until the peer's close frame comes, what it says is discarded
      message_.clear();
      return read();
    }
    if (!stream_.got_text()) {
      end(CloseReason::bad_data);
      message_.clear();
      return read();
    }
    if (!stream_.is_message_done()) return read();
    shared_.core.request(client_, message_);
    std::string().swap(message_);
    read_when_answered();
  }

  // The next request is read when the answer to this one has left. Silence of a client that nobody
  // reads means nothing: until then the write timeout judges it.
  void read_when_answered() {
    const std::uint64_t answer_end = outbox().pushed();
    socket().flush();
    if (outbox().taken() >= answer_end) return read();
    expect_silence_up_to(websocket::stream_base::none());
    socket().async_taken(answer_end, [self = shared_from_this()](const error_code&) {
      self->expect_silence_up_to(std::chrono::milliseconds(self->shared_.limits.idle_timeout_ms));
      self->read();
    });
  }

  // --- The end. Our close frame, the peer's, our end of stream, the peer's; or a reset when the
  // time for that is over.

  void say_goodbye(std::uint16_t code, std::string_view text) {
    deadline_.set(now_ns(), shared_.limits.close_timeout_ms);
    socket().close(code, text);
  }

  // Beast reads no more: the peer said goodbye, broke the protocol or is gone.
  void on_end(const error_code& error) {
    if (!reason_) reason_ = reason_of(error);
    const std::uint16_t code = code_for(error);
    // Who ends its stream without a close frame may still read ours.
    const bool hears_ours = error == net::error::eof && socket().closing();
    if ((code == 0 && !hears_ours) || socket().lost()) return leave_core();
    if (!socket().closing()) say_goodbye(code, {});
    socket().async_taken(outbox().pushed(), [self = shared_from_this()](const error_code& failed) {
      if (failed) return self->leave_core();
      self->socket().shutdown();
      self->message_.resize(discard_bytes);
      self->discard();
    });
  }

  // What a close frame says when reading ended so; 0: it is too late for one.
  std::uint16_t code_for(const error_code& error) const {
    if (error == websocket::error::closed) {
      const auto code = stream_.reason().code;
      return code != websocket::close_code::none ? code : std::uint16_t{websocket::normal};
    }
    return info(reason_of(error)).code;
  }

  // Bytes unread at the end would reset the connection and could take our close frame with them.
  void discard() {
    socket().async_read_some(net::buffer(message_),
                             [self = shared_from_this()](const error_code& error, std::size_t) {
                               if (!error) return self->discard();
                               // All was said on both sides; the kernel may still have some of it.
                               if (error == net::error::eof) self->socket().finish();
                               self->leave_core();
                             });
  }

  void leave_core() {
    shared_.core.remove_client(client_, reason_.value_or(CloseReason::connection_lost));
    log(LogLevel::debug, "connection " + name_ + " ended: " + std::string(info(*reason_).label));
    leave();
  }

  ClientShared& shared_;
  const std::string name_;
  const FormatId format_;
  websocket::stream<ClientSocket, false> stream_;
  Deadline deadline_;
  bool open_ = false;  // upgraded
  std::optional<CloseReason> reason_;
  ClientId client_;
  std::string message_;  // what there is of it
};

}  // namespace

std::optional<FormatId> format_of(const HttpRequest& request) {
  constexpr std::string_view asked = "Sec-WebSocket-Protocol";
  if (!request.header(asked)) return FormatId{0};
  const Formats all = formats();
  for (FormatId id = 0; id < all.size(); ++id) {
    if (request.has_token(asked, all[id].name)) return id;
  }
  return std::nullopt;
}

std::shared_ptr<Connection> start_client(Takeover& given, ClientShared& shared) {
  auto client = std::make_shared<ClientConnection>(given, shared);
  client->start(given.request);
  return client;
}

}  // namespace ticker
