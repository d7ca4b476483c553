// The clients of a shard: in and out, whose queue was touched, and the ledger of all. Owned by one
// shard thread.
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <vector>

#include "gateway/base/counters.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/planted.hpp"
#include "gateway/fanout/client.hpp"

namespace ticker {

class Clients {
 public:
  Clients(const Limits& limits, SlabPool& pool, ShardCounters& counters)
      : limits_(limits), pool_(pool), counters_(counters) {}

  ClientId add(ClientHandle& handle, std::string_view connection, FormatId format,
               std::int64_t now_ns);
  /// What it was owed is abandoned; its slot may be given to another one.
  void remove(ClientId id);

  [[nodiscard]] Client* find(ClientId id);
  Client& at(std::uint32_t slot) { return clients_[slot]; }
  [[nodiscard]] const Client& at(std::uint32_t slot) const { return clients_[slot]; }
  [[nodiscard]] bool is_there(std::uint32_t slot) const { return clients_[slot].handle != nullptr; }
  /// Slots that were ever in use; some may be free.
  [[nodiscard]] std::uint32_t slots() const { return static_cast<std::uint32_t>(clients_.size()); }

  // --- Doors: what the fan-out touches of a client, apart from the rest: ten thousand fit the
  // cache

  [[nodiscard]] Outbox& outbox(std::uint32_t slot) const { return *doors_[slot].outbox; }
  /// Something was queued for the client, or it may take more: it is flushed at the end of the
  /// turn.
  void touch(std::uint32_t slot) {
    Door& door = doors_[slot];
    if (door.touched) return;
    door.touched = true;
    touched_.push_back(slot);
  }
  [[nodiscard]] bool any_touched() const { return !touched_.empty(); }
  /// Hands out those that were touched, in exchange for an empty list; from now on each of them can
  /// be touched again once `untouch` was called for it.
  void take_touched(std::vector<std::uint32_t>& out) { out.swap(touched_); }
  void untouch(std::uint32_t slot) { doors_[slot].touched = false; }
  /// Asks the memory system for what the client's turn will touch.
  void prefetch(std::uint32_t slot) const {
    if (const Outbox* const outbox = doors_[slot].outbox; outbox != nullptr) outbox->prefetch();
    __builtin_prefetch(&clients_[slot], 1);
    __builtin_prefetch(&clients_[slot].settled, 1);
  }

  // --- Ledger and slabs

  /// Adds what happened at this client's door since the last look to the shard's ledger.
  void settle(Client& client) {
    const Ledger& now = client.outbox->ledger();
    Ledger& then = client.settled;
    assert(now.balances());
    if (planted(Bug::lost_not_settled)) ledger_.lost -= now.lost - then.lost;
    ledger_ += now - then;  // `queued` may wrap below zero and back
    then = now;
  }
  void publish_ledger() { counters_.ledger.publish(ledger_); }
  /// Before every frame that is made: a shard that is out of slabs ends.
  void make_room() {
    if (pool_.nearly_spent()) relieve_slabs();
  }

 private:
  struct Door {
    Outbox* outbox = nullptr;
    bool touched = false;  // stands in `touched_`
  };

  void relieve_slabs();

  const Limits& limits_;
  SlabPool& pool_;
  ShardCounters& counters_;
  std::vector<Client> clients_;
  std::vector<Door> doors_;  // by the same slot
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> touched_;
  Ledger ledger_;  // of all clients, present and gone
};

}  // namespace ticker
