// What the limits add up to. Needs the sizes of what they count, so it stands above all rooms.
// Used at start only.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/config/config.hpp"

namespace ticker {

/// What the limits let the process allocate, in bytes. Not in it: code, instruments' state, and
/// what the kernel buffers for sockets.
struct MemoryMax {
  std::uint64_t clients = 0;  // all of them, with outbox, reserve, subscriptions
  std::uint64_t streams = 0;
  std::uint64_t slabs = 0;
  std::uint64_t trades = 0;  // kept for resume
  std::uint64_t ring = 0;
  [[nodiscard]] std::uint64_t total() const { return clients + streams + slabs + trades + ring; }
};
[[nodiscard]] MemoryMax memory_max(const Config& config);

/// The same for people: the sum and its parts.
[[nodiscard]] std::string text_of(const MemoryMax& memory);

}  // namespace ticker
