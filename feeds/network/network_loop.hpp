// The sockets of one thread: a network, and the loop that serves it, with no name of Boost in it.
// Owned by the thread that calls it (the feed thread); only what writes to the eventfd is another.
// Never serves so long that its owner's other work has to wait.
#pragma once

#include <cstdint>
#include <memory>

#include "feeds/contract/wire.hpp"

namespace ticker::feeds {

class NetworkLoop {
 public:
  /// `wake_fd`: an eventfd that ends a wait and is read here; it stays the caller's.
  explicit NetworkLoop(int wake_fd);
  ~NetworkLoop();
  NetworkLoop(const NetworkLoop&) = delete;
  NetworkLoop& operator=(const NetworkLoop&) = delete;

  /// Valid until `drop_network`.
  [[nodiscard]] Network& network();

  /// Serves what is ready, at most 256 handlers or 2 ms; waits for something up to this time, for
  /// as long as it takes with `Source::never`. Afterwards at least one handler has run, or the time
  /// has come. What a listener throws comes out here.
  void serve_until(std::int64_t steady_ns);

  /// Ends the network, and with it the requests that would be answered; a new one takes its place.
  void drop_network();

  /// Serves until nothing is ready any more, or this time has come. Never waits.
  void finish_until(std::int64_t steady_ns);

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace ticker::feeds
