// What a slow client may read now, as if its line were that fast. It reads a hundred times a second
// at most, so that a small receive buffer does not run full between, and less often where that
// would be crumbs: a read costs a microsecond, whatever it brings. Little is saved up, and nothing
// while nothing came: an idle line is not faster afterwards.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ticker::load {

class Ration {
 public:
  static constexpr std::int64_t tick_ns = 10'000'000;  // how often rations grow
  static constexpr double kept_s = 0.1;                // what is saved up at most
  static constexpr double read_bytes = 8'192;  // worth a read, unless a tenth of a second is less

  /// `begun`: the part of a first read that is there at once, so that clients of one rate do not
  /// all read in the same tick.
  explicit Ration(double bytes_per_second, double begun = 0)
      : rate_(bytes_per_second), bytes_(worth_reading() * begun) {}

  void grow(double seconds) {
    bytes_ = std::min(bytes_, std::max(rate_ * kept_s, 1.0)) + rate_ * seconds;
  }

  /// Bytes to read now; 0: not yet.
  [[nodiscard]] std::size_t due() const {
    return bytes_ < worth_reading() ? 0 : static_cast<std::size_t>(bytes_);
  }

  /// After each read that was due; 0: there was nothing.
  void use(std::size_t bytes) { bytes_ = bytes == 0 ? 0 : bytes_ - static_cast<double>(bytes); }

 private:
  [[nodiscard]] double worth_reading() const {
    return std::max(std::min(rate_ * kept_s, read_bytes), 1.0);
  }

  double rate_;
  double bytes_;
};

}  // namespace ticker::load
