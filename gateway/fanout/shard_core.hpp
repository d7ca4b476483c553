// The heart of a shard: drains the ring, keeps what it heard, decides what each client's outbox
// gets, answers requests. No Asio, no sockets, no clock: time is passed in, bytes leave through
// `Transport`. One thread owns it.
//
// Never does: wait, lock, allocate per event, or let one client's state change what another one
// gets.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/base/thread_owner.hpp"
#include "gateway/fanout/board.hpp"
#include "gateway/fanout/encode.hpp"
#include "gateway/fanout/outbox.hpp"
#include "gateway/fanout/overload.hpp"
#include "gateway/fanout/streams.hpp"
#include "gateway/fanout/topics.hpp"
#include "gateway/protocol/command.hpp"
#include "gateway/ring/ring.hpp"

namespace ticker {

/// A client's way to its socket, as the core sees it.
class Transport {
 public:
  virtual ~Transport() = default;
  virtual Outbox& outbox() = 0;
  /// Offers the queue to the socket once: consumes what it takes; marks the outbox blocked if that
  /// was not all.
  virtual void flush() = 0;
  /// Ends the client. Not called again; `remove_client` follows, at once or later.
  virtual void close(CloseReason reason) = 0;
};

/// Names a client; the generation tells a new client from an old one in the same slot.
struct ClientId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
};

class ShardCore {
 public:
  using Clock = std::function<Receipt()>;

  ShardCore(const Limits& limits, const InstrumentTable& table, Ring::Reader& reader,
            SlabPool& pool, std::string epoch, ShardCounters& counters, Clock clock);

  /// Venues that exist from the start, so that `venue:*` can be asked for before their first data.
  void add_venue(std::string_view name) { board_.add_venue(name); }

  // --- Clients

  /// Takes a client in and welcomes it. `connection` is for logs.
  ClientId add_client(Transport& transport, std::string_view connection);
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
  [[nodiscard]] std::int64_t next_tick_ns() const { return streams_.next_tick_ns(); }
  /// Brings to the sockets what was queued since; pays debts where there is room. True: more is to
  /// be done.
  bool flush();
  /// Housekeeping, about every 100 ms: write timeouts, conflation by age. `late_ns`: how long
  /// nobody could look because the process was stopped or stalled; no client is blamed for that.
  void sweep(std::int64_t late_ns = 0);
  /// The lag of the loop that drives this, about every 100 ms.
  void lagged(std::int64_t lag_us);
  [[nodiscard]] const Overload& overload() const { return overload_; }
  /// Is anything queued that `flush` has not seen?
  [[nodiscard]] bool dirty() const { return !dirty_.empty(); }

  // --- Answers for HTTP and for operations

  [[nodiscard]] const Board& board() const { return board_; }
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
  [[nodiscard]] const Streams& streams() const { return streams_; }
  [[nodiscard]] const Topics& topics() const { return topics_; }
  Encoder& encoder() { return encoder_; }

 private:
  struct Client {
    Transport* transport = nullptr;  // null: the slot is free
    Outbox* outbox = nullptr;
    bool told_conflating = false;
    bool told_widened = false;
    bool closing = false;
    bool watched = false;  // stands in `watched_`
    std::uint32_t generation = 0;
    std::size_t subscriptions = 0;
    Ledger settled;  // what the shard's ledger knows of already
    std::uint64_t progress_bytes = 0;
    std::int64_t progress_ns = 0;
    std::string connection;
  };

  /// What the fan-out touches of a client, apart from the rest: ten thousand fit the cache.
  struct Door {
    Outbox* outbox = nullptr;
    bool dirty = false;  // stands in `dirty_`
  };

  // Events (shard_core.cpp)
  void handle(const Event& event);
  void on_lap();
  View& known(const Event& event);
  void on_trade(View& view, const Event& event);
  void on_upstream_gap(View& view, const Event& event);
  void on_repair(const Event& event);
  void trades_missed(View& view, std::uint64_t before);
  void announce_gap(View& view, const Outbox::LostTrades& lost);
  Piece gap_frame(const View& view, const Outbox::LostTrades& lost);

  // Streams (shard_streams.cpp)
  void on_ticker(View& view, const Event& event);
  void say(StreamId id, View& view);
  Piece next_frame(Stream& stream, View& view);
  Piece snapshot_frame(Stream& stream, View& view, Resumed resumed);
  void fan_out(std::span<const Listener> listeners, const Piece& piece, std::uint64_t trade_seq);

  // Clients (shard_clients.cpp)
  Client* find(ClientId id);
  void touch(std::uint32_t slot);
  void ask_for(std::uint32_t slot) const;
  bool pump(Client& client, std::uint32_t slot);
  void announce_state(Client& client, std::uint32_t slot);
  void watch(Client& client, std::uint32_t slot);
  bool look_after(Client& client, std::uint32_t slot, std::int64_t late_ns);
  void settle(Client& client);
  /// Before every frame that is made: a shard that is out of slabs ends.
  void make_room() {
    if (pool_.nearly_spent()) relieve_slabs();
  }
  void relieve_slabs();
  void look_at_clock();

  // Debts (shard_debts.cpp)
  bool pay_debts(Client& client, std::uint32_t slot);
  void pay(Client& client, std::uint32_t due, Stream& stream);
  void resume_ticker(Client& client, Stream& stream, View& view, std::uint64_t seq);
  void resume_trades(Client& client, std::uint32_t due, View& view, std::uint64_t seq);
  void tell_gap(Client& client, std::uint32_t due, const Piece& piece,
                const Outbox::LostTrades& lost);

  // Requests (shard_requests.cpp)
  void answer(Client& client, std::string_view json);
  void refuse(Client& client, const CommandError& error, const std::vector<std::string>& symbols);
  void subscribe(Client& client, std::uint32_t slot, const Command& command);
  std::size_t cost_of(const std::vector<Pattern>& patterns, std::uint32_t slot,
                      DataChannel channel) const;
  void unsubscribe(Client& client, std::uint32_t slot, const Command& command);
  void acknowledge(Client& client, const Command& command, const std::vector<std::string>& symbols,
                   const std::vector<std::string>& rejected, std::string_view rejected_code);
  void begin_dues(Client& client, std::uint32_t slot, const std::vector<std::uint32_t>& dues,
                  const std::vector<ResumePoint>& resume);
  [[nodiscard]] std::uint64_t begin_of(const Stream& stream, const ResumePoint& point) const;
  void end_dues(Client& client, const std::vector<std::uint32_t>& dues);
  void count_subscriptions(Client& client, std::uint32_t slot);
  std::string welcome(std::string_view connection) const;

  ThreadOwner owner_;
  const Limits& limits_;
  Ring::Reader& reader_;
  SlabPool& pool_;
  ShardCounters& counters_;
  const Clock clock_;
  Receipt now_;
  std::uint32_t now_us_ = 0;

  Board board_;
  Streams streams_;
  Topics topics_;
  Overload overload_;
  Encoder encoder_;
  CommandParser commands_;

  std::vector<Client> clients_;
  std::vector<Door> doors_;  // by the same slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> dirty_;
  std::vector<std::uint32_t> flushing_;
  std::vector<std::uint32_t> watched_;  // clients that do not take all at once
  std::uint32_t rotation_ = 0;          // so that no client is always flushed last
  std::vector<std::uint32_t> begun_, ended_;
  Ledger ledger_;  // of all clients, present and gone

  bool lapped_ = false;            // since the last complete repair pass
  std::uint64_t repair_pass_ = 0;  // the pass that began after the lap; 0: none yet
};

}  // namespace ticker
