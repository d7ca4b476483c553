// A connection as its loop sees it: one TCP connection of a client, in whichever phase. Lives on
// the thread of its port; kept alive by its pending operations.
#pragma once

#include <cstdint>

#include "gateway/base/close_reason.hpp"

namespace ticker {

class Connection {
 public:
  virtual ~Connection() = default;
  /// Ends it: with a close frame where the client can still take one, else with a reset.
  virtual void end(CloseReason reason) = 0;
  /// Resets the connection, whatever is under way.
  virtual void abort() = 0;
  /// The process itself was stopped or stalled for so long: nobody is late because of that.
  virtual void excuse(std::int64_t late_ns) = 0;
  /// Looks at its deadline.
  virtual void tick(std::int64_t now_ns) = 0;
};

/// Until when a connection must have got on, in steady time. Runs out once.
class Deadline {
 public:
  void set(std::int64_t now_ns, std::uint32_t time_ms) {
    at_ns_ = now_ns + std::int64_t{time_ms} * 1'000'000;
  }
  void clear() { at_ns_ = none; }
  void excuse(std::int64_t late_ns) {
    if (at_ns_ != none) at_ns_ += late_ns;
  }
  [[nodiscard]] bool runs_out(std::int64_t now_ns) {
    if (now_ns < at_ns_) return false;
    clear();
    return true;
  }

 private:
  static constexpr std::int64_t none = INT64_MAX;
  std::int64_t at_ns_ = none;
};

}  // namespace ticker
