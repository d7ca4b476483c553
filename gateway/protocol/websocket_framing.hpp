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
};

}  // namespace ticker
