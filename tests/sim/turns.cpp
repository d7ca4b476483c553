// Turns of those who run by themselves in the gateway: the feed thread, the shards' loops,
// connections.
#include "tests/sim/simulation.hpp"

#include <utility>

namespace ticker::sim {
namespace {

constexpr std::int64_t sweep_interval_ns = 100'000'000;
constexpr std::string_view close_frame{"\x88\x02\x0f\xa8", 4};

}  // namespace

void Simulation::feed_turn() {
  process_->market.repair(process_->ring.take_repair_request(), now_.steady_ns,
                          limits_.repair_batch);
  process_->ring.commit();
}

void Simulation::shard_turn(Shard& shard) {
  if (shard.asleep > 0) {
    --shard.asleep;
    shard.drained = false;
    return;
  }
  const bool sweeps = now_.steady_ns >= shard.next_sweep_ns;
  shard.drain(lazy_ && chance_.one_in(2) ? chance_.between(1, 40) : limits_.drain_max, truth_);
  shard.ticked =
      !shard.core.tick(lazy_ && chance_.one_in(2) ? chance_.between(1, 6) : limits_.drain_max);
  if (sweeps) {
    shard.core.sweep();
    shard.core.lagged(shard.lag_ms * 1'000);
    shard.overloaded.lagged(shard.lag_ms, limits_, now_.wall_us);
  }
  if (!lazy_ || sweeps || chance_.one_in(2)) flush(shard);
  if (sweeps) {
    shard.next_sweep_ns = (now_.steady_ns / sweep_interval_ns + 1) * sweep_interval_ns;
  }
}

void Simulation::flush(Shard& shard) {
  for (int round = 0; shard.core.flush(); ++round) {
    require(round < 10'000, "a shard never ends flushing");
  }
  shard.flushed = true;
}

void Simulation::client_turn(SimClient& client) {
  if (!client.connection) return;
  Connection& connection = *client.connection;
  FakeClient& transport = connection.transport;
  Shard& shard = process_->shards[client.shard];
  if (client.speed != FakeClient::endless) {
    transport.room =
        std::min<std::uint64_t>(transport.room + chance_.below(client.speed + 1), 8'192);
  }
  if (transport.outbox().blocked() && transport.room > 0) {
    shard.core.writable(connection.id);
    shard.flushed = false;
  }
  read(client);
  if (transport.closed && !connection.sealed) {
    note(client.name + " is closed");
    connection.sealed = true;
    transport.outbox().seal();
    transport.outbox().closing(shard.core.encoder().raw(close_frame), 0);
  } else if (connection.sealed && chance_.one_in(10)) {
    return disconnect(client, *transport.closed);
  }
  serve(client);
}

// What the socket took, in pieces cut anywhere.
void Simulation::read(SimClient& client) {
  std::string& received = client.connection->transport.received;
  judge_.lapped = process_->shards[client.shard].ever_lapped;
  judge_.overloaded = &process_->shards[client.shard].overloaded;
  std::string_view left = received;
  while (!left.empty()) {
    const std::size_t count = chance_.one_in(4)
                                  ? std::min<std::size_t>(left.size(), chance_.between(1, 40))
                                  : left.size();
    client.model.feed(left.substr(0, count));
    left.remove_prefix(count);
  }
  received.clear();
  require(client.model.violation.empty(), client.model.violation);
  require(judge_.violation.empty(), judge_.violation);
}

// As a connection does: the next request when the answer before has left.
void Simulation::serve(SimClient& client) {
  Connection& connection = *client.connection;
  Outbox& outbox = connection.transport.outbox();
  Shard& shard = process_->shards[client.shard];
  while (!connection.requests.empty() && !outbox.sealed() && shard.asleep == 0 &&
         outbox.taken() >= connection.answer_end) {
    tell_reached(shard, client.model.unanswered(connection.requests.size() - 1));
    shard.core.request(connection.id, connection.requests.front());
    connection.requests.pop_front();
    connection.answer_end = outbox.pushed();
    shard.flushed = false;
  }
}

// What can be resumed is decided when the request is read: a shard that is behind may not have come
// so far, and what it does not know yet just begins when it does, under a wildcard.
void Simulation::tell_reached(const Shard& shard, Ask& ask) {
  const Board& board = shard.core.board();
  for (auto point = ask.resume.begin(); point != ask.resume.end();) {
    const auto pattern = board.find(point->first);
    if (!pattern) {
      point = ask.resume.erase(point);
      continue;
    }
    const View& view = board.at(pattern->instrument);
    ResumeAt& at = (point++)->second;
    at.reached = at.seq <= (ask.trades ? view.trade_seq : view.ticker.seq);
  }
}

void Simulation::calm_down() {
  note("all is calm");
  for (SimClient& client : clients_) {
    if (!client.connection) continue;
    client.speed = client.connection->transport.room = FakeClient::endless;
    process_->shards[client.shard].core.writable(client.connection->id);
  }
  for (Shard& shard : process_->shards) shard.asleep = 0, shard.lag_ms = 0;
  const bool lazy = std::exchange(lazy_, false);
  const bool slow = std::exchange(slow_machine_, false);
  for (int i = 0; i < 90; ++i) {
    advance_ms(100);
    feed_turn();
    for (Shard& shard : process_->shards) shard_turn(shard);
    for (SimClient& client : clients_) client_turn(client);
  }
  lazy_ = lazy;
  slow_machine_ = slow;
  for (SimClient& client : clients_) {
    if (client.connection && client.connection->sealed) {
      disconnect(client, *client.connection->transport.closed);
    }
  }
  for (Shard& shard : process_->shards) flush(shard);
  look();
  for (Shard& shard : process_->shards) {
    require(shard.counters.conflating.get() == 0, "somebody is conflating although all is calm");
    look_at_streams(shard);
  }
  for (SimClient& client : clients_) {
    if (client.connection) look_at_view(client, true);
  }
}

void Simulation::finish() {
  calm_down();
  for (SimClient& client : clients_) {
    if (client.connection) disconnect(client, CloseReason::client_closed);
    totals_.messages += client.model.messages;
    totals_.resumed += client.model.resumes_done;
  }
  for (Shard& shard : process_->shards) {
    flush(shard);
    look_at(shard);
    require(shard.counters.clients.get() == 0 && shard.counters.subscriptions.get() == 0,
            "clients or subscriptions are left when everybody has gone");
    require(shard.counters.conflating.get() == 0, "somebody who has gone is conflating");
    require(shard.pool.used() == 1, "slabs are left when everybody has gone");
    require(shard.core.streams().count() == 0 && shard.core.streams().waiting() == 0,
            "streams are left when everybody has gone");
    require(shard.core.subscriptions().filter_count() == 0,
            "filters are left when everybody has gone");
  }
  start_process();
}

}  // namespace ticker::sim
