#include "tests/sim/judge.hpp"

namespace ticker::sim {

void Judge::require(bool holds, std::string_view rule, std::string_view symbol, std::uint64_t seq) {
  if (holds || !violation.empty()) return;
  violation = std::string(rule) + ": " + std::string(symbol) + " at " + std::to_string(seq);
}

bool Judge::agrees(std::size_t instrument, const TickerView& view, std::uint64_t seq) const {
  const TruthInstrument& truth = truth_[instrument];
  for (std::size_t i = 0; i < field_count; ++i) {
    if ((view.fields >> i & 1U) != 0 && view.values[i] != truth.value(i, seq)) return false;
  }
  const StatusText& status = truth.status(seq);
  // A shard that missed the beginning of an instrument knows of it since its first event.
  const bool since = status.since_us == view.since_us || (lapped && seq == 0);
  return status.status == view.status && status.reason == view.reason && since;
}

void Judge::ticker(std::string_view symbol, const TickerFrame& frame, const TickerView& view) {
  const std::size_t index = instrument_of(symbol);
  if (index == instrument_count) return require(false, "no such instrument", symbol, frame.seq);
  const TruthInstrument& truth = truth_[index];
  require(frame.sent_us <= now_.wall_us && frame.recv_us <= frame.sent_us, "times run backwards",
          symbol, frame.seq);
  require(truth.known() && frame.seq <= truth.seq(), "a number that was never given", symbol,
          frame.seq);
  if (!violation.empty()) return;
  require(frame.ignored || agrees(index, view, frame.seq), "not what was true", symbol, frame.seq);
  if (frame.snapshot) return;
  const auto filter = static_cast<FieldMask>(view.fields | status_bit);
  const auto changed = static_cast<FieldMask>(truth.changed(frame.prev, frame.seq) & filter);
  if (frame.resumed) {
    require((frame.carried & ~changed) == 0 || lapped, "resumed with what did not change", symbol,
            frame.seq);
    return;
  }
  require(frame.carried == changed, "not exactly what changed", symbol, frame.seq);
  require(frame.merged == truth.count(frame.prev, frame.seq, filter), "merged is another number",
          symbol, frame.seq);
  require(truth.exchange_time_known(frame.prev, frame.seq, frame.exchange_us),
          "an exchange time of nothing in the frame", symbol, frame.seq);
}

void Judge::trade(std::string_view symbol, const TradeFrame& trade) {
  const std::size_t index = instrument_of(symbol);
  if (index == instrument_count || trade.seq == 0 || trade.seq > truth_[index].trade_seq()) {
    return require(false, "a trade that never was", symbol, trade.seq);
  }
  const TruthTrade& truth = truth_[index].trade(trade.seq);
  require(!truth.gap && trade.price == truth.price && trade.size == truth.size &&
              trade.side == truth.side && trade.id == truth.id &&
              trade.exchange_us == truth.exchange_us,
          "not the trade that was", symbol, trade.seq);
}

void Judge::gap(std::string_view symbol, const GapFrame& gap) {
  const std::size_t index = instrument_of(symbol);
  if (index == instrument_count || gap.to > truth_[index].trade_seq()) {
    return require(false, "a gap of trades that never were", symbol, gap.to);
  }
  // A shard that missed the interruption itself cannot tell it from trades.
  const bool interrupted = truth_[index].interrupted(gap.from, gap.to);
  require(gap.upstream == interrupted || (lapped && !gap.upstream),
          "a gap has the reason of what is in it", symbol, gap.from);
}

}  // namespace ticker::sim
