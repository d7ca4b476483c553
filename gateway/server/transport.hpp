// What carries the bytes of one connection: a plain socket, later TLS over one. Knows nothing of
// frames, queues or Asio; whoever uses it waits for the socket as a result says. Owned by the
// thread of its connection. Never blocks, and never keeps bytes by reference.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct iovec;

namespace ticker {

class Transport {
 public:
  enum class Outcome : std::uint8_t {
    done,    // some bytes moved; more may at once
    again,   // not before the socket is ready as `waits_for` says
    failed,  // the connection is lost
  };
  /// TLS may have to read before it can write, and the other way round.
  enum class WaitsFor : std::uint8_t { readable, writable };

  struct ReadResult {
    Outcome outcome = Outcome::done;
    WaitsFor waits_for = WaitsFor::readable;
    std::size_t bytes = 0;  // 0 and `done`: the peer's end of stream
    int error = 0;          // errno of `failed`
  };
  struct WriteResult {
    Outcome outcome = Outcome::done;
    WaitsFor waits_for = WaitsFor::writable;
    std::size_t taken = 0;   // from the front of what was offered, also with `again`
    std::size_t pinned = 0;  // of what is left with `again`: must lead the next offer, unchanged
    int error = 0;
  };

  virtual ~Transport() = default;
  /// `into` is not empty.
  virtual ReadResult read(std::span<char> into) = 0;
  /// True: nothing is left here, and most likely the socket has nothing either, so the next read
  /// had better wait first.
  [[nodiscard]] virtual bool drained() const = 0;
  /// One system call where the socket is the bottleneck. After `again` with pinned bytes the next
  /// offer begins with those bytes, at whatever address, and is at least as long.
  virtual WriteResult write(const iovec* parts, int count) = 0;
  /// Nothing more comes from us; best effort. Whoever must know that the last bytes arrived waits
  /// for the peer's end of stream.
  virtual void shutdown() = 0;
};

/// The socket itself; `fd` stays with its owner, and outlives this.
[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(int fd);

}  // namespace ticker
