// Text of the requests.
#include "bench/load/requests.hpp"

#include <array>
#include <utility>

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

std::string head_of(Op op, std::uint64_t id) {
  return std::string(R"({"op":")") + (op == Op::subscribe ? "subscribe" : "unsubscribe") +
         R"(","id":)" + std::to_string(id);
}

template <typename Names>
void append_list(std::string& out, const Names& names) {
  out += '[';
  const char* comma = "";
  for (const auto& name : names) {
    out.append(comma).append("\"").append(name).append("\"");
    comma = ",";
  }
  out += ']';
}

std::string shape_of(const Wish& wish) {
  std::string out;
  if (wish.interval_ms > 0) out += R"(,"interval_ms":)" + std::to_string(wish.interval_ms);
  if (wish.fields.empty()) return out;
  out += R"(,"fields":)";
  append_list(out, wish.fields);
  return out;
}

/// Appends a list of as many symbols from `first` on as a request may hold; answers which is next.
std::size_t append_symbols(std::string& out, std::span<const std::string_view> symbols,
                           std::size_t first) {
  std::size_t next = first;
  for (std::size_t bytes = out.size(); next < symbols.size(); ++next) {
    bytes += symbols[next].size() + 3;
    if (next - first == symbols_per_request_max || bytes > request_bytes_max) break;
  }
  append_list(out, symbols.subspan(first, next - first));
  return next;
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

std::vector<Request> requests_for(Op op, const Wish& wish,
                                  std::span<const std::string_view> symbols, std::uint64_t id) {
  std::vector<Request> requests;
  for (const bool trades : {false, true}) {
    if (!(trades ? wish.trades : wish.ticker)) continue;
    for (std::size_t next = 0; next < symbols.size(); ++id) {
      Request request{.op = op, .trades = trades, .first = next, .id = id, .text = head_of(op, id)};
      request.text.append(R"(,"channel":")").append(trades ? "trades" : "ticker").append("\"");
      if (op == Op::subscribe && !trades) request.text += shape_of(wish);
      request.text += R"(,"symbols":)";
      next = append_symbols(request.text, symbols, next);
      request.count = next - request.first;
      request.text += '}';
      requests.push_back(std::move(request));
    }
  }
  return requests;
}

}  // namespace ticker::load
