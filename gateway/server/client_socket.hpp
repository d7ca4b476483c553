// The layer between Beast and a client's transport. Beast keeps the protocol (handshake, reading,
// pings); the shard pushes shared pieces into the outbox, and Beast's few frames join them. All
// leave in one order, by one system call a flush. Closing is ours: Beast writes nothing once the
// connection is closing. Owned by one shard thread. Never copies a piece but to gather small ones
// or to keep what the transport pins; never blocks.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "feeds/asio/net.hpp"
#include "gateway/fanout/encoder.hpp"
#include "gateway/fanout/outbox.hpp"
#include "gateway/server/handler_memory.hpp"
#include "gateway/server/transport.hpp"

namespace ticker {

/// What all client sockets of a shard share.
struct ClientSocketShared {
  const Limits& limits;
  SlabPool& pool;
  Encoder& encoder;
  ShardCounters& counters;
  std::string scratch;    // where small pieces are gathered
  HandlerMemory waits{};  // of sockets that would block
};

/// Whose socket it is.
class SocketOwner {
 public:
  /// What a pending wait keeps alive; may be null.
  virtual std::shared_ptr<void> keep() = 0;
  /// The transport takes no more bytes, and takes them again.
  virtual void on_blocked() = 0;
  virtual void on_writable() = 0;
  /// False: what Beast still wants to say is not sent.
  [[nodiscard]] virtual bool beast_may_write() const = 0;

 protected:
  ~SocketOwner() = default;
};

template <typename Handler>
class ReadOp;

class ClientSocket {
 public:
  using executor_type = Executor;

  /// `socket` is what to wait for; `transport` moves the bytes.
  /// `framing`: of the frames that clients get.
  ClientSocket(Socket socket, std::unique_ptr<Transport> transport, const Framing& framing,
               ClientSocketShared& shared);
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Outbox& outbox() { return outbox_; }
  void set_owner(SocketOwner* owner) { owner_ = owner; }

  /// Offers the queue to the transport. After an error the socket is closed, so that the reader
  /// hears of it.
  void flush();
  /// Our close frame is the last that leaves: whole frames that wait are dropped, one partly sent
  /// is finished. Once only; `code` 0: an empty one.
  void close(std::uint16_t code, std::string_view reason);
  [[nodiscard]] bool closing() const { return outbox_.sealed(); }
  /// No more bytes from us, after those that the transport has taken.
  void shutdown();
  /// Ends the connection without a reset: what the transport took goes out.
  void finish();
  /// Resets the connection now; pending operations fail.
  void abort();
  [[nodiscard]] bool lost() const { return transport_ == nullptr; }

  // --- AsyncStream, for Beast

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, std::span<char> into) {
          ReadOp<decltype(handler)>(*this, into, std::move(handler)).start();
        },
        token, first_of(buffers));
  }

  /// Takes what a slab and the control reserve hold; completes when those bytes reached the
  /// transport.
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, std::string bytes) {
          start_write(std::move(bytes), WriteHandler(std::move(handler)));
        },
        token, beast::buffers_to_string(beast::buffers_prefix(write_bytes_max(), buffers)));
  }

  /// Completes when the transport has taken everything up to `position` (of `Outbox::pushed`), or
  /// never will; at once when the connection begins to close.
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
  template <typename Handler>
  friend class ReadOp;
  using WriteHandler = net::any_completion_handler<void(error_code, std::size_t)>;
  using TakenHandler = net::any_completion_handler<void(error_code)>;
  using Outcome = Transport::Outcome;
  using WaitsFor = Transport::WaitsFor;

  template <typename Buffers>
  static std::span<char> first_of(const Buffers& buffers) {
    for (auto at = net::buffer_sequence_begin(buffers); at != net::buffer_sequence_end(buffers);
         ++at) {
      const net::mutable_buffer buffer(*at);
      if (buffer.size() > 0) return {static_cast<char*>(buffer.data()), buffer.size()};
    }
    return {};
  }
  static Socket::wait_type event_of(WaitsFor what) {
    return what == WaitsFor::readable ? Socket::wait_read : Socket::wait_write;
  }

  /// Reads what there is. False: nothing yet, wait for `waits_for`.
  bool read_now(std::span<char> into, error_code& error, std::size_t& bytes, WaitsFor& waits_for);

  [[nodiscard]] std::size_t write_bytes_max() const;
  void start_write(std::string bytes, WriteHandler handler);
  void queue_write();
  bool send_once();
  void gather(iovec* parts, std::size_t room, std::size_t& count);
  void took(const Transport::WriteResult& result);
  std::string copy_of_queue(std::size_t from, std::size_t bytes) const;
  void wait(WaitsFor what);
  void ready(error_code error);
  /// How far the transport has taken what was pushed.
  [[nodiscard]] std::uint64_t gone() const { return outbox_.taken() - pinned_.size(); }
  void complete();
  void finish_write(error_code error);
  void finish_taken(error_code error);
  void fail(error_code error);

  Socket socket_;
  std::unique_ptr<Transport> transport_;  // null: the connection is gone
  ClientSocketShared& shared_;
  SocketOwner* owner_ = nullptr;
  Outbox outbox_;
  std::string pinned_;    // what the transport pins: out of the outbox, so that nothing touches it
  bool waiting_ = false;  // before the next write
  error_code error_;      // set once: the connection is gone

  // Beast has one write under way at a time.
  WriteHandler write_handler_;
  std::string unqueued_;  // its bytes, while the outbox has no room for them
  std::size_t write_bytes_ = 0;
  std::uint64_t write_target_ = 0;
  TakenHandler taken_handler_;
  std::uint64_t taken_target_ = 0;
};

// Customisation points by which Beast ends a connection over this layer: the end is ours, so there
// is nothing to do but to give up a connection that was silent for too long.
void teardown(beast::role_type role, ClientSocket& socket, error_code& error);
void beast_close_socket(ClientSocket& socket);

}  // namespace ticker

#include "gateway/server/client_socket_ops.hpp"
