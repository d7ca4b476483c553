// How one talks to a venue: where it listens, what to say to it and how fast, what it promises.
// The adapter understands what comes back. Pure: no I/O, no clock; belongs to one feed thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/contract/options.hpp"

namespace ticker::feeds {

/// At most `count` in any `window_ms`, and `gap_ms` between two. A count of 0: no limit.
struct Pace {
  std::uint32_t gap_ms = 0;
  std::uint32_t count = 0;
  std::uint32_t window_ms = 0;
};

/// What a venue documents of its conversation; the source stands beside each value.
struct Talk {
  std::string_view url;       // of the WebSocket, without query
  std::string_view rest_url;  // scheme and host
  std::uint32_t symbols_per_connection = 100;
  Pace connects;                   // new connections
  Pace messages;                   // what we send over one connection, pings too
  Pace rest;                       // REST requests, counted in weights
  std::string_view ping;           // text to send now and then; empty: a WebSocket ping
  std::uint32_t ping_ms = 5'000;   // after so much silence
  std::uint32_t lifetime_ms = 0;   // the venue closes a connection after so long; 0: it does not
  bool pong_is_life = true;        // an answer to a ping proves that the stream is alive; false:
                                   // the venue promises messages of its own
  std::uint32_t heartbeat_ms = 0;  // something comes over the connection at least so often; 0: no
                                   // such promise
  bool trades_move_quotes = true;  // a trade changes the best bid or offer, its size at least, and
                                   // the stream of quotes tells that
  bool quotes_begin = true;        // a subscription begins with the quotes as they are
  // Longest silence of the stream of quotes of one instrument, or of that instrument's heartbeat,
  // that the venue promises; 0: it promises none.
  std::uint32_t quote_promise_ms = 0;
};

/// One line of a venue's list of instruments.
struct Listed {
  std::string symbol;    // the venue's spelling, as its streams use it
  std::string name;      // ours, behind `venue:`
  bool trading = false;  // open for trading now
};

class Dialect {
 public:
  virtual ~Dialect() = default;

  [[nodiscard]] virtual const Talk& talk() const = 0;

  /// Path and query to connect to, for these symbols (venue's spelling); `path` is that of the
  /// configured URL. What it asks for already is not asked for again by `subscribe`.
  [[nodiscard]] virtual std::string target(
      std::string_view path, [[maybe_unused]] std::span<const std::string> symbols) const {
    return std::string(path);
  }
  /// Messages that subscribe to these symbols, in their order, each within the venue's limits.
  [[nodiscard]] virtual std::vector<std::string> subscribe(
      std::span<const std::string> symbols) const = 0;
  /// Messages that make the venue send the quotes (or the book) of one symbol afresh; empty: a
  /// snapshot has to be asked for over REST (`snapshot_target`).
  [[nodiscard]] virtual std::vector<std::string> refresh(std::string_view symbol) const = 0;
  /// Where a snapshot of a symbol's book is had over REST, and its weight; empty: nowhere.
  [[nodiscard]] virtual std::string snapshot_target(
      [[maybe_unused]] std::string_view symbol) const {
    return {};
  }
  [[nodiscard]] virtual std::uint32_t snapshot_weight() const { return 1; }

  /// Where the venue's list of instruments is had over REST.
  [[nodiscard]] virtual std::string list_target() const = 0;
  /// Reads an answer of `list_target` and appends to `out`. `next`: the target of a further page,
  /// empty if this was the last one. False: the answer is none.
  [[nodiscard]] virtual bool read_list(std::string_view body, std::vector<Listed>& out,
                                       std::string& next) const = 0;
};

/// True if `channels` of the options names this one.
[[nodiscard]] inline bool wants(const VenueOptions& options, std::string_view channel) {
  for (const std::string& name : options.channels) {
    if (name == channel) return true;
  }
  return false;
}

}  // namespace ticker::feeds
