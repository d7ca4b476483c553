// When the simulated feed speaks: event number n is due at start + n / rate, on absolute time, so
// that late turns never add up. No clock of its own; owned by the simulated feed.
#pragma once

#include <cstdint>

namespace ticker::feeds {

class Schedule {
 public:
  static constexpr std::int64_t turn_ns = 1'000'000;           // turns are at least this far apart
  static constexpr std::int64_t stall_max_ns = 1'000'000'000;  // a longer backlog is dropped

  /// `rate` events a second from `start_ns` on.
  Schedule(std::uint32_t rate, std::int64_t start_ns);

  /// How many events are due at `now_ns` and not yet said.
  [[nodiscard]] std::uint64_t due(std::int64_t now_ns);
  void said(std::uint64_t events) { said_ += events; }

  /// The next turn: not after `now_ns` if more is due; else when something is due, on a grid of
  /// `turn_ns`.
  [[nodiscard]] std::int64_t next_turn(std::int64_t now_ns) const;

  /// Events that were never said because the feed stood still for too long.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }

 private:
  [[nodiscard]] std::uint64_t due_in_all(std::int64_t now_ns) const;
  [[nodiscard]] std::int64_t due_at_ns(std::uint64_t event) const;

  std::uint64_t rate_;
  std::int64_t start_ns_;
  std::uint64_t said_ = 0;  // skipped ones included
  std::uint64_t skipped_ = 0;
};

}  // namespace ticker::feeds
