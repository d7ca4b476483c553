// A small generator of random bits whose sequence is the same on every machine (the distributions
// of <random> are not). SplitMix64 by Sebastiano Vigna, public domain.
#pragma once

#include <cstdint>

namespace ticker::feeds {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

/// A number below `bound` from 16 of the bits, the lowest of `bits`; `bound` is at most 65 536.
inline std::uint32_t below(std::uint64_t bits, std::uint32_t bound) {
  return (static_cast<std::uint32_t>(bits & 0xffff) * bound) >> 16;
}

}  // namespace ticker::feeds
