// Reading /proc.
#include "bench/load/process_sample.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

#include "bench/load/clocks.hpp"

namespace ticker::load {

bool read_stat(std::string_view text, ProcessSample& out) {
  // The second field, the name, may hold spaces and parentheses.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return false;
  text.remove_prefix(name_end + 1);
  std::uint64_t ticks = 0;
  for (int field = 3; field <= 24; ++field) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    if (field != 14 && field != 15 && field != 24) continue;
    std::uint64_t value = 0;
    if (std::from_chars(word.data(), word.data() + word.size(), value).ec != std::errc{}) {
      return false;
    }
    if (field == 24) out.rss_pages = value;
    if (field != 24) ticks += value;
  }
  out.cpu_ticks = ticks;
  return true;
}

bool sample_process(std::int32_t pid, ProcessSample& out) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text, '\0')) return false;
  out.at_ns = steady_ns();
  return read_stat(text, out);
}

double cpu_share(const ProcessSample& before, const ProcessSample& after) {
  const std::int64_t passed_ns = after.at_ns - before.at_ns;
  if (passed_ns <= 0 || after.cpu_ticks < before.cpu_ticks) return 0;
  const auto ticks = static_cast<double>(after.cpu_ticks - before.cpu_ticks);
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return ticks / ticks_per_s / (static_cast<double>(passed_ns) / 1e9);
}

std::uint64_t rss_bytes(const ProcessSample& sample) {
  return sample.rss_pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace ticker::load
