// Text of the live line.
#include "bench/load/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <iostream>

namespace ticker::load {

std::string progress_line(const Second& second) {
  char text[256];
  const double rate =
      second.length_s > 0 ? static_cast<double>(second.messages) / second.length_s : 0;
  std::snprintf(text, sizeof text,
                "%5.0f s%s %6u clients %10.0f msg/s  p50 %.2f ms  p99 %.2f ms  busy %.0f %%  "
                "starved %.0f %%",
                second.begin_s + second.length_s, second.counted ? "*" : " ", second.clients, rate,
                static_cast<double>(second.p50_us) / 1e3, static_cast<double>(second.p99_us) / 1e3,
                second.busy_share * 100, second.starved_share * 100);
  return text;
}

Progress::Progress(bool wanted)
    : terminal_(::isatty(STDERR_FILENO) == 1), wanted_(wanted || terminal_) {}

void Progress::tell(const Second& second) {
  if (!wanted_) return;
  std::cerr << (terminal_ ? "\r\x1b[K" : "") << progress_line(second) << (terminal_ ? "" : "\n")
            << std::flush;
  told_ = true;
}

void Progress::end() {
  if (terminal_ && told_) std::cerr << '\n';
}

}  // namespace ticker::load
