// One I/O thread: its io_context, acceptor, timers, wake-up and connections; drives one shard core.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/fanout/shard_core.hpp"
#include "gateway/ring/ring.hpp"
#include "gateway/server/admission.hpp"
#include "schemas/instrument.hpp"

namespace ticker {

/// What a shard is made of. References outlive it.
struct ShardParts {
  std::uint32_t index;
  const Limits& limits;
  const InstrumentTable& table;
  Ring& ring;
  ShardCounters& counters;
  Admission& admission;
  bool spin;  // never sleep
  std::string epoch;
  std::vector<std::string> venues;
  int listener_fd;                           // bound and listening; the shard owns it from here
  std::function<std::string()> venues_json;  // `VenueBoard::venues_json`; from any thread
};

class ShardLoop {
 public:
  explicit ShardLoop(ShardParts parts);
  ~ShardLoop();

  /// The thread's body; returns after `stop`, when every connection has ended or the time for it is
  /// over.
  void run();
  /// From any thread: says goodbye to all clients and ends.
  void stop();
  /// From any thread: runs `task` on the shard's thread, soon. Not run any more once the shard has
  /// stopped.
  void post(std::function<void(ShardCore&)> task);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
