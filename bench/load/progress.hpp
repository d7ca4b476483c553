// The live line on stderr, once a second: rewritten in place on a terminal, a line each elsewhere.
// By the conductor only.
#pragma once

#include <string>

#include "bench/load/series.hpp"

namespace ticker::load {

/// What is told of a second.
[[nodiscard]] std::string progress_line(const Second& second);

class Progress {
 public:
  /// Told on a terminal, or when `wanted` also elsewhere.
  explicit Progress(bool wanted);

  void tell(const Second& second);
  /// Leaves the line for what is printed next.
  void end();

 private:
  bool terminal_;
  bool wanted_;
  bool told_ = false;
};

}  // namespace ticker::load
