// A client on a plain socket: HTTP and WebSocket by hand, so that it can break every rule and
// shares nothing with the gateway. Every read has a deadline.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/gateway/fanout/client_view.hpp"
#include "tests/gateway/server/deadline.hpp"

namespace ticker {

class SocketClient {
 public:
  struct Response {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;
  };
  struct Frame {
    unsigned opcode = 0;
    std::string payload;
    bool fin = true;
    [[nodiscard]] unsigned close_code() const {
      const auto byte = [this](std::size_t i) { return static_cast<unsigned char>(payload[i]); };
      return opcode == 8 && payload.size() >= 2 ? byte(0) << 8U | byte(1) : 0U;
    }
  };
  static constexpr unsigned text_frame = 1, binary_frame = 2, close_frame = 8, ping_frame = 9,
                            pong_frame = 10;

  explicit SocketClient(std::uint16_t port, int receive_buffer_bytes = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0)
        << std::strerror(errno);
  }
  ~SocketClient() { hang_up(); }
  SocketClient(const SocketClient&) = delete;
  SocketClient& operator=(const SocketClient&) = delete;

  void hang_up() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

  /// False: the other side is gone, or takes nothing for too long.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!ready(POLLOUT)) return false;
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno != EAGAIN) return false;
      if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  // --- HTTP

  static std::string get(std::string_view target, std::string_view more = "",
                         std::string_view method = "GET") {
    return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" +
           std::string(more) + "\r\n";
  }
  Response ask(std::string_view request) {
    EXPECT_TRUE(send(request));
    return read_response(request.starts_with("HEAD"));
  }
  /// Status 0: the connection ended first.
  Response read_response(bool head = false) {
    Response response;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return response;
    }
    std::string_view head_text(buffer_.data(), end);
    response.status = std::atoi(buffer_.c_str() + std::strlen("HTTP/1.1 "));
    while (true) {
      const auto line_end = head_text.find("\r\n");
      if (line_end == std::string_view::npos) break;
      head_text.remove_prefix(line_end + 2);
      const std::string line(head_text.substr(0, head_text.find("\r\n")));
      const auto colon = line.find(':');
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      response.headers[name] = line.substr(line.find_first_not_of(' ', colon + 1));
    }
    buffer_.erase(0, end + 4);
    const auto length = response.headers.find("content-length");
    if (head || length == response.headers.end()) return response;
    const std::size_t size = std::stoul(length->second);
    while (buffer_.size() < size && receive()) {
    }
    response.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return response;
  }

  // --- WebSocket

  static std::string upgrade_request(std::string_view more = "",
                                     std::string_view target = "/v1/ws") {
    return get(target,
               "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   std::string(more));
  }
  /// Upgrades; returns whether it was let in.
  bool upgrade(std::string_view more = "") { return ask(upgrade_request(more)).status == 101; }

  static std::string frame(unsigned opcode, std::string_view payload, bool fin = true,
                           bool masked = true) {
    static constexpr char mask[] = {0x12, 0x34, 0x56, 0x78};
    std::string out(1, static_cast<char>((fin ? 0x80U : 0U) | opcode));
    const unsigned mask_bit = masked ? 0x80U : 0U;
    if (payload.size() < 126) {
      out += static_cast<char>(mask_bit | payload.size());
    } else if (payload.size() < 65'536) {
      out += {static_cast<char>(mask_bit | 126U), static_cast<char>(payload.size() >> 8),
              static_cast<char>(payload.size() & 0xff)};
    } else {
      out += static_cast<char>(mask_bit | 127U);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out += static_cast<char>(payload.size() >> shift & 0xff);
      }
    }
    if (masked) out.append(mask, 4);
    for (std::size_t i = 0; i < payload.size(); ++i) {
      out += masked ? static_cast<char>(payload[i] ^ mask[i % 4]) : payload[i];
    }
    return out;
  }
  bool send_text(std::string_view json) { return send(frame(text_frame, json)); }
  bool send_close(unsigned code) {
    return send(frame(close_frame,
                      std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}));
  }
  /// Nothing: the connection ended, or the time is over.
  std::optional<Frame> read_frame() {
    while (true) {
      if (auto whole = cut_frame()) return whole;
      if (!receive()) return std::nullopt;
    }
  }
  /// The next text message; control frames before it are passed over, but for a close.
  std::optional<std::string> read_text() {
    while (auto one = read_frame()) {
      if (one->opcode == text_frame) return one->payload;
      if (one->opcode == close_frame) break;
    }
    return std::nullopt;
  }
  /// The next text message of this type.
  std::optional<std::string> read_type(std::string_view type) {
    while (auto one = read_text()) {
      if (json_value(*one, "type") == '"' + std::string(type) + '"') return one;
    }
    return std::nullopt;
  }
  /// The code of the close frame that ends what comes; 0: the connection ended without one.
  unsigned read_close() {
    while (auto one = read_frame()) {
      if (one->opcode == close_frame) return one->close_code();
    }
    return 0;
  }
  /// Half-closes: nothing more comes from this side, which goes on reading.
  void end_stream() { ::shutdown(fd_, SHUT_WR); }
  /// Did the connection end by an end of stream, and not by a reset? After it has ended.
  [[nodiscard]] bool ended_in_peace() const { return ended_ && !reset_; }
  /// True when the connection has ended, whatever comes before.
  bool ends() {
    while (receive()) buffer_.clear();
    return ended_;
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  bool ready(short what) {
    pollfd one{fd_, what, 0};
    return ::poll(&one, 1, static_cast<int>(scaled(std::chrono::seconds(10)).count())) > 0;
  }
  bool receive() {
    char bytes[16'384];
    if (ended_ || !ready(POLLIN)) return false;
    const ssize_t count = ::recv(fd_, bytes, sizeof bytes, 0);
    ended_ = count <= 0;
    reset_ = count < 0;
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    return !ended_;
  }
  std::optional<Frame> cut_frame() {
    const auto byte = [this](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(buffer_[i])};
    };
    if (buffer_.size() < 2) return std::nullopt;
    EXPECT_EQ(byte(1) & 0x80, 0U) << "servers do not mask";
    std::size_t header = 2;
    std::size_t size = byte(1) & 0x7f;
    if (size >= 126) {
      const std::size_t count = size == 126 ? 2 : 8;
      if (buffer_.size() < 2 + count) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < count; ++i) size = size << 8 | byte(2 + i);
      header += count;
    }
    if (buffer_.size() < header + size) return std::nullopt;
    Frame whole{static_cast<unsigned>(byte(0) & 0x0f), buffer_.substr(header, size),
                (byte(0) & 0x80) != 0};
    buffer_.erase(0, header + size);
    return whole;
  }

  int fd_;
  bool ended_ = false, reset_ = false;
  std::string buffer_;
};

}  // namespace ticker
