// Streams: a stream is (channel, instrument, interval class, field filter, format). What is said on
// it is encoded once for all its listeners. Keeps who listens and what the next frame will say;
// decides when its tick has come. Knows ids only: no sockets, no outboxes, no bytes of its own.
// Owned by one shard thread.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "gateway/fanout/channel.hpp"
#include "gateway/fanout/slab.hpp"
#include "schemas/event.hpp"

namespace ticker {

using StreamId = std::uint32_t;
inline constexpr StreamId no_stream = UINT32_MAX;

struct Listener {
  std::uint32_t client;
  std::uint32_t subscription;  // of the client
};

/// A frame that may be shared again while nothing changed.
struct CachedFrame {
  Piece piece;
  std::uint64_t seq = 0;
  std::uint64_t generation = 0;  // of its slab; 0: none
};

struct Stream {
  ChannelId channel = 0;
  Shape shape;
  InstrumentId instrument = 0;
  std::vector<Listener> listeners;

  // What the next frame of a channel that merges will say.
  std::uint64_t sent_seq = 0;    // its `prev`: of the frame before, or when the first listener came
  FieldMask pending = 0;         // changed since
  bool missed = false;           // changes went by unseen: a snapshot is needed
  std::uint32_t merged = 0;      // changes since
  std::int64_t exchange_us = 0;  // of the last of them
  Receipt received;
  std::int64_t tick_ns = 0;    // that it waits for
  std::uint32_t place = 0;     // among those that wait for a tick
  Pace waits_for = real_time;  // the class that it waits with, or `ready_now`; real_time: none

  CachedFrame snapshot, not_resumed;  // as of now, without and with `resumed: false`

  [[nodiscard]] FieldMask filter() const { return shape.fields | status_bit; }
};

class Streams {
 public:
  using SeqOf = std::function<std::uint64_t(ChannelId, InstrumentId)>;

  /// `seq_of`: the current seq of a channel, asked when a stream gets its first listener.
  Streams(Channels channels, SeqOf seq_of) : channels_(channels), seq_of_(std::move(seq_of)) {}

  [[nodiscard]] const Channel& channel(ChannelId id) const { return *channels_[id]; }
  [[nodiscard]] std::size_t channel_count() const { return channels_.size(); }

  // --- Listeners

  /// Adds a listener; makes the stream if there is none. `position`: where it stands in the list.
  StreamId listen(ChannelId channel, InstrumentId id, Shape shape, Listener listener,
                  std::uint32_t& position);
  /// Takes a listener away; the last of the list takes its position and is returned. A stream
  /// without listeners ends.
  Listener unlisten(StreamId stream, std::uint32_t position);

  [[nodiscard]] std::span<const StreamId> of(ChannelId channel, InstrumentId id) const {
    const std::size_t place = place_of(channel, id);
    return place < lists_.size() ? std::span<const StreamId>(lists_[place])
                                 : std::span<const StreamId>();
  }
  /// Does anybody listen to anything of the instrument?
  [[nodiscard]] bool any(InstrumentId id) const { return id < counts_.size() && counts_[id] > 0; }
  Stream& at(StreamId id) { return streams_[id]; }
  [[nodiscard]] const Stream& at(StreamId id) const { return streams_[id]; }
  [[nodiscard]] std::size_t count() const { return streams_.size() - free_.size(); }

  // --- Ticks, at absolute multiples of each interval on the steady clock

  /// Classes faster than `widened_pace` are served at that one while `widened`.
  void widen(bool widened) { widened_ = widened; }
  [[nodiscard]] Pace pace_of(const Stream& stream) const {
    const bool slower =
        widened_ && stream.shape.pace < widened_pace && channel(stream.channel).traits().paced;
    return slower ? widened_pace : stream.shape.pace;
  }
  /// The stream has something to say at the next tick of its class.
  void wait(StreamId id, std::int64_t now_ns);
  /// It was said, or nobody wants to hear it any more.
  void stop_waiting(Stream& stream);
  /// A stream whose tick has come; `no_stream` if there is none. It is ready until
  /// `stop_waiting`.
  [[nodiscard]] StreamId ready(std::int64_t now_ns);
  /// Steady time (ns) of the next tick that has anything to say, past while it is being served;
  /// INT64_MAX: none.
  [[nodiscard]] std::int64_t next_tick_ns() const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  static constexpr Pace ready_now = pace_count;

  [[nodiscard]] std::size_t place_of(ChannelId channel, InstrumentId id) const {
    return std::size_t{id} * channels_.size() + channel;
  }
  StreamId make(ChannelId channel, InstrumentId id, Shape shape);
  void end(StreamId id);
  void join(StreamId id, Pace list);
  void take_ticks(std::int64_t now_ns);
  void take_tick(Pace pace, std::int64_t now_ns);

  const Channels channels_;
  const SeqOf seq_of_;
  std::vector<Stream> streams_;
  std::vector<StreamId> free_;
  std::vector<std::vector<StreamId>> lists_;  // by `place_of`
  std::vector<std::uint32_t> counts_;         // of streams, by instrument
  // By class; then those whose tick has come. What changes after its tick waits for the next one,
  // though others are still to be served.
  std::array<std::vector<StreamId>, pace_count + 1> waiting_;
  std::array<std::int64_t, pace_count> tick_ns_{};  // the first of what waits
  std::int64_t ready_since_ns_ = 0;                 // the oldest tick of what is ready
  bool widened_ = false;
};

}  // namespace ticker
