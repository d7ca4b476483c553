// The I/O that live feeds need, as they see it: a WebSocket taken step by step, and REST requests.
// `network` does it with sockets; tests bring a pretended one. Everything is called and answered on
// the feed thread, and nothing is answered from within the call that asks for it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "schemas/event.hpp"

namespace ticker::feeds {

/// Where to connect to, and how.
struct Endpoint {
  std::string host;
  std::string port;
  std::string target = "/";  // path and query
  bool tls = true;
  std::string ca_file = {};     // empty: the system's certificates
  std::string proxy_host = {};  // empty: no proxy
  std::string proxy_port = {};
};

/// Reads `ws://`, `wss://`, `http://` or `https://host[:port][/path]`; false if the text is none.
/// Port by the scheme where there is none.
[[nodiscard]] bool read_url(std::string_view url, Endpoint& out);

/// The way to an open connection. `connect` goes through the proxy, if there is one.
enum class Step : std::uint8_t { resolve, connect, secure, upgrade };
inline constexpr std::string_view step_names[] = {"resolve", "connect", "TLS", "upgrade"};

/// Why there is no connection.
struct Failure {
  std::string text;                 // one line for people: "TLS: timed out"
  int http_status = 0;              // of a refused upgrade or request; 0: none
  std::int64_t retry_after_ms = 0;  // what the venue asked for (Retry-After); 0: nothing
};

/// Hears what happens to a wire.
class WireListener {
 public:
  virtual ~WireListener() = default;
  /// The step that was begun is done.
  virtual void stepped(const Receipt& now) = 0;
  /// A whole text message; `Adapter::padding_bytes` readable bytes follow it. `receipt`: when its
  /// bytes were read from the socket.
  virtual void heard(std::string_view frame, const Receipt& receipt) = 0;
  /// A WebSocket ping or pong.
  virtual void pinged(const Receipt& now) = 0;
  /// The step failed, or the connection ended, whoever ended it. Nothing more is heard.
  virtual void failed(const Failure& failure, const Receipt& now) = 0;
};

/// One WebSocket connection. Destroying it closes it, politely where it can; nothing is heard of it
/// from then on.
class Wire {
 public:
  virtual ~Wire() = default;
  /// Begins a step; one at a time, in their order (`secure` only with TLS).
  virtual void begin(Step step) = 0;
  /// Queues a text message; false when too many wait already.
  [[nodiscard]] virtual bool send(std::string text) = 0;
  virtual void ping() = 0;
};

/// The answer to a REST request. `body` is valid during the call, with the adapter's padding.
struct Answer {
  int status = 0;  // 0: no answer
  std::string_view body = {};
  Failure failure = {};  // where the status is not 200
  Receipt received = {};
};

class Network {
 public:
  virtual ~Network() = default;
  [[nodiscard]] virtual std::unique_ptr<Wire> make_wire(const Endpoint& endpoint,
                                                        WireListener& listener) = 0;
  /// GET; `done` is called once, within `timeout_ms`, unless the network is gone before.
  virtual void get(const Endpoint& endpoint, std::uint32_t timeout_ms,
                   std::function<void(const Answer&)> done) = 0;
};

}  // namespace ticker::feeds
