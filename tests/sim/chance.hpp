// Seeded chance of the simulation: the same seed makes the same choices on every machine (no
// distributions of the standard library, whose results may differ). Owned by one simulation.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ticker::sim {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 1) {}

  // splitmix64
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t end) { return next() % end; }
  std::uint64_t between(std::uint64_t first, std::uint64_t last) {
    return first + below(last - first + 1);
  }
  /// True once in `n` times.
  bool one_in(std::uint64_t n) { return below(n) == 0; }

  template <typename Choices>
  auto& of(Choices& choices) {
    return choices[below(std::size(choices))];
  }
  /// An index, as likely as its weight.
  std::size_t weighted(std::span<const std::uint16_t> weights) {
    std::uint64_t sum = 0;
    for (const std::uint16_t weight : weights) sum += weight;
    std::uint64_t at = below(sum);
    std::size_t index = 0;
    while (at >= weights[index]) at -= weights[index++];
    return index;
  }

 private:
  std::uint64_t state_;
};

}  // namespace ticker::sim
