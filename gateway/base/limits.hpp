// Every limit of the process, in one place: what is bounded, its default and unit. Config key:
// [limits] <name>. Immutable after start. What happens at each limit is told in ARCHITECTURE.md.
#pragma once

#include <cstdint>

#include "feeds/contract/limits.hpp"

namespace ticker {

/// With those of live connections, `feed_…`.
struct Limits : feeds::FeedLimits {
  // Instruments and ring
  std::uint32_t instruments_max = 10'000;
  std::uint32_t ring_slots = 65'536;     // a power of two, at least 4 × instruments_max
  std::uint32_t feed_batch_max = 1'024;  // events a source says before the feed thread looks around
  std::uint32_t repair_batch = 256;      // instruments told again a turn
  std::uint32_t drain_max = 4'096;       // events a shard takes before it polls its sockets

  // Clients
  std::uint32_t clients_max = 10'000;
  std::uint32_t subscriptions_max = 4'000;  // (channel, instrument) pairs of one client
  std::uint32_t symbols_per_request_max = 1'000;
  std::uint32_t message_bytes_max = 65'536;  // one request of a client
  std::uint32_t header_bytes_max = 8'192;    // of an HTTP request
  std::uint32_t trades_snapshot_max = 50;    // trades in the first snapshot
  std::uint32_t trades_kept = 256;           // trades of an instrument kept for resume
  std::uint32_t filters_max = 64;            // distinct field filters a shard serves

  // Outbox of one client
  std::uint32_t outbox_soft_bytes = 65'536;       // above: conflating
  std::uint32_t outbox_soft_ms = 500;             // oldest queued piece older: conflating
  std::uint32_t outbox_hard_bytes = 262'144;      // above: trades are lost, with a gap
  std::uint32_t control_reserve_bytes = 131'072;  // beyond hard, for answers
  std::uint32_t send_buffer_bytes = 262'144;      // SO_SNDBUF
  std::uint32_t notsent_lowat_bytes = 16'384;     // TCP_NOTSENT_LOWAT
  std::uint32_t flush_interval_us = 0;            // data waits so long at most to be sent with more

  // Slabs of one shard
  std::uint32_t slab_bytes = 262'144;
  std::uint32_t slabs_max = 128;

  // Times
  std::uint32_t handshake_timeout_ms =
      5'000;                                // from accept to the end of the first request's headers
  std::uint32_t idle_timeout_ms = 60'000;   // no byte from the client, pings unanswered
  std::uint32_t write_timeout_ms = 10'000;  // bytes wait and the socket takes none
  std::uint32_t close_timeout_ms = 1'000;   // from our close frame to a reset
  std::uint32_t lag_soft_ms = 250;          // loop lag of a shard: 503 for new connections
  std::uint32_t lag_hard_ms = 1'000;        // loop lag: intervals below 250 ms are served at 250
  std::uint32_t lag_calm_ms = 5'000;        // loop lag at most soft for so long: as granted again
};

}  // namespace ticker
