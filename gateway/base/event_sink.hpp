// Where numbered events leave the market: the ring of this process, later a bus; tests bring one
// that records. A stage that derives events from others is a sink in front of the next one. Owned
// by the feed thread, which alone writes. A sink must never make it wait for a reader.
#pragma once

#include "schemas/event.hpp"

namespace ticker {

class EventSink {
 public:
  virtual ~EventSink() = default;
  /// Takes a copy. Readers get events in the order in which they were written.
  virtual void write(const Event& event) = 0;
};

}  // namespace ticker
