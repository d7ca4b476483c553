#include "gateway/server/channel.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <boost/asio/append.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "feeds/base/clock.hpp"

namespace ticker {
namespace {

constexpr int parts_max = 64;
constexpr std::size_t large_bytes = 16'384;  // such pieces are sent from where they lie

ssize_t send_parts(int fd, iovec* parts, int count) {
  constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
  if (count == 1) return ::send(fd, parts[0].iov_base, parts[0].iov_len, flags);
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = static_cast<std::size_t>(count);
  return ::sendmsg(fd, &message, flags);
}

}  // namespace

ClientSocket::ClientSocket(Socket socket, ChannelShared& shared)
    : socket_(std::move(socket)), shared_(shared), outbox_(shared.pool, shared.limits, formats().front().framing) {}

std::size_t ClientSocket::write_bytes_max() const {
  const Limits& limits = shared_.limits;
  return std::min({std::size_t{65'536}, std::size_t{limits.slab_bytes},
                   std::size_t{limits.control_reserve_bytes}});
}

void ClientSocket::start_write(std::string bytes, WriteHandler handler) {
  assert(!write_handler_);
  write_handler_.swap(handler);  // Boost 1.81's move assignment recurses for ever
  write_bytes_ = bytes.size();
  unqueued_ = std::move(bytes);
  constexpr char opcode_mask = 0x0f;
  constexpr char opcode_close = 0x8;
  if (open_ && !unqueued_.empty() && (unqueued_[0] & opcode_mask) == opcode_close) {
    outbox_.seal();
    outbox_.closing(shared_.encoder.raw(unqueued_), steady_us(clock_now().steady_ns));
    std::string().swap(unqueued_);
    write_target_ = outbox_.pushed();
    if (shared_.pool.nearly_spent()) outbox_.spill();
  }
  queue_write();
  flush();
}

// Lets Beast's bytes join the queue, if there is room.
void ClientSocket::queue_write() {
  if (unqueued_.empty() || error_) return;
  const Piece piece = shared_.encoder.raw(unqueued_);
  if (!outbox_.control(piece, steady_us(clock_now().steady_ns))) return;
  // Beast's bytes come between the turns in which the core frees slabs, and before the upgrade the
  // core does not know this outbox: it must not pin what may be the last slabs.
  if (!open_ || shared_.pool.nearly_spent()) outbox_.spill();
  std::string().swap(unqueued_);
  write_target_ = outbox_.pushed();
}

void ClientSocket::flush() {
  if (error_) return complete();
  while (!waiting_ && !outbox_.empty()) {
    if (!send_once()) break;
    queue_write();
  }
  complete();
}

// One system call. False when the socket took less than it was offered.
bool ClientSocket::send_once() {
  iovec parts[parts_max];
  int count = 0;
  const std::size_t offered = gather(parts, count);
  std::uint32_t received_us = 0;
  for (std::size_t i = 0; i < outbox_.piece_count() && received_us == 0; ++i) {
    received_us = outbox_.received_us_at(i);
  }
  const ssize_t taken = send_parts(socket_.native_handle(), parts, count);
  ShardCounters& counters = shared_.counters;
  counters.flushes.add();
  if (taken < 0) {
    if (errno == EINTR) return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      wait_writable();
    } else {
      fail(error_code(errno, boost::system::system_category()));
    }
    return false;
  }
  if (received_us != 0) {
    const std::uint32_t age_us = steady_us(clock_now().steady_ns) - received_us;
    counters.received_to_written.observe_ns(std::int64_t{static_cast<std::int32_t>(age_us)} *
                                            1'000);
  }
  counters.bytes_sent.add(static_cast<std::uint64_t>(taken));
  counters.frames_sent.add(outbox_.consume(static_cast<std::size_t>(taken)));
  if (static_cast<std::size_t>(taken) == offered) return true;
  wait_writable();
  return false;
}

// Neighbouring small pieces are copied together: one long part is cheaper for the kernel than many
// short ones.
std::size_t ClientSocket::gather(iovec* parts, int& count) {
  std::size_t offered = 0;
  std::size_t filled = 0;
  bool open_part = false;  // the last part lies in the scratch and can grow
  std::string& scratch = shared_.scratch;
  for (std::size_t i = 0; i < outbox_.piece_count(); ++i) {
    const std::string_view bytes = outbox_.bytes_at(i);
    const bool direct = bytes.size() >= large_bytes || outbox_.piece_count() == 1;
    if (!direct && filled + bytes.size() > scratch.size()) break;
    if (!direct && open_part) {
      std::memcpy(scratch.data() + filled, bytes.data(), bytes.size());
      parts[count - 1].iov_len += bytes.size();
    } else {
      if (count == parts_max) break;
      char* at = const_cast<char*>(bytes.data());  // iovec is not const; sendmsg only reads
      if (!direct) {
        at = scratch.data() + filled;
        std::memcpy(at, bytes.data(), bytes.size());
      }
      parts[count++] = {at, bytes.size()};
      open_part = !direct;
    }
    if (!direct) filled += bytes.size();
    offered += bytes.size();
  }
  return offered;
}

void ClientSocket::wait_writable() {
  waiting_ = true;
  outbox_.set_blocked(true);
  shared_.counters.would_block.add();
  if (on_room_) on_room_(false);
  auto handler = [this, keep = owner_.lock()](error_code error) {
    waiting_ = false;
    outbox_.set_blocked(false);
    if (error) return complete();
    if (on_room_) {
      on_room_(true);
    } else {
      flush();
    }
  };
  socket_.async_wait(Socket::wait_write,
                     net::bind_allocator(allocator_of(shared_.waits), std::move(handler)));
}

void ClientSocket::complete() {
  if (write_handler_) {
    const bool done = unqueued_.empty() && outbox_.taken() >= write_target_;
    if (done || error_) {
      net::post(socket_.get_executor(),
                net::append(std::move(write_handler_), done ? error_code() : error_,
                            done ? write_bytes_ : std::size_t{0}));
    }
  }
  if (taken_handler_) {
    const bool done = outbox_.taken() >= taken_target_;
    if (done || error_ || outbox_.sealed()) {
      net::post(socket_.get_executor(),
                net::append(std::move(taken_handler_), done ? error_code() : error_));
    }
  }
}

void ClientSocket::fail(error_code error) {
  if (error_) return;
  error_ = error;
  error_code ignored;
  socket_.close(ignored);  // the reader's pending operation ends with an error
  complete();
}

void ClientSocket::abort() {
  if (error_) return;
  error_code ignored;
  socket_.set_option(net::socket_base::linger(true, 0), ignored);
  fail(net::error::operation_aborted);
}

void teardown(beast::role_type, ClientSocket& channel, error_code& error) {
  channel.abort();
  error = {};
}

void beast_close_socket(ClientSocket& channel) { channel.abort(); }

}  // namespace ticker
