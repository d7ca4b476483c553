#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/websocket.hpp>
#include <optional>

#include "feeds/base/clock.hpp"
#include "gateway/base/log.hpp"
#include "gateway/server/connection.hpp"
#include "gateway/server/connection_http.hpp"

namespace ticker {
namespace {

namespace websocket = beast::websocket;

// A message is read into a string in steps. The first one fits into the string object itself: a
// client that says nothing costs no buffer.
constexpr std::size_t first_step_bytes = 15;
constexpr std::size_t step_bytes = 512;
constexpr std::size_t discard_bytes = 512;

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

class ClientConnection final : public Connection,
                               public Transport,
                               public SocketOwner,
                               public std::enable_shared_from_this<ClientConnection> {
 public:
  ClientConnection(Socket socket, ConnectionShared& shared, std::string name)
      : ClientConnection(socket.native_handle(), socket, shared, std::move(name)) {}

  void start() {
    socket().set_owner(this);
    net::co_spawn(socket().get_executor(), run(shared_from_this()), net::detached);
  }

  // --- Transport, for the core
  Outbox& outbox() override { return socket().outbox(); }
  void flush() override { socket().flush(); }
  void close(CloseReason reason) override { end(reason); }

  // --- SocketOwner
  std::shared_ptr<void> keep() override { return shared_from_this(); }
  void on_blocked() override {
    if (open_) shared_.core.blocked(client_);
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
  void excuse(std::int64_t late_ns) override {
    if (deadline_.at_ns != Deadline::none && deadline_.at_ns != Deadline::reported) {
      deadline_.at_ns += late_ns;
    }
  }

  void tick(std::int64_t now) override {
    if (deadline_.replying && outbox().taken() != deadline_.reply_taken) {
      deadline_.expect_reply_progress(now, outbox(), shared_.limits);
    }
    if (deadline_.at_ns == Deadline::none || now < deadline_.at_ns) return;
    if (!reason_) {
      reason_ = deadline_.replying ? CloseReason::slow_consumer : CloseReason::handshake_timeout;
    }
    if (!open_) shared_.sockets.counters.closed[static_cast<std::size_t>(*reason_)].add();
    deadline_.at_ns = Deadline::reported;  // once
    socket().abort();
  }

 private:
  ClientConnection(int fd, Socket& socket, ConnectionShared& shared, std::string name)
      : shared_(shared),
        name_(std::move(name)),
        stream_(std::move(socket), make_plain_transport(fd), shared.sockets) {}

  ClientSocket& socket() { return stream_.next_layer(); }

  Awaitable<void> run([[maybe_unused]] std::shared_ptr<ClientConnection> self) {
    const bool upgraded = co_await serve_http(stream_, shared_, deadline_);
    if (upgraded) {
      serve_websocket();
    } else {
      leave();
    }
  }

  void leave() {
    socket().abort();
    shared_.ended(this);
  }

  // --- The WebSocket: handlers, each of which starts the next; coroutine frames would stay for as
  // long as the client does.

  void serve_websocket() {
    open_ = true;
    deadline_.at_ns = Deadline::none;
    stream_.auto_fragment(false);
    stream_.read_message_max(shared_.limits.message_bytes_max);
    stream_.text(true);
    expect_silence_up_to(std::chrono::milliseconds(shared_.limits.idle_timeout_ms));
    client_ = shared_.core.add_client(*this, name_);
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
    message_.resize(before + (before == 0 ? first_step_bytes : step_bytes));
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
    if (code == 0 || socket().lost()) return leave_core();
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
                               error ? self->leave_core() : self->discard();
                             });
  }

  void leave_core() {
    shared_.core.remove_client(client_, reason_.value_or(CloseReason::connection_lost));
    log(LogLevel::debug, "connection " + name_ + " ended: " + std::string(info(*reason_).label));
    leave();
  }

  ConnectionShared& shared_;
  const std::string name_;
  ClientStream stream_;
  Deadline deadline_;
  bool open_ = false;  // upgraded
  std::optional<CloseReason> reason_;
  ClientId client_;
  std::string message_;  // what there is of it
};

}  // namespace

std::shared_ptr<Connection> start_connection(Socket socket, ConnectionShared& shared,
                                             std::string name) {
  auto connection = std::make_shared<ClientConnection>(std::move(socket), shared, std::move(name));
  connection->start();
  return connection;
}

}  // namespace ticker
