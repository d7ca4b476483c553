// What one thread counted between two cuts, a second or less. Made by the thread, then handed over.
#pragma once

#include <array>
#include <cstdint>

#include "bench/load/histogram.hpp"
#include "bench/load/tally.hpp"

namespace ticker::load {

struct Slice {
  std::int64_t begin_ns = 0;  // where it was to begin and end, steady clock
  std::int64_t end_ns = 0;
  std::int64_t began_ns = 0;  // where it really did
  std::int64_t ended_ns = 0;
  bool counted = false;
  std::array<Tally, group_count> tallies;  // by GroupId
  std::uint32_t subscribed = 0;            // clients at its end, before they leave
  std::int64_t waited_ns = 0;              // in epoll_wait
  std::int64_t cpu_ns = 0;                 // of the thread
  Histogram turns_us;            // from the return of epoll_wait to the next call: its own lag
  std::int64_t late_us_max = 0;  // the latest of what the scenario had due
  std::uint64_t skipped = 0;     // rounds that clients left out, as the last was not answered
};

}  // namespace ticker::load
