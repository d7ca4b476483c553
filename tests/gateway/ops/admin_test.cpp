// The HTTP server for operations, spoken to over plain sockets.
#include "gateway/ops/admin.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace ticker {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;

std::chrono::duration<double> scaled(double seconds) {
  const auto* scale = std::getenv("TEST_TIME_SCALE");
  return std::chrono::duration<double>(seconds * (scale != nullptr ? std::atof(scale) : 1.0));
}

/// A blocking client; every read has a deadline.
class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  void send(std::string_view bytes) const {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  /// Waits up to `seconds` for something to read, the end of the stream included.
  [[nodiscard]] bool readable_within(double seconds) const {
    const auto wait = std::chrono::duration_cast<std::chrono::microseconds>(scaled(seconds));
    timeval time{wait.count() / 1'000'000, wait.count() % 1'000'000};
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd_, &set);
    return select(fd_ + 1, &set, nullptr, nullptr, &time) == 1;
  }

  /// All bytes up to the end of the stream.
  std::string read_all() const {
    std::string all;
    std::array<char, 4'096> bytes{};
    while (readable_within(20)) {
      const auto size = recv(fd_, bytes.data(), bytes.size(), 0);
      if (size <= 0) return all;
      all.append(bytes.data(), static_cast<std::size_t>(size));
    }
    ADD_FAILURE() << "no end of stream after: " << all;
    return all;
  }

  /// Bytes until `end` has come.
  std::string read_until(std::string_view end) const {
    std::string all;
    char byte = 0;
    while (!all.ends_with(end) && readable_within(20) && recv(fd_, &byte, 1, 0) == 1) all += byte;
    return all;
  }

 private:
  int fd_;
  bool connected_ = false;
};

class AdminTest : public testing::Test {
 protected:
  AdminTest() { admin_.start(); }

  /// The whole answer to a request on a connection of its own.
  std::string ask(const std::string& method_and_target) const {
    const Client client(admin_.port());
    client.send(method_and_target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.read_all();
  }

  std::atomic<bool> ready_{false};
  Admin admin_{{"127.0.0.1", 0},
               {[] { return std::string("metric 1\n"); },
                [] { return std::string("{\"shards\":[]}"); }, [this] { return ready_.load(); }}};
};

TEST_F(AdminTest, MetricsHaveTheContentTypeOfPrometheus) {
  EXPECT_THAT(ask("GET /metrics"),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"),
                    HasSubstr("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
                    HasSubstr("\r\nContent-Length: 9\r\n"), EndsWith("\r\n\r\nmetric 1\n")));
}

TEST_F(AdminTest, HealthIsOkWhileTheProcessLives) {
  EXPECT_THAT(ask("GET /healthz"),
              AllOf(StartsWith("HTTP/1.1 200"), EndsWith("\r\n\r\n{\"status\":\"ok\"}")));
}

TEST_F(AdminTest, ReadinessFollowsItsSource) {
  EXPECT_THAT(ask("GET /readyz"),
              AllOf(StartsWith("HTTP/1.1 503"), EndsWith("{\"status\":\"not_ready\"}")));
  ready_ = true;
  EXPECT_THAT(ask("GET /readyz"),
              AllOf(StartsWith("HTTP/1.1 200"), EndsWith("{\"status\":\"ready\"}")));
}

TEST_F(AdminTest, StatusIsJsonAndAQueryIsIgnored) {
  EXPECT_THAT(ask("GET /v1/status?verbose=1"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nContent-Type: application/json\r\n"),
                    EndsWith("\r\n\r\n{\"shards\":[]}")));
}

TEST_F(AdminTest, HeadTellsTheLengthButSendsNoBody) {
  EXPECT_THAT(ask("HEAD /metrics"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nContent-Length: 9\r\n"),
                    EndsWith("\r\n\r\n")));
}

TEST_F(AdminTest, UnknownPathsAre404InJson) {
  EXPECT_THAT(ask("GET /metrics/"),
              AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("\r\nContent-Type: application/json\r\n"),
                    HasSubstr("{\"error\":{\"code\":\"not_found\",\"message\":\"")));
}

