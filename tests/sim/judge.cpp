#include "tests/sim/judge.hpp"

#include <algorithm>

namespace ticker::sim {

void Overloaded::lagged(std::int64_t lag_ms, const Limits& limits, std::int64_t now_us) {
  if (lag_ms > limits.lag_soft_ms) high_us_ = now_us;
  const bool hard = lag_ms > limits.lag_hard_ms;
  if (hard && !now()) spans_.push_back({now_us, INT64_MAX});
  const bool calm = now_us - high_us_ >= std::int64_t{limits.lag_calm_ms} * 1'000;
  if (!hard && calm && now()) spans_.back().to_us = now_us;
}

bool Overloaded::at(std::int64_t us) const {
  return std::any_of(spans_.begin(), spans_.end(),
                     [us](const Span& span) { return span.from_us < us && us < span.to_us; });
}

bool Overloaded::began(std::int64_t from_us, std::int64_t to_us) const {
  return std::any_of(spans_.begin(), spans_.end(), [=](const Span& span) {
    return from_us <= span.from_us && span.from_us <= to_us;
  });
}

bool Overloaded::ended(std::int64_t from_us, std::int64_t to_us) const {
  return std::any_of(spans_.begin(), spans_.end(), [=](const Span& span) {
    return from_us <= span.to_us && span.to_us <= to_us;
  });
}

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
  // The times are those of the newest change that is told.
  const auto filter = static_cast<FieldMask>(view.fields | status_bit);
  const bool whole = frame.snapshot || frame.resumed;
  ChangeTimes times = truth.times(frame.seq, whole ? all_fields : filter);
  const bool has_newest =
      frame.seq > 0 && (truth.changed(frame.seq - 1, frame.seq) & frame.carried);
  if (frame.resumed && !frame.snapshot && !has_newest) times.exchange_us = 0;
  require(lapped || (frame.exchange_us == times.exchange_us && frame.recv_us == times.received_us),
          "not the times of the change", symbol, frame.seq);
  if (frame.snapshot) return;
  const auto changed = static_cast<FieldMask>(truth.changed(frame.prev, frame.seq) & filter);
  if (frame.resumed) {
    require((frame.carried & ~changed) == 0 || lapped, "resumed with what did not change", symbol,
            frame.seq);
    return;
  }
  check_pace(symbol, frame, view);
  require(frame.carried == changed, "not exactly what changed", symbol, frame.seq);
  // A status that a lapped shard missed there and back, within a microsecond, is in no count.
  const std::uint64_t count = truth.count(frame.prev, frame.seq, filter);
  require(frame.merged == count || (lapped && frame.merged < count), "merged is another number",
          symbol, frame.seq);
}

// Streams that overload slows down: one delta in 250 ms then, in their own interval else. Where it
// begins a stream may have two, the last of its own and the first of the other; where it ends, one
// may still come of the other.
void Judge::check_pace(std::string_view symbol, const TickerFrame& frame, const TickerView& view) {
  if (view.interval_ms >= 250 || frame.before_us == 0) return;
  const std::int64_t lately_us = frame.sent_us - 250'000;
  if (overloaded->began(lately_us, frame.sent_us)) return;
  const auto kept = [&](std::int64_t interval_ms) {
    const std::int64_t period_us = interval_ms * 1'000;
    return interval_ms == 0 || frame.sent_us / period_us > frame.before_us / period_us;
  };
  const bool slowed = overloaded->at(frame.sent_us);
  const bool late = overloaded->ended(lately_us, frame.sent_us) && kept(250);
  require(late || kept(slowed ? 250 : view.interval_ms), "two deltas within an interval", symbol,
          frame.seq);
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
