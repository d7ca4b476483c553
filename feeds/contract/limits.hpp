// Limits of live connections and books: part of `Limits` (gateway/limits.hpp), config section
// [limits]. Immutable after start. What happens at each is told in ARCHITECTURE.md.
#pragma once

#include <cstddef>
#include <cstdint>

namespace ticker::feeds {

struct FeedLimits {
  std::uint32_t feed_step_ms = 10'000;    // each of: resolve, connect, TLS, upgrade; a REST answer
  std::uint32_t feed_silent_ms = 10'000;  // nothing heard for so long, or three times what the
                                          // venue promises if that is longer: stale
  std::uint32_t feed_dead_ms = 20'000;    // nothing heard from a connection: it is closed
  std::uint32_t feed_backoff_min_ms = 500;     // first wait before a new attempt, at most (jitter)
  std::uint32_t feed_backoff_max_ms = 60'000;  // longest wait
  std::uint32_t feed_steady_ms = 30'000;       // data flows for so long: the back-off starts afresh
  std::uint32_t feed_repair_ms = 10'000;       // from asking for a snapshot to asking again
  std::uint32_t feed_overlap_ms = 2'000;       // two connections side by side at a planned change
  std::uint32_t feed_symbols_max = 2'000;      // of one venue
};

inline constexpr std::size_t feed_frame_bytes_max = 4 * 1024 * 1024;    // one message of a venue
inline constexpr std::size_t feed_answer_bytes_max = 64 * 1024 * 1024;  // one REST answer
inline constexpr std::size_t feed_sends_max = 1'024;  // messages that wait to be sent to a venue
inline constexpr std::size_t overlap_trades_max = 16'384;  // kept while two connections overlap
inline constexpr std::size_t book_levels_max = 1'000;      // prices a side of a book
inline constexpr std::size_t book_kept_updates_max =
    1'000;  // of one book, until its snapshot comes
inline constexpr std::size_t book_kept_levels_max = 20'000;  // in them

}  // namespace ticker::feeds
