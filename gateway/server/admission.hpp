// Admission: how many connections the whole process holds. Shared by all shards under a mutex,
// touched at connect and at the end of a connection only.
#pragma once

#include <cstdint>
#include <mutex>

namespace ticker {

class Admission {
 public:
  explicit Admission(std::uint32_t connections_max) : connections_max_(connections_max) {}

  [[nodiscard]] bool enter() {
    const std::lock_guard lock(mutex_);
    if (connections_ == connections_max_) return false;
    ++connections_;
    return true;
  }
  [[nodiscard]] std::uint32_t connections_max() const { return connections_max_; }
  void leave() {
    const std::lock_guard lock(mutex_);
    --connections_;
  }

 private:
  const std::uint32_t connections_max_;
  std::mutex mutex_;
  std::uint32_t connections_ = 0;
};

}  // namespace ticker
