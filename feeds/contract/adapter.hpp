// The contracts of this room. An adapter turns a venue's bytes into answers; a source decides when
// bytes or answers come; both speak into a sink. No I/O, no clock, no ring here. Everything runs on
// the feed thread that owns it.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "feeds/contract/book_rules.hpp"
#include "feeds/contract/options.hpp"
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
  bool counted = false;  // `order` rises by one a trade: where it rises by more, trades are missing
};

/// One price of a book. A size of 0 takes the price out; a null size stands, but does not fit.
struct BookLevel {
  Decimal price;
  Decimal size;
};

/// A change of one instrument's book, or the whole of it. What the numbers mean is told by the
/// venue's `BookRules`.
struct BookUpdate {
  std::string_view symbol;
  std::uint8_t stream = 0;
  bool snapshot = false;                  // replaces all that was known
  std::uint64_t first = 0;                // numbers that this update covers, both ends included;
  std::uint64_t last = 0;                 // one number where the venue gives one
  std::int64_t previous = -1;             // number of the update before, where the venue tells it
  std::optional<std::uint32_t> checksum;  // of the book after this update
  std::int64_t exchange_us = 0;
  std::span<const BookLevel> bids;  // in any order
  std::span<const BookLevel> asks;
};

/// What a venue says of the conversation itself.
struct Notice {
  enum class Kind : std::uint8_t {
    subscribed,   // to `symbol`, or to all that one message asked for
    refused,      // a subscription, of `symbol` if it is known; `text` says why
    heartbeat,    // the stream is alive: that of `symbol`, or of the whole connection
    leaving,      // this connection will be closed soon: go to another one
    maintenance,  // no price can be traded now
    online,       // the opposite
    error,        // something is wrong with what we asked; `text` says what
  };
  Kind kind = Kind::heartbeat;
  std::string_view symbol = {};  // empty: none in particular
  std::string_view text = {};    // the venue's words
  std::uint64_t last_trade = 0;  // of a heartbeat: id of the last trade; 0: not told
};

/// How far a venue's connections are.
enum class LinkState : std::uint8_t {
  idle,
  listing,
  connecting,
  subscribing,
  live,
  silent,
  waiting
};
inline constexpr std::array<std::string_view, 7> link_state_names = {
    "idle", "listing", "connecting", "subscribing", "live", "silent", "waiting"};

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
  /// Status of all instruments of this venue; the next data of each makes it live.
  virtual void status(Status status, Reason reason) = 0;

  // What only live connections and books say. Who has no use for it does not listen.

  /// An instrument becomes known before its first data. `name`: its part behind `venue:`.
  virtual void introduce([[maybe_unused]] std::string_view symbol,
                         [[maybe_unused]] std::string_view name) {}
  /// Status of one instrument. Any but `live` stays until it is told otherwise here: data alone
  /// does not make it live.
  virtual void status_of([[maybe_unused]] std::string_view symbol, [[maybe_unused]] Status status,
                         [[maybe_unused]] Reason reason) {}
  /// One instrument's upstream was interrupted: order of its tickers starts afresh, ids of its
  /// trades go on (what comes twice is told once), and with `trades_lost` trades may be missing.
  virtual void interrupted_one([[maybe_unused]] std::string_view symbol,
                               [[maybe_unused]] bool trades_lost) {}
  virtual void book([[maybe_unused]] const BookUpdate& update) {}
  virtual void notice([[maybe_unused]] const Notice& notice) {}
  /// The state of the venue's connections changed, or something failed; `error` is empty where
  /// nothing did.
  virtual void link([[maybe_unused]] LinkState state, [[maybe_unused]] std::string_view error) {}
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

  /// Parses the answer to a REST request of the venue's `Dialect`: a snapshot of a book. `target`
  /// is the path and query that was asked for. Otherwise as `parse`.
  virtual Verdict parse_answer([[maybe_unused]] std::string_view target,
                               [[maybe_unused]] std::string_view body,
                               [[maybe_unused]] Sink& sink) {
    return Verdict::unknown;
  }

  /// How the books that `parse` speaks of are kept right.
  [[nodiscard]] virtual BookRules book_rules() const { return {}; }

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
