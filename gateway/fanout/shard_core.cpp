// Events: from the ring to the outboxes.
#include "gateway/fanout/shard_core.hpp"

#include "gateway/base/planted.hpp"

namespace ticker {

ShardCore::ShardCore(const Limits& limits, const InstrumentTable& table, Ring::Reader& reader,
                     SlabPool& pool, std::string epoch, ShardCounters& counters, Clock clock)
    : limits_(limits),
      reader_(reader),
      pool_(pool),
      counters_(counters),
      clock_(std::move(clock)),
      board_(table, limits.trades_kept),
      streams_([this](DataChannel channel, InstrumentId id) {
        const View& view = board_.at(id);
        return channel == DataChannel::ticker ? view.ticker.seq : view.trade_seq;
      }),
      topics_(streams_),
      overload_(limits),
      encoder_(pool, std::move(epoch), counters),
      commands_(limits) {
  look_at_clock();
}

void ShardCore::look_at_clock() {
  now_ = clock_();
  now_us_ = steady_us(now_.steady_ns);
}

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
    if (count++ % events_a_look == 0) look_at_clock();
    handle(event);
  }
  counters_.events.add(count);
  return count;
}

// The ring overtook us: what was missed is gone. Every number that jumps from now on is answered
// with a snapshot or a gap, and what does not change by itself is told again by the market.
void ShardCore::on_lap() {
  counters_.laps.add();
  counters_.lapped_events.add(reader_.skip_to_newest());
  lapped_ = true;
  repair_pass_ = 0;
  if (!planted(Bug::lap_without_repair)) reader_.request_repair();
}

void ShardCore::handle(const Event& event) {
  switch (event.kind) {
    case Event::Kind::ticker:
      return on_ticker(known(event), event);
    case Event::Kind::trade:
      return on_trade(known(event), event);
    case Event::Kind::gap:
      return on_upstream_gap(known(event), event);
    case Event::Kind::instrument:
      known(event);
      return;
    case Event::Kind::repair:
      return on_repair(event);
  }
}

// The view of an instrument; after a lap its record may have been missed, so every event introduces
// it.
View& ShardCore::known(const Event& event) {
  const InstrumentId id = event.instrument;
  if (board_.knows(id)) return board_.at(id);
  View& view = board_.add(id);
  view.ticker.ticker.since_us = event.received.wall_us;  // pending since now
  for (const Listener& added : topics_.add_instrument(id, view.venue)) {
    Client& client = clients_[added.client];
    client.outbox->open_due(added.due);
    ++client.subscriptions;
    counters_.subscriptions.add();
    touch(added.client);
  }
  counters_.streams.set(streams_.count());
  return view;
}

void ShardCore::on_trade(View& view, const Event& event) {
  if (event.seq <= view.trade_seq) return;
  if (event.seq != view.trade_seq + 1) trades_missed(view, event.seq);
  view.trade_seq = event.seq;
  view.trades.push(event);
  const auto listeners = streams_.trades_listeners(event.instrument);
  if (listeners.empty()) return;
  make_room();
  fan_out(listeners, encoder_.trade(view.symbol, event, true, now_), event.seq);
}

void ShardCore::on_upstream_gap(View& view, const Event& event) {
  if (event.seq <= view.trade_seq) return;
  if (event.seq != view.trade_seq + 1) trades_missed(view, event.seq);
  view.trade_seq = event.seq;
  view.trades.push(event);
  announce_gap(view, {event.seq, event.seq, 1, event.gap.reason});
}

// Trades from the last one we saw to the one before `before` went by unseen.
void ShardCore::trades_missed(View& view, std::uint64_t before) {
  const std::uint64_t count = before - 1 - view.trade_seq + (planted(Bug::gap_miscounted) ? 1 : 0);
  const Outbox::LostTrades lost{view.trade_seq + 1, before - 1, count, Reason::none};
  view.trade_seq = before - 1;
  view.trades.clear();  // what is kept has no holes
  announce_gap(view, lost);
}

void ShardCore::announce_gap(View& view, const Outbox::LostTrades& lost) {
  const auto listeners = streams_.trades_listeners(view.ticker.instrument);
  if (listeners.empty()) return;
  const Piece piece = gap_frame(view, lost);
  pool_.retain(piece.slab);
  for (const Listener& listener : listeners) {
    Client& client = clients_[listener.client];
    touch(listener.client);
    // What its first data will be comes after the gap.
    if (client.outbox->debt(listener.due) == Outbox::Debt::first) continue;
    tell_gap(client, listener.due, piece, lost);
  }
  pool_.release(piece.slab);
}

Piece ShardCore::gap_frame(const View& view, const Outbox::LostTrades& lost) {
  make_room();
  return encoder_.gap(view.symbol, lost.from, lost.to, lost.count, lost.reason);
}

void ShardCore::on_repair(const Event& event) {
  if (!lapped_) return;
  if (!event.repair.complete) {
    repair_pass_ = event.repair.pass;
  } else if (repair_pass_ == event.repair.pass) {
    lapped_ = false;
    counters_.repairs.add();
  }
}

}  // namespace ticker
