// The table of channels: ticker and trades.
#include <cstdlib>

#include "gateway/fanout/channel.hpp"

namespace ticker {
namespace {

// The last prices and the status of an instrument: what changed, the newest only.
class TickerChannel final : public Channel {
 public:
  TickerChannel()
      : Channel({.name = "ticker",
                 .on_full = OnFull::merge,
                 .paced = true,
                 .has_fields = true,
                 .resumes = true},
                kind(Event::Kind::ticker)) {}

  [[nodiscard]] std::uint64_t seq(const View& view) const override { return view.ticker.seq; }

  [[nodiscard]] FieldMask changed(const View&, const Event&, const Heard& heard) const override {
    return heard.changed;
  }

  [[nodiscard]] Piece snapshot(const Framer& framer, const View& view, FieldMask fields,
                               Resumed resumed) const override {
    const SnapshotHead head{view.symbol, framer.encoder.epoch(), view.ticker.seq, resumed};
    return framer.encoder.frame(framer.format, ticker_message_max, [&](char* out) {
      return framer.format.messages.snapshot(out, head, view.ticker, fields, framer.now.wall_us);
    });
  }

  [[nodiscard]] Piece delta(const Framer& framer, const View& view,
                            const Gathered& gathered) const override {
    Piece piece = frame(framer, view,
                        {.mask = gathered.mask,
                         .prev = gathered.prev,
                         .merged = gathered.merged,
                         .exchange_us = gathered.exchange_us,
                         .received = gathered.received});
    if (gathered.in_time) framer.encoder.note_age(piece, gathered.received, framer.now);
    return piece;
  }

  [[nodiscard]] Piece resumed(const Framer& framer, const View& view, FieldMask fields,
                              std::uint64_t seq) const override {
    const auto mask = static_cast<FieldMask>(view.changed_since(seq) & fields);
    const bool has_last = (mask & view.ticker.ticker.changed) != 0;  // its time is the frame's
    return frame(framer, view,
                 {.mask = mask,
                  .prev = seq,
                  .resumed = true,
                  .exchange_us = has_last ? view.ticker.exchange_us : 0,
                  .received = view.ticker.received});
  }

 private:
  static Piece frame(const Framer& framer, const View& view, const DeltaHead& head) {
    return framer.encoder.frame(framer.format, ticker_message_max, [&](char* out) {
      return framer.format.messages.delta(out, view.symbol, view.ticker, head, framer.now.wall_us);
    });
  }
};

// Every trade, numbered; those that do not come are announced.
class TradesChannel final : public Channel {
 public:
  TradesChannel()
      : Channel({.name = "trades", .on_full = OnFull::lose, .resumes = true},
                kind(Event::Kind::trade) | kind(Event::Kind::gap)) {}

  [[nodiscard]] std::uint64_t seq(const View& view) const override { return view.trade_seq; }

  [[nodiscard]] LostRange missed(const Heard& heard) const override { return heard.lost; }

  [[nodiscard]] Piece snapshot(const Framer& framer, const View& view, FieldMask /*fields*/,
                               Resumed resumed) const override {
    const SnapshotHead head{view.symbol, framer.encoder.epoch(), view.trade_seq, resumed};
    const TradeTail trades(view.trades, framer.limits.trades_snapshot_max);
    const auto count = static_cast<std::uint32_t>(trades.size());
    const Messages& messages = framer.format.messages;
    return framer.encoder.frame(framer.format, trades_snapshot_bytes_max(count), [&](char* out) {
      out = messages.trades_begin(out, head);
      for (std::uint32_t i = 0; i < count; ++i) out = messages.past_trade(out, trades[i], i == 0);
      return messages.trades_end(out, framer.now.wall_us);
    });
  }

  [[nodiscard]] Piece entry(const Framer& framer, const View& view, const Event& event,
                            bool live) const override {
    Piece piece = framer.encoder.frame(framer.format, trade_message_max, [&](char* out) {
      return framer.format.messages.trade(out, view.symbol, event, framer.now.wall_us);
    });
    piece.frames = 1;
    if (live) framer.encoder.note_age(piece, event.received, framer.now);
    return piece;
  }

  [[nodiscard]] Piece gap(const Framer& framer, const View& view,
                          const LostRange& lost) const override {
    return framer.encoder.frame(framer.format, gap_message_max, [&](char* out) {
      return framer.format.messages.gap(out, traits().name, view.symbol, lost);
    });
  }

  [[nodiscard]] const TradeHistory& history(const View& view) const override { return view.trades; }
};

}  // namespace

Channels channels() {
  static const TickerChannel ticker;
  static const TradesChannel trades;
  static const Channel* const table[] = {&ticker, &trades};
  return table;
}

// A row that merges is never asked for what only losing ones have, and the other way round.
FieldMask Channel::changed(const View&, const Event&, const Heard&) const { std::abort(); }
LostRange Channel::missed(const Heard&) const { return {}; }
Piece Channel::delta(const Framer&, const View&, const Gathered&) const { std::abort(); }
Piece Channel::resumed(const Framer&, const View&, FieldMask, std::uint64_t) const { std::abort(); }
Piece Channel::entry(const Framer&, const View&, const Event&, bool) const { std::abort(); }
Piece Channel::gap(const Framer&, const View&, const LostRange&) const { std::abort(); }
const TradeHistory& Channel::history(const View&) const { std::abort(); }

}  // namespace ticker
