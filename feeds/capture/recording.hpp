// Captures: files of raw frames with their receive times (feeds/README.md tells the format). A
// file is read whole into one buffer; frames are pieces of it as they were received, never written
// again. Reads once at start; immutable afterwards; a bad line never ends a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ticker::feeds {

struct RecordedLine {
  /// `answered`: what a REST request got. `other`: sent by the recorder, or an answer without its
  /// `url`; not for adapters.
  enum class Kind : std::uint8_t { received, answered, other, malformed };
  static constexpr std::int64_t no_time = -1;

  Kind kind = Kind::malformed;
  std::int64_t received_us = no_time;  // microseconds since the epoch, `no_time` for samples
  std::string_view endpoint;
  std::string_view url;    // of what was answered
  std::string_view frame;  // the wire text
};

/// One capture file. Views into it stay good for its life, moves included;
/// `Adapter::padding_bytes` are readable behind every frame.
class Recording {
 public:
  static constexpr std::size_t line_bytes_max = 1024 * 1024;
  static constexpr std::size_t file_bytes_max = 256 * 1024 * 1024;

  /// Reads `path`; nothing, and why in `error`, if it cannot be read or is too large.
  [[nodiscard]] static std::optional<Recording> load(const std::string& path, std::string& error);

  [[nodiscard]] const std::vector<RecordedLine>& lines() const { return lines_; }
  [[nodiscard]] std::size_t malformed() const { return malformed_; }
  /// Number of the first malformed line, counted from 1; 0 if there is none.
  [[nodiscard]] std::size_t first_malformed() const { return first_malformed_; }

 private:
  Recording() = default;
  void read_lines(std::string_view text);

  std::vector<char> bytes_;
  std::vector<RecordedLine> lines_;
  std::size_t malformed_ = 0;
  std::size_t first_malformed_ = 0;
};

/// Reads one line, without its line feed.
[[nodiscard]] RecordedLine read_line(std::string_view line);

}  // namespace ticker::feeds
