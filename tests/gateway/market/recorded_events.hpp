// An event sink that keeps what it gets, for tests without a ring.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "gateway/base/event_sink.hpp"

namespace ticker {

class RecordedEvents final : public EventSink {
 public:
  void write(const Event& event) override { events_.push_back(event); }
  /// Everything written since the last call.
  std::vector<Event> take() { return std::exchange(events_, {}); }

 private:
  std::vector<Event> events_;
};

/// One letter an event, for orders of events: i(nstrument), t(icker), x (trade), g(ap), r(epair).
inline std::string kinds(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) text += "txigr"[static_cast<std::size_t>(event.kind)];
  return text;
}

}  // namespace ticker
