// Writes what goes over venues' wires into a capture, in the form that `recording` reads and a
// replay plays (feeds/README.md, «Captures»). A tap of live sources; on their feed thread, to which
// it writes through a buffer: for recording, not for serving.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "feeds/contract/tap.hpp"

namespace ticker::feeds {

class Recorder final : public Tap {
 public:
  /// Begins the file anew; throws std::runtime_error if it cannot be written.
  explicit Recorder(const std::string& path);

  void received(std::string_view url, std::string_view frame, const Receipt& at) override;
  void sent(std::string_view url, std::string_view frame, const Receipt& at) override;
  void answered(std::string_view url, std::string_view body, const Receipt& at) override;

  /// Frames received that are in the file.
  [[nodiscard]] std::uint64_t frames() const { return frames_; }
  /// Longer than a line of a capture may be, and left out.
  [[nodiscard]] std::uint64_t too_long() const { return too_long_; }
  /// The file is as long as a capture may be, or the disk took no more: nothing is added.
  [[nodiscard]] bool full() const { return full_; }
  /// Writes what waits in the buffer; false if the disk did not take it.
  [[nodiscard]] bool flush();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  bool write(std::string_view direction, std::string_view conn, std::string_view url,
             std::string_view text, const Receipt& at);

  std::unique_ptr<std::FILE, CloseFile> file_;
  std::string line_;
  std::uint64_t bytes_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t too_long_ = 0;
  bool full_ = false;
};

}  // namespace ticker::feeds
