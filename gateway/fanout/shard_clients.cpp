// Clients of a shard: in and out, from outbox to socket, housekeeping.
#include <algorithm>
#include <array>
#include <cassert>

#include "gateway/base/planted.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {
namespace {

// Rounds of «flush, pay debts» a client gets a turn; what is left waits until the others had
// theirs.
constexpr int rounds_max = 4;

// Outboxes are asked for so many clients ahead; in between the kernel sends, and uses the cache.
constexpr std::size_t flush_ahead = 2;

}  // namespace

ClientId ShardCore::add_client(Transport& transport, std::string_view connection) {
  look_at_clock();
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(clients_.size()));
    clients_.emplace_back();
    doors_.emplace_back();
    for (auto* list : {&dirty_, &flushing_, &watched_}) list->reserve(clients_.capacity());
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  Client& client = clients_[slot];
  const std::uint32_t generation = client.generation + 1;
  const bool watched = client.watched;  // its predecessor may still stand in the list
  client = {};
  client.watched = watched;
  client.transport = &transport;
  client.outbox = doors_[slot].outbox = &transport.outbox();
  client.generation = generation;
  client.progress_bytes = client.outbox->taken();
  client.progress_ns = now_.steady_ns;
  client.connection = connection;
  topics_.add_client(slot);
  counters_.clients.add();
  answer(client, welcome(connection));
  touch(slot);
  return {slot, generation};
}

void ShardCore::remove_client(ClientId id, CloseReason reason) {
  Client* const client = find(id);
  if (client == nullptr) return;
  topics_.remove_client(id.slot);
  client->outbox->abandon();
  settle(*client);
  counters_.ledger.publish(ledger_);
  if (client->told_conflating) counters_.conflating.sub();
  counters_.subscriptions.sub(client->subscriptions);
  counters_.clients.sub();
  counters_.streams.set(streams_.count());
  counters_.filters.set(topics_.filter_count());
  counters_.closed[static_cast<std::size_t>(reason)].add();
  client->transport = nullptr;
  client->outbox = doors_[id.slot].outbox = nullptr;
  client->connection.clear();
  free_slots_.push_back(id.slot);
}

ShardCore::Client* ShardCore::find(ClientId id) {
  if (id.slot >= clients_.size()) return nullptr;
  Client& client = clients_[id.slot];
  return client.transport != nullptr && client.generation == id.generation ? &client : nullptr;
}

void ShardCore::touch(std::uint32_t slot) {
  Door& door = doors_[slot];
  if (door.dirty) return;
  door.dirty = true;
  dirty_.push_back(slot);
}

void ShardCore::writable(ClientId id) {
  Client* const client = find(id);
  if (client == nullptr) return;
  client->outbox->set_blocked(false);
  touch(id.slot);
}

void ShardCore::blocked(ClientId id) {
  if (Client* const client = find(id)) watch(*client, id.slot);
}

bool ShardCore::flush() {
  owner_.check();
  if (dirty_.empty()) return false;
  look_at_clock();
  flushing_.swap(dirty_);
  const std::size_t count = flushing_.size();
  const std::size_t start = rotation_++ % count;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t slot = flushing_[(start + i) % count];
    ask_for(flushing_[(start + i + flush_ahead) % count]);
    doors_[slot].dirty = false;
    Client& client = clients_[slot];
    if (client.transport == nullptr) continue;
    if (pump(client, slot)) touch(slot);
    if (!client.outbox->empty() || client.outbox->conflating()) watch(client, slot);
    settle(client);
  }
  flushing_.clear();
  counters_.ledger.publish(ledger_);
  return !dirty_.empty();
}

// Asks the memory system for what the client's turn will touch.
void ShardCore::ask_for(std::uint32_t slot) const {
  if (const Outbox* const outbox = doors_[slot].outbox; outbox != nullptr) outbox->prefetch();
  __builtin_prefetch(&clients_[slot], 1);
  __builtin_prefetch(&clients_[slot].settled, 1);
}

// One client's turn. True: it could take more at once.
bool ShardCore::pump(Client& client, std::uint32_t slot) {
  Outbox& outbox = *client.outbox;
  announce_state(client, slot);
  for (int round = 0; round < rounds_max; ++round) {
    if (!outbox.blocked() && !outbox.empty()) client.transport->flush();
    if (!pay_debts(client, slot)) {
      outbox.review(now_us_);
      announce_state(client, slot);
      if (outbox.empty() || outbox.blocked()) return false;
    }
    if (outbox.blocked()) return false;
  }
  return true;
}

