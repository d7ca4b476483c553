#include "gateway/server/transport.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

namespace ticker {
namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

ssize_t send_parts(int fd, const iovec* parts, int count) {
  constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  if (count == 1) return ::send(fd, parts[0].iov_base, parts[0].iov_len, flags);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);  // sendmsg only reads
  message.msg_iovlen = static_cast<std::size_t>(count);
  return ::sendmsg(fd, &message, flags);
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(int fd) : fd_(fd) {}

  ReadResult read(std::span<char> into) override {
    ssize_t count = 0;
    do {
      count = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
      drained_ = would_block(errno);
      return {.outcome = drained_ ? Outcome::again : Outcome::failed, .error = errno};
    }
    const auto bytes = static_cast<std::size_t>(count);
    drained_ = bytes > 0 && bytes < into.size();
    return {.bytes = bytes};
  }
  bool drained() const override { return drained_; }

  WriteResult write(const iovec* parts, int count) override {
    std::size_t offered = 0;
    for (int i = 0; i < count; ++i) offered += parts[i].iov_len;
    ssize_t sent = 0;
    do {
      sent = send_parts(fd_, parts, count);
    } while (sent < 0 && errno == EINTR);
    if (sent < 0) {
      return {.outcome = would_block(errno) ? Outcome::again : Outcome::failed, .error = errno};
    }
    const auto taken = static_cast<std::size_t>(sent);
    return {.outcome = taken == offered ? Outcome::done : Outcome::again, .taken = taken};
  }

  void shutdown() override { ::shutdown(fd_, SHUT_WR); }

 private:
  const int fd_;
  bool drained_ = true;  // who connects has seldom said something yet
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(int fd) {
  return std::make_unique<PlainTransport>(fd);
}

}  // namespace ticker
