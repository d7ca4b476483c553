// Reads WebSocket frames as a client does, on its own: shares no code with gateway/protocol/.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ticker {

/// Payloads of the text frames that `bytes` consists of; nothing if a frame is cut off at the end,
/// masked, a fragment, or not as short as it could be.
inline std::optional<std::vector<std::string>> text_frames(std::string_view bytes) {
  std::vector<std::string> payloads;
  while (!bytes.empty()) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() < 2 || byte(0) != 0x81 || (byte(1) & 0x80) != 0) return std::nullopt;
    const std::size_t length_bytes = byte(1) < 126 ? 0 : byte(1) == 126 ? 2 : 8;
    if (bytes.size() < 2 + length_bytes) return std::nullopt;
    std::size_t length = length_bytes == 0 ? byte(1) : 0;
    for (std::size_t i = 0; i < length_bytes; ++i) length = length << 8 | byte(2 + i);
    const std::size_t shortest = length < 126 ? 0 : length < 65'536 ? 2 : 8;
    if (length_bytes != shortest) return std::nullopt;
    if (bytes.size() - 2 - length_bytes < length) return std::nullopt;
    payloads.emplace_back(bytes.substr(2 + length_bytes, length));
    bytes.remove_prefix(2 + length_bytes + length);
  }
  return payloads;
}

}  // namespace ticker
