// A client socket on a real loopback connection, for its tests: one thread, the io_context is
// turned by hand, the peer is a plain socket that reads when it is told to.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/server/client_socket.hpp"
#include "tests/gateway/server/deadline.hpp"

namespace ticker {

struct SocketWorld : SocketOwner {
  using MakeTransport = std::function<std::unique_ptr<Transport>(int fd)>;

  explicit SocketWorld(int buffer_bytes = 0, const MakeTransport& make = make_plain_transport,
                       const Limits& given = {})
      : limits(given),
        pool(limits.slab_bytes, limits.slabs_max, counters),
        encoder(pool, "e1", counters),
        shared{limits, pool, encoder, counters, std::string(limits.slab_bytes, '\0')} {
    net::basic_socket_acceptor<tcp, Executor> acceptor(context,
                                                       {net::ip::address_v4::loopback(), 0});
    peer = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    // The receive buffer must be small before the connection is made.
    if (buffer_bytes > 0) {
      ::setsockopt(peer, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    }
    const auto endpoint = acceptor.local_endpoint();
    EXPECT_EQ(::connect(peer, endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
    Socket accepted(context);
    acceptor.accept(accepted);
    if (buffer_bytes > 0) accepted.set_option(net::socket_base::send_buffer_size(buffer_bytes));
    fd = accepted.native_handle();
    socket = std::make_shared<ClientSocket>(std::move(accepted), make(fd),
                                            formats().front().framing, shared);
    socket->set_owner(this);
  }
  ~SocketWorld() {
    hang_up();
    socket->abort();
    turn();
  }
  SocketWorld(const SocketWorld&) = delete;
  SocketWorld& operator=(const SocketWorld&) = delete;

  // --- SocketOwner
  std::shared_ptr<void> keep() override { return socket; }
  void on_blocked() override { told.push_back(false); }
  void on_writable() override {
    told.push_back(true);
    if (flushes) socket->flush();
  }
  bool beast_may_write() const override { return beast_speaks; }

  Outbox& outbox() { return socket->outbox(); }

  /// Pushes one shared frame of this many payload bytes; what must arrive grows by it.
  void push(std::size_t bytes, char letter, std::uint32_t frames = 1) {
    Piece piece = encoder.text(formats().front(), std::string(bytes, letter));
    piece.frames = frames;
    const std::string_view framed(pool.bytes(piece), piece.length);
    const bool taken = frames > 0 ? outbox().offer_numbered(0, piece, ++seq, 0) == Push::queued
                                  : outbox().control(piece, 0);
    if (taken) expected += framed;
  }
  /// Beast writes; what must arrive grows by it.
  void write(const std::string& bytes) {
    ++started;
    socket->async_write_some(net::buffer(bytes), [this](error_code error, std::size_t count) {
      ++completed;
      last_error = error;
      last_count = count;
    });
    expected += bytes;
  }
  void wait_taken() {
    ++started;
    socket->async_taken(outbox().pushed(), [this](error_code error) {
      ++completed;
      last_error = error;
    });
  }
  void read() {
    ++started;
    socket->async_read_some(net::buffer(input), [this](error_code error, std::size_t count) {
      ++completed;
      read_error = error;
      read_count = count;
    });
  }

  [[nodiscard]] std::string read_text() const { return {input, read_count}; }

  /// Runs what is ready.
  void turn() {
    context.restart();
    context.poll();
  }
  /// The peer reads up to `bytes`, without waiting. False: end of stream or reset.
  bool peer_reads(std::size_t bytes) {
    std::string buffer(bytes, '\0');
    const ssize_t count = ::recv(peer, buffer.data(), bytes, MSG_DONTWAIT);
    if (count > 0) received.append(buffer, 0, static_cast<std::size_t>(count));
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
  }
  /// Until everything expected has arrived.
  bool all_arrives(std::size_t bytes_a_read = 65'536) {
    return eventually([&] {
      turn();
      peer_reads(bytes_a_read);
      return received.size() >= expected.size();
    });
  }
  /// Queues and flushes until the socket is full; returns the bytes that wait.
  std::uint64_t fill() {
    while (!outbox().blocked()) {
      push(10'000, 'f');
      socket->flush();
    }
    return outbox().bytes();
  }
  void hang_up() {
    if (peer >= 0) ::close(peer);
    peer = -1;
  }
  void reset() {
    const linger now{1, 0};
    ::setsockopt(peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    hang_up();
  }

  Limits limits;
  ShardCounters counters;
  SlabPool pool;
  Encoder encoder;
  ClientSocketShared shared;
  net::io_context context{1};
  std::shared_ptr<ClientSocket> socket;
  int fd = -1;             // of it
  std::vector<bool> told;  // is there room?
  bool flushes = true;     // as soon as there is
  bool beast_speaks = true;
  int peer = -1;
  std::string expected, received;
  std::uint64_t seq = 0;
  int started = 0, completed = 0;
  error_code last_error, read_error;
  std::size_t last_count = 0, read_count = 0;
  char input[64];
};

/// Two bytes of header and a payload, as Beast writes control frames.
inline std::string control_frame(unsigned opcode, const std::string& payload) {
  return std::string{static_cast<char>(0x80 | opcode), static_cast<char>(payload.size())} + payload;
}
inline constexpr unsigned opcode_close = 8, opcode_ping = 9, opcode_pong = 10;

}  // namespace ticker
