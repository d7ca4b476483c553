#include "gateway/fanout/shard_core.hpp"

#include "gateway/base/planted.hpp"
#include "gateway/protocol/json_messages.hpp"

namespace ticker {

ShardCore::ShardCore(const Limits& limits, const InstrumentTable& table, Ring::Reader& reader,
                     SlabPool& pool, std::string epoch, ShardCounters& counters, Clock clock,
                     Served served)
    : reader_(reader),
      shard_(limits, table, pool, std::move(epoch), counters, std::move(clock), served) {}

// --- Turns

std::size_t ShardCore::drain(std::size_t events_max) {
  owner_.check();
  constexpr std::size_t events_a_look = 16;  // reading the clock costs a third of an event
  Event event;
  std::size_t count = 0;
  while (count < events_max) {
    const Ring::Read read = reader_.next(event);
    if (read == Ring::Read::empty) break;
    if (read == Ring::Read::lapped) {
      on_lap();
      continue;
    }
    if (count++ % events_a_look == 0) shard_.time.look();
    handle(event);
  }
  shard_.counters.events.add(count);
  return count;
}

void ShardCore::handle(const Event& event) {
  if (event.kind == Event::Kind::repair) return on_repair(event);
  View& view = known(event);
  if (event.kind == Event::Kind::instrument) return;
  const Heard heard = view.hear(event);
  if (shard_.streams.any(event.instrument)) publisher_.publish(view, event, heard);
}

// The ring overtook us: what was missed is gone. Every number that jumps from now on is answered
// with a snapshot or a gap, and what does not change by itself is told again by the market.
void ShardCore::on_lap() {
  shard_.counters.laps.add();
  shard_.counters.lapped_events.add(reader_.skip_to_newest());
  lap_ = {Lap::State::waits_for_pass, 0};
  if (!planted(Bug::lap_without_repair)) reader_.request_repair();
}

void ShardCore::on_repair(const Event& event) {
  if (lap_.state == Lap::State::none) return;
  if (!event.repair.complete) {
    lap_ = {Lap::State::in_pass, event.repair.pass};
  } else if (lap_.state == Lap::State::in_pass && lap_.pass == event.repair.pass) {
    lap_ = {};
    shard_.counters.repairs.add();
  }
}

// The view of an instrument; after a lap its record may have been missed, so every event introduces
// it.
View& ShardCore::known(const Event& event) {
  const InstrumentId id = event.instrument;
  if (shard_.board.knows(id)) return shard_.board.at(id);
  View& view = shard_.board.add(id);
  view.ticker.ticker.since_us = event.received.wall_us;  // pending since now
  for (const Listener& added : shard_.subscriptions.add_instrument(id, view.venue)) {
    Client& client = shard_.clients.at(added.client);
    client.outbox->begin(added.subscription, {Owed::Kind::first_snapshot});
    ++client.subscriptions;
    shard_.counters.subscriptions.add();
    shard_.clients.touch(added.client);
  }
  shard_.count_streams();
  return view;
}

bool ShardCore::tick(std::size_t frames_max) {
  owner_.check();
  return publisher_.tick(frames_max);
}

bool ShardCore::flush() {
  owner_.check();
  return dirty() && delivery_.flush();
}

void ShardCore::sweep(std::int64_t late_ns) {
  owner_.check();
  delivery_.sweep(late_ns);
}

void ShardCore::lagged(std::int64_t lag_us) {
  shard_.time.look();
  Overload& overload = shard_.overload;
  if (!overload.note(lag_us, shard_.time.now().steady_ns)) return;
  shard_.streams.widen(overload.widened() && !planted(Bug::widened_in_vain));
  shard_.counters.widened.set(overload.widened() ? 1 : 0);
  if (overload.widened()) shard_.counters.widenings.add();
  for (std::uint32_t slot = 0; slot < shard_.clients.slots(); ++slot) {
    const bool concerned =
        shard_.clients.is_there(slot) && shard_.subscriptions.fast_count(slot) > 0;
    if (concerned) shard_.clients.touch(slot);
  }
}

// --- Clients

ClientId ShardCore::add_client(ClientHandle& handle, std::string_view connection, FormatId format) {
  shard_.time.look();
  const ClientId id = shard_.clients.add(handle, connection, format, shard_.time.now().steady_ns);
  shard_.subscriptions.add_client(id.slot);
  requests_.welcome(shard_.clients.at(id.slot));
  shard_.clients.touch(id.slot);
  return id;
}

void ShardCore::remove_client(ClientId id, CloseReason reason) {
  const Client* const client = shard_.clients.find(id);
  if (client == nullptr) return;
  ShardCounters& counters = shard_.counters;
  shard_.subscriptions.remove_client(id.slot);
  if (client->told_conflating) counters.conflating.sub();
  counters.subscriptions.sub(client->subscriptions);
  counters.closed[static_cast<std::size_t>(reason)].add();
  shard_.count_streams();
  shard_.clients.remove(id);
}

void ShardCore::request(ClientId id, std::string_view text) {
  owner_.check();
  Client* const client = shard_.clients.find(id);
  if (client == nullptr) return;
  shard_.time.look();
  requests_.serve(*client, id.slot, text);
  shard_.clients.touch(id.slot);
}

void ShardCore::blocked(ClientId id) {
  if (Client* const client = shard_.clients.find(id)) delivery_.watch(*client, id.slot);
}

void ShardCore::writable(ClientId id) {
  Client* const client = shard_.clients.find(id);
  if (client == nullptr) return;
  client->outbox->set_blocked(false);
  shard_.clients.touch(id.slot);
}

void ShardCore::close_all(CloseReason reason) {
  for (std::uint32_t slot = 0; slot < shard_.clients.slots(); ++slot) {
    Client& client = shard_.clients.at(slot);
    if (client.handle == nullptr || client.closing) continue;
    client.closing = true;
    client.handle->close(reason);
  }
}

// --- Answers for HTTP and for operations

std::string ShardCore::snapshot_json(InstrumentId id) {
  shard_.time.look();
  const View& view = shard_.board.at(id);
  const SnapshotHead head{view.symbol, shard_.encoder.epoch(), view.ticker.seq, Resumed::not_asked};
  std::string json(ticker_message_max, '\0');
  const char* const end = JsonMessages().snapshot(json.data(), head, view.ticker, all_fields,
                                                  shard_.time.now().wall_us);
  json.resize(static_cast<std::size_t>(end - json.data()));
  return json;
}

void ShardCore::for_each_client(const std::function<void(const ClientStatus&)>& visit) const {
  for (std::uint32_t slot = 0; slot < shard_.clients.slots(); ++slot) {
    if (!shard_.clients.is_there(slot)) continue;
    const Client& client = shard_.clients.at(slot);
    visit({client.connection, client.outbox->ledger(), client.outbox->bytes(), client.subscriptions,
           client.outbox->conflating()});
  }
}

}  // namespace ticker
