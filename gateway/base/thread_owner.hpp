// A contract instead of a comment: a room of one thread asserts that nobody else comes in.
#pragma once

#include <atomic>
#include <cassert>
#include <thread>

namespace ticker {

class ThreadOwner {
 public:
  /// The first thread that comes here owns the room; for every other one this is a programmer's
  /// error.
  void check() {
    const auto self = std::this_thread::get_id();
    std::thread::id nobody;
    if (owner_.load(std::memory_order_relaxed) == self) return;
    [[maybe_unused]] const bool first = owner_.compare_exchange_strong(nobody, self);
    assert(first && "a room of one thread was entered by another");
  }

 private:
  std::atomic<std::thread::id> owner_{};
};

}  // namespace ticker
