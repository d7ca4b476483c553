// Text of the requests.
#include "bench/load/requests.hpp"

#include <array>

namespace ticker::load {

namespace {

constexpr std::size_t symbols_per_request_max = 1'000;
constexpr std::size_t request_bytes_max = 60'000;

/// Base64 of 16 bytes made from the nonce.
std::string key_of(std::uint64_t nonce) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string key;
  for (unsigned i = 0; i < 21; ++i) key += alphabet[nonce >> (i * 6 % 60) & 63U];
  key += alphabet[(nonce & 3U) << 4U];  // the last character holds two bits only
  return key + "==";
}

}  // namespace

std::string upgrade_request(std::string_view host, std::string_view path, std::uint64_t nonce) {
  std::string request = "GET ";
  request.append(path).append(" HTTP/1.1\r\nHost: ").append(host);
  request += "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n";
  request += "Sec-WebSocket-Protocol: ticker.v1.json\r\nSec-WebSocket-Key: ";
  return request + key_of(nonce) + "\r\n\r\n";
}

std::string masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask) {
  const auto byte = [](std::uint64_t value) { return static_cast<char>(value & 0xFFU); };
  std::string frame;
  frame.reserve(payload.size() + 14);
  frame += byte(0x80U | static_cast<unsigned>(opcode));
  const std::uint64_t size = payload.size();
  const unsigned length_bytes = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
  frame += byte(0x80U | (length_bytes == 0 ? size : length_bytes == 2 ? 126U : 127U));
  for (unsigned i = length_bytes; i-- > 0;) frame += byte(size >> (8 * i));
  std::array<char, 4> key{};
  for (unsigned i = 0; i < 4; ++i) frame += key[i] = byte(mask >> (8 * i));
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ key[i % 4]);
  }
  return frame;
}

std::vector<std::string> subscribe_requests(const std::vector<std::string_view>& symbols) {
  std::vector<std::string> requests;
  for (std::size_t next = 0; next < symbols.size();) {
    std::string text = R"({"op":"subscribe","id":)" + std::to_string(requests.size() + 1) +
                       R"(,"channel":"ticker","symbols":[)";
    for (std::size_t count = 0; next < symbols.size() && count < symbols_per_request_max &&
                                text.size() + symbols[next].size() < request_bytes_max;
         ++count, ++next) {
      if (count > 0) text += ',';
      text.append("\"").append(symbols[next]).append("\"");
    }
    requests.push_back(text + "]}");
  }
  return requests;
}

}  // namespace ticker::load
