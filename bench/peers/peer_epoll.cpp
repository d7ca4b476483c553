// The floor of `make bench-compare`: the least that a fan-out over sockets can do. A bare epoll
// loop on one thread; each event is encoded once and copied into the buffer of every subscriber,
// and each client is written to once a round. Bench material, not for use: it believes its clients,
// has no limits but one, and knows nothing of ping, close handshakes, conflation or metrics.
//
// The one limit: a client whose buffer would exceed `buffer_bytes_max` is cut off.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>
#include <system_error>

#include "bench/peers/market.hpp"
#include "feeds/base/clock.hpp"
#include "gateway/protocol/websocket_framing.hpp"

namespace ticker::peers {

namespace {

constexpr std::size_t buffer_bytes_max = 1U << 20U;

struct Client {
  int fd;
  std::string in;   // what is not yet a whole request or frame
  std::string out;  // what the socket has not taken
  bool upgraded = false;
  bool blocked = false;  // the socket is full: epoll will tell when it is not
  bool dirty = false;    // to be written at the end of the round
  bool ending = false;   // to be closed when all is written
  bool gone = false;
};

int listen_on(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(fd, plain, size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    throw std::system_error(errno, std::system_category(), "listen");
  }
  ::getsockname(fd, plain, &size);
  say_listening(ntohs(address.sin_port));
  return fd;
}

std::string accept_key(std::string_view key) {
  const std::string salted = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455
  unsigned char digest[SHA_DIGEST_LENGTH];
  ::SHA1(reinterpret_cast<const unsigned char*>(salted.data()), salted.size(), digest);
  unsigned char text[32];
  const int size = ::EVP_EncodeBlock(text, digest, sizeof digest);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

class Floor {
 public:
  explicit Floor(const Settings& settings)
      : market_(settings), subscribers_(market_.symbols()), listener_(listen_on(settings.port)) {
    watch(listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    while (true) {
      wait_and_read();
      const Receipt now = clock_now();
      for (Market::Told told; market_.next(now, told);) broadcast(told);
      for (std::size_t i = 0; i < dirty_.size(); ++i) flush(*dirty_[i]);
      dirty_.clear();
      bury();
    }
  }

 private:
  void watch(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void wait_and_read() {
    const std::int64_t ns = std::max<std::int64_t>(market_.next_ns() - clock_now().steady_ns, 0);
    const timespec until{.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
    std::array<epoll_event, 512> events;
    const int count =
        ::epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &until, nullptr);
    if (ns > 0) market_.slept_until(clock_now().steady_ns);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      if (event.data.fd == listener_) {
        accept_all();
        continue;
      }
      Client& client = *clients_[static_cast<std::size_t>(event.data.fd)];
      if ((event.events & EPOLLOUT) != 0 && client.blocked) {
        client.blocked = false;
        touch(client);
      }
      if ((event.events & ~std::uint32_t{EPOLLOUT}) != 0) read(client);
    }
  }

  void accept_all() {
    for (int fd = 0; (fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const auto slot = static_cast<std::size_t>(fd);
      if (clients_.size() <= slot) clients_.resize(slot + 1);
      clients_[slot] = std::make_unique<Client>(Client{.fd = fd, .in = {}, .out = {}});
      watch(fd, EPOLLIN | EPOLLOUT | EPOLLET);
    }
  }

  void read(Client& client) {
    char block[65'536];
    while (!client.gone) {
      const ssize_t got = ::recv(client.fd, block, sizeof block, 0);
      if (got < 0 && errno == EAGAIN) break;
      if (got <= 0) return lose(client);
      client.in.append(block, static_cast<std::size_t>(got));
    }
    if (!client.upgraded) answer_http(client);
    while (client.upgraded && !client.gone && take_frame(client)) {
    }
  }

  void answer_http(Client& client) {
    const std::size_t end = client.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    constexpr std::string_view key_header = "Sec-WebSocket-Key: ";
    const std::size_t key = client.in.find(key_header);
    if (key == std::string::npos) {
      const std::string body = market_.listing();
      client.out += "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
      client.out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      client.ending = true;
    } else {
      const std::size_t from = key + key_header.size();
      const std::string value = client.in.substr(from, client.in.find('\r', from) - from);
      client.out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";
      client.out += "Connection: Upgrade\r\nSec-WebSocket-Accept: " + accept_key(value) +
                    "\r\nSec-WebSocket-Protocol: ticker.v1.json\r\n\r\n";
      client.upgraded = true;
      send_text(client, market_.welcome());
    }
    client.in.erase(0, end + 4);
    touch(client);
  }

  // Takes one masked frame; false when it is not all there.
  bool take_frame(Client& client) {
    std::string& in = client.in;
    const auto byte = [&in](std::size_t i) { return static_cast<unsigned char>(in[i]); };
    if (in.size() < 2) return false;
    const unsigned small = byte(1) & 0x7fU;
    const std::size_t length_bytes = small < 126 ? 0 : small == 126 ? 2 : 8;
    const std::size_t head = 2 + length_bytes + 4;
    if (in.size() < head) return false;
    std::size_t size = length_bytes == 0 ? small : 0;
    for (std::size_t i = 0; i < length_bytes; ++i) size = size << 8U | byte(2 + i);
    if (in.size() - head < size) return false;
    std::string text = in.substr(head, size);
    for (std::size_t i = 0; i < size; ++i) {
      text[i] = static_cast<char>(text[i] ^ in[head - 4 + i % 4]);
    }
    const unsigned opcode = byte(0) & 0x0fU;
    in.erase(0, head + size);
    if (opcode == 8) lose(client);
    if (opcode == 1) subscribe(client, market_.read_request(text));
    return true;
  }

  void subscribe(Client& client, const Request& request) {
    send_text(client, market_.answer(request));
    const Receipt now = clock_now();
    for (const std::uint32_t symbol : request.symbols) {
      subscribers_[symbol].push_back(&client);
      send_text(client, market_.snapshot(symbol, now));
    }
  }

  void broadcast(const Market::Told& told) {
    const std::string& frame = framed(told.text);
    for (Client* const client : subscribers_[told.symbol]) append(*client, frame);
  }

  void send_text(Client& client, std::string_view text) { append(client, framed(text)); }

  const std::string& framed(std::string_view text) {
    char head[WebSocketFraming::header_max];
    const auto size = static_cast<std::uint32_t>(text.size());
    WebSocketFraming::write_header(head, size);
    return frame_.assign(head, WebSocketFraming::header_size(size)).append(text);
  }

  void append(Client& client, const std::string& frame) {
    if (client.gone) return;
    if (client.out.size() + frame.size() > buffer_bytes_max) return lose(client);
    client.out += frame;
    touch(client);
  }

  void touch(Client& client) {
    if (client.dirty || client.blocked) return;
    client.dirty = true;
    dirty_.push_back(&client);
  }

  void flush(Client& client) {
    client.dirty = false;
    if (client.gone) return;
    const ssize_t taken = ::send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN) return lose(client);
    client.out.erase(0, taken > 0 ? static_cast<std::size_t>(taken) : 0);
    client.blocked = !client.out.empty();
    if (client.ending && !client.blocked) lose(client);
  }

  void lose(Client& client) {
    if (client.gone) return;
    client.gone = true;
    gone_.push_back(&client);
  }

  void bury() {
    for (Client* const client : gone_) {
      for (auto& list : subscribers_) std::erase(list, client);
      ::close(client->fd);
      clients_[static_cast<std::size_t>(client->fd)].reset();
    }
    gone_.clear();
  }

  Market market_;
  std::vector<std::vector<Client*>> subscribers_;  // by symbol
  std::vector<std::unique_ptr<Client>> clients_;   // by descriptor
  std::vector<Client*> dirty_;
  std::vector<Client*> gone_;
  std::string frame_;
  int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  int listener_;
};

}  // namespace

}  // namespace ticker::peers

int main(int argc, char** argv) {
  try {
    ticker::peers::Floor(ticker::peers::read_settings(argc, argv)).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "peer-epoll: %s\n", error.what());
    return 1;
  }
}
