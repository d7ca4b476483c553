#include "gateway/fanout/clients.hpp"

#include <algorithm>

namespace ticker {

ClientId Clients::add(ClientHandle& handle, std::string_view connection, FormatId format,
                      std::int64_t now_ns) {
  if (free_slots_.empty()) {
    free_slots_.push_back(slots());
    clients_.emplace_back();
    doors_.emplace_back();
    touched_.reserve(clients_.capacity());
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  Client& client = clients_[slot];
  const std::uint32_t generation = client.generation + 1;
  const bool watched = client.watched;  // its predecessor may still stand in that list
  client = {};
  client.watched = watched;
  client.handle = &handle;
  client.outbox = doors_[slot].outbox = &handle.outbox();
  client.format = format;
  client.generation = generation;
  client.progress_bytes = client.outbox->taken();
  client.progress_ns = now_ns;
  client.connection = connection;
  counters_.clients.add();
  return {slot, generation};
}

void Clients::remove(ClientId id) {
  Client& client = clients_[id.slot];
  client.outbox->abandon();
  settle(client);
  publish_ledger();
  counters_.clients.sub();
  client.handle = nullptr;
  client.outbox = doors_[id.slot].outbox = nullptr;
  client.connection.clear();
  free_slots_.push_back(id.slot);
}

Client* Clients::find(ClientId id) {
  if (id.slot >= clients_.size()) return nullptr;
  Client& client = clients_[id.slot];
  return client.handle != nullptr && client.generation == id.generation ? &client : nullptr;
}

// A slow client's pieces pin slabs. When few are left, whoever holds the oldest takes a private
// copy.
void Clients::relieve_slabs() {
  const std::uint32_t target = limits_.slabs_max - std::max(limits_.slabs_max / 4, 1U);
  while (pool_.used() > target) {
    const std::uint32_t oldest = pool_.oldest();
    std::size_t spilled = 0;
    for (Client& client : clients_) {
      if (client.handle == nullptr || !client.outbox->holds(oldest)) continue;
      client.outbox->spill();
      ++spilled;
    }
    counters_.slabs_spilled.add(spilled);
    if (spilled == 0) return;  // held by the pool itself, or by a connection that is no client yet
  }
}

}  // namespace ticker
