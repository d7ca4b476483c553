// The layer between Beast and the socket. Beast keeps the protocol (handshake, reading, pings,
// closing) and writes through `async_write_some`; the shard pushes shared pieces into the outbox.
// Both leave in one order, by one system call a flush. Owned by one shard thread. Never copies a
// piece but to gather small ones; never blocks.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/teardown.hpp>

#include "feeds/asio/net.hpp"
#include "gateway/fanout/encoder.hpp"
#include "gateway/fanout/outbox.hpp"
#include "gateway/server/handler_memory.hpp"

namespace ticker {

/// What all channels of a shard share.
struct ChannelShared {
  const Limits& limits;
  SlabPool& pool;
  Encoder& encoder;
  ShardCounters& counters;
  std::string scratch;    // where small pieces are gathered
  HandlerMemory waits{};  // of sockets that would block
};

class ClientSocket {
 public:
  using executor_type = Executor;

  ClientSocket(Socket socket, ChannelShared& shared);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  Outbox& outbox() { return outbox_; }

  /// What pending handlers keep alive, and whom to tell that the socket takes no more bytes (false)
  /// or takes them again.
  void set_owner(std::weak_ptr<void> owner) { owner_ = std::move(owner); }
  void on_room(std::function<void(bool)> handler) { on_room_ = std::move(handler); }
  /// From now on Beast writes WebSocket frames: a close frame seals the outbox.
  void set_open() { open_ = true; }

  /// Offers the queue to the socket. After an error the socket is closed, so that the reader hears
  /// of it.
  void flush();
  /// Resets the connection now; pending operations fail.
  void abort();

  // --- AsyncStream, for Beast

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return socket_.async_read_some(buffers, std::forward<Token>(token));
  }

  /// Takes what a slab and the control reserve hold, frames of the WebSocket whole, large HTTP
  /// bodies in parts; completes when those bytes reached the socket.
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, std::string bytes) {
          start_write(std::move(bytes), WriteHandler(std::move(handler)));
        },
        token, beast::buffers_to_string(beast::buffers_prefix(write_bytes_max(), buffers)));
  }

  /// Completes when the socket has taken everything up to `position` (of `Outbox::pushed`), or
  /// never will.
  template <typename Token>
  auto async_taken(std::uint64_t position, Token&& token) {
    return net::async_initiate<Token, void(error_code)>(
        [this](auto handler, std::uint64_t target) {
          TakenHandler(std::move(handler)).swap(taken_handler_);
          taken_target_ = target;
          complete();
        },
        token, position);
  }

 private:
  using WriteHandler = net::any_completion_handler<void(error_code, std::size_t)>;
  using TakenHandler = net::any_completion_handler<void(error_code)>;

  [[nodiscard]] std::size_t write_bytes_max() const;
  void start_write(std::string bytes, WriteHandler handler);
  void queue_write();
  bool send_once();
  std::size_t gather(struct iovec* parts, int& count);
  void wait_writable();
  void complete();
  void fail(error_code error);

  Socket socket_;
  ChannelShared& shared_;
  Outbox outbox_;
  std::weak_ptr<void> owner_;
  std::function<void(bool)> on_room_;
  bool open_ = false;
  bool waiting_ = false;  // for writability
  error_code error_;      // set once: the connection is gone

  // Beast has one write under way at a time.
  WriteHandler write_handler_;
  std::string unqueued_;  // its bytes, while the outbox has no room for them
  std::size_t write_bytes_ = 0;
  std::uint64_t write_target_ = 0;
  TakenHandler taken_handler_;
  std::uint64_t taken_target_ = 0;
};

// Customisation points by which Beast ends a connection over this layer.
void teardown(beast::role_type role, ClientSocket& channel, error_code& error);
void beast_close_socket(ClientSocket& channel);

/// After the close frames: waits for the peer's end of stream, so that our last bytes are not reset
/// away.
template <typename Handler>
void async_teardown(beast::role_type role, ClientSocket& channel, Handler&& handler) {
  beast::websocket::async_teardown(role, channel.socket(), std::forward<Handler>(handler));
}

}  // namespace ticker
