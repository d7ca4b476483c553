// WebSocket frame headers as a server writes them: one unmasked, unfragmented frame a message (RFC
// 6455, 5.2).
#pragma once

#include <cstdint>
#include <string_view>

namespace ticker {

inline constexpr std::uint32_t frame_header_max = 10;

/// Bytes of the header before a payload of this size.
constexpr std::uint32_t frame_header_size(std::uint32_t payload_bytes) {
  return payload_bytes < 126 ? 2 : payload_bytes <= 0xffff ? 4 : 10;
}

/// Writes the header of a final text frame; `frame_header_size` bytes.
inline void write_text_header(char* out, std::uint32_t payload_bytes) {
  const auto byte = [](std::uint64_t value) { return static_cast<char>(value & 0xff); };
  out[0] = byte(0x81);
  if (payload_bytes < 126) {
    out[1] = byte(payload_bytes);
  } else if (payload_bytes <= 0xffff) {
    out[1] = 126;
    out[2] = byte(payload_bytes >> 8);
    out[3] = byte(payload_bytes);
  } else {
    out[1] = 127;
    for (unsigned i = 0; i < 8; ++i)
      out[2 + i] = byte(std::uint64_t{payload_bytes} >> (56 - 8 * i));
  }
}

/// A control frame has a header of two bytes and a payload of at most 125 (RFC 6455, 5.5).
inline constexpr std::uint32_t close_frame_max = 2 + 125;

/// Writes a close frame with its status code and a reason in UTF-8 (cut at 123 bytes), or an empty
/// one for code 0. Returns its length.
inline std::uint32_t write_close_frame(char* out, std::uint16_t code, std::string_view reason) {
  reason = code == 0 ? std::string_view() : reason.substr(0, 123);
  const auto payload = static_cast<std::uint32_t>(code == 0 ? 0 : 2 + reason.size());
  out[0] = static_cast<char>(0x88);
  out[1] = static_cast<char>(payload);
  if (code == 0) return 2;
  out[2] = static_cast<char>(code >> 8);
  out[3] = static_cast<char>(code & 0xff);
  reason.copy(out + 4, reason.size());
  return 2 + payload;
}

/// Length of the frame that begins at `frame`, header included.
inline std::uint32_t frame_length(const char* frame) {
  const auto byte = [frame](unsigned i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(frame[i]));
  };
  const std::uint32_t small = byte(1) & 0x7f;
  if (small < 126) return 2 + small;
  if (small == 126) return 4 + (byte(2) << 8 | byte(3));
  return 10 + (byte(6) << 24 | byte(7) << 16 | byte(8) << 8 | byte(9));
}

}  // namespace ticker
