// Plain sockets: binding the client port for all shards, and the options of an accepted connection.
// Runs at start (binding) and on shard threads (tuning).
#pragma once

#include <cstdint>
#include <vector>

#include "gateway/base/address.hpp"
#include "gateway/base/limits.hpp"

namespace ticker {

/// One listening socket a shard, all on one port.
struct Listeners {
  std::vector<int> fds;
  std::uint16_t port = 0;
};

/// Binds without SO_REUSEPORT first, so that a port in use is noticed, unless the port is to be
/// shared with other processes. Port 0: the first picks a free one, the others follow. Throws
/// std::system_error.
[[nodiscard]] Listeners listen_for_clients(const Address& address, std::uint32_t shards,
                                           bool share_port);

/// TCP_NODELAY, TCP_NOTSENT_LOWAT and a bounded SO_SNDBUF: old prices wait where they can still be
/// merged.
void tune_socket(int fd, const Limits& limits);

/// Answers 503 without waiting for a request; best effort.
void refuse(int fd);

}  // namespace ticker
