// How messages become frames on a connection: what stands around a payload, and where a frame ends.
// Pure functions over memory that the caller provides.
#pragma once

#include <cstdint>
#include <string_view>

namespace ticker {

class Framing {
 public:
  /// `before`: bytes that nearly every frame needs in front of its payload. `bytes_max`: what a
  /// frame is longer than its payload at most.
  Framing(std::uint32_t before, std::uint32_t bytes_max) : before_(before), bytes_max_(bytes_max) {}
  virtual ~Framing() = default;

  [[nodiscard]] std::uint32_t before() const { return before_; }
  [[nodiscard]] std::uint32_t bytes_max() const { return bytes_max_; }

  /// Makes a frame that begins at `frame` of the payload that lies at `frame + before()`, moving it
  /// if need be; writes at most `bytes_max()` bytes besides. Returns the frame's length.
  virtual std::uint32_t enclose(char* frame, std::uint32_t payload_bytes) const = 0;

  /// Length of the frame that `bytes` begin with.
  [[nodiscard]] virtual std::uint32_t frame_length(std::string_view bytes) const = 0;

 private:
  const std::uint32_t before_;
  const std::uint32_t bytes_max_;
};

}  // namespace ticker
