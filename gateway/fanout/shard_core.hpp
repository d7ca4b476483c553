// The heart of a shard: the order of its turn. Drains the ring, has what was heard published, has
// outboxes brought to sockets, answers requests; each part is a room of its own (publisher,
// payments, delivery, requests) over one state. No Asio, no sockets, no clock: time is passed in,
// bytes leave through `ClientHandle`. One thread owns it.
//
// Never does: wait, lock, allocate per event, or let one client's state change what another one
// gets.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "gateway/base/thread_owner.hpp"
#include "gateway/fanout/delivery.hpp"
#include "gateway/fanout/publisher.hpp"
#include "gateway/fanout/requests.hpp"
#include "gateway/ring/ring.hpp"

namespace ticker {

class ShardCore {
 public:
  using Clock = TurnTime::Clock;

  ShardCore(const Limits& limits, const InstrumentTable& table, Ring::Reader& reader,
            SlabPool& pool, std::string epoch, ShardCounters& counters, Clock clock,
            Served served = {});

  /// Venues that exist from the start, so that `venue:*` can be asked for before their first data.
  void add_venue(std::string_view name) { shard_.board.add_venue(name); }

  // --- Clients

  /// Takes a client in and welcomes it. `connection`: its name, for logs.
  ClientId add_client(ClientHandle& handle, std::string_view connection, FormatId format = 0);
  void remove_client(ClientId id, CloseReason reason);
  /// One request; its answer is in the outbox when this returns.
  void request(ClientId id, std::string_view text);
  /// The socket takes no more bytes; from now on the write timeout runs, whoever wrote them.
  void blocked(ClientId id);
  /// It takes bytes again.
  void writable(ClientId id);
  /// Ends every client (the process stops).
  void close_all(CloseReason reason);

  // --- Turns

  /// Takes up to `events_max` events from the ring. Returns how many there were.
  std::size_t drain(std::size_t events_max);
  /// Says what interval classes have gathered, where their tick has come: up to `frames_max`
  /// frames. True: more is to be said.
  bool tick(std::size_t frames_max);
  /// Steady time (ns) of the next tick that will have something to say; INT64_MAX: none.
  [[nodiscard]] std::int64_t next_tick_ns() const { return shard_.streams.next_tick_ns(); }
  /// Brings to the sockets what was queued since; pays what is owed where there is room. True: more
  /// is to be done.
  bool flush();
  /// Housekeeping, about every 100 ms: write timeouts, conflation by age. `late_ns`: how long
  /// nobody could look because the process was stopped or stalled; no client is blamed for that.
  void sweep(std::int64_t late_ns = 0);
  /// The lag of the loop that drives this, about every 100 ms.
  void lagged(std::int64_t lag_us);
  [[nodiscard]] const Overload& overload() const { return shard_.overload; }
  /// Is anything queued that `flush` has not seen?
  [[nodiscard]] bool dirty() const { return shard_.clients.any_touched(); }

  // --- Answers for HTTP and for operations

  [[nodiscard]] const Board& board() const { return shard_.board; }
  /// JSON of the snapshot message of one instrument, as of now.
  [[nodiscard]] std::string snapshot_json(InstrumentId id);
  struct ClientStatus {
    std::string_view connection;
    Ledger ledger;
    std::uint64_t queued_bytes;
    std::size_t subscriptions;
    bool conflating;
  };
  void for_each_client(const std::function<void(const ClientStatus&)>& visit) const;
  [[nodiscard]] const Streams& streams() const { return shard_.streams; }
  [[nodiscard]] const Subscriptions& subscriptions() const { return shard_.subscriptions; }
  Encoder& encoder() { return shard_.encoder; }

 private:
  /// Where the shard is between a lap and the repair after it.
  struct Lap {
    enum class State : std::uint8_t { none, waits_for_pass, in_pass } state = State::none;
    std::uint64_t pass = 0;
  };

  void handle(const Event& event);
  void on_lap();
  void on_repair(const Event& event);
  View& known(const Event& event);

  ThreadOwner owner_;
  Ring::Reader& reader_;
  ShardState shard_;
  Publisher publisher_{shard_};
  Delivery delivery_{shard_};
  Requests requests_{shard_, delivery_.payments()};
  Lap lap_;  // since the last complete repair pass
};

}  // namespace ticker
