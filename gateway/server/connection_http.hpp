// The first phase of a connection: plain HTTP, until a request has become a WebSocket or the
// connection ends. A coroutine on the shard's thread, so it must never block; what it needs is gone
// when the phase is over.
#pragma once

#include <boost/beast/websocket/stream.hpp>
#include <cstdint>

#include "gateway/server/client_socket.hpp"
#include "gateway/server/connection.hpp"

namespace ticker {

using ClientStream = beast::websocket::stream<ClientSocket, false>;

/// Until when a connection must have got on, in steady time. The connection looks at it; each phase
/// sets it.
struct Deadline {
  static constexpr std::int64_t none = 0, reported = INT64_MAX;

  std::int64_t at_ns = none;
  bool replying = false;          // over plain HTTP
  std::uint64_t reply_taken = 0;  // by the socket, when that was last looked at

  void set(std::int64_t now_ns, std::uint32_t time_ms) {
    at_ns = now_ns + std::int64_t{time_ms} * 1'000'000;
  }
  /// A reply has time as long as the client takes some of it every `write_timeout_ms`.
  void expect_reply_progress(std::int64_t now_ns, const Outbox& outbox, const Limits& limits) {
    reply_taken = outbox.taken();
    set(now_ns, limits.write_timeout_ms);
  }
};

/// True: `stream` is a WebSocket now. All three outlive the call.
Awaitable<bool> serve_http(ClientStream& stream, ConnectionShared& shared, Deadline& deadline);

}  // namespace ticker
