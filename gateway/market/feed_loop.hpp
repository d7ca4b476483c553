// The feed thread: lets sources speak when they are due, serves the sockets of live feeds, answers
// repair requests, publishes. Owns the market and the sources; writes into the ring and never waits
// for who reads it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "feeds/contract/adapter.hpp"
#include "feeds/contract/wire.hpp"
#include "feeds/network/network_loop.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"

namespace ticker {

class FeedLoop {
 public:
  /// `wake_fd`: eventfd by which shards (repair) and `stop` wake the thread. `spin`: it never
  /// sleeps.
  FeedLoop(Market& market, Ring& ring, const Limits& limits, int wake_fd, bool spin = false);
  ~FeedLoop();
  FeedLoop(const FeedLoop&) = delete;
  FeedLoop& operator=(const FeedLoop&) = delete;

  void add_source(std::unique_ptr<feeds::Source> source);
  /// For sources: sockets that this thread serves; before `run`, or on its thread. Ends with the
  /// sources: keep it nowhere else.
  [[nodiscard]] feeds::Network& network();

  /// The thread's body; returns after `stop`.
  void run();
  /// From any thread.
  void stop();

 private:
  std::int64_t turn();
  void sleep_until(std::int64_t steady_ns) const;
  void drop_sources();
  void say_goodbye();

  Market& market_;
  Ring& ring_;
  const Limits& limits_;
  const int wake_fd_;
  const bool spin_;
  std::optional<feeds::NetworkLoop> sockets_;            // from the first `network()` on
  std::vector<std::unique_ptr<feeds::Source>> sources_;  // behind the sockets that they use
  std::atomic<bool> stopping_{false};
};

}  // namespace ticker
