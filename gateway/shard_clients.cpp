// Clients of a shard: in and out, from outbox to socket, debts, housekeeping.
#include <algorithm>
#include <cassert>

#include "gateway/planted.hpp"
#include "gateway/shard_core.hpp"

namespace ticker {
namespace {

// Rounds of «flush, pay debts» a client gets a turn; what is left waits until the others had
// theirs.
constexpr int rounds_max = 4;

}  // namespace

ClientId ShardCore::add_client(Transport& transport, std::string_view session) {
  look_at_clock();
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(clients_.size()));
    clients_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  Client& client = clients_[slot];
  const std::uint32_t generation = client.generation + 1;
  client = {};
  client.transport = &transport;
  client.outbox = &transport.outbox();
  client.generation = generation;
  client.progress_bytes = client.outbox->taken();
  client.progress_ns = now_.steady_ns;
  client.session = session;
  topics_.add_client(slot);
  counters_.clients.add();
  answer(client, welcome(session));
  touch(slot);
  return {slot, generation};
}

void ShardCore::remove_client(ClientId id, CloseReason reason) {
  Client* const client = find(id);
  if (client == nullptr) return;
  topics_.remove_client(id.slot);
  client->outbox->abandon();
  settle(*client);
  if (client->announced_conflating) counters_.conflating.sub();
  counters_.subscriptions.sub(client->subscriptions);
  counters_.clients.sub();
  counters_.closed[static_cast<std::size_t>(reason)].add();
  client->transport = nullptr;
  client->outbox = nullptr;
  client->session.clear();
  free_slots_.push_back(id.slot);
}

ShardCore::Client* ShardCore::find(ClientId id) {
  if (id.slot >= clients_.size()) return nullptr;
  Client& client = clients_[id.slot];
  return client.transport != nullptr && client.generation == id.generation ? &client : nullptr;
}

void ShardCore::touch(std::uint32_t slot) {
  Client& client = clients_[slot];
  if (client.dirty) return;
  client.dirty = true;
  dirty_.push_back(slot);
}

void ShardCore::writable(ClientId id) {
  Client* const client = find(id);
  if (client == nullptr) return;
  client->outbox->set_blocked(false);
  touch(id.slot);
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
    Client& client = clients_[slot];
    client.dirty = false;
    if (client.transport == nullptr) continue;
    if (pump(client, slot)) touch(slot);
    settle(client);
  }
  flushing_.clear();
  return !dirty_.empty();
}

// One client's turn. True: it could take more at once.
bool ShardCore::pump(Client& client, std::uint32_t slot) {
  Outbox& outbox = *client.outbox;
  if (pool_.nearly_spent()) relieve_slabs();
  announce_state(client);
  for (int round = 0; round < rounds_max; ++round) {
    if (!outbox.blocked() && !outbox.empty()) client.transport->flush();
    if (!pay_debts(client, slot)) {
      outbox.review(now_us_);
      announce_state(client);
      if (outbox.empty() || outbox.blocked()) return false;
    }
    if (outbox.blocked()) return false;
  }
  return true;
}

// Sends what the client is owed, in turn, while its queue is short. True if anything was queued.
bool ShardCore::pay_debts(Client& client, std::uint32_t slot) {
  Outbox& outbox = *client.outbox;
  bool paid = false;
  for (std::uint32_t due = outbox.next_due(); due != Outbox::no_due; due = outbox.next_due()) {
    if (pool_.nearly_spent()) relieve_slabs();
    const Topics::DueInfo info = topics_.due(slot, due);
    View& view = board_.at(info.instrument);
    const Outbox::LostTrades lost = outbox.lost(due);
    const bool gap_only = outbox.debt(due) == Outbox::Debt::gap;
    if (lost.from != 0) {
      outbox.pay_gap(encoder_.gap(view.symbol, lost.from, lost.to, lost.count, lost.reason),
                     now_us_);
      counters_.gaps_sent.add();
    }
    if (!gap_only) outbox.pay_snapshot(snapshot_frame(view, info.channel), now_us_);
    paid = true;
  }
  return paid;
}

