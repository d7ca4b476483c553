// What must hold after each step.
#include "tests/sim/simulation.hpp"

namespace ticker::sim {
void Simulation::require(bool holds, const std::string& what) const {
  if (!holds) throw Broken(what);
}

void Simulation::look() {
  for (Shard& shard : process_->shards) look_at(shard);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (!clients_[i].connection) continue;
    look_at(clients_[i]);
    if ((step_ + i) % 4 == 0) look_at_view(clients_[i], false);
  }
}

void Simulation::look_at(SimClient& client) {
  const Connection& connection = *client.connection;
  const Outbox& outbox = client.connection->transport.outbox();
  const ClientAccount& account = outbox.account();
  require(account.balances(), "the account of a session does not balance");
  require(account.sent == client.model.counted, "a session sent " + std::to_string(account.sent) +
                                                    " frames of its account, its client got " +
                                                    std::to_string(client.model.counted));
  const std::uint64_t room = limits_.outbox_hard_bytes + limits_.control_reserve_bytes;
  require(outbox.bytes() <= room + (connection.sealed ? 4 : 0), "an outbox is over its limits");
  require(outbox.piece_count() <= outbox.bytes() / 16 + 2, "an outbox has too many pieces");
}

void Simulation::look_at(Shard& shard) {
  require(shard.pool.used() <= limits_.slabs_max, "a shard has too many slabs");
  ClientAccount sum = shard.gone;
  std::uint64_t clients = 0, subscriptions = 0;
  bool settled = shard.flushed;
  for (const SimClient& client : clients_) {
    if (!client.connection || &process_->shards[client.shard] != &shard) continue;
    ++clients;
    settled = settled && !client.connection->sealed;
    sum += client.connection->transport.outbox().account();
  }
  shard.core.for_each_client([&](const ShardCore::ClientStatus& status) {
    subscriptions += status.subscriptions;
    require(status.subscriptions <= limits_.subscriptions_max + 2 * instrument_count,
            "a client has too many subscriptions");
  });
  require(shard.counters.clients.get() == clients, "clients are counted wrong");
  require(shard.counters.subscriptions.get() == subscriptions, "subscriptions are counted wrong");
  if (!settled) return;
  const ClientAccount all = shard.counters.account.read();
  require(all.offered == sum.offered && all.sent == sum.sent && all.merged == sum.merged &&
              all.lost == sum.lost && all.abandoned == sum.abandoned && all.queued == sum.queued,
          "the account of a shard is not the sum of its sessions' accounts");
}

// A client that has got all that there was, of a shard that heard all: its view is the truth.
void Simulation::look_at_view(SimClient& client, bool final) {
  const Shard& shard = process_->shards[client.shard];
  const Connection& connection = *client.connection;
  Outbox& outbox = client.connection->transport.outbox();
  const ModelClient& model = client.model;
  if (final) {
    require(shard.quiet(), "a shard is not done although all is calm");
    require(outbox.empty() && !outbox.owes() && outbox.account().queued == 0,
            "something waits although all is calm");
    require(!model.waits_for_answer() && connection.requests.empty(), "a request is not answered");
    require(!model.conflating && model.widened_ms == 0, "a client is slow although all is calm");
  }
  if (!shard.quiet() || !outbox.empty() || outbox.owes() || outbox.sealed()) return;
  judge_.lapped = shard.ever_lapped;
  for (std::size_t i = 0; i < instrument_count; ++i) {
    if (!shard.known[i]) continue;
    const std::string symbol = symbol_name(i);
    if (model.subscribed(false, symbol)) {
      const TickerView* const view = model.current(symbol);
      require(view != nullptr, "nothing came of " + symbol);
      const bool real_time = view->interval_ms == 0 && model.widened_ms == 0;
      const auto filter =
          static_cast<FieldMask>(real_time || final ? view->fields | status_bit : status_bit);
      const std::uint64_t seq = shard.ticker_seq[i];
      const std::uint64_t mine = view->seq;
      require(mine >= seq || truth_[i].count(mine, seq, filter) == 0,
              "a change of " + symbol + " was not told: " + std::to_string(seq) + " after " +
                  std::to_string(mine));
      require(!final || judge_.agrees(i, *view, seq), "the view of " + symbol + " is not true");
    }
    if (model.subscribed(true, symbol)) {
      const auto seq = model.trade_seq(symbol);
      require(seq.has_value(), "no trades came of " + symbol);
      require(*seq >= shard.trade_seq[i], "a trade of " + symbol + " was not told");
    }
  }
}

}  // namespace ticker::sim
