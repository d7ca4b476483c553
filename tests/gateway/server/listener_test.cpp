#include "gateway/server/listener.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <system_error>

#include "tests/gateway/server/deadline.hpp"

namespace ticker {
namespace {

struct Bound : Listeners {
  explicit Bound(std::uint16_t at = 0, std::uint32_t shards = 1, bool share = false)
      : Listeners(listen_for_clients({"127.0.0.1", at}, shards, share)) {}
  ~Bound() {
    for (const int fd : fds) ::close(fd);
  }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
};

int connect_to(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.sin_port);
}

int option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(fd, level, name, &value, &size), 0);
  return value;
}

TEST(Listener, PortZeroGivesOneFreePortForAllShards) {
  const Bound bound(0, 4);
  ASSERT_EQ(bound.fds.size(), 4U);
  EXPECT_NE(bound.port, 0);
  for (const int fd : bound.fds) EXPECT_EQ(port_of(fd), bound.port);
}

TEST(Listener, ConnectionsReachEveryShard) {
  const Bound bound(0, 3);
  std::set<int> reached;
  std::vector<int> connections;
  EXPECT_TRUE(eventually([&] {
    connections.push_back(connect_to(bound.port));
    for (const int fd : bound.fds) {
      const int accepted = ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (accepted < 0) continue;
      connections.push_back(accepted);
      reached.insert(fd);
    }
    return reached.size() == bound.fds.size() || connections.size() > 2'000;
  }));
  EXPECT_EQ(reached.size(), bound.fds.size());
  for (const int fd : connections) ::close(fd);
}

TEST(Listener, APortInUseIsRefused) {
  const Bound bound;
  EXPECT_THROW(static_cast<void>(listen_for_clients({"127.0.0.1", bound.port}, 1, false)),
               std::system_error);
  EXPECT_THROW(static_cast<void>(listen_for_clients({"127.0.0.1", bound.port}, 2, true)),
               std::system_error);
}

TEST(Listener, APortInUseIsRefusedThoughTheOtherWouldShareIt) {
  for (const bool shares : {false, true}) {
    const Bound bound(0, 2, shares);  // SO_REUSEPORT is set either way
    ASSERT_EQ(option(bound.fds[0], SOL_SOCKET, SO_REUSEPORT), 1);
    for (const std::uint32_t shards : {1U, 2U}) {
      try {
        const Bound second(bound.port, shards, false);
        ADD_FAILURE() << "two processes on one port";
      } catch (const std::system_error& error) {
        EXPECT_EQ(error.code().value(), EADDRINUSE);
        EXPECT_NE(std::string(error.what()).find(std::to_string(bound.port)), std::string::npos);
      }
    }
  }
}

TEST(Listener, APortMayBeSharedWhenBothWantTo) {
  const Bound bound(0, 1, true);
  const Bound other(bound.port, 2, true);
  EXPECT_EQ(other.port, bound.port);
  EXPECT_EQ(other.fds.size(), 2U);
}

TEST(Listener, APortIsFreeAgainAtOnceAfterItsOwnerEnded) {
  std::uint16_t port = 0;
  {
    const Bound bound;
    port = bound.port;
    const int client = connect_to(port);
    const int accepted = ::accept(bound.fds[0], nullptr, nullptr);
    pollfd ready{bound.fds[0], POLLIN, 0};
    if (accepted < 0) ::poll(&ready, 1, 1'000);
    ::close(accepted);  // our end closes first: TIME_WAIT stays on the port
    ::close(client);
  }
  const Bound again(port);
  EXPECT_EQ(again.port, port);
}

TEST(Listener, AnAddressThatIsNotOursOrDoesNotExistIsRefused) {
  EXPECT_THROW(static_cast<void>(listen_for_clients({"192.0.2.1", 0}, 1, false)),
               std::system_error);
  EXPECT_THROW(static_cast<void>(listen_for_clients({"not an address", 0}, 1, false)),
               std::system_error);
}

TEST(Listener, AnAcceptedSocketSendsAtOnceAndHoldsLittleBack) {
  const Bound bound;
  const int client = connect_to(bound.port);
  Limits limits;
  limits.send_buffer_bytes = 100'000;
  limits.notsent_lowat_bytes = 20'000;
  tune_socket(client, limits);
  EXPECT_EQ(option(client, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(client, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 20'000);
  EXPECT_EQ(option(client, SOL_SOCKET, SO_SNDBUF), 200'000);  // Linux doubles it
  ::close(client);
}

TEST(Listener, ARefusalIsAWholeHttpAnswer) {
  const Bound bound;
  const int client = connect_to(bound.port);
  pollfd ready{bound.fds[0], POLLIN, 0};
  ASSERT_EQ(::poll(&ready, 1, 10'000), 1);
  const int accepted = ::accept(bound.fds[0], nullptr, nullptr);
  ASSERT_GE(accepted, 0);
  refuse(accepted);
  ::close(accepted);
  std::string answer;
  char bytes[1'024];
  for (ssize_t count = 0; (count = ::recv(client, bytes, sizeof bytes, 0)) > 0;) {
    answer.append(bytes, static_cast<std::size_t>(count));
  }
  const auto body = answer.find("\r\n\r\n");
  ASSERT_NE(body, std::string::npos);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503 "));
  EXPECT_NE(answer.find("Content-Length: " + std::to_string(answer.size() - body - 4) + "\r\n"),
            std::string::npos);
  ::close(client);
}

}  // namespace
}  // namespace ticker
