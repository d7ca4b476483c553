// What the threads of a run share: when it is counted, said once by the conductor; how far each is;
// and the slices that they hand over, one a second. Nothing here is on the data path.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "bench/load/clocks.hpp"
#include "bench/load/slice.hpp"

namespace ticker::load {

class Plan {
 public:
  static constexpr std::int64_t unknown = INT64_MAX;

  explicit Plan(std::int64_t started_ns) : started_ns_(started_ns) {}

  [[nodiscard]] std::int64_t started_ns() const { return started_ns_; }
  /// By the conductor, with times that lie ahead. A second call only shortens.
  void count(std::int64_t warm_ns, std::int64_t from_ns, std::int64_t to_ns) {
    warm_ns_.store(warm_ns);
    to_ns_.store(to_ns);
    from_ns_.store(from_ns);
  }
  [[nodiscard]] std::int64_t warm_ns() const { return warm_ns_.load(); }
  [[nodiscard]] std::int64_t from_ns() const { return from_ns_.load(); }
  [[nodiscard]] std::int64_t to_ns() const { return to_ns_.load(); }
  /// Where the slice that began at `begin_ns` ends: after a second, or where counting begins or
  /// ends. The same for all threads, if each asks after it read the clock.
  [[nodiscard]] std::int64_t cut_after(std::int64_t begin_ns) const {
    const std::int64_t from = from_ns();
    const std::int64_t to = to_ns();
    const std::int64_t second = begin_ns + second_ns;
    if (begin_ns < from) return second < from ? second : from;
    if (begin_ns < to) return second < to ? second : to;
    return unknown;  // saying goodbye is one slice
  }

  // Gauges, by the threads for the conductor.
  std::atomic<std::uint32_t> unsettled{0};  // of the first crowd: neither subscribed nor gone
  std::atomic<std::uint32_t> alive{0};      // of the first crowd: not gone
  std::atomic<std::uint32_t> running{0};    // threads

 private:
  const std::int64_t started_ns_;
  std::atomic<std::int64_t> warm_ns_{unknown};
  std::atomic<std::int64_t> from_ns_{unknown};
  std::atomic<std::int64_t> to_ns_{unknown};
};

/// Takes slices from the threads; gives one of each thread, all of the same second.
class Collector {
 public:
  explicit Collector(std::size_t threads) : queues_(threads) {}

  void give(std::size_t thread, std::unique_ptr<Slice> slice) {
    {
      const std::lock_guard lock(mutex_);
      queues_[thread].push_back(std::move(slice));
    }
    changed_.notify_one();
  }
  /// Empty when there is none within `patience`.
  std::vector<std::unique_ptr<Slice>> take(std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    std::vector<std::unique_ptr<Slice>> out;
    if (!changed_.wait_for(lock, patience, [this] { return complete(); })) return out;
    for (auto& queue : queues_) {
      out.push_back(std::move(queue.front()));
      queue.pop_front();
    }
    return out;
  }

 private:
  [[nodiscard]] bool complete() const {
    for (const auto& queue : queues_) {
      if (queue.empty()) return false;
    }
    return true;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::deque<std::unique_ptr<Slice>>> queues_;
};

}  // namespace ticker::load