TEST_F(AdminTest, OtherMethodsAre405WithAllow) {
  EXPECT_THAT(ask("POST /metrics"),
              AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("\r\nAllow: GET, HEAD\r\n"),
                    HasSubstr("{\"error\":{\"code\":\"method_not_allowed\"")));
}

TEST_F(AdminTest, AConnectionServesOneRequestAfterTheOther) {
  const Client client(admin_.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(AdminTest, RequestsMayComeInOnePiece) {
  const Client client(admin_.port());
  client.send(
      "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("HTTP/1.1 404")));
}

TEST_F(AdminTest, HeadersAndBodiesAreBounded) {
  const Client header(admin_.port());
  header.send("GET /healthz HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(header.read_all(), StartsWith("HTTP/1.1 431"));
  const Client body(admin_.port());
  body.send("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n");
  EXPECT_THAT(body.read_all(), StartsWith("HTTP/1.1 413"));
  const Client small(admin_.port());
  small.send(
      "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_THAT(small.read_all(), StartsWith("HTTP/1.1 200"));
}

TEST_F(AdminTest, WhatIsNotHttpGetsA400) {
  const Client client(admin_.port());
  client.send("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 400"));
}

TEST_F(AdminTest, ARequestThatNeverEndsIsDropped) {
  const Client client(admin_.port());
  client.send("GET /healthz HTTP/1.1\r\n");
  const auto begin = Clock::now();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_GT(Clock::now() - begin, std::chrono::seconds(3));
}

TEST_F(AdminTest, ConnectionsBeyondTheBoundWaitForTheirTurn) {
  std::vector<std::unique_ptr<Client>> crowd;
  for (int i = 0; i < 16; ++i) {
    crowd.push_back(std::make_unique<Client>(admin_.port()));
    crowd.back()->send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(crowd.back()->read_until("\"}"), StartsWith("HTTP/1.1 200"));
  }
  const Client next(admin_.port());
  EXPECT_TRUE(next.connected());
  next.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(next.readable_within(0.1));
  crowd.pop_back();
  EXPECT_THAT(next.read_until("\"}"), StartsWith("HTTP/1.1 200"));
}

TEST(Admin, ASourceThatThrowsIsA500AndTheServerLivesOn) {
  Admin admin({"127.0.0.1", 0}, {[]() -> std::string { throw std::runtime_error("x"); },
                                 [] { return std::string("{}"); }, [] { return true; }});
  admin.start();
  const Client client(admin.port());
  client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("}}"),
              AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("\"code\":\"internal_error\"")));
  client.send("GET /v1/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200"));
}

TEST(Admin, APortInUseIsToldWithItsAddress) {
  const Admin first({"127.0.0.1", 0}, {});
  try {
    const Admin second({"127.0.0.1", first.port()}, {});
    FAIL() << "bound twice";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("127.0.0.1"), HasSubstr(std::to_string(first.port())),
                                    HasSubstr("Address already in use")));
  }
}

TEST(Admin, AnAddressThatIsNotOursIsRefused) {
  EXPECT_THROW(Admin({"192.0.2.1", 0}, {}), std::system_error);
}

TEST(Admin, StopsAtOnceWithConnectionsOpen) {
  std::vector<std::unique_ptr<Client>> crowd;
  const auto begin = [&crowd] {
    Admin admin({"127.0.0.1", 0}, {[] { return std::string(); }, [] { return std::string("{}"); },
                                   [] { return true; }});
    admin.start();
    for (int i = 0; i < 17; ++i) {
      crowd.push_back(std::make_unique<Client>(admin.port()));
      crowd.back()->send("GET /healthz HTTP/1.1\r\n");
    }
    crowd[0]->send("Host: a\r\n\r\n");
    EXPECT_THAT(crowd[0]->read_until("\"}"), StartsWith("HTTP/1.1 200"));
    return Clock::now();
  }();
  EXPECT_LT(Clock::now() - begin, scaled(2));
  EXPECT_EQ(crowd[0]->read_all(), "");
}

}  // namespace
}  // namespace ticker
