// The contracts of this room. An adapter turns a venue's bytes into answers; a source decides when
// bytes or answers come; both speak into a sink. No I/O, no clock, no ring here. Everything runs on
// the feed thread that owns it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "feeds/category.hpp"
#include "schemas/event.hpp"

namespace ticker::feeds {

/// New values for some fields of one instrument's ticker.
struct TickerUpdate {
  std::string_view symbol;  // the venue's own spelling
  std::uint8_t stream = 0;  // which of the venue's streams speaks, below `streams_max`
  std::uint64_t order =
      0;  // id or time within (instrument, stream); older ones are ignored; 0: none given
  std::int64_t exchange_us = 0;  // microseconds since the epoch; 0: none given
  FieldMask mask = 0;  // the fields that `fields` speaks of; a null value means «no value»
  Fields fields;
};
inline constexpr std::uint8_t streams_max = 4;

struct TradeUpdate {
  std::string_view symbol;
  std::uint8_t stream = 0;
  std::uint64_t order = 0;
  std::int64_t exchange_us = 0;
  Decimal price;
  Decimal size;
  Side side = Side::unknown;  // the taker's
  std::string_view trade_id;
};

/// What a frame was. `ignored`: recognised, carries nothing for us. `unknown`: well-formed, but of
/// no known kind.
enum class Verdict : std::uint8_t { data, ignored, unknown, malformed };
inline constexpr std::size_t verdict_count = 4;

/// Hears what one venue says. `market` is the sink of the gateway; tests bring their own.
class Sink {
 public:
  virtual ~Sink() = default;
  /// When what follows was received.
  virtual void received(const Receipt& receipt) = 0;
  virtual void ticker(const TickerUpdate& update) = 0;
  virtual void trade(const TradeUpdate& update) = 0;
  /// A number too large for a Decimal: its field became null.
  virtual void overflow() = 0;
  /// One frame was parsed with this verdict; `text` is the frame, or empty where there is none to
  /// show. Called by sources, once a frame.
  virtual void frame(Verdict verdict, std::string_view text) = 0;
  /// The upstream was interrupted: order ids start afresh, and trades may be missing (one gap an
  /// instrument).
  virtual void interrupted() = 0;
  /// Status of all instruments of this venue.
  virtual void status(Status status, Reason reason) = 0;
};

/// What the configuration says of a venue: `[feeds.<venue>]`. What a venue offers, and its
/// defaults, stand in the registry.
struct VenueOptions {
  Category category = Category::spot;
  // The venue's own name of the stream that tells trades; empty: its default.
  std::string trades = {};
};

/// One venue's language: pure functions over bytes.
class Adapter {
 public:
  explicit Adapter(Category category) : category_(category) {}
  virtual ~Adapter() = default;
  /// Bytes that must be readable behind a frame's end (simdjson reads in blocks).
  static constexpr std::size_t padding_bytes = 64;

  /// Parses one frame; `padding_bytes` readable bytes follow its end. Answers into `sink`; never
  /// throws. Says nothing to the sink when the frame is malformed.
  virtual Verdict parse(std::string_view frame, Sink& sink) = 0;

  /// The part of an instrument's name behind `venue:`. A pair of a spot market is `BASE-QUOTE`
  /// (`BTCUSDT` → `BTC-USDT`), or the venue's spelling where that cannot be told; a derivative
  /// keeps the venue's symbol (`ETH-USD-220624-20000-C`).
  [[nodiscard]] std::string canonical(std::string_view symbol) const {
    return category_ == Category::spot ? pair(symbol) : std::string(symbol);
  }

 private:
  /// `BASE-QUOTE` for a spot market's spelling; the spelling itself where it cannot be told.
  [[nodiscard]] virtual std::string pair(std::string_view symbol) const = 0;

  const Category category_;
};

/// Where a venue's sink is found: the market has one for each venue.
class SinkDirectory {
 public:
  virtual ~SinkDirectory() = default;
  /// The sink of `venue`, kept for the process's life. `adapter` spells its symbols; null: they are
  /// canonical.
  virtual Sink& sink(std::string_view venue, const Adapter* adapter) = 0;
};

/// Something that speaks when its time has come: the simulated feed, a replay.
class Source {
 public:
  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
  virtual ~Source() = default;
  /// Says up to `events_max` of what is due at `now`. Returns the steady time (ns) of its next
  /// turn, `never` at its end, a time not after `now` if more is due already.
  virtual std::int64_t run(const Receipt& now, std::size_t events_max) = 0;
};

}  // namespace ticker::feeds
