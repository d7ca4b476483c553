#include "gateway/server/client_socket.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/error.hpp>
#include <cassert>
#include <cstring>

#include "feeds/base/clock.hpp"
#include "gateway/protocol/websocket_framing.hpp"

namespace ticker {
namespace {

constexpr std::size_t parts_max = 64;
constexpr std::size_t large_bytes = 16'384;  // such pieces are sent from where they lie

std::uint32_t now_us() { return steady_us(clock_now().steady_ns); }

}  // namespace

ClientSocket::ClientSocket(Socket socket, std::unique_ptr<Transport> transport,
                           const Framing& framing, ClientSocketShared& shared)
    : socket_(std::move(socket)),
      transport_(std::move(transport)),
      shared_(shared),
      outbox_(shared.pool, shared.limits, framing) {}

bool ClientSocket::read_now(std::span<char> into, error_code& error, std::size_t& bytes,
                            WaitsFor& waits_for) {
  if (transport_ == nullptr) {
    error = net::error::operation_aborted;
    return true;
  }
  if (into.empty()) return true;
  const Transport::ReadResult result = transport_->read(into);
  waits_for = result.waits_for;
  if (result.outcome == Outcome::again) return false;
  bytes = result.bytes;
  if (result.outcome == Outcome::failed) {
    error = error_code(result.error, boost::system::system_category());
  } else if (bytes == 0) {
    error = net::error::eof;
  }
  return true;
}

// --- Beast's writes

std::size_t ClientSocket::write_bytes_max() const {
  const Limits& limits = shared_.limits;
  return std::min({std::size_t{65'536}, std::size_t{limits.slab_bytes},
                   std::size_t{limits.control_reserve_bytes}});
}

void ClientSocket::start_write(std::string bytes, WriteHandler handler) {
  assert(!write_handler_);
  write_handler_.swap(handler);  // Boost 1.81's move assignment recurses for ever
  write_bytes_ = bytes.size();
  if (closing() || (owner_ != nullptr && !owner_->beast_may_write())) return finish_write({});
  unqueued_ = std::move(bytes);
  queue_write();
  flush();
}

// Lets Beast's bytes join the queue, if there is room.
void ClientSocket::queue_write() {
  if (unqueued_.empty() || error_) return;
  const Piece piece = shared_.encoder.raw(unqueued_);
  if (!outbox_.control(piece, now_us())) return;
  // Beast's bytes come between the turns in which the core frees slabs: it must not hold what may
  // be the last ones.
  if (shared_.pool.nearly_spent()) outbox_.spill();
  std::string().swap(unqueued_);
  write_target_ = outbox_.pushed();
}

// --- Closing

void ClientSocket::close(std::uint16_t code, std::string_view reason) {
  if (error_ || closing()) return;
  std::array<char, WebSocketFraming::close_frame_max> frame;
  const std::uint32_t bytes = WebSocketFraming::write_close_frame(frame.data(), code, reason);
  outbox_.seal();
  outbox_.closing(shared_.encoder.raw({frame.data(), bytes}), now_us());
  if (shared_.pool.nearly_spent()) outbox_.spill();
  // What Beast or a reader waits for was dropped, or does not matter any more.
  finish_write({});
  finish_taken({});
  flush();
}

void ClientSocket::shutdown() {
  if (transport_ != nullptr) transport_->shutdown();
}

void ClientSocket::fail(error_code error) {
  if (error_) return;
  error_ = error;
  transport_.reset();  // before its socket: another connection may get the descriptor
  error_code ignored;
  socket_.close(ignored);  // the reader's pending operation ends with an error
  complete();
}

void ClientSocket::finish() { fail(net::error::eof); }

void ClientSocket::abort() {
  if (error_) return;
  error_code ignored;
  socket_.set_option(net::socket_base::linger(true, 0), ignored);
  fail(net::error::operation_aborted);
}

// --- Sending

void ClientSocket::flush() {
  if (error_) return complete();
  while (!waiting_ && !(outbox_.empty() && pinned_.empty())) {
    if (!send_once()) break;
    queue_write();
  }
  complete();
}

// One offer. False when the transport took less than that.
bool ClientSocket::send_once() {
  std::array<iovec, parts_max + 1> parts;
  std::size_t count = 0;
  if (!pinned_.empty()) parts[count++] = {pinned_.data(), pinned_.size()};
  gather(parts.data(), parts.size(), count);
  std::uint32_t received_us = 0;
  for (std::size_t i = 0; i < outbox_.piece_count() && received_us == 0; ++i) {
    received_us = outbox_.received_us_at(i);
  }
  const auto result = transport_->write(parts.data(), static_cast<int>(count));
  ShardCounters& counters = shared_.counters;
  counters.flushes.add();
  if (result.outcome == Outcome::failed) {
    fail(error_code(result.error, boost::system::system_category()));
    return false;
  }
  if (result.taken > 0 && received_us != 0) {
    const std::uint32_t age_us = now_us() - received_us;
    counters.received_to_written.observe_ns(std::int64_t{static_cast<std::int32_t>(age_us)} *
                                            1'000);
  }
  took(result);
  if (result.outcome == Outcome::done) return true;
  wait(result.waits_for);
  return false;
}

// Neighbouring small pieces are copied together: one long part is cheaper for the kernel than many
// short ones.
void ClientSocket::gather(iovec* parts, std::size_t room, std::size_t& count) {
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
      if (count == room) break;
      char* at = const_cast<char*>(bytes.data());  // iovec is not const; a transport only reads
      if (!direct) {
        at = scratch.data() + filled;
        std::memcpy(at, bytes.data(), bytes.size());
      }
      parts[count++] = {at, bytes.size()};
      open_part = !direct;
    }
    if (!direct) filled += bytes.size();
  }
}

// What the transport pins leaves the outbox: to the queue it is sent, so a seal finishes a frame
// that it cuts, and nothing that happens to the queue can touch it.
void ClientSocket::took(const Transport::WriteResult& result) {
  shared_.counters.bytes_sent.add(result.taken);
  const std::size_t from_pinned = std::min(result.taken, pinned_.size());
  const std::size_t from_queue = result.taken - from_pinned;
  const std::size_t kept = pinned_.size() - from_pinned;
  const std::size_t more = result.pinned > kept ? result.pinned - kept : 0;
  if (from_pinned > 0 || more > 0)
    pinned_ = pinned_.substr(from_pinned) + copy_of_queue(from_queue, more);
  if (from_queue + more > 0) {
    shared_.counters.frames_sent.add(outbox_.consume(from_queue + more));
  }
}

std::string ClientSocket::copy_of_queue(std::size_t from, std::size_t bytes) const {
  std::string copy;
  copy.reserve(bytes);
  for (std::size_t i = 0; copy.size() < bytes; ++i) {
    assert(i < outbox_.piece_count());
    const std::string_view piece = outbox_.bytes_at(i);
    if (from >= piece.size()) {
      from -= piece.size();
      continue;
    }
    copy += piece.substr(from, bytes - copy.size());
    from = 0;
  }
  return copy;
}

void ClientSocket::wait(WaitsFor what) {
  waiting_ = true;
  outbox_.set_blocked(true);
  shared_.counters.would_block.add();
  if (owner_ != nullptr) owner_->on_blocked();
  auto handler = [this, keep = owner_ != nullptr ? owner_->keep() : nullptr](error_code error) {
    ready(error);
  };
  socket_.async_wait(event_of(what),
                     net::bind_allocator(allocator_of(shared_.waits), std::move(handler)));
}

void ClientSocket::ready(error_code error) {
  waiting_ = false;
  outbox_.set_blocked(false);
  if (error) return complete();
  if (!pinned_.empty() || owner_ == nullptr) flush();  // the core does not know of what is pinned
  if (!waiting_ && owner_ != nullptr) owner_->on_writable();
}

// --- Completions

void ClientSocket::complete() {
  if (write_handler_ && unqueued_.empty() && gone() >= write_target_) finish_write({});
  if (taken_handler_ && gone() >= taken_target_) finish_taken({});
  if (!error_) return;
  finish_write(error_);
  finish_taken(error_);
}

void ClientSocket::finish_write(error_code error) {
  if (!write_handler_) return;
  std::string().swap(unqueued_);
  net::post(socket_.get_executor(),
            net::append(std::move(write_handler_), error, error ? std::size_t{0} : write_bytes_));
}

void ClientSocket::finish_taken(error_code error) {
  if (!taken_handler_) return;
  net::post(socket_.get_executor(), net::append(std::move(taken_handler_), error));
}

void teardown(beast::role_type, ClientSocket&, error_code& error) { error = {}; }

void beast_close_socket(ClientSocket& socket) { socket.abort(); }

}  // namespace ticker
