// A channel, as the fan-out sees it: what differs between one and another stands here, and nowhere
// else. A shard serves a table of them; a new channel is one more row. Rows keep nothing: what they
// speak of lies in the views of the board. Used by one shard thread.
#pragma once

#include <cstdint>
#include <span>

#include "gateway/fanout/board.hpp"
#include "gateway/fanout/encoder.hpp"
#include "gateway/protocol/channel.hpp"

namespace ticker {

/// Where frames are made: in which format, as of when.
struct Framer {
  Encoder& encoder;
  const Format& format;
  const Receipt& now;
  const Limits& limits;
};

/// What a stream of a merging channel has gathered since its last frame.
struct Gathered {
  FieldMask mask = 0;            // changed since
  std::uint64_t prev = 0;        // seq of the frame before
  std::uint32_t merged = 0;      // changes since
  std::int64_t exchange_us = 0;  // of the last of them
  Receipt received;
  bool in_time = false;  // it waited for no tick
};

/// Takes what a channel has to say about one event.
class News {
 public:
  virtual ~News() = default;
  /// Of a merging channel: these fields changed.
  virtual void changed(ChannelId channel, View& view, const Event& event, const Heard& heard,
                       FieldMask fields) = 0;
  /// Of a losing channel: one more numbered entry.
  virtual void entry(ChannelId channel, View& view, const Event& event) = 0;
  /// Of a losing channel: these will never come.
  virtual void lost(ChannelId channel, View& view, const LostRange& lost) = 0;
};

class Channel {
 public:
  explicit Channel(ChannelTraits traits) : traits_(traits) {}
  virtual ~Channel() = default;

  [[nodiscard]] const ChannelTraits& traits() const { return traits_; }

  /// Number of its last change.
  [[nodiscard]] virtual std::uint64_t seq(const View& view) const = 0;
  /// Says what an event, which the view holds already, means for this channel.
  virtual void tell(ChannelId self, View& view, const Event& event, const Heard& heard,
                    News& news) const = 0;
  /// The whole, as it is now. `fields`: those that the stream wants.
  [[nodiscard]] virtual Piece snapshot(const Framer& framer, const View& view, FieldMask fields,
                                       Resumed resumed) const = 0;

  // --- Of a channel that merges

  /// What was gathered, with the values of now.
  [[nodiscard]] virtual Piece delta(const Framer& framer, const View& view,
                                    const Gathered& gathered) const;
  /// What changed after `seq`; a frame without changes says that nothing did. `fields`: as above.
  [[nodiscard]] virtual Piece resumed(const Framer& framer, const View& view, FieldMask fields,
                                      std::uint64_t seq) const;

  // --- Of a channel that loses

  /// `live`: it is told as it comes, so its age is worth measuring.
  [[nodiscard]] virtual Piece entry(const Framer& framer, const View& view, const Event& event,
                                    bool live) const;
  [[nodiscard]] virtual Piece gap(const Framer& framer, const View& view,
                                  const LostRange& lost) const;
  /// What is kept for those who come back.
  [[nodiscard]] virtual const TradeHistory& history(const View& view) const;

 private:
  const ChannelTraits traits_;
};

using Channels = std::span<const Channel* const>;

/// Those of the product, in the order of their ids.
[[nodiscard]] Channels channels();

}  // namespace ticker
