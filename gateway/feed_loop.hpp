// The feed thread: lets sources speak when they are due, answers repair requests, publishes. Owns
// the market and the sources; writes into the ring and never waits for who reads it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "feeds/adapter.hpp"
#include "gateway/limits.hpp"
#include "gateway/market.hpp"
#include "gateway/ring.hpp"

namespace ticker {

class FeedLoop {
 public:
  /// `wake_fd`: eventfd by which shards (repair) and `stop` wake the thread.
  FeedLoop(Market& market, Ring& ring, const Limits& limits, int wake_fd);

  void add_source(std::unique_ptr<feeds::Source> source) { sources_.push_back(std::move(source)); }

  /// The thread's body; returns after `stop`.
  void run();
  /// From any thread.
  void stop();

 private:
  std::int64_t turn();
  void sleep_until(std::int64_t steady_ns) const;

  Market& market_;
  Ring& ring_;
  const Limits& limits_;
  const int wake_fd_;
  std::vector<std::unique_ptr<feeds::Source>> sources_;
  std::atomic<bool> stopping_{false};
};

}  // namespace ticker
