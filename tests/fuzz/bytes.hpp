// Bytes of a fuzzer as small decisions, one after the other; zeros when they are used up.
#pragma once

#include <cstdint>
#include <span>

namespace ticker::fuzz {

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  std::uint8_t next() {
    if (rest_.empty()) return 0;
    const std::uint8_t byte = rest_.front();
    rest_ = rest_.subspan(1);
    return byte;
  }
  /// A number below `end`, which is at most 256.
  unsigned below(unsigned end) { return next() % end; }

 private:
  std::span<const std::uint8_t> rest_;
};

}  // namespace ticker::fuzz
