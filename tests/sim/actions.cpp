// What happens: by moods, each with its own weights, so that there are bursts, storms and calm.
#include "tests/sim/simulation.hpp"

namespace ticker::sim {
namespace {

constexpr std::size_t clients_max = 8;
constexpr std::size_t story_max = 40;

}  // namespace

struct Simulation::Action {
  void (Simulation::*run)();
  // In each mood: usual, busy, coming and going, slow readers, asking, trouble upstream, lagging.
  std::uint16_t weights[7];

  static const Action all[];
};

const Simulation::Action Simulation::Action::all[] = {
    {&Simulation::one_price, {30, 20, 20, 20, 20, 20, 10}},
    {&Simulation::burst, {4, 40, 4, 20, 4, 8, 30}},
    {&Simulation::some_trades, {8, 15, 6, 12, 8, 8, 10}},
    {&Simulation::say_status, {3, 2, 3, 2, 3, 25, 3}},
    {&Simulation::interrupt, {2, 1, 2, 1, 2, 20, 2}},
    {&Simulation::introduce, {3, 1, 3, 1, 3, 2, 2}},
    {&Simulation::connect, {3, 1, 12, 2, 3, 2, 2}},
    {&Simulation::leave, {1, 1, 10, 1, 1, 1, 1}},
    {&Simulation::change_speed, {3, 2, 3, 25, 3, 3, 5}},
    {&Simulation::subscribe, {8, 4, 20, 14, 40, 6, 5}},
    {&Simulation::unsubscribe, {2, 1, 4, 2, 15, 2, 2}},
    {&Simulation::odd_request, {1, 1, 2, 1, 8, 1, 1}},
    {&Simulation::pass_time, {25, 15, 20, 20, 20, 20, 15}},
    {&Simulation::sleep_shard, {1, 2, 1, 2, 1, 2, 15}},
    {&Simulation::lag, {1, 4, 1, 1, 1, 1, 10}},
};

Simulation::Simulation(std::uint64_t seed) : chance_(seed) {
  limits_.instruments_max = instrument_count;
  limits_.ring_slots = chance_.one_in(2) ? 128U : 512U;
  limits_.repair_batch = static_cast<std::uint32_t>(chance_.between(3, 12));
  limits_.outbox_soft_bytes = chance_.one_in(2) ? 1'536U : 4'096U;
  limits_.outbox_hard_bytes = 3 * limits_.outbox_soft_bytes;
  limits_.control_reserve_bytes = 4'096;
  limits_.slab_bytes = 16'384;
  static constexpr std::uint32_t slabs_max[] = {2, 4, 12};
  limits_.slabs_max = chance_.of(slabs_max);
  limits_.trades_snapshot_max = 5;
  limits_.subscriptions_max = chance_.one_in(3) ? 18U : 100U;
  limits_.filters_max = static_cast<std::uint32_t>(chance_.between(2, 6));
  limits_.trades_kept = chance_.one_in(2) ? 8U : 40U;
  limits_.lag_hard_ms = 1'000;
  limits_.lag_calm_ms = 1'500;
  limits_.write_timeout_ms = chance_.one_in(2) ? 800U : 3'000U;
  start_process();
}

Simulation::~Simulation() {
  for (SimClient& client : clients_) client.connection.reset();
}

void Simulation::note(std::string text) {
  story_.push_back(std::to_string(step_) + ": " + std::move(text));
  if (story_.size() > story_max) story_.pop_front();
}

std::string Simulation::story() const {
  std::string all;
  for (const std::string& line : story_) all += "  " + line + "\n";
  return all;
}

void Simulation::change_mood() {
  const std::size_t mood = chance_.below(std::size(Action::all[0].weights));
  weights_.clear();
  for (const Action& action : Action::all) weights_.push_back(action.weights[mood]);
  lazy_ = chance_.one_in(3);
  slow_machine_ = chance_.one_in(4);
  mood_ends_ = step_ + chance_.between(20, 150);
}

void Simulation::step() {
  ++step_;
  if (step_ >= mood_ends_) change_mood();
  if (chance_.one_in(1'200)) {
    restart();
  } else {
    const Action& action = Action::all[chance_.weighted(weights_)];
    (this->*action.run)();
  }
  process_->ring.commit();
  feed_turn();
  for (Shard& shard : process_->shards) shard_turn(shard);
  for (SimClient& client : clients_) client_turn(client);
  look();
  if (chance_.one_in(400)) calm_down();
}

SimClient* Simulation::connected() {
  const std::size_t start = chance_.below(clients_.size() + 1);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    SimClient& client = clients_[(start + i) % clients_.size()];
    if (client.connection && !client.connection->sealed) return &client;
  }
  return nullptr;
}

// A client that left comes back, or a new one comes.
void Simulation::connect() {
  SimClient* client = nullptr;
  for (SimClient& one : clients_) {
    if (!one.connection && chance_.one_in(2)) client = &one;
  }
  if (client == nullptr) {
    if (clients_.size() == clients_max) return;
    client = &clients_.emplace_back(judge_, clients_.size());
  }
  client->shard = chance_.below(shard_count);
  Shard& shard = process_->shards[client->shard];
  client->connection = std::make_unique<Connection>(shard.pool, limits_);
  Connection& connection = *client->connection;
  client->speed = FakeClient::endless;
  client->always_read = true;
  client->model.connected();
  shard.flushed = false;
  connection.id = shard.core.add_client(connection.transport, std::to_string(step_));
  connection.answer_end = connection.transport.outbox().pushed();
  note(client->name + " connects to shard " + std::to_string(client->shard));
  if (!chance_.one_in(4)) subscribe_again(*client);
}

void Simulation::leave() {
  SimClient* const client = connected();
  if (client == nullptr) return;
  if (chance_.one_in(2)) {
    note(client->name + " is sent away");
    client->connection->transport.closed = CloseReason::policy;
    return;
  }
  note(client->name + " leaves");
  disconnect(*client, CloseReason::client_closed);
}

void Simulation::disconnect(SimClient& client, CloseReason reason) {
  read(client);
  Shard& shard = process_->shards[client.shard];
  shard.core.remove_client(client.connection->id, reason);
  shard.gone += client.connection->transport.outbox().ledger();
  require(client.connection->transport.outbox().ledger().queued == 0,
          "what was queued for a client that is gone counts as queued");
  client.connection.reset();
}

void Simulation::change_speed() {
  SimClient* const client = connected();
  if (client == nullptr) return;
  static constexpr std::uint64_t speeds[] = {0, 7, 60, 300, 2'000, FakeClient::endless};
  client->speed = chance_.of(speeds);
  client->always_read = client->always_read && client->speed == FakeClient::endless;
  client->connection->transport.room =
      client->speed == FakeClient::endless ? client->speed : chance_.below(200);
  if (client->speed == FakeClient::endless) {
    process_->shards[client->shard].core.writable(client->connection->id);
    process_->shards[client->shard].flushed = false;
  }
  note(client->name + " reads " + std::to_string(client->speed) + " bytes a step");
}

void Simulation::sleep_shard() {
  const std::size_t index = chance_.below(shard_count);
  process_->shards[index].asleep = static_cast<int>(chance_.between(2, 25));
  note("shard " + std::to_string(index) + " sleeps");
}

void Simulation::lag() {
  static constexpr std::int64_t lags_ms[] = {0, 0, 100, 400, 1'001, 3'000};
  Shard& shard = process_->shards[chance_.below(shard_count)];
  shard.lag_ms = chance_.of(lags_ms);
  note("a shard lags by " + std::to_string(shard.lag_ms) + " ms");
}

void Simulation::pass_time() {
  const std::uint64_t kind = chance_.below(10);
  advance_ms(static_cast<std::int64_t>(kind < 7   ? chance_.between(1, 60)
                                       : kind < 9 ? chance_.between(60, 400)
                                                  : chance_.between(400, 1'500)));
  note("time passes");
}

void Simulation::advance_ms(std::int64_t ms) {
  now_.wall_us += ms * 1'000;
  now_.steady_ns += ms * 1'000'000;
}

// A machine that is slow at times: then time goes on while a shard works.
Receipt Simulation::look_at_clock() {
  if (slow_machine_) {
    slow_ns_ = now_.steady_ns;
    const std::uint64_t us =
        chance_.one_in(20) ? chance_.between(4'000, 12'000) : chance_.below(300);
    now_.wall_us += static_cast<std::int64_t>(us);
    now_.steady_ns += static_cast<std::int64_t>(us) * 1'000;
  }
  return now_;
}

// All connections end; the market counts from the beginning in a new epoch.
void Simulation::restart() {
  note("restart");
  for (Shard& shard : process_->shards) shard.core.close_all(CloseReason::going_away);
  for (std::uint64_t rounds = chance_.below(4); rounds > 0; --rounds) {
    for (SimClient& client : clients_) client_turn(client);
    for (Shard& shard : process_->shards) flush(shard);
  }
  for (SimClient& client : clients_) {
    if (client.connection) disconnect(client, CloseReason::going_away);
  }
  ++totals_.restarts;
  start_process();
}

void Simulation::start_process() {
  if (process_) {
    for (Shard& shard : process_->shards) {
      totals_.laps += shard.laps;
      totals_.sent += shard.gone.sent;
      totals_.merged += shard.gone.merged;
      totals_.lost += shard.gone.lost;
    }
  }
  truth_ = {};
  process_.reset();
  process_ = std::make_unique<Process>(limits_, "e" + std::to_string(++epochs_), now_,
                                       [this] { return look_at_clock(); });
}

}  // namespace ticker::sim