// Snapshots are made once as well: until something changes, whoever is owed one gets the same
// bytes.
Piece ShardCore::snapshot_frame(View& view, DataChannel channel) {
  CachedFrame& cached = channel == DataChannel::ticker ? view.snapshot : view.trades_snapshot;
  const std::uint64_t seq = channel == DataChannel::ticker ? view.ticker.seq : view.trade_seq;
  if (cached.generation != 0 && (cached.seq == seq || planted(Bug::old_snapshot)) &&
      pool_.generation(cached.piece.slab) == cached.generation) {
    return cached.piece;
  }
  cached.piece = channel == DataChannel::ticker
                     ? encoder_.snapshot(view.symbol, view.ticker, now_)
                     : encoder_.trades_snapshot(view.symbol, seq, view.trades, now_);
  cached.seq = seq;
  cached.generation = pool_.generation(cached.piece.slab);
  return cached.piece;
}

// Tells the client when it begins or ends to get merged updates; again only after the other state
// was told.
void ShardCore::announce_state(Client& client) {
  const bool conflating = client.outbox->conflating();
  if (conflating == client.announced_conflating || client.outbox->sealed()) return;
  if (!conflating && planted(Bug::slow_for_ever)) return;
  std::string json = R"({"type":"slow","state":")";
  json += conflating ? "conflating" : "live";
  json += R"(","queued_bytes":)" + std::to_string(client.outbox->bytes()) + R"(,"interval_ms":0})";
  if (!client.outbox->control(encoder_.text(json), now_us_)) return;
  client.announced_conflating = conflating;
  conflating ? counters_.conflating.add() : counters_.conflating.sub();
}

// Adds what happened at this client's door since the last look to the shard's account.
void ShardCore::settle(Client& client) {
  const ClientAccount& now = client.outbox->account();
  ClientAccount& then = client.settled;
  Account& all = counters_.account;
  all.offered.add(now.offered - then.offered);
  all.sent.add(now.sent - then.sent);
  all.merged.add(now.merged - then.merged);
  if (!planted(Bug::lost_not_settled)) all.lost.add(now.lost - then.lost);
  all.abandoned.add(now.abandoned - then.abandoned);
  all.queued.add(now.queued - then.queued);  // may wrap below zero and back: unsigned arithmetic
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

void ShardCore::sweep(std::int64_t late_ns) {
  owner_.check();
  look_at_clock();
  const std::int64_t timeout_ns = std::int64_t{limits_.write_timeout_ms} * 1'000'000;
  for (std::uint32_t slot = 0; slot < clients_.size(); ++slot) {
    Client& client = clients_[slot];
    if (client.transport == nullptr || client.closing) continue;
    const Outbox& outbox = *client.outbox;
    client.progress_ns += late_ns;
    if (outbox.empty() || outbox.taken() != client.progress_bytes) {
      client.progress_bytes = outbox.taken();
      client.progress_ns = now_.steady_ns;
    } else if (now_.steady_ns - client.progress_ns > timeout_ns) {
      client.closing = true;
      client.transport->close(CloseReason::slow_consumer);
      continue;
    }
    if (!outbox.empty() || outbox.conflating()) {
      client.outbox->review(now_us_);
      touch(slot);
    }
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
  char* const end =
      write_snapshot(json.data(), view.symbol, encoder_.epoch(), view.ticker, now_.wall_us);
  json.resize(static_cast<std::size_t>(end - json.data()));
  return json;
}

void ShardCore::for_each_client(const std::function<void(const ClientStatus&)>& visit) const {
  for (const Client& client : clients_) {
    if (client.transport == nullptr) continue;
    visit({client.session, client.outbox->account(), client.outbox->bytes(), client.subscriptions,
           client.outbox->conflating()});
  }
}

}  // namespace ticker
