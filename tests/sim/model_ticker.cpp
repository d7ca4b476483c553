// Tickers: snapshots and deltas, by the rules of the protocol.
#include <algorithm>
#include <utility>

#include "tests/sim/model_client.hpp"
#include "tests/sim/model_values.hpp"

namespace ticker::sim {

const TickerView* ModelClient::current(std::string_view symbol) const {
  const Entry* const entry = rule(false, symbol);
  const auto view = tickers.find(symbol);
  return entry != nullptr && view != tickers.end() && view->second.entry == entry->number
             ? &view->second
             : nullptr;
}

void ModelClient::began(bool of_trades, std::string_view symbol) {
  if (!in_order_) return;
  const auto found = std::find_if(awaited_.begin(), awaited_.end(), [&](const Awaited& one) {
    return one.trades == of_trades && one.symbol == symbol;
  });
  if (found == awaited_.end()) return;  // under a wildcard
  require(found == awaited_.begin(), "what was subscribed later begins first");
  awaited_.erase(found);
}

void ModelClient::ticker_message(bool snapshot) {
  const std::string_view symbol = text("symbol");
  const Entry* const entry = rule(false, symbol);
  if (!require(entry != nullptr, "data that is not subscribed")) return;
  TickerFrame frame;
  frame.snapshot = snapshot;
  if (!read_ticker(frame)) return;
  const FieldMask allowed = entry->fields | status_bit;
  require((frame.carried & ~allowed) == 0, "a field outside the filter");
  if (snapshot) {
    require(text("channel") == "ticker" && frame.epoch == epoch, "a snapshot of another epoch");
    require(frame.carried == allowed, "a snapshot lacks a field");
  }
  auto found = tickers.find(symbol);
  const bool first = found == tickers.end() || found->second.entry != entry->number;
  if (first && !begin_ticker(symbol, *entry, frame)) return;
  if (first) found = tickers.try_emplace(std::string(symbol)).first;
  TickerView& view = found->second;
  if (!first) {
    ++counted;
    require(!frame.resumed, "something resumes that had begun");
  }
  if (!snapshot) {
    frame.ignored = frame.seq <= view.seq;
    check_delta(view, frame);
  }
  if (first) {
    view.entry = entry->number;
    view.fields = entry->fields;
    view.interval_ms = entry->interval_ms;
    view.last_sent_us = 0;
  } else if (!snapshot) {
    check_pace(view, frame);
  }
  if (!frame.ignored) take(view, frame);
  if (violation.empty()) witness_.ticker(symbol, frame, view);
}

bool ModelClient::read_ticker(TickerFrame& frame) {
  bool good = true;
  for (const auto [key, value] : object_) {
    const auto number = [&](std::int64_t& out) { return value.get(out) == simdjson::SUCCESS; };
    const auto count = [&](std::uint64_t& out) { return value.get(out) == simdjson::SUCCESS; };
    const auto* const field = std::find(field_names.begin(), field_names.end(), key);
    if (field != field_names.end()) {
      const auto index = static_cast<std::size_t>(field - field_names.begin());
      good = good && read_value(value, frame.values[index]);
      frame.carried = static_cast<FieldMask>(frame.carried | 1U << index);
    } else if (key == "seq") {
      good = good && count(frame.seq);
    } else if (key == "prev" && !frame.snapshot) {
      good = good && count(frame.prev);
    } else if (key == "merged" && !frame.snapshot) {
      good = good && count(frame.merged) && frame.merged > 1;
    } else if (key == "status") {
      frame.carried |= status_bit;
      good = good && value.get(frame.status) == simdjson::SUCCESS;
    } else if (key == "reason") {
      good = good && read_name(value, frame.reason);
    } else if (key == "since") {
      good = good && number(frame.since_us);
    } else if (key == "epoch" && frame.snapshot) {
      good = good && value.get(frame.epoch) == simdjson::SUCCESS;
    } else if (key == "resumed") {
      bool resumed = false;
      good = good && value.get(resumed) == simdjson::SUCCESS && resumed != frame.snapshot;
      frame.resumed = resumed;
    } else if (key == "exchange_ts") {
      good = good && number(frame.exchange_us);
    } else if (key == "recv_ts") {
      good = good && number(frame.recv_us);
    } else if (key == "sent_ts") {
      good = good && number(frame.sent_us);
    } else {
      good = good && (key == "type" || key == "symbol" || (key == "channel" && frame.snapshot));
    }
  }
  const bool with_status = (frame.carried & status_bit) != 0;
  good = good && with_status == !frame.reason.empty() && with_status == (frame.since_us != 0);
  return require(good && frame.recv_us >= 0 && frame.sent_us != 0, "a malformed ticker message");
}

// The first message under an entry is a snapshot, or what was missed since the place asked for.
bool ModelClient::begin_ticker(std::string_view symbol, const Entry& entry, TickerFrame& frame) {
  began(false, symbol);
  const auto point = entry.resume.find(symbol);
  const bool asked = point != entry.resume.end();
  if (!frame.snapshot) {
    ++resumes_done;
    return require(
        frame.resumed && asked && point->second.epoch == epoch && point->second.seq == frame.prev,
        "a stream begins with a snapshot, or resumes where it was asked to");
  }
  if (!frame.resumed) return require(!asked, "a resume is not answered");
  return require(asked, "a resume that was not asked for is refused") &&
         require(point->second.epoch != epoch || !point->second.reached,
                 "a resume is refused that could have been");
}

void ModelClient::check_delta(const TickerView& view, const TickerFrame& frame) {
  require(frame.prev <= view.seq, "a hole");
  require(frame.resumed ? frame.prev <= frame.seq : frame.prev < frame.seq,
          "numbers run backwards");
  require(frame.resumed || frame.carried != 0, "a delta without a change");
  if (frame.resumed || frame.prev != view.seq || frame.merged > 1 || view.interval_ms > 0) return;
  // One change, upon what is known: it changes what it carries.
  for (std::size_t i = 0; i < field_count; ++i) {
    if ((frame.carried >> i & 1U) == 0) continue;
    require(frame.values[i] != view.values[i], "a value that is known already");
  }
}

// At most one delta a stream in one period of its interval, but for those with a status. What is
// faster than overload's 250 ms may come sooner once, where overload begins.
void ModelClient::check_pace(TickerView& view, TickerFrame& frame) {
  if ((frame.carried & status_bit) != 0) return;
  frame.before_us = std::exchange(view.last_sent_us, frame.sent_us);
  const std::int64_t period_us = std::int64_t{view.interval_ms} * 1'000;
  const bool paced = view.interval_ms >= 250 && frame.before_us != 0;
  require(!paced || frame.sent_us / period_us > frame.before_us / period_us,
          "two deltas within an interval");
}

void ModelClient::take(TickerView& view, const TickerFrame& frame) {
  view.seq = frame.seq;
  if (frame.snapshot) view.epoch = frame.epoch;
  for (std::size_t i = 0; i < field_count; ++i) {
    if ((frame.carried >> i & 1U) != 0) view.values[i] = frame.values[i];
  }
  if ((frame.carried & status_bit) == 0) return;
  view.status = frame.status;
  view.reason = frame.reason;
  view.since_us = frame.since_us;
}

}  // namespace ticker::sim
