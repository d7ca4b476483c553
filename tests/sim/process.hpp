// One life of the gateway's process, without threads, sockets and files: the real market, ring and
// shards, moved by hand. A restart is a new one with another epoch.
#pragma once

#include <array>
#include <deque>
#include <memory>
#include <string>

#include "gateway/fanout/shard_core.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"
#include "tests/gateway/fanout/fake_client.hpp"
#include "tests/sim/judge.hpp"

namespace ticker::sim {

inline constexpr std::size_t shard_count = 2;

/// A client's connection as the shard's connection would have it.
struct Connection {
  Connection(SlabPool& pool, const Limits& limits) : transport(pool, limits) {}
  FakeClient transport;
  ClientId id;
  std::deque<std::string> requests;  // read from the socket, not looked at yet
  std::uint64_t answer_end = 0;      // the next is looked at when the answer before has left
  bool sealed = false;               // the close frame is queued
};

struct Shard {
  Shard(const Limits& limits, const InstrumentTable& table, Ring::Reader& ring_reader,
        const std::string& epoch, const Receipt& time, const ShardCore::Clock& clock)
      : reader(ring_reader),
        pool(limits.slab_bytes, limits.slabs_max, counters),
        core(limits, table, reader, pool, epoch, counters, clock),
        now(time),
        next_sweep_ns(time.steady_ns) {
    for (const std::string_view venue : venue_names) core.add_venue(venue);
  }

  /// Drains; notes whether something was missed, and what is known now that all was heard.
  void drain(std::size_t events_max, const Truth& truth) {
    // What was heard in an earlier period of an interval is said now at the latest.
    for (std::size_t i = 0; i < intervals_ms.size(); ++i) {
      const std::int64_t period_us = intervals_ms[i] * 1'000;
      if (now.wall_us / period_us > drained_us / period_us) said_seq[i] = ticker_seq;
    }
    core.drain(events_max);
    drained_us = now.wall_us;
    flushed = false;
    // A lap ends a drain: nothing is behind what was skipped to.
    if (counters.laps.get() != laps) {
      lapped = ever_lapped = true;
    } else if (counters.repairs.get() != repairs) {
      lapped = false;
    }
    laps = counters.laps.get();
    repairs = counters.repairs.get();
    drained = reader.backlog() == 0;
    if (!drained || lapped) return;
    for (std::size_t i = 0; i < instrument_count; ++i) {
      ticker_seq[i] = truth[i].seq();
      trade_seq[i] = truth[i].trade_seq();
      known[i] = truth[i].known();
    }
  }
  /// True to everybody: it missed nothing, heard all and told it.
  [[nodiscard]] bool quiet() const { return drained && ticked && flushed && !lapped; }

  Ring::Reader& reader;
  ShardCounters counters;
  SlabPool pool;
  ShardCore core;
  const Receipt& now;
  std::int64_t next_sweep_ns;
  Ledger gone;     // of connections that ended
  int asleep = 0;  // turns that it does not get
  bool lapped = false, ever_lapped = false, drained = false, ticked = false, flushed = false;
  std::uint64_t laps = 0, repairs = 0;
  // As of the last time that it had heard all.
  std::array<std::uint64_t, instrument_count> ticker_seq{}, trade_seq{};
  std::array<bool, instrument_count> known{};
  // As of the last tick of each interval.
  static constexpr std::array<std::int64_t, 5> intervals_ms = {100, 250, 500, 1'000, 5'000};
  std::array<std::array<std::uint64_t, instrument_count>, intervals_ms.size()> said_seq{};
  std::int64_t drained_us = 0;  // when it drained last
  Overloaded overloaded;
  std::int64_t lag_ms = 0;
};

struct Process {
  /// `clock` tells `now`, after moving it perhaps.
  Process(const Limits& limits, std::string name, const Receipt& now, const ShardCore::Clock& clock)
      : epoch(std::move(name)),
        table(limits.instruments_max),
        ring(limits.ring_slots, shard_count),
        market(table, ring, counters) {
    for (std::size_t i = 0; i < venue_count; ++i) sinks[i] = &market.sink(venue_names[i], nullptr);
    for (std::size_t i = 0; i < shard_count; ++i) {
      shards.emplace_back(limits, table, ring.reader(i), epoch, now, clock);
    }
  }

  const std::string epoch;
  InstrumentTable table;
  Ring ring;
  MarketCounters counters;
  Market market;
  std::array<feeds::Sink*, venue_count> sinks{};
  std::deque<Shard> shards;
};

}  // namespace ticker::sim
