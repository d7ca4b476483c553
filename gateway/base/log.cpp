// The only file that knows spdlog.
#include "gateway/base/log.hpp"

#include <poll.h>
#include <unistd.h>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace ticker {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

spdlog::level::level_enum level_of(std::string_view word) {
  if (word == "debug") return spdlog::level::debug;
  if (word == "warn") return spdlog::level::warn;
  if (word == "error") return spdlog::level::err;
  if (word == "off") return spdlog::level::off;
  return spdlog::level::info;
}

spdlog::logger& logger() {
  static spdlog::logger lines = [] {
    spdlog::logger made("ticker", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made.flush_on(spdlog::level::debug);
    return made;
  }();
  return lines;
}

// A line that is written without waiting: no longer than what a writable pipe surely takes
// (PIPE_BUF is 4096).
constexpr std::size_t line_bytes_max = 3'000;

// Whether stderr takes a line now. Behind it may be a pipe that nobody reads or a terminal that
// somebody stopped; no thread of ours waits for those.
bool writable() {
  pollfd out{STDERR_FILENO, POLLOUT, 0};
  return ::poll(&out, 1, 0) == 1 && (out.revents & POLLOUT) != 0;
}

std::atomic<std::uint64_t> lost_lines{0};

}  // namespace

void start_log(std::string_view level) { logger().set_level(level_of(level)); }

void log(LogLevel level, std::string_view text) {
  if (!logger().should_log(level_of(level))) return;
  if (!writable()) {
    lost_lines.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (const auto lost = lost_lines.exchange(0, std::memory_order_relaxed); lost > 0) {
    logger().log(spdlog::level::warn,
                 std::to_string(lost) + " lines were lost: nobody read stderr");
  }
  text = text.substr(0, line_bytes_max);
  logger().log(level_of(level), spdlog::string_view_t(text.data(), text.size()));
}

std::string shown(std::string_view text) {
  constexpr std::size_t size_max = 200;
  std::string line(text.substr(0, size_max));
  for (char& c : line) {
    if (c < ' ' || c > '~') c = '?';
  }
  if (text.size() > size_max) line += "...";
  return line;
}

std::optional<std::uint64_t> LogLimit::pass(std::int64_t steady_ns) {
  auto next = next_ns_.load(std::memory_order_relaxed);
  // Of two threads that come at once, one wins the exchange and the other is held back.
  if (steady_ns < next ||
      !next_ns_.compare_exchange_strong(next, steady_ns + period_ns, std::memory_order_relaxed)) {
    held_back_.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  return held_back_.exchange(0, std::memory_order_relaxed);
}

void log(LogLimit& limit, LogLevel level, std::string_view text) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto held_back =
      limit.pass(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  if (!held_back) return;
  if (*held_back == 0) return log(level, text);
  log(level, std::string(text) + " (" + std::to_string(*held_back) + " more of these held back)");
}

}  // namespace ticker
