// The part of ClientSocket that carries handlers: a read that waits for as long as its client is
// silent, so it holds nothing but what it needs. Included by client_socket.hpp alone.
#pragma once

#include <boost/asio/append.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/post.hpp>
#include <span>
#include <utility>

#include "gateway/server/client_socket.hpp"

namespace ticker {

/// Allocator, executor and cancellation are those of `Handler`.
template <typename Handler>
class ReadOp {
 public:
  ReadOp(ClientSocket& socket, std::span<char> into, Handler&& handler)
      : socket_(&socket), into_(into), handler_(std::move(handler)) {}

  /// Never calls the handler itself. Where the last read left nothing, the socket is not asked.
  void start() {
    Transport::WaitsFor waits_for = Transport::WaitsFor::readable;
    if (!socket_->lost() && socket_->transport_->drained()) return wait(waits_for);
    error_code error;
    std::size_t bytes = 0;
    if (!socket_->read_now(into_, error, bytes, waits_for)) return wait(waits_for);
    net::post(socket_->get_executor(), net::append(std::move(handler_), error, bytes));
  }

  /// The socket is ready. After an error it may be gone, with all that is around it.
  void operator()(error_code error) {
    std::size_t bytes = 0;
    Transport::WaitsFor waits_for = Transport::WaitsFor::readable;
    if (!error && !socket_->read_now(into_, error, bytes, waits_for)) return wait(waits_for);
    std::move(handler_)(error, bytes);
  }

  [[nodiscard]] const Handler& handler() const { return handler_; }

 private:
  void wait(Transport::WaitsFor what) {
    Socket& socket = socket_->socket_;
    socket.async_wait(ClientSocket::event_of(what), std::move(*this));
  }

  ClientSocket* socket_;
  std::span<char> into_;
  Handler handler_;
};

/// See `teardown`.
template <typename Handler>
void async_teardown(beast::role_type, ClientSocket& socket, Handler&& handler) {
  net::post(socket.get_executor(), net::append(std::forward<Handler>(handler), error_code()));
}

}  // namespace ticker

template <template <typename, typename> class Associator, typename Handler, typename Default>
struct boost::asio::associator<Associator, ticker::ReadOp<Handler>, Default>
    : Associator<Handler, Default> {
  using Base = Associator<Handler, Default>;
  static typename Base::type get(const ticker::ReadOp<Handler>& op) noexcept {
    return Base::get(op.handler());
  }
  static auto get(const ticker::ReadOp<Handler>& op, const Default& other) noexcept
      -> decltype(Base::get(op.handler(), other)) {
    return Base::get(op.handler(), other);
  }
};
