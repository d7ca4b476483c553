// Cuts a server's byte stream into WebSocket frames, in place. All clients share one receive
// buffer, which so stays in the cache; between reads a client keeps only the frame that was cut
// off. Never copies a whole frame that arrived whole. Used by the load client's only thread.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace ticker::load {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

struct Frame {
  Opcode opcode;
  bool fin;
  std::string_view payload;
  std::size_t size_bytes;  // header and payload
};

/// Frames beyond this end the connection: no message of the protocol comes near it.
inline constexpr std::size_t frame_bytes_max = 512 * 1024;
/// Bytes that may be read (not trusted) behind any payload: the scanners read in words.
inline constexpr std::size_t padding_bytes = 64;

enum class Cut : std::uint8_t { frame, incomplete, malformed };

/// Reads the frame at the start of `data`. Server frames are never masked and carry no RSV bits.
inline Cut cut_frame(const char* data, std::size_t size, Frame& out) {
  if (size < 2) return Cut::incomplete;
  const auto* bytes = reinterpret_cast<const unsigned char*>(data);
  if ((bytes[0] & 0x70U) != 0 || (bytes[1] & 0x80U) != 0) return Cut::malformed;
  std::size_t header = 2;
  std::uint64_t length = bytes[1];
  if (length >= 126) {
    header = length == 126 ? 4 : 10;
    if (size < header) return Cut::incomplete;
    length = 0;
    for (std::size_t i = 2; i < header; ++i) length = length << 8U | bytes[i];
  }
  if (length > frame_bytes_max) return Cut::malformed;
  const std::size_t total = header + static_cast<std::size_t>(length);
  if (size < total) return Cut::incomplete;
  out.opcode = static_cast<Opcode>(bytes[0] & 0x0FU);
  out.fin = (bytes[0] & 0x80U) != 0;
  out.payload = {data + header, static_cast<std::size_t>(length)};
  out.size_bytes = total;
  return Cut::frame;
}

/// The receive buffer that all clients share.
class ReceiveBuffer {
 public:
  static constexpr std::size_t receive_bytes_max = 128 * 1024;

  [[nodiscard]] char* data() { return bytes_.data(); }

 private:
  std::vector<char> bytes_ =
      std::vector<char>(frame_bytes_max + 16 + receive_bytes_max + padding_bytes);
};

/// What one client keeps between two reads.
class FrameStream {
 public:
  /// Lays the kept bytes at the start of the buffer; answers where the next bytes shall go.
  [[nodiscard]] std::span<char> prepare(ReceiveBuffer& buffer) const {
    if (!tail_.empty()) std::memcpy(buffer.data(), tail_.data(), tail_.size());
    return {buffer.data() + tail_.size(), ReceiveBuffer::receive_bytes_max};
  }

  /// Hands kept and received bytes to `consume(data, size)`, which answers how many it used up;
  /// the rest is kept.
  template <typename Consume>
  void take(ReceiveBuffer& buffer, std::size_t received, Consume&& consume) {
    const std::size_t size = tail_.size() + received;
    const std::size_t used = consume(buffer.data(), size);
    tail_.assign(buffer.data() + used, buffer.data() + size);
  }

 private:
  std::vector<char> tail_;
};

}  // namespace ticker::load
