// What the load client counts: data in a window of time, faults over the whole run. Plain values,
// each of one thread until it is handed on.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "bench/load/histogram.hpp"

namespace ticker::load {

/// Data received in one window.
struct Tally {
  std::uint64_t messages = 0;  // text messages of any kind
  std::uint64_t bytes = 0;     // as read from sockets, frame headers included
  std::uint64_t deltas = 0;
  std::uint64_t snapshots = 0;        // of the ticker channel
  std::uint64_t snapshots_first = 0;  // those with which a subscription began
  std::uint64_t snapshots_again = 0;  // those that replaced older values: conflation, repair
  std::uint64_t trades = 0;
  std::uint64_t trades_snapshots = 0;
  std::uint64_t gaps = 0;           // announced, on the channel trades
  std::uint64_t lost = 0;           // trades that they name
  std::uint64_t gaps_upstream = 0;  // those that do not know how many
  std::uint64_t slow_notices = 0;
  std::uint64_t merged_in_deltas = 0;     // changes that came folded into a later one
  std::uint64_t merged_in_snapshots = 0;  // by seq; with filters also changes of other fields
  std::uint64_t ignored = 0;              // data older than what the client had
  std::uint64_t untimed = 0;              // deltas and trades without recv_ts or sent_ts
  Histogram sent_to_receipt;
  Histogram recv_to_receipt;
  Histogram request_to_answer;  // a round of requests, all of them, to its last answer

  [[nodiscard]] std::uint64_t merged() const { return merged_in_deltas + merged_in_snapshots; }
  /// What the gateway's ledger counts as sent: the begin of a subscription and gaps are not in it.
  [[nodiscard]] std::uint64_t data_frames() const {
    return deltas + trades + snapshots - snapshots_first;
  }

  void add(const Tally& other) {
    messages += other.messages;
    bytes += other.bytes;
    deltas += other.deltas;
    snapshots += other.snapshots;
    snapshots_first += other.snapshots_first;
    snapshots_again += other.snapshots_again;
    trades += other.trades;
    trades_snapshots += other.trades_snapshots;
    gaps += other.gaps;
    lost += other.lost;
    gaps_upstream += other.gaps_upstream;
    slow_notices += other.slow_notices;
    merged_in_deltas += other.merged_in_deltas;
    merged_in_snapshots += other.merged_in_snapshots;
    ignored += other.ignored;
    untimed += other.untimed;
    sent_to_receipt.add(other.sent_to_receipt);
    recv_to_receipt.add(other.recv_to_receipt);
    request_to_answer.add(other.request_to_answer);
  }
};

/// What went wrong, from the first connection to the end.
struct Faults {
  // Data with a prev beyond mine, trades missing without a gap, data before their snapshot.
  std::uint64_t holes = 0;
  std::uint64_t unexpected = 0;                      // data of symbols never asked for
  std::uint64_t without_snapshot = 0;                // subscriptions that never began
  std::uint64_t unreadable = 0;                      // messages without what their kind must have
  std::map<std::string, std::uint64_t> disconnects;  // close code, or what happened instead
  std::uint64_t unclean = 0;  // ends without a closing handshake: bytes may have been on their way

  [[nodiscard]] std::uint64_t disconnected() const {
    std::uint64_t sum = 0;
    for (const auto& [how, count] : disconnects) sum += count;
    return sum;
  }
  void add(const Faults& other) {
    holes += other.holes;
    unexpected += other.unexpected;
    without_snapshot += other.without_snapshot;
    unreadable += other.unreadable;
    unclean += other.unclean;
    for (const auto& [how, count] : other.disconnects) disconnects[how] += count;
  }
};

/// Clients that are treated and reported alike.
enum class GroupId : std::uint8_t { fast, slow, stopped, churn };
inline constexpr std::size_t group_count = 4;
inline constexpr std::array<const char*, group_count> group_names{"fast", "slow", "stopped",
                                                                  "churn"};

/// All of a group of clients, or of one thread's share of it.
struct Group {
  std::uint64_t wanted = 0;      // began to connect
  std::uint64_t connected = 0;   // upgraded
  std::uint64_t subscribed = 0;  // every request of the begin acknowledged
  std::uint64_t stayed = 0;      // subscribed at the end of the counted time
  std::uint64_t left = 0;        // said goodbye before that, as the scenario wants
  Tally* now = nullptr;          // what counts at present
  Faults faults;

  void add(const Group& other) {
    wanted += other.wanted;
    connected += other.connected;
    subscribed += other.subscribed;
    stayed += other.stayed;
    left += other.left;
    faults.add(other.faults);
  }
};

}  // namespace ticker::load
