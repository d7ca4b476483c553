// A server of HTTP with routes of a test, spoken to over plain sockets: limits, times, the bound on
// connections, answers that are streamed.
#include "gateway/server/http_server.hpp"

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
#include <utility>
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

  /// Up to `size` bytes, as they come.
  std::string read_some(std::size_t size) const {
    std::string bytes(size, '\0');
    const auto count = readable_within(20) ? recv(fd_, bytes.data(), size, 0) : 0;
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
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

HttpServerParts parts_of(Routes routes, std::uint16_t port = 0) {
  static constexpr std::array<HttpHeader, 1> headers = {{{"Cache-Control", "no-store"}}};
  return {.name = "test",
          .address = {"127.0.0.1", port},
          .routes = std::move(routes),
          .options = {.headers = headers}};
}

// `parts` parts, each another letter of `bytes` bytes.
HttpAnswer streamed(std::size_t parts, std::size_t bytes,
                    std::atomic<std::size_t>* made = nullptr) {
  HttpAnswer answer;
  answer.content_type = "text/plain";
  answer.producer = [=, part = std::size_t{0}](std::string& out) mutable {
    if (part == parts) return false;
    out.append(bytes, static_cast<char>('a' + part % 26));
    if (made != nullptr) made->store(part + 1);
    return ++part < parts;
  };
  return answer;
}

std::string stream_of(std::size_t parts, std::size_t bytes) {
  std::string all;
  for (std::size_t i = 0; i < parts; ++i) all.append(bytes, static_cast<char>('a' + i % 26));
  return all;
}

Routes some_routes(std::atomic<std::size_t>* made = nullptr) {
  using Request = HttpRequest;
  const auto told = [](std::string text) {
    HttpAnswer answer;
    answer.body = std::move(text);
    return answer;
  };
  return {
      {.path = "/healthz", .handler = [=](const Request&) { return told("{\"status\":\"ok\"}"); }},
      {.path = "/metrics", .handler = [=](const Request&) { return told("metric 1\n"); }},
      {.path = "/who", .handler = [=](const Request& one) { return told(std::string(one.peer)); }},
      {.path = "/echo",
       .handler = [=](const Request& one) { return told(std::string(one.body)); },
       .methods = "POST"},
      {.path = "/stream", .handler = [](const Request&) { return streamed(100, 1'000); }},
      {.path = "/nothing", .handler = [](const Request&) { return streamed(0, 0); }},
      {.path = "/big", .handler = [=](const Request&) { return streamed(400, 100'000, made); }},
      {.path = "/breaks",
       .handler =
           [](const Request&) {
             HttpAnswer answer;
             answer.producer = [first = true](std::string& out) mutable {
               if (!std::exchange(first, false)) throw std::runtime_error("no more");
               out = "begun";
               return true;
             };
             return answer;
           }},
      {.path = "/throws",
       .handler = [](const Request&) -> HttpAnswer { throw std::runtime_error("x"); }},
  };
}

// Undoes the chunks; the rest behind the last one is left in `all`.
std::string unchunked(std::string& all) {
  std::string body;
  while (true) {
    const std::size_t bytes = std::stoul(all, nullptr, 16);
    all.erase(0, all.find("\r\n") + 2);
    body += all.substr(0, bytes);
    EXPECT_EQ(all.substr(bytes, 2), "\r\n");
    all.erase(0, bytes + 2);
    if (bytes == 0) return body;
  }
}

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() { server_.start(); }

  /// The whole answer to a request on a connection of its own.
  std::string ask(const std::string& method_and_target) const {
    const Client client(server_.port());
    client.send(method_and_target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.read_all();
  }

  HttpServer server_{parts_of(some_routes())};
};

TEST_F(HttpServerTest, HeadTellsTheLengthButSendsNoBody) {
  EXPECT_THAT(ask("HEAD /metrics"),
              AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nContent-Length: 9\r\n"),
                    EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, UnknownPathsAre404InJson) {
  EXPECT_THAT(ask("GET /metrics/"),
              AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("\r\nContent-Type: application/json\r\n"),
                    HasSubstr("{\"error\":{\"code\":\"not_found\",\"message\":\"")));
}

TEST_F(HttpServerTest, OtherMethodsAre405WithAllow) {
  EXPECT_THAT(ask("POST /metrics"),
              AllOf(StartsWith("HTTP/1.1 405"), HasSubstr("\r\nAllow: GET, HEAD\r\n"),
                    HasSubstr("{\"error\":{\"code\":\"method_not_allowed\"")));
}

TEST_F(HttpServerTest, AConnectionServesOneRequestAfterTheOther) {
  const Client client(server_.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(client.read_until("\"}"), StartsWith("HTTP/1.1 200"));
  }
}

TEST_F(HttpServerTest, RequestsMayComeInOnePiece) {
  const Client client(server_.port());
  client.send(
      "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("HTTP/1.1 404")));
}

TEST_F(HttpServerTest, HeadersAndBodiesAreBounded) {
  const Client header(server_.port());
  header.send("GET /healthz HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(header.read_all(), StartsWith("HTTP/1.1 431"));
  const Client body(server_.port());
  body.send("POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n");
  EXPECT_THAT(body.read_all(), StartsWith("HTTP/1.1 413"));
  const Client small(server_.port());
  small.send(
      "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nab");
  EXPECT_THAT(small.read_all(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, WhatIsNotHttpGetsA400) {
  const Client client(server_.port());
  client.send("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 400"));
}

TEST_F(HttpServerTest, ARequestThatNeverEndsIsDropped) {
  const Client client(server_.port());
  client.send("GET /healthz HTTP/1.1\r\n");
  const auto begin = Clock::now();
  EXPECT_EQ(client.read_all(), "");
  EXPECT_GT(Clock::now() - begin, std::chrono::seconds(3));
}

TEST_F(HttpServerTest, ConnectionsBeyondTheBoundWaitForTheirTurn) {
  std::vector<std::unique_ptr<Client>> crowd;
  for (int i = 0; i < 16; ++i) {
    crowd.push_back(std::make_unique<Client>(server_.port()));
    crowd.back()->send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_THAT(crowd.back()->read_until("\"}"), StartsWith("HTTP/1.1 200"));
  }
  const Client next(server_.port());
  EXPECT_TRUE(next.connected());
  next.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(next.readable_within(0.1));
  crowd.pop_back();
  EXPECT_THAT(next.read_until("\"}"), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, AHandlerThatThrowsIsA500AndTheServerLivesOn) {
  const Client client(server_.port());
  client.send("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("}}"),
              AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("\"code\":\"internal_error\"")));
  client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_all(), StartsWith("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, ARequestHasItsPeerAndItsBody) {
  EXPECT_THAT(ask("GET /who"), EndsWith("\r\n\r\n127.0.0.1"));
  const Client client(server_.port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\n");
  client.send("abc");
  EXPECT_THAT(client.read_all(), EndsWith("\r\n\r\nabc"));
}

TEST_F(HttpServerTest, Http10IsAnsweredAndTheConnectionEndsUnlessItIsToStay) {
  const Client brief(server_.port());
  brief.send("GET /healthz HTTP/1.0\r\n\r\n");
  EXPECT_THAT(brief.read_all(),
              AllOf(StartsWith("HTTP/1.0 200"), HasSubstr("\r\nConnection: close\r\n")));
  const Client stays(server_.port());
  for (int i = 0; i < 2; ++i) {
    stays.send("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_THAT(stays.read_until("\"}"), HasSubstr("\r\nConnection: keep-alive\r\n"));
  }
}

// --- Streamed answers

TEST_F(HttpServerTest, AStreamedAnswerComesInChunksAndTheConnectionStays) {
  const Client client(server_.port());
  client.send(
      "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string all = client.read_all();
  for (const std::string& expected : {stream_of(100, 1'000), std::string()}) {
    EXPECT_THAT(all.substr(0, all.find("\r\n\r\n") + 2),
                AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("\r\nTransfer-Encoding: chunked\r\n"),
                      Not(HasSubstr("Content-Length"))));
    all.erase(0, all.find("\r\n\r\n") + 4);
    EXPECT_TRUE(unchunked(all) == expected);
  }
  EXPECT_THAT(all, AllOf(StartsWith("HTTP/1.1 200"), EndsWith("{\"status\":\"ok\"}")));
}

TEST_F(HttpServerTest, OfAStreamedAnswerHeadGetsTheHeadersAlone) {
  const Client client(server_.port());
  client.send(
      "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n"
      "HEAD /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string all = client.read_all();
  EXPECT_THAT(all, HasSubstr("\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 200"));
  EXPECT_THAT(all, AllOf(HasSubstr("\r\nContent-Length: 15\r\n"), EndsWith("\r\n\r\n")));
}

TEST_F(HttpServerTest, ToHttp10AStreamEndsWithItsConnection) {
  const Client client(server_.port());
  client.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string all = client.read_all();
  const auto head_end = all.find("\r\n\r\n");
  EXPECT_THAT(all.substr(0, head_end + 2),
              AllOf(StartsWith("HTTP/1.0 200"), HasSubstr("\r\nConnection: close\r\n"),
                    Not(HasSubstr("Transfer-Encoding")), Not(HasSubstr("Content-Length"))));
  EXPECT_TRUE(all.substr(head_end + 4) == stream_of(100, 1'000));
}

TEST_F(HttpServerTest, AStreamThatBreaksOffEndsItsConnectionWithoutALastChunk) {
  const Client client(server_.port());
  client.send("GET /breaks HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_all(), Not(HasSubstr("\r\n0\r\n")));
  EXPECT_THAT(ask("GET /healthz"), StartsWith("HTTP/1.1 200"));
}

TEST(HttpServer, AStreamIsMadeNoFasterThanItIsRead) {
  std::atomic<std::size_t> made{0};
  HttpServer server(parts_of(some_routes(&made)));
  server.start();
  const Client slow(server.port());
  slow.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(slow.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
  // 40 MB in all; what the kernel takes beyond what is read is far less. Others are served.
  for (int i = 0; i < 20; ++i) {
    const Client other(server.port());
    other.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_THAT(other.read_all(), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_LT(made.load(), 200U);
  std::string all = slow.read_all();
  EXPECT_TRUE(unchunked(all) == stream_of(400, 100'000));
  EXPECT_EQ(all, "");
  EXPECT_EQ(made.load(), 400U);
}

TEST(HttpServer, WhoDoesNotReadAnAnswerIsCut) {
  for (const bool by_progress : {false, true}) {
    HttpServerParts parts = parts_of(some_routes());
    parts.options.answer_timeout_ms = 300;
    parts.options.answer_by_progress = by_progress;
    HttpServer server(std::move(parts));
    server.start();
    const Client deaf(server.port());
    deaf.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    ::usleep(900'000);  // nothing that could be looked at says that it was cut
    EXPECT_LT(deaf.read_all().size(), 30'000'000U);
  }
}

TEST(HttpServer, ATimeThatCountsFromProgressLetsASlowReaderFinish) {
  HttpServerParts parts = parts_of(some_routes());
  parts.options.answer_timeout_ms = 500;
  parts.options.answer_by_progress = true;
  HttpServer server(std::move(parts));
  server.start();
  const Client slow(server.port());
  slow.send("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const auto begin = Clock::now();
  std::string all = slow.read_until("\r\n\r\n");
  all.clear();
  while (Clock::now() - begin < std::chrono::milliseconds(1'500)) {
    all += slow.read_some(200'000);
    ::usleep(20'000);
  }
  all += slow.read_all();
  EXPECT_TRUE(unchunked(all) == stream_of(400, 100'000));
}

TEST(HttpServer, APortInUseIsToldWithItsAddress) {
  const HttpServer first(parts_of({}));
  try {
    const HttpServer second(parts_of({}, first.port()));
    FAIL() << "bound twice";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::address_in_use);
    EXPECT_THAT(error.what(), AllOf(HasSubstr("127.0.0.1"), HasSubstr(std::to_string(first.port())),
                                    HasSubstr("Address already in use")));
  }
}

TEST(HttpServer, AnAddressThatIsNotOursIsRefused) {
  HttpServerParts parts = parts_of({});
  parts.address.host = "192.0.2.1";
  EXPECT_THROW(HttpServer(std::move(parts)), std::system_error);
}

TEST(HttpServer, StopsAtOnceWithConnectionsOpen) {
  std::vector<std::unique_ptr<Client>> crowd;
  const auto begin = [&crowd] {
    HttpServer server(parts_of(some_routes()));
    server.start();
    for (int i = 0; i < 17; ++i) {
      crowd.push_back(std::make_unique<Client>(server.port()));
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
