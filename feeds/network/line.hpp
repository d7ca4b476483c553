// The way to a peer that WebSockets and requests share: name, socket, proxy, TLS. Each step is a
// coroutine of the feed thread that answers with a failure, empty where all went well. No step has
// a limit of its own: who waits too long closes the line, and its operations fail.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "feeds/contract/wire.hpp"
#include "feeds/network/stream.hpp"
#include "feeds/network/trust.hpp"

namespace ticker::feeds {

inline constexpr std::string_view user_agent = "ticker-gateway";

/// `host` or `host:port` where the port is not the scheme's own, IPv6 in brackets: a Host header.
[[nodiscard]] std::string host_header(const Endpoint& endpoint);

class Line {
 public:
  Line(Executor executor, std::shared_ptr<Trust> trust, Endpoint endpoint)
      : stream_(executor),
        trust_(std::move(trust)),
        timer_(executor),
        endpoint_(std::move(endpoint)) {}

  Stream& stream() { return stream_; }
  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

  [[nodiscard]] Awaitable<Failure> resolve();
  [[nodiscard]] Awaitable<Failure> connect();
  [[nodiscard]] Awaitable<Failure> secure();
  /// What is under way fails, and nothing is begun any more.
  void close();

 private:
  [[nodiscard]] bool by_proxy() const { return !endpoint_.proxy_host.empty(); }
  [[nodiscard]] Awaitable<error_code> connect_to(const tcp::endpoint& address, bool last);
  [[nodiscard]] Awaitable<Failure> ask_proxy();
  [[nodiscard]] Failure failed_at(std::string_view step, const std::string& why) const;

  Stream stream_;
  const std::shared_ptr<Trust> trust_;
  Timer timer_;
  const Endpoint endpoint_;
  std::vector<tcp::endpoint> addresses_;
  bool closed_ = false;
};

}  // namespace ticker::feeds
