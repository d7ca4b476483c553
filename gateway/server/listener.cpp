#include "gateway/server/listener.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace ticker {
namespace {

struct Endpoint {
  sockaddr_storage address{};
  socklen_t size = 0;
};

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::system_category(), what);
}

Endpoint resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address.port);
  const int result = ::getaddrinfo(address.host.c_str(), port.c_str(), &hints, &found);
  if (result != 0) {
    throw std::system_error(EADDRNOTAVAIL, std::system_category(),
                            "address '" + address.host + "': " + ::gai_strerror(result));
  }
  Endpoint endpoint;
  std::memcpy(&endpoint.address, found->ai_addr, found->ai_addrlen);
  endpoint.size = found->ai_addrlen;
  ::freeaddrinfo(found);
  return endpoint;
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

int bind_one(const Endpoint& endpoint, bool reuse_port, const std::string& name) {
  const int fd =
      ::socket(endpoint.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("socket");
  set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (reuse_port) set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&endpoint.address), endpoint.size) != 0) {
    const int error = errno;
    ::close(fd);
    errno = error;
    fail("cannot listen on " + name + ", choose another address or stop who has it");
  }
  return fd;
}

}  // namespace

Listeners listen_for_clients(const Address& address, std::uint32_t shards, bool share_port) {
  const std::string name = address.host + ":" + std::to_string(address.port);
  Endpoint endpoint = resolve(address);
  Listeners listeners;
  listeners.fds.push_back(bind_one(endpoint, share_port, name));
  // Linux lets the option be set after binding; the others may join from here on.
  if (shards > 1) set(listeners.fds[0], SOL_SOCKET, SO_REUSEPORT, 1);
  ::getsockname(listeners.fds[0], reinterpret_cast<sockaddr*>(&endpoint.address), &endpoint.size);
  listeners.port = ntohs(endpoint.address.ss_family == AF_INET6
                             ? reinterpret_cast<const sockaddr_in6*>(&endpoint.address)->sin6_port
                             : reinterpret_cast<const sockaddr_in*>(&endpoint.address)->sin_port);
  while (listeners.fds.size() < shards) listeners.fds.push_back(bind_one(endpoint, true, name));
  for (const int fd : listeners.fds) {
    if (::listen(fd, SOMAXCONN) != 0) fail("cannot listen on " + name);
  }
  return listeners;
}

void tune_socket(int fd, const Limits& limits) {
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(limits.notsent_lowat_bytes));
  set(fd, SOL_SOCKET, SO_SNDBUF, static_cast<int>(limits.send_buffer_bytes));
}

void refuse(int fd) {
  static constexpr char answer[] =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
      "Content-Type: application/json\r\nContent-Length: 71\r\n\r\n"
      "{\"error\":{\"code\":\"overloaded\",\"message\":\"too many clients; try later\"}}";
  [[maybe_unused]] const auto sent =
      ::send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace ticker
