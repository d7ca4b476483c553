// A venue's server on a thread of its own: plain or TLS on blocking sockets, HTTP and WebSocket by
// hand, so that it can break every rule and shares nothing with what it tests. Each connection is
// given to a script. Every read has a deadline.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/feeds/network/certificates.hpp"
#include "tests/gateway/server/deadline.hpp"

namespace ticker::feeds {

inline constexpr unsigned text_frame = 1, binary_frame = 2, close_frame = 8, ping_frame = 9,
                          pong_frame = 10;

/// One accepted connection, as the script sees it.
class Peer {
 public:
  Peer(int fd, SSL_CTX* context) : fd_(fd), ssl_(context ? ::SSL_new(context) : nullptr) {
    if (ssl_ != nullptr) ::SSL_set_fd(ssl_, fd);
  }
  ~Peer() {
    if (ssl_ != nullptr) ::SSL_free(ssl_);
    ::close(fd_);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  struct Frame {
    unsigned opcode = 0;
    std::string payload;
  };

  [[nodiscard]] bool secure() { return ssl_ == nullptr || ::SSL_accept(ssl_) == 1; }
  /// The name that the client asked for (SNI).
  [[nodiscard]] std::string asked_name() const {
    const char* const name = ::SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const int size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20));
      const auto count = ssl_ != nullptr
                             ? ::SSL_write(ssl_, bytes.data(), size)
                             : static_cast<int>(::send(fd_, bytes.data(), bytes.size() & 0x3fffffff,
                                                       MSG_NOSIGNAL));
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }
  /// Up to and with an empty line; empty: the connection ended first.
  std::string read_head() {
    while (buffer_.find("\r\n\r\n") == std::string::npos) {
      if (!receive()) return "";
    }
    const auto end = buffer_.find("\r\n\r\n") + 4;
    std::string head = buffer_.substr(0, end);
    buffer_.erase(0, end);
    return head;
  }
  /// Reads the request and accepts the WebSocket; `behind` leaves in the same packet.
  std::string upgrade(std::string_view behind = "") {
    std::string head = read_head();
    static constexpr std::string_view field = "Sec-WebSocket-Key: ";
    const auto at = head.find(field);
    if (at == std::string::npos) return "";
    const auto begin = at + field.size();
    const std::string key = head.substr(begin, head.find("\r\n", begin) - begin) +
                            "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455, 1.3
    unsigned char digest[SHA_DIGEST_LENGTH];
    ::SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    unsigned char accept[32];
    ::EVP_EncodeBlock(accept, digest, sizeof digest);
    write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        std::string(reinterpret_cast<char*>(accept)) + "\r\n\r\n" + std::string(behind));
    return head;
  }
  /// Unmasked, as servers write.
  static std::string frame(unsigned opcode, std::string_view payload) {
    std::string out(1, static_cast<char>(0x80U | opcode));
    if (payload.size() < 126) {
      out += static_cast<char>(payload.size());
    } else if (payload.size() < 65'536) {
      out += {126, static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size())};
    } else {
      out += 127;
      for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(payload.size() >> shift);
    }
    return out.append(payload);
  }
  static std::string close_payload(unsigned code, std::string_view text = "") {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code)}.append(text);
  }
  bool send_frame(unsigned opcode, std::string_view payload) {
    return write(frame(opcode, payload));
  }
  /// Nothing: the connection ended, or the time is over.
  std::optional<Frame> read_frame() {
    while (true) {
      if (auto whole = cut_frame()) return whole;
      if (!receive()) return std::nullopt;
    }
  }
  /// True when the client has ended the connection, whatever comes before.
  bool ends() {
    while (receive()) buffer_.clear();
    return ended_;
  }
  /// The end of this connection will be a reset.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  bool receive() {
    char bytes[16'384];
    if (ended_) return false;
    const auto count = ssl_ != nullptr ? ::SSL_read(ssl_, bytes, sizeof bytes)
                                       : static_cast<int>(::recv(fd_, bytes, sizeof bytes, 0));
    // A deadline that passed is no end.
    if (count <= 0) ended_ = !(count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK));
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    return count > 0;
  }
  std::optional<Frame> cut_frame() {
    const auto byte = [this](std::size_t i) {
      return std::size_t{static_cast<unsigned char>(buffer_[i])};
    };
    if (buffer_.size() < 2) return std::nullopt;
    EXPECT_NE(byte(1) & 0x80, 0U) << "clients mask";
    std::size_t size = byte(1) & 0x7f;
    std::size_t header = 2;
    if (size >= 126) {
      const std::size_t count = size == 126 ? 2 : 8;
      if (buffer_.size() < 2 + count) return std::nullopt;
      size = 0;
      for (std::size_t i = 0; i < count; ++i) size = size << 8 | byte(2 + i);
      header += count;
    }
    if (buffer_.size() < header + 4 + size) return std::nullopt;
    Frame whole{static_cast<unsigned>(byte(0) & 0x0f), buffer_.substr(header + 4, size)};
    for (std::size_t i = 0; i < size; ++i) {
      whole.payload[i] = static_cast<char>(whole.payload[i] ^ buffer_[header + i % 4]);
    }
    buffer_.erase(0, header + 4 + size);
    return whole;
  }

  const int fd_;
  SSL* const ssl_;
  bool ended_ = false;
  std::string buffer_;
};

class WsServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit WsServer(Script script) : WsServer(std::move(script), nullptr) {}
  /// With TLS. `newest`: highest version that it speaks, 0 for the library's.
  WsServer(Script script, const Identity& identity, int newest = 0)
      : WsServer(std::move(script), make_context(identity, newest)) {}
  ~WsServer() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
    if (context_ != nullptr) ::SSL_CTX_free(context_);
  }
  WsServer(const WsServer&) = delete;
  WsServer& operator=(const WsServer&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  /// Connections that came.
  [[nodiscard]] int accepted() const { return accepted_; }
  /// Connections whose script has ended.
  [[nodiscard]] int served() const { return served_; }

 private:
  WsServer(Script script, SSL_CTX* context)
      : script_(std::move(script)),
        context_(context),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to sockets that may be gone
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }

  static SSL_CTX* make_context(const Identity& identity, int newest) {
    SSL_CTX* const context = ::SSL_CTX_new(::TLS_server_method());
    ::SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0");  // old versions need it
    ::SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    if (newest != 0) ::SSL_CTX_set_max_proto_version(context, newest);
    EXPECT_EQ(::SSL_CTX_use_certificate(context, identity.certificate.get()), 1);
    EXPECT_EQ(::SSL_CTX_use_PrivateKey(context, identity.key.get()), 1);
    return context;
  }

  void run() {
    while (!stopping_) {
      pollfd ready{listener_, POLLIN, 0};
      if (::poll(&ready, 1, 5) <= 0) continue;
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      const auto time = scaled(std::chrono::seconds(10));
      const timeval deadline{time.count() / 1'000, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline, sizeof deadline);
      ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &deadline, sizeof deadline);
      ++accepted_;
      {
        Peer peer(fd, context_);
        if (peer.secure()) script_(peer);
      }
      ++served_;
    }
  }

  const Script script_;
  SSL_CTX* const context_;
  const int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<int> accepted_{0};
  std::atomic<int> served_{0};
  std::thread thread_;
};

}  // namespace ticker::feeds