// Tells the client when it begins or ends to get merged updates, and when its fast intervals are
// not kept; again only after the other state was told.
void ShardCore::announce_state(Client& client, std::uint32_t slot) {
  const bool conflating = client.outbox->conflating();
  const bool widened =
      overload_.widened() && topics_.fast_count(slot) > 0 && !planted(Bug::widened_untold);
  if (conflating == client.told_conflating && widened == client.told_widened) return;
  if (!conflating && planted(Bug::slow_for_ever)) return;
  if (client.outbox->sealed()) return;
  make_room();
  std::array<char, slow_message_max> json;
  const char* const end =
      write_slow(json.data(), conflating ? "conflating" : "live", client.outbox->bytes(),
                 widened ? interval_classes_ms[widened_pace] : 0);
  if (!client.outbox->control(encoder_.text({json.data(), end}), now_us_)) return;
  if (conflating && !client.told_conflating) counters_.conflating.add();
  if (!conflating && client.told_conflating) counters_.conflating.sub();
  client.told_conflating = conflating;
  client.told_widened = widened;
}

// Adds what happened at this client's door since the last look to the shard's ledger.
void ShardCore::settle(Client& client) {
  const Ledger& now = client.outbox->ledger();
  Ledger& then = client.settled;
  assert(now.balances());
  if (planted(Bug::lost_not_settled)) ledger_.lost -= now.lost - then.lost;
  ledger_ += now - then;  // `queued` may wrap below zero and back
  then = now;
}

// A slow client's pieces pin slabs. When few are left, whoever holds the oldest takes a private
// copy.
void ShardCore::relieve_slabs() {
  const std::uint32_t target = limits_.slabs_max - std::max(limits_.slabs_max / 4, 1U);
  while (pool_.used() > target) {
    const std::uint32_t oldest = pool_.oldest();
    std::size_t spilled = 0;
    for (Client& client : clients_) {
      if (client.transport == nullptr || !client.outbox->holds(oldest)) continue;
      client.outbox->spill();
      ++spilled;
    }
    counters_.slabs_spilled.add(spilled);
    if (spilled == 0) return;  // held by the pool itself, or by a connection that is no client yet
  }
}

void ShardCore::watch(Client& client, std::uint32_t slot) {
  if (client.watched) return;
  client.watched = true;
  client.progress_bytes = client.outbox->taken();
  client.progress_ns = now_.steady_ns;
  watched_.push_back(slot);
}

// Looks after those alone who have something waiting: the others cost nothing.
void ShardCore::sweep(std::int64_t late_ns) {
  owner_.check();
  look_at_clock();
  std::size_t kept = 0;
  for (const std::uint32_t slot : watched_) {
    Client& client = clients_[slot];
    client.watched = client.transport != nullptr && look_after(client, slot, late_ns);
    if (client.watched) watched_[kept++] = slot;
  }
  watched_.resize(kept);
}

// False when there is nothing to look after any more.
bool ShardCore::look_after(Client& client, std::uint32_t slot, std::int64_t late_ns) {
  const std::int64_t timeout_ns = std::int64_t{limits_.write_timeout_ms} * 1'000'000;
  const Outbox& outbox = *client.outbox;
  if (client.closing || (outbox.empty() && !outbox.conflating())) return false;
  client.progress_ns += late_ns;
  if (outbox.empty() || outbox.taken() != client.progress_bytes) {
    client.progress_bytes = outbox.taken();
    client.progress_ns = now_.steady_ns;
  } else if (now_.steady_ns - client.progress_ns > timeout_ns) {
    client.closing = true;
    client.transport->close(CloseReason::slow_consumer);
    return false;
  }
  client.outbox->review(now_us_);
  touch(slot);
  return true;
}

void ShardCore::lagged(std::int64_t lag_us) {
  look_at_clock();
  if (!overload_.note(lag_us, now_.steady_ns)) return;
  streams_.widen(overload_.widened() && !planted(Bug::widened_in_vain));
  counters_.widened.set(overload_.widened() ? 1 : 0);
  if (overload_.widened()) counters_.widenings.add();
  for (std::uint32_t slot = 0; slot < clients_.size(); ++slot) {
    if (clients_[slot].transport != nullptr && topics_.fast_count(slot) > 0) touch(slot);
  }
}

void ShardCore::close_all(CloseReason reason) {
  for (Client& client : clients_) {
    if (client.transport == nullptr || client.closing) continue;
    client.closing = true;
    client.transport->close(reason);
  }
}

std::string ShardCore::snapshot_json(InstrumentId id) {
  look_at_clock();
  const View& view = board_.at(id);
  std::string json(ticker_message_max, '\0');
  char* const end = write_snapshot(json.data(), view.symbol, encoder_.epoch(), view.ticker,
                                   all_fields, Resumed::not_asked, now_.wall_us);
  json.resize(static_cast<std::size_t>(end - json.data()));
  return json;
}

void ShardCore::for_each_client(const std::function<void(const ClientStatus&)>& visit) const {
  for (const Client& client : clients_) {
    if (client.transport == nullptr) continue;
    visit({client.connection, client.outbox->ledger(), client.outbox->bytes(), client.subscriptions,
           client.outbox->conflating()});
  }
}

}  // namespace ticker
