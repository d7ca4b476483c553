// WebSocket frames as a server writes them: one unmasked, unfragmented frame a message (RFC 6455,
// 5.2). Pure.
#pragma once

#include "gateway/protocol/framing.hpp"

namespace ticker {

class WebSocketFraming final : public Framing {
 public:
  static constexpr std::uint32_t header_max = 10;
  static constexpr std::uint32_t usual_header = 4;

  WebSocketFraming() : Framing(usual_header, header_max) {}

  std::uint32_t enclose(char* frame, std::uint32_t payload_bytes) const override;
  [[nodiscard]] std::uint32_t frame_length(std::string_view bytes) const override;

  /// Bytes of the header before a payload of this size.
  [[nodiscard]] static constexpr std::uint32_t header_size(std::uint32_t payload_bytes) {
    return payload_bytes < 126 ? 2 : payload_bytes <= 0xffff ? 4 : 10;
  }
  /// Writes the header of a final text frame; `header_size` bytes.
  static void write_header(char* out, std::uint32_t payload_bytes);

  /// A control frame has a header of two bytes and a payload of at most 125 (RFC 6455, 5.5).
  static constexpr std::uint32_t close_frame_max = 2 + 125;
  /// Writes a close frame with its status code and a reason in UTF-8 (cut at 123 bytes), or an
  /// empty one for code 0. Returns its length.
  static std::uint32_t write_close_frame(char* out, std::uint16_t code, std::string_view reason);
};

}  // namespace ticker
