// The socket: connecting, upgrading, closing. Requests are in client_requests.cpp, data is counted
// in client_data.cpp.
#include "bench/load/client.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/load/clocks.hpp"
#include "bench/load/requests.hpp"
#include "bench/load/scan.hpp"

namespace ticker::load {

namespace {

constexpr std::size_t head_bytes_max = 16 * 1024;

/// Nothing of a channel that is not wanted.
std::vector<std::uint64_t> hashes_of(const std::vector<std::string_view>& names, bool wanted) {
  std::vector<std::uint64_t> hashes;
  if (!wanted) return hashes;
  hashes.reserve(names.size());
  for (const std::string_view name : names) hashes.push_back(hash_name(name));
  return hashes;
}

}  // namespace

Client::Client(Group& group, const Wish& wish, std::vector<std::string_view> symbols,
               std::uint64_t seed)
    : group_(group),
      wish_(wish),
      random_(seed * 2 + 1),
      tickers_(hashes_of(symbols, wish.ticker)),
      trades_(hashes_of(symbols, wish.trades)),
      symbols_(std::move(symbols)) {}

Client::~Client() { close_socket(); }

void Client::connect(const Door& door) {
  forget();
  target_ = &door.target;
  ++group_.wanted;
  state_ = State::connecting;
  fd_ = ::socket(target_->address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0 || !prepare_socket(door)) return end(std::strerror(errno));
  const auto* address = reinterpret_cast<const sockaddr*>(&target_->address);
  if (::connect(fd_, address, target_->address_bytes) == 0 || errno == EINPROGRESS) return;
  end(std::strerror(errno));
}

void Client::forget() {
  stream_ = {};
  tickers_.restart_all();
  trades_.restart_all();
  requests_ = {};
  next_id_ = 1;
  holds_ = conflating_ = awaits_pong_ = false;
  unsent_.clear();
  fragments_.clear();
}

bool Client::prepare_socket(const Door& door) {
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (door.receive_buffer_bytes > 0) {
    const int bytes = static_cast<int>(door.receive_buffer_bytes);
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    // Segments as on an Ethernet. Those of the loopback, 64 KiB, are larger than a small buffer:
    // the kernel would tell of room only when the whole of it is free, and leave the rest to
    // probes.
    const int segment_bytes = 1'448;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_MAXSEG, &segment_bytes, sizeof segment_bytes);
  }
  if (door.source == nullptr) return true;
  // The port is chosen with the connection, so each address has all of them for each target.
  ::setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto* from = reinterpret_cast<const sockaddr*>(door.source);
  return ::bind(fd_, from, sizeof(sockaddr_in)) == 0;
}

void Client::on_writable() {
  if (state_ == State::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return end(std::strerror(error));
    state_ = State::upgrading;
    const std::uint64_t high = next_mask();
    return send(upgrade_request(target_->host, target_->path, high << 32U | next_mask()));
  }
  send({});
}

std::size_t Client::on_readable(ReceiveBuffer& buffer, std::size_t bytes_max) {
  const std::span<char> room = stream_.prepare(buffer);
  const ssize_t got = ::recv(fd_, room.data(), std::min(room.size(), bytes_max), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (got <= 0) {
    end(got == 0 ? "lost" : std::strerror(errno));
    return 0;
  }
  const auto received = static_cast<std::size_t>(got);
  group_.now->bytes += received;
  const std::int64_t now_us = wall_us();
  stream_.take(buffer, received, [this, now_us](const char* data, std::size_t size) {
    return consume(data, size, now_us);
  });
  return received;
}

std::size_t Client::consume(const char* data, std::size_t size, std::int64_t now_us) {
  std::size_t used = 0;
  if (state_ == State::upgrading) used = read_upgrade({data, size});
  if (state_ == State::upgrading) return used;
  Frame frame{};
  while (state_ != State::gone) {
    const Cut cut = cut_frame(data + used, size - used, frame);
    if (cut == Cut::incomplete) return used;
    if (cut == Cut::malformed) {
      end("malformed frame");
      break;
    }
    used += frame.size_bytes;
    on_frame(frame, now_us);
  }
  return size;
}

std::size_t Client::read_upgrade(std::string_view data) {
  const std::size_t head_end = data.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    if (data.size() > head_bytes_max) end("malformed upgrade");
    return 0;
  }
  // The accept key is not checked: a server that does not speak WebSocket fails at its first frame.
  if (!data.starts_with("HTTP/1.1 101")) {
    end("http " + std::string(data.substr(std::min<std::size_t>(9, data.size()), 3)));
    return data.size();
  }
  ++group_.connected;
  state_ = State::awaiting_welcome;
  return head_end + 4;
}

void Client::on_close(std::string_view payload) {
  if (payload.size() < 2) return end("1005", true);
  const auto high = static_cast<unsigned char>(payload[0]);
  const auto low = static_cast<unsigned char>(payload[1]);
  if (state_ != State::leaving) {
    send(masked_frame(Opcode::close, payload.substr(0, 2), next_mask()));
  }
  end(std::to_string(high << 8U | low), true);
}

void Client::leave() {
  if (state_ >= State::leaving || state_ == State::idle) return;
  if (state_ < State::awaiting_welcome) return drop();
  send(masked_frame(Opcode::close, {"\x03\xE8", 2}, next_mask()));
  state_ = State::leaving;
}

void Client::drop() {
  if (state_ == State::leaving) ++group_.faults.unclean;
  close_socket();
  state_ = State::gone;
}

void Client::send(std::string_view bytes) {
  unsent_.append(bytes);
  if (unsent_.empty() || state_ == State::gone) return;
  const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent > 0) unsent_.erase(0, static_cast<std::size_t>(sent));
  // A broken connection shows itself at the next read, behind the close frame that may explain it.
}

void Client::end(const std::string& how, bool clean) {
  if (state_ == State::gone) return;
  if (!clean) ++group_.faults.unclean;
  if (state_ != State::leaving) ++group_.faults.disconnects[how];
  close_socket();
  state_ = State::gone;
}

void Client::close_socket() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::uint32_t Client::next_mask() {
  random_ = words::mix(random_ + 0x9E3779B97F4A7C15ULL, random_ >> 29U);
  return static_cast<std::uint32_t>(random_ >> 16U);
}

}  // namespace ticker::load
