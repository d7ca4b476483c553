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

class Channel {
 public:
  using Kinds = std::uint8_t;
  static constexpr Kinds kind(Event::Kind kind) {
    return static_cast<Kinds>(1U << static_cast<unsigned>(kind));
  }

  /// `hears`: kinds of events that may mean something for this channel.
  Channel(ChannelTraits traits, Kinds hears) : traits_(traits), hears_(hears) {}
  virtual ~Channel() = default;

  [[nodiscard]] const ChannelTraits& traits() const { return traits_; }

  /// Number of its last change.
  [[nodiscard]] virtual std::uint64_t seq(const View& view) const = 0;
  [[nodiscard]] bool hears(Event::Kind of) const { return (hears_ & kind(of)) != 0; }
  /// The whole, as it is now. `fields`: those that the stream wants.
  [[nodiscard]] virtual Piece snapshot(const Framer& framer, const View& view, FieldMask fields,
                                       Resumed resumed) const = 0;

  // --- Of a channel that merges

  /// Which of its fields a fresh event changed; the view holds the event already.
  [[nodiscard]] virtual FieldMask changed(const View& view, const Event& event,
                                          const Heard& heard) const;
  /// What was gathered, with the values of now.
  [[nodiscard]] virtual Piece delta(const Framer& framer, const View& view,
                                    const Gathered& gathered) const;
  /// What changed after `seq`; a frame without changes says that nothing did. `fields`: as above.
  [[nodiscard]] virtual Piece resumed(const Framer& framer, const View& view, FieldMask fields,
                                      std::uint64_t seq) const;

  // --- Of a channel that loses: each fresh event is an entry of its own, or a gap

  /// What of its numbers went by unseen before an event of any kind.
  [[nodiscard]] virtual LostRange missed(const Heard& heard) const;
  /// `live`: it is told as it comes, so its age is worth measuring.
  [[nodiscard]] virtual Piece entry(const Framer& framer, const View& view, const Event& event,
                                    bool live) const;
  [[nodiscard]] virtual Piece gap(const Framer& framer, const View& view,
                                  const LostRange& lost) const;
  /// What is kept for those who come back.
  [[nodiscard]] virtual const TradeHistory& history(const View& view) const;

 private:
  const ChannelTraits traits_;
  const Kinds hears_;
};

using Channels = std::span<const Channel* const>;

/// Those of the product, in the order of their ids.
[[nodiscard]] Channels channels();

}  // namespace ticker
