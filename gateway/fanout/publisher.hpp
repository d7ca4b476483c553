// Publishing: what the board heard becomes frames, at once or at a tick, and goes to who listens.
// Part of a shard, on its thread. Never lets one client's state change what another one gets.
#pragma once

#include <span>

#include "gateway/fanout/shard_state.hpp"

namespace ticker {

class Publisher {
 public:
  explicit Publisher(ShardState& shard) : shard_(shard) {}

  /// An event that the view holds already.
  void publish(View& view, const Event& event, const Heard& heard);
  /// Says what interval classes have gathered, where their tick has come: up to `frames_max`
  /// frames. True: more is to be said.
  bool tick(std::size_t frames_max);

 private:
  void changed(ChannelId channel, View& view, const Event& event, const Heard& heard,
               FieldMask fields);
  void entry(ChannelId channel, View& view, const Event& event);
  void lost(ChannelId channel, View& view, const LostRange& lost);

  void say(StreamId id, View& view);
  Piece next_frame(Stream& stream, View& view);
  void fan_out(const Stream& stream, const Piece& piece, std::uint64_t seq);

  ShardState& shard_;
};

/// The snapshot of a stream's instrument as of now: made once, until something changes, for all
/// streams with the same fields and format.
[[nodiscard]] Piece snapshot_frame(ShardState& shard, const Stream& stream, const View& view,
                                   Resumed resumed);

}  // namespace ticker
