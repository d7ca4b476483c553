// What /proc tells of a process: processor time and memory. Linux.
#pragma once

#include <cstdint>
#include <string_view>

namespace ticker::load {

struct ProcessSample {
  std::int64_t at_ns = 0;       // steady clock
  std::uint64_t cpu_ticks = 0;  // user and system
  std::uint64_t rss_pages = 0;
};

/// Of the text of /proc/<pid>/stat; false when it is not that.
[[nodiscard]] bool read_stat(std::string_view text, ProcessSample& out);
/// False when the process is not there.
[[nodiscard]] bool sample_process(std::int32_t pid, ProcessSample& out);

/// Share of one core between two samples; may exceed 1.
[[nodiscard]] double cpu_share(const ProcessSample& before, const ProcessSample& after);
[[nodiscard]] std::uint64_t rss_bytes(const ProcessSample& sample);

}  // namespace ticker::load
