// What must hold after each step.
#include <algorithm>
#include <set>
#include <tuple>

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
  const Ledger& ledger = outbox.ledger();
  require(ledger.balances(), "the ledger of a connection does not balance");
  require(!client.always_read || ledger.lost == 0,
          "trades are lost although their client reads all");
  require(ledger.sent == client.model.counted, "a connection sent " + std::to_string(ledger.sent) +
                                                   " frames of its ledger, its client got " +
                                                   std::to_string(client.model.counted));
  const std::uint64_t room = limits_.outbox_hard_bytes + limits_.control_reserve_bytes;
  require(outbox.bytes() <= room + (connection.sealed ? 4 : 0), "an outbox is over its limits");
  require(outbox.piece_count() <= outbox.bytes() / 16 + 2, "an outbox has too many pieces");
}

void Simulation::look_at(Shard& shard) {
  require(shard.pool.used() <= limits_.slabs_max, "a shard has too many slabs");
  require(shard.core.subscriptions().filter_count() <= limits_.filters_max,
          "a shard has too many filters");
  require(shard.core.streams().count() <= shard.counters.subscriptions.get(),
          "a shard has streams without listeners");
  Ledger sum = shard.gone;
  std::uint64_t clients = 0, subscriptions = 0;
  bool settled = shard.flushed;
  for (const SimClient& client : clients_) {
    if (!client.connection || &process_->shards[client.shard] != &shard) continue;
    ++clients;
    settled = settled && !client.connection->sealed;
    sum += client.connection->transport.outbox().ledger();
  }
  shard.core.for_each_client([&](const ShardCore::ClientStatus& status) {
    subscriptions += status.subscriptions;
    require(status.subscriptions <= limits_.subscriptions_max + 2 * instrument_count,
            "a client has too many subscriptions");
  });
  require(shard.counters.clients.get() == clients, "clients are counted wrong");
  require(shard.counters.subscriptions.get() == subscriptions, "subscriptions are counted wrong");
  if (!settled) return;
  const Ledger all = shard.counters.ledger.read();
  require(all.offered == sum.offered && all.sent == sum.sent && all.merged == sum.merged &&
              all.lost == sum.lost && all.abandoned == sum.abandoned && all.queued == sum.queued,
          "the ledger of a shard is not the sum of its connections' ledgers");
}

// Whoever got all knows whether it is slow, and whether its fast tickers are slowed down.
void Simulation::look_at_slowness(const SimClient& client) {
  const Shard& shard = process_->shards[client.shard];
  bool fast = false;
  for (std::size_t i = 0; i < instrument_count; ++i) {
    const TickerView* const view = client.model.current(symbol_name(i));
    fast = fast || (view != nullptr && view->interval_ms < 250);
  }
  // A turn that took too long leaves it to the next sweep to say so.
  const bool swept = now_.steady_ns - slow_ns_ > 200'000'000;
  require(!client.model.conflating || !swept,
          client.name + " is told that it is slow, and has all");
  const bool widened = client.model.widened_ms != 0;
  require(widened == (fast && shard.overloaded.now()), "overload is not told to " + client.name);
}

// Up to which number a stream must have said all, overload or not.
std::uint64_t Simulation::said_to(const Shard& shard, const TickerView& view,
                                  std::size_t instrument) const {
  const auto of_interval = [&](std::uint32_t interval_ms) {
    for (std::size_t i = 0; i < Shard::intervals_ms.size(); ++i) {
      if (Shard::intervals_ms[i] == interval_ms) return shard.said_seq[i][instrument];
    }
    return shard.ticker_seq[instrument];
  };
  const std::uint64_t said = of_interval(view.interval_ms);
  const bool slowed = view.interval_ms < 250 && shard.overloaded.lately(shard.drained_us);
  return slowed ? std::min(said, of_interval(250)) : said;
}

// Streams and filters are those that are subscribed to, and no more.
void Simulation::look_at_streams(Shard& shard) {
  std::set<std::tuple<bool, std::size_t, std::uint32_t, FieldMask>> streams;
  std::set<FieldMask> filters;
  for (const SimClient& client : clients_) {
    if (!client.connection || &process_->shards[client.shard] != &shard) continue;
    client.model.add_filters(filters);
    for (std::size_t i = 0; i < instrument_count; ++i) {
      if (!shard.known[i]) continue;
      const std::string symbol = symbol_name(i);
      if (const TickerView* const view = client.model.current(symbol)) {
        streams.emplace(false, i, view->interval_ms, view->fields);
      }
      if (client.model.subscribed(true, symbol)) streams.emplace(true, i, 0U, every_value);
    }
  }
  require(shard.core.streams().count() == streams.size(),
          "there are other streams than listened to");
  require(shard.core.subscriptions().filter_count() == filters.size(), "filters are counted wrong");
}

// A client that has got all that there was, of a shard that heard all: its view is the truth.
void Simulation::look_at_view(SimClient& client, bool final) {
  const Shard& shard = process_->shards[client.shard];
  const Connection& connection = *client.connection;
  Outbox& outbox = client.connection->transport.outbox();
  const ModelClient& model = client.model;
  if (final) {
    require(shard.quiet(), "a shard is not done although all is calm");
    require(outbox.empty() && !outbox.owes() && outbox.ledger().queued == 0,
            "something waits although all is calm");
    require(!model.waits_for_answer() && connection.requests.empty(), "a request is not answered");
    require(!model.conflating && model.widened_ms == 0, "a client is slow although all is calm");
  }
  if (!shard.quiet() || !outbox.empty() || outbox.owes() || outbox.sealed()) return;
  look_at_slowness(client);
  judge_.lapped = shard.ever_lapped;
  for (std::size_t i = 0; i < instrument_count; ++i) {
    if (!shard.known[i]) continue;
    const std::string symbol = symbol_name(i);
    if (model.subscribed(false, symbol)) {
      const TickerView* const view = model.current(symbol);
      require(view != nullptr, "nothing came of " + symbol);
      // The status at once, values at the tick of their interval.
      const std::uint64_t seq = shard.ticker_seq[i];
      const std::uint64_t said = final ? seq : said_to(shard, *view, i);
      const std::uint64_t mine = view->seq;
      // Of what went by unseen there and back nothing need be told.
      require(mine >= seq || truth_[i].status(mine) == truth_[i].status(seq),
              "a status of " + symbol + " was not told to " + client.name);
      require(mine >= said || truth_[i].count(mine, said, view->fields) == 0,
              "changes of " + symbol + " up to " + std::to_string(said) + " were not told to " +
                  client.name + ", who has " + std::to_string(mine) + " at " +
                  std::to_string(view->interval_ms) + " ms");
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
