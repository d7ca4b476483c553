// The log: lines on stderr, set up once at start. Written at start, stop and on rare trouble; the
// data path counts, and shows at most a line a second of each kind. Any thread may write.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ticker {

enum class LogLevel : std::uint8_t { debug, info, warn, error };

/// Sends lines to stderr from `level` on: debug, info, warn, error or off. Until then, and with
/// another word, from info on.
void start_log(std::string_view level);

/// Never waits: a line that stderr does not take at once is lost, and the next one tells how many
/// were. Long lines are cut.
void log(LogLevel level, std::string_view text);

/// Lets one line a second pass, so that trouble in a loop cannot flood the log. One a place (or
/// kind) that logs.
class LogLimit {
 public:
  /// Lines held back since the last that passed; nothing while this one is to be held back too.
  [[nodiscard]] std::optional<std::uint64_t> pass(std::int64_t steady_ns);

 private:
  static constexpr std::int64_t period_ns = 1'000'000'000;
  std::atomic<std::int64_t> next_ns_{INT64_MIN};
  std::atomic<std::uint64_t> held_back_{0};
};

/// A text of somebody else, fit for a line of the log: its beginning, bytes that are no printable
/// ASCII as `?`.
[[nodiscard]] std::string shown(std::string_view text);

/// Writes the line unless `limit` holds it back; tells how many were held back before.
void log(LogLimit& limit, LogLevel level, std::string_view text);

}  // namespace ticker
