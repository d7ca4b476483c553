// Numbers of a channel that a client will not get, to be announced by a gap. A plain value.
#pragma once

#include <cstdint>

#include "schemas/event.hpp"

namespace ticker {

/// `from`..`to`, both included; empty where nothing was lost.
class LostRange {
 public:
  LostRange() = default;
  /// `reason` upstream: how many were lost is unknown.
  LostRange(std::uint64_t from, std::uint64_t to, std::uint64_t count, Reason reason)
      : from_(from), to_(to), count_(count), reason_(reason), empty_(false) {}

  [[nodiscard]] bool empty() const { return empty_; }
  [[nodiscard]] std::uint64_t from() const { return from_; }
  [[nodiscard]] std::uint64_t to() const { return to_; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Reason reason() const { return reason_; }

  /// Takes in what was lost behind it.
  void join(const LostRange& later) {
    if (empty_) {
      *this = later;
    } else if (!later.empty_) {
      to_ = later.to_;
      count_ += later.count_;
      if (later.reason_ != Reason::none) reason_ = later.reason_;
    }
  }

 private:
  std::uint64_t from_ = 0, to_ = 0, count_ = 0;
  Reason reason_ = Reason::none;
  bool empty_ = true;
};

}  // namespace ticker
