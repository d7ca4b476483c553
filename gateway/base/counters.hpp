// Per-thread counters: each slot has one writing thread, any thread may read. No lock, no
// read-modify-write. `metrics` sums them at scrape; nothing else in the house counts.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>

#include "feeds/contract/adapter.hpp"
#include "gateway/base/close_reason.hpp"
#include "schemas/event.hpp"

namespace ticker {

/// A number that one thread writes and others read now and then.
class Counter {
 public:
  void add(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void sub(std::uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) - n, std::memory_order_relaxed);
  }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Latency histogram; bucket i counts durations up to 2^i microseconds, the last one everything
/// longer.
class LatencyHistogram {
 public:
  static constexpr std::size_t bucket_count = 25;  // 1 µs … 2^23 µs (8.4 s), and the rest

  void observe_ns(std::int64_t ns) {
    const auto positive = static_cast<std::uint64_t>(ns > 0 ? ns : 0);
    const auto us = (positive + 999) / 1'000;
    const auto index = us <= 1 ? 0U : static_cast<unsigned>(std::bit_width(us - 1));
    buckets_[index < bucket_count ? index : bucket_count - 1].add();
    sum_ns_.add(positive);
  }
  [[nodiscard]] std::uint64_t bucket(std::size_t i) const { return buckets_[i].get(); }
  [[nodiscard]] std::uint64_t sum_ns() const { return sum_ns_.get(); }

 private:
  std::array<Counter, bucket_count> buckets_;
  Counter sum_ns_;
};

/// What a feed did; written by its feed thread. One a venue. The last ones are of live connections
/// and books.
struct FeedCounters {
  std::array<Counter, event_kinds> events;           // published, by kind (without repairs)
  std::array<Counter, feeds::verdict_count> frames;  // raw frames, by verdict
  Counter overflows;                                 // numbers that became null
  Counter unchanged;                                 // updates that changed nothing
  Counter out_of_order;                              // updates older than what we have, trades told
                                                     // already
  Counter rejected;  // instruments refused: name malformed or table full
  std::array<Counter, status_names.size()> statuses;  // gauges: instruments by status
  Counter link_state;                                 // gauge: feeds::LinkState
  Counter connects;                                   // times the link became live
  Counter disconnects;                                // times it was lost
  Counter gaps;          // instruments that became `resyncing`: an update is missing or wrong
  Counter repairs;       // instruments that became live again after that
  Counter trade_gaps;    // gaps in trades told to clients
  Counter order_resets;  // streams whose ids went back or jumped, taken up afresh
  LatencyHistogram repair_time;
};

/// What the market did over all its feeds; written by the feed thread.
struct MarketCounters {
  Counter repair_records;  // events told again
  Counter repair_passes;   // complete passes
  Counter instruments;     // gauge
};

/// Counts in frames: one ticker or trade frame of a stream handed to one client (ARCHITECTURE.md,
/// «The ledger»). offered = sent + merged + lost + abandoned + queued, always.
struct Ledger {
  std::uint64_t offered = 0, queued = 0, sent = 0, merged = 0, lost = 0, abandoned = 0;
  [[nodiscard]] bool balances() const {
    return offered == sent + merged + lost + abandoned + queued;
  }
  Ledger& operator+=(const Ledger& more) {
    offered += more.offered;
    sent += more.sent;
    merged += more.merged;
    lost += more.lost;
    abandoned += more.abandoned;
    queued += more.queued;
    return *this;
  }
  Ledger operator-(const Ledger& less) const {
    return {offered - less.offered, queued - less.queued, sent - less.sent,
            merged - less.merged,   lost - less.lost,     abandoned - less.abandoned};
  }
};

/// The ledger of a shard, told whole: who reads it never sees one half new and the other old.
class PublishedLedger {
 public:
  /// By the one writing thread.
  void publish(const Ledger& all) {
    const std::uint64_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);
    // Release, so that none of them moves above the odd version; see `Ring`.
    const std::array<std::uint64_t, 6> numbers{all.offered, all.queued, all.sent,
                                               all.merged,  all.lost,   all.abandoned};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      numbers_[i].store(numbers[i], std::memory_order_release);
    }
    version_.store(version + 2, std::memory_order_release);
  }
  /// By any thread; waits out a `publish` under way, which takes nanoseconds.
  [[nodiscard]] Ledger read() const {
    while (true) {
      const std::uint64_t before = version_.load(std::memory_order_acquire);
      std::array<std::uint64_t, 6> numbers{};
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = numbers_[i].load(std::memory_order_acquire);
      }
      if (before % 2 == 0 && version_.load(std::memory_order_relaxed) == before) {
        return {numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]};
      }
    }
  }

 private:
  std::atomic<std::uint64_t> version_{0};
  std::array<std::atomic<std::uint64_t>, 6> numbers_{};
};

/// What a shard did; written by its own thread.
struct alignas(64) ShardCounters {
  Counter events;          // drained from the ring
  Counter laps;            // times the ring overtook this shard
  Counter lapped_events;   // events it missed by that
  Counter repairs;         // complete repairs
  Counter encoded_frames;  // frames made, each once
  Counter frames_sent;     // data frames accepted by sockets
  Counter bytes_sent;      // all bytes accepted by sockets
  Counter flushes;         // send calls
  Counter would_block;     // send calls that found a full socket
  Counter clients;         // gauge: WebSocket clients
  Counter connections;     // gauge: TCP connections, HTTP included
  Counter accepted;        // TCP connections accepted
  Counter refused;         // connections refused at admission
  Counter refused_late;    // clients refused because the loop was late
  Counter subscriptions;   // gauge: (client, channel, instrument)
  Counter streams;         // gauge: (channel, instrument, interval class, filter)
  Counter filters;         // gauge: field filters in use
  Counter ticks;           // frames made at the tick of an interval class
  Counter resumed;         // subscriptions that went on where the client was
  Counter not_resumed;     // those that could not
  Counter widened;         // gauge: 1 while fast classes are served at 250 ms
  Counter widenings;       // times that began
  Counter conflating;      // gauge: clients in conflation now
  Counter requests;        // client messages read
  Counter request_errors;  // client messages answered with an error
  Counter gaps_sent;       // gap messages
  Counter slabs_used;      // gauge
  Counter slabs_spilled;   // queues copied to private memory to free a slab
  Counter lag_us;          // gauge: loop lag at the last look
  PublishedLedger ledger;
  std::array<Counter, close_reason_count>
      closed;  // WebSocket clients gone, by reason; and handshake timeouts before
  LatencyHistogram received_to_encoded;
  LatencyHistogram received_to_written;  // one a flush: the age of its oldest frame
};

}  // namespace ticker
