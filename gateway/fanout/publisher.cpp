#include "gateway/fanout/publisher.hpp"

#include "gateway/base/planted.hpp"
#include "gateway/fanout/gaps.hpp"

namespace ticker {
namespace {

// Outboxes lie scattered over memory; asked for some listeners ahead they are there when their turn
// comes.
constexpr std::size_t outbox_ahead = 8;
constexpr std::size_t tail_ahead = 4;

}  // namespace

void Publisher::publish(View& view, const Event& event, const Heard& heard) {
  const Channels all = shard_.served.channels;
  for (ChannelId id = 0; id < all.size(); ++id) {
    const Channel& channel = *all[id];
    if (!heard.lost.empty()) {
      if (const LostRange missed = channel.missed(heard); !missed.empty()) lost(id, view, missed);
    }
    if (!heard.fresh || !channel.hears(event.kind)) continue;
    if (channel.traits().on_full == OnFull::merge) {
      changed(id, view, event, heard, channel.changed(view, event, heard));
    } else if (event.kind == Event::Kind::gap) {
      lost(id, view, {event.seq, event.seq, 1, event.gap.reason});
    } else {
      entry(id, view, event);
    }
  }
}

void Publisher::changed(ChannelId channel, View& view, const Event& event, const Heard& heard,
                        FieldMask fields) {
  Streams& streams = shard_.streams;
  for (const StreamId id : streams.of(channel, event.instrument)) {
    Stream& stream = streams.at(id);
    const FieldMask filter = planted(Bug::filter_leaks) ? all_fields : stream.filter();
    const auto mine = static_cast<FieldMask>(fields & filter);
    if (mine == 0) continue;
    if (planted(Bug::pending_forgotten) && (mine & status_bit) != 0) stream.pending = 0;
    stream.pending = static_cast<FieldMask>(stream.pending | mine);
    stream.missed = stream.missed || heard.missed;
    stream.exchange_us = event.exchange_us;
    stream.received = event.received;
    ++stream.merged;
    // A price that is not live any more must not look so until the next tick.
    const bool urgent = (mine & status_bit) != 0 && !planted(Bug::status_waits);
    const bool at_once = urgent || streams.pace_of(stream) == real_time;
    at_once ? say(id, view) : streams.wait(id, shard_.time.now().steady_ns);
  }
}

void Publisher::entry(ChannelId channel, View& view, const Event& event) {
  for (const StreamId id : shard_.streams.of(channel, event.instrument)) {
    const Stream& stream = shard_.streams.at(id);
    const Framer framer = shard_.framer(stream.shape.format);
    fan_out(stream, shard_.channel(channel).entry(framer, view, event, true), event.seq);
  }
}

void Publisher::lost(ChannelId channel, View& view, const LostRange& lost) {
  for (const StreamId id : shard_.streams.of(channel, view.ticker.instrument)) {
    const Stream& stream = shard_.streams.at(id);
    const Piece piece = shard_.channel(channel).gap(shard_.framer(stream.shape.format), view, lost);
    shard_.pool.retain(piece.slab);
    for (const Listener& listener : stream.listeners) {
      Client& client = shard_.clients.at(listener.client);
      shard_.clients.touch(listener.client);
      // What its first data will be comes after the gap.
      if (client.outbox->owed(listener.subscription).first_data()) continue;
      tell_gap(shard_, client, listener.subscription, piece, lost);
    }
    shard_.pool.release(piece.slab);
  }
}

bool Publisher::tick(std::size_t frames_max) {
  Streams& streams = shard_.streams;
  if (streams.next_tick_ns() == INT64_MAX) return false;
  shard_.time.look();
  for (std::size_t count = 0; count < frames_max; ++count) {
    const StreamId id = streams.ready(shard_.time.now().steady_ns);
    if (id == no_stream) return false;
    shard_.counters.ticks.add();
    say(id, shard_.board.at(streams.at(id).instrument));
  }
  return true;
}

// Everybody who listens gets what the stream has gathered.
void Publisher::say(StreamId id, View& view) {
  Stream& stream = shard_.streams.at(id);
  Piece piece = next_frame(stream, view);
  piece.frames = 1;
  const std::uint64_t seq = shard_.channel(stream.channel).seq(view);
  if (!planted(Bug::chain_broken)) stream.sent_seq = seq;
  stream.pending = 0;
  if (!planted(Bug::merged_miscounted)) stream.merged = 0;
  stream.missed = false;
  shard_.streams.stop_waiting(stream);
  if (planted(Bug::delta_dropped) && seq % 64 == 0) return;
  fan_out(stream, piece, seq);
}

Piece Publisher::next_frame(Stream& stream, View& view) {
  if (stream.missed) return snapshot_frame(shard_, stream, view, Resumed::not_asked);
  const Gathered gathered{.mask = stream.pending,
                          .prev = stream.sent_seq,
                          .merged = stream.merged,
                          .exchange_us = stream.exchange_us,
                          .received = stream.received,
                          .in_time = stream.waits_for == real_time};
  return shard_.channel(stream.channel).delta(shard_.framer(stream.shape.format), view, gathered);
}

void Publisher::fan_out(const Stream& stream, const Piece& piece, std::uint64_t seq) {
  const std::span<const Listener> listeners = stream.listeners;
  const bool merges = shard_.channel(stream.channel).traits().on_full == OnFull::merge;
  Clients& clients = shard_.clients;
  const std::uint32_t now_us = shard_.time.us();
  shard_.pool.retain(piece.slab);  // a client flushed in between may make the pool turn over
  const std::size_t count = listeners.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (i + outbox_ahead < count) clients.outbox(listeners[i + outbox_ahead].client).prefetch();
    if (i + tail_ahead < count) clients.outbox(listeners[i + tail_ahead].client).prefetch_tail();
    const Listener& listener = listeners[i];
    Outbox& outbox = clients.outbox(listener.client);
    const bool moves = outbox.flush_first(piece) && !planted(Bug::queue_not_moved);
    if (moves) clients.at(listener.client).handle->flush();
    if (merges) {
      outbox.offer(listener.subscription, piece, now_us);
    } else {
      outbox.offer_numbered(listener.subscription, piece, seq, now_us);
    }
    clients.touch(listener.client);
  }
  shard_.pool.release(piece.slab);
}

Piece snapshot_frame(ShardState& shard, const Stream& stream, const View& view, Resumed resumed) {
  Stream* keeper = nullptr;
  for (const StreamId id : shard.streams.of(stream.channel, stream.instrument)) {
    Stream& other = shard.streams.at(id);
    const bool alike = other.shape.fields == stream.shape.fields;
    if (!alike && !planted(Bug::snapshot_of_other_filter)) continue;
    if (other.shape.format != stream.shape.format) continue;
    keeper = &other;
    break;
  }
  const Channel& channel = shard.channel(stream.channel);
  CachedFrame& cached = resumed == Resumed::no ? keeper->not_resumed : keeper->snapshot;
  const std::uint64_t seq = channel.seq(view);
  if (cached.generation != 0 && (cached.seq == seq || planted(Bug::old_snapshot)) &&
      shard.pool.generation(cached.piece.slab) == cached.generation) {
    return cached.piece;
  }
  const Framer framer = shard.framer(stream.shape.format);
  cached.piece = channel.snapshot(framer, view, stream.filter(), resumed);
  cached.seq = seq;
  cached.generation = shard.pool.generation(cached.piece.slab);
  return cached.piece;
}

}  // namespace ticker
