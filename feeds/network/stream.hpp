// The bytes of one connection: a TCP socket, or TLS over it from `start_tls` on. One type for both,
// and handlers are erased, so that Beast over it is compiled once. Notes when bytes were read from
// the socket. Lives on the feed thread; whoever waits for it keeps it alive.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/beast/core/buffers_prefix.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <string>
#include <utility>

#include "feeds/asio/net.hpp"
#include "schemas/event.hpp"

namespace boost::asio::ssl {
class context;
}  // namespace boost::asio::ssl

namespace ticker::feeds {

class Stream {
 public:
  using executor_type = Executor;
  static constexpr std::size_t write_bytes_max = 16 * 1024;  // one TLS record

  explicit Stream(Executor executor);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  /// When bytes were last read from the socket.
  [[nodiscard]] const Receipt& received() const { return received_; }

  /// From now on everything is encrypted. `host`: the name that the peer's certificate must bear.
  /// False: OpenSSL did not take it.
  [[nodiscard]] bool start_tls(net::ssl::context& context, const std::string& host);
  template <typename Token>
  auto async_handshake(Token&& token) {
    return net::async_initiate<Token, void(error_code)>(
        [this](auto handler) { start_handshake(Done(std::move(handler))); }, token);
  }
  /// Why the peer's certificate was refused; empty if it was not.
  [[nodiscard]] std::string certificate_error() const;

  /// Until `head_read`, notes an answer's head, reads in small parts (what is behind it stays
  /// small, too), and ends the stream behind a head that is not of status 101: nobody waits for the
  /// body of a refusal.
  void read_head() { reading_head_ = true; }
  [[nodiscard]] std::string head_read();

  /// Resets the connection; pending operations fail.
  void close();

  // --- AsyncStream, for Beast

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, net::mutable_buffer into) {
          start_read(into, Moved(std::move(handler)));
        },
        token, first_of(buffers));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return net::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, std::string bytes) {
          start_write(std::move(bytes), Moved(std::move(handler)));
        },
        token, beast::buffers_to_string(beast::buffers_prefix(write_bytes_max, buffers)));
  }

 private:
  using Moved = net::any_completion_handler<void(error_code, std::size_t)>;
  using Done = net::any_completion_handler<void(error_code)>;
  class Timed;  // the socket as TLS sees it
  struct Tls;

  template <typename Buffers>
  static net::mutable_buffer first_of(const Buffers& buffers) {
    const auto end = net::buffer_sequence_end(buffers);
    for (auto one = net::buffer_sequence_begin(buffers); one != end; ++one) {
      const net::mutable_buffer buffer(*one);
      if (buffer.size() > 0) return buffer;
    }
    return {};
  }
  void start_handshake(Done handler);
  void start_read(net::mutable_buffer into, Moved handler);
  void start_write(std::string bytes, Moved handler);
  [[nodiscard]] bool refused() const;

  Socket socket_;
  Receipt received_;
  std::string writing_;  // Beast has one write under way at a time
  std::string head_;
  bool reading_head_ = false;
  std::unique_ptr<Tls> tls_;
};

// Customisation points by which Beast ends a connection over this layer: both close frames have
// been said, or there is nothing left to say.
void teardown(beast::role_type role, Stream& stream, error_code& error);
void beast_close_socket(Stream& stream);

template <typename Handler>
void async_teardown(beast::role_type, Stream& stream, Handler&& handler) {
  stream.close();
  net::post(stream.get_executor(),
            beast::bind_front_handler(std::forward<Handler>(handler), error_code{}));
}

}  // namespace ticker::feeds
