// What the load client counts: data in a window of time, faults over the whole run. Plain values,
// one thread.
#pragma once

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
  std::uint64_t snapshots_again = 0;  // those that replaced older values: conflation, repair
  std::uint64_t trades = 0;
  std::uint64_t merged = 0;   // changes that reached the client folded into a later one
  std::uint64_t ignored = 0;  // deltas older than what the client had
  std::uint64_t untimed = 0;  // deltas without recv_ts or sent_ts
  Histogram sent_to_receipt;
  Histogram recv_to_receipt;

  void add(const Tally& other) {
    messages += other.messages;
    bytes += other.bytes;
    deltas += other.deltas;
    snapshots += other.snapshots;
    snapshots_again += other.snapshots_again;
    trades += other.trades;
    merged += other.merged;
    ignored += other.ignored;
    untimed += other.untimed;
    sent_to_receipt.add(other.sent_to_receipt);
    recv_to_receipt.add(other.recv_to_receipt);
  }
};

/// What went wrong, from the first connection to the end.
struct Faults {
  std::uint64_t holes = 0;                           // deltas with prev > mine
  std::uint64_t unexpected = 0;                      // data of symbols never asked for
  std::uint64_t unreadable = 0;                      // messages without what their kind must have
  std::map<std::string, std::uint64_t> disconnects;  // close code, or what happened instead
};

/// All of a group of clients: the fast ones, or the slow ones.
struct Group {
  std::uint64_t wanted = 0;
  std::uint64_t connected = 0;   // upgraded
  std::uint64_t subscribed = 0;  // every request acknowledged
  Tally first_half;
  Tally second_half;
  Tally outside;  // before and after the counted seconds
  Tally* now = &outside;
  Faults faults;

  Group() = default;
  Group(const Group&) = delete;  // `now` points into it
  Group& operator=(const Group&) = delete;
};

}  // namespace ticker::load
