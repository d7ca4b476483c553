// The standard process_* metrics, read from the system at scrape. Knows nothing of the gateway.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "gateway/ops/metrics.hpp"

namespace ticker {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily gauge(std::string name, std::string help, double value) {
  ClientMetric sample;
  sample.gauge.value = value;
  return {std::move(name), std::move(help), MetricType::Gauge, {sample}};
}

MetricFamily counter(std::string name, std::string help, double value) {
  ClientMetric sample;
  sample.counter.value = value;
  return {std::move(name), std::move(help), MetricType::Counter, {sample}};
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Second number of /proc/self/statm: resident pages, see proc(5).
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code failed;
  const std::filesystem::directory_iterator entries("/proc/self/fd", failed);
  // The listing itself has one open.
  return failed ? 0 : static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

double descriptors_max() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

/// Field 22 of /proc/self/stat is the start in ticks after boot, see proc(5); the name in field 2
/// may hold blanks, so count from its closing parenthesis. It never changes: read once.
double start_time_seconds() {
  static const double start = [] {
    std::ifstream file("/proc/self/stat");
    const std::string all{std::istreambuf_iterator<char>(file), {}};
    std::istringstream fields(all.substr(all.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 22; ++field) fields >> skipped;
    double ticks = 0;
    fields >> ticks;
    timespec up{};
    clock_gettime(CLOCK_BOOTTIME, &up);
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto up_seconds = static_cast<double>(up.tv_sec) + static_cast<double>(up.tv_nsec) * 1e-9;
    return std::chrono::duration<double>(now).count() - up_seconds +
           ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }();
  return start;
}

}  // namespace

std::vector<MetricFamily> process_metrics() {
  return {
      counter("process_cpu_seconds_total", "CPU time spent in user and system mode.",
              cpu_seconds()),
      gauge("process_resident_memory_bytes", "Memory resident in RAM.", resident_bytes()),
      gauge("process_open_fds", "Open file descriptors.", open_descriptors()),
      gauge("process_max_fds", "Limit of open file descriptors.", descriptors_max()),
      gauge("process_start_time_seconds", "When the process started, since the epoch.",
            start_time_seconds()),
  };
}

}  // namespace ticker
