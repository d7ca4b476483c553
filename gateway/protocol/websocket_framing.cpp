#include "gateway/protocol/websocket_framing.hpp"

#include <cstring>

namespace ticker {
namespace {

char byte(std::uint64_t value) { return static_cast<char>(value & 0xff); }

}  // namespace

void WebSocketFraming::write_header(char* out, std::uint32_t payload_bytes) {
  out[0] = byte(0x81);
  if (payload_bytes < 126) {
    out[1] = byte(payload_bytes);
  } else if (payload_bytes <= 0xffff) {
    out[1] = 126;
    out[2] = byte(payload_bytes >> 8);
    out[3] = byte(payload_bytes);
  } else {
    out[1] = 127;
    for (unsigned i = 0; i < 8; ++i) {
      out[2 + i] = byte(std::uint64_t{payload_bytes} >> (56 - 8 * i));
    }
  }
}

std::uint32_t WebSocketFraming::write_close_frame(char* out, std::uint16_t code,
                                                  std::string_view reason) {
  reason = code == 0 ? std::string_view() : reason.substr(0, 123);
  const auto payload = static_cast<std::uint32_t>(code == 0 ? 0 : 2 + reason.size());
  out[0] = byte(0x88);
  out[1] = byte(payload);
  if (code == 0) return 2;
  out[2] = byte(code >> 8);
  out[3] = byte(code);
  reason.copy(out + 4, reason.size());
  return 2 + payload;
}

std::uint32_t WebSocketFraming::enclose(char* frame, std::uint32_t payload_bytes) const {
  const std::uint32_t header = header_size(payload_bytes);
  if (header != usual_header) std::memmove(frame + header, frame + usual_header, payload_bytes);
  write_header(frame, payload_bytes);
  return header + payload_bytes;
}

std::uint32_t WebSocketFraming::frame_length(std::string_view bytes) const {
  const auto at = [bytes](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i]));
  };
  const std::uint32_t small = at(1) & 0x7f;
  if (small < 126) return 2 + small;
  if (small == 126) return 4 + (at(2) << 8 | at(3));
  return 10 + (at(6) << 24 | at(7) << 16 | at(8) << 8 | at(9));
}

}  // namespace ticker
