// Streams of a shard: what changed becomes frames, at once or at a tick, and goes to who listens.
#include "gateway/base/planted.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {
namespace {

// Outboxes lie scattered over memory; asked for some listeners ahead they are there when their turn
// comes.
constexpr std::size_t outbox_ahead = 8;
constexpr std::size_t tail_ahead = 4;

bool same_status(const TickerBody& a, const TickerBody& b) {
  return a.status == b.status && a.reason == b.reason && a.since_us == b.since_us;
}

}  // namespace

void ShardCore::on_ticker(View& view, const Event& event) {
  const std::uint64_t prev = view.ticker.seq;
  if (event.seq > prev) {  // else told again, and known
    const bool missed = !planted(Bug::lap_not_seen) &&
                        (event.seq != prev + 1 || (event.flags & Event::repair_flag) != 0);
    FieldMask changed = event.ticker.changed;
    if (missed) {  // any value may have changed, perhaps there and back
      changed = same_status(view.ticker.ticker, event.ticker) ? all_values : all_fields;
    }
    view.update(event, missed ? all_fields : changed);
    for (const StreamId id : streams_.of(DataChannel::ticker, event.instrument)) {
      Stream& stream = streams_.at(id);
      const FieldMask filter = planted(Bug::filter_leaks) ? all_fields : stream.filter();
      const auto mine = static_cast<FieldMask>(changed & filter);
      if (mine == 0) continue;
      if (planted(Bug::pending_forgotten) && (mine & status_bit) != 0) stream.pending = 0;
      stream.pending = static_cast<FieldMask>(stream.pending | mine);
      stream.missed = stream.missed || missed;
      stream.exchange_us = event.exchange_us;
      stream.received = event.received;
      ++stream.merged;
      // A price that is not live any more must not look so until the next tick.
      const bool urgent = (mine & status_bit) != 0 && !planted(Bug::status_waits);
      const bool at_once = urgent || streams_.pace_of(stream) == real_time;
      at_once ? say(id, view) : streams_.wait(id, now_.steady_ns);
    }
  }
  // A ticker carries the last trade's number: trades that we have not seen by now were missed.
  if (event.ticker.trade_seq > view.trade_seq) trades_missed(view, event.ticker.trade_seq + 1);
}

bool ShardCore::tick(std::size_t frames_max) {
  owner_.check();
  if (streams_.next_tick_ns() == INT64_MAX) return false;
  look_at_clock();
  for (std::size_t count = 0; count < frames_max; ++count) {
    const StreamId id = streams_.due(now_.steady_ns);
    if (id == no_stream) return false;
    counters_.ticks.add();
    say(id, board_.at(streams_.at(id).instrument));
  }
  return true;
}

// Everybody who listens gets what the stream has gathered.
void ShardCore::say(StreamId id, View& view) {
  make_room();  // an event may be said on hundreds of streams
  Stream& stream = streams_.at(id);
  Piece piece = next_frame(stream, view);
  piece.frames = 1;
  if (!planted(Bug::chain_broken)) stream.sent_seq = view.ticker.seq;
  stream.pending = 0;
  if (!planted(Bug::merged_miscounted)) stream.merged = 0;
  stream.missed = false;
  streams_.stop_waiting(stream);
  if (planted(Bug::delta_dropped) && view.ticker.seq % 64 == 0) return;
  fan_out(stream.listeners, piece, 0);
}

Piece ShardCore::next_frame(Stream& stream, View& view) {
  if (stream.missed) return snapshot_frame(stream, view, Resumed::not_asked);
  const DeltaHead head{.mask = stream.pending,
                       .prev = stream.sent_seq,
                       .merged = stream.merged,
                       .exchange_us = stream.exchange_us,
                       .received = stream.received};
  const bool in_time = stream.waits_for == real_time;
  return encoder_.delta(view.symbol, view.ticker, head, in_time, now_);
}

// Snapshots are made once as well: until something changes, whoever is owed one of this filter gets
// the same bytes.
Piece ShardCore::snapshot_frame(Stream& stream, View& view, Resumed resumed) {
  const auto alike = streams_.of(stream.channel, stream.instrument);
  Stream* keeper = &stream;
  for (const StreamId id : alike) {
    const bool alike_in_fields = streams_.at(id).shape.fields == stream.shape.fields;
    if (!alike_in_fields && !planted(Bug::snapshot_of_other_filter)) continue;
    keeper = &streams_.at(id);
    break;
  }
  CachedFrame& cached = resumed == Resumed::no ? keeper->not_resumed : keeper->snapshot;
  const bool is_ticker = stream.channel == DataChannel::ticker;
  const std::uint64_t seq = is_ticker ? view.ticker.seq : view.trade_seq;
  if (cached.generation != 0 && (cached.seq == seq || planted(Bug::old_snapshot)) &&
      pool_.generation(cached.piece.slab) == cached.generation) {
    return cached.piece;
  }
  cached.piece = is_ticker
                     ? encoder_.snapshot(view.symbol, view.ticker, stream.filter(), resumed, now_)
                     : encoder_.trades_snapshot(view.symbol, seq,
                                                TradeTail(view.trades, limits_.trades_snapshot_max),
                                                resumed, now_);
  cached.seq = seq;
  cached.generation = pool_.generation(cached.piece.slab);
  return cached.piece;
}

void ShardCore::fan_out(std::span<const Listener> listeners, const Piece& piece,
                        std::uint64_t trade_seq) {
  pool_.retain(piece.slab);  // a client flushed in between may make the pool turn over
  const std::size_t count = listeners.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + outbox_ahead < count) doors_[listeners[i + outbox_ahead].client].outbox->prefetch();
    if (i + tail_ahead < count) doors_[listeners[i + tail_ahead].client].outbox->prefetch_tail();
    const Listener& listener = listeners[i];
    const Door& door = doors_[listener.client];
    Outbox& outbox = *door.outbox;
    const bool moves = outbox.flush_first(piece) && !planted(Bug::queue_not_moved);
    if (moves) clients_[listener.client].transport->flush();
    if (trade_seq == 0) {
      outbox.ticker(listener.due, piece, now_us_);
    } else {
      outbox.trade(listener.due, piece, trade_seq, now_us_);
    }
    if (!door.dirty) touch(listener.client);
  }
  pool_.release(piece.slab);
}

}  // namespace ticker
