// Data: snapshots, deltas, trades and gaps, by the rules of the protocol.
#include <algorithm>

#include "tests/sim/model_client.hpp"

namespace ticker::sim {
namespace {

bool decimal_text(std::string_view text) {
  if (text.empty()) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

// The value of a field: a number as a string, or null.
bool read_value(const simdjson::dom::element& value, std::string_view& out) {
  if (value.is_null()) {
    out = "null";
    return true;
  }
  return value.get(out) == simdjson::SUCCESS && decimal_text(out);
}

bool read_name(const simdjson::dom::element& value, std::string_view& out) {
  out = "null";
  return value.is_null() || value.get(out) == simdjson::SUCCESS;
}

}  // namespace

const TickerView* ModelClient::current(std::string_view symbol) const {
  const Entry* const entry = rule(false, symbol);
  const auto view = tickers.find(symbol);
  return entry != nullptr && view != tickers.end() && view->second.entry == entry->number
             ? &view->second
             : nullptr;
}

std::optional<std::uint64_t> ModelClient::trade_seq(std::string_view symbol) const {
  const Entry* const entry = rule(true, symbol);
  if (entry == nullptr) return std::nullopt;
  const auto view = trades.find(symbol);
  if (view != trades.end() && view->second.entry == entry->number) return view->second.seq;
  // Where nothing was missed, nothing is sent.
  const auto point = entry->resume.find(symbol);
  if (point == entry->resume.end() || point->second.epoch != epoch) return std::nullopt;
  return point->second.seq;
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

// --- Ticker

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
    return require(
        frame.resumed && asked && point->second.epoch == epoch && point->second.seq == frame.prev,
        "a stream begins with a snapshot, or resumes where it was asked to");
  }
  if (!frame.resumed) return require(!asked, "a resume is not answered");
  return require(asked, "a resume that was not asked for is refused") &&
         require(point->second.epoch != epoch || point->second.seq > frame.seq,
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

// At most one delta a stream in one period of its interval, but for those with a status.
void ModelClient::check_pace(TickerView& view, const TickerFrame& frame) {
  if ((frame.carried & status_bit) != 0) return;
  const std::int64_t period_us = std::int64_t{std::max(view.interval_ms, widened_ms)} * 1'000;
  const bool paced = period_us > 0 && view.last_sent_us != 0;
  require(!paced || frame.sent_us / period_us > view.last_sent_us / period_us,
          "two deltas within an interval");
  view.last_sent_us = frame.sent_us;
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

// --- Trades

bool ModelClient::read_trade(const Object& object, TradeFrame& trade) {
  std::size_t known = 0;
  bool good = true;
  for (const auto [key, value] : object) {
    if (key == "seq")
      good = good && value.get(trade.seq) == simdjson::SUCCESS;
    else if (key == "price")
      good = good && read_value(value, trade.price);
    else if (key == "size")
      good = good && read_value(value, trade.size);
    else if (key == "side")
      good = good && read_name(value, trade.side);
    else if (key == "trade_id")
      good = good && read_name(value, trade.id);
    else if (key == "recv_ts")
      good = good && value.is_int64();
    else {
      if (key == "exchange_ts") good = good && value.get(trade.exchange_us) == simdjson::SUCCESS;
      continue;
    }
    ++known;
  }
  return require(good && known == 6, "a malformed trade");
}

void ModelClient::trades_snapshot() {
  const std::string_view symbol = text("symbol");
  const Entry* const entry = rule(true, symbol);
  if (!require(entry != nullptr, "data that is not subscribed")) return;
  TradesView& view = trades.try_emplace(std::string(symbol)).first->second;
  require(view.entry != entry->number, "a second snapshot of trades");
  began(true, symbol);
  view.entry = entry->number;
  view.goes_on = true;
  view.epoch = text("epoch");
  view.seq = number("seq");
  require(view.epoch == epoch, "a snapshot of another epoch");
  const auto point = entry->resume.find(symbol);
  bool resumed = false;
  if (object_["resumed"].get(resumed) == simdjson::SUCCESS) {
    require(!resumed && point != entry->resume.end() &&
                (point->second.epoch != epoch || point->second.seq > view.seq),
            "a resume is refused that could have been");
  } else {
    require(point == entry->resume.end(), "a resume is not answered");
  }
  simdjson::dom::array list;
  if (!require(object_["trades"].get(list) == simdjson::SUCCESS, "trades is a list")) return;
  std::uint64_t last = 0;
  for (const Value one : list) {
    TradeFrame trade;
    Object object;
    if (!require(one.get(object) == simdjson::SUCCESS, "a trade is an object")) return;
    if (!read_trade(object, trade)) return;
    require(last == 0 || trade.seq == last + 1, "past trades have a hole");
    last = trade.seq;
    witness_.trade(symbol, trade);
  }
  require(last == 0 || last == view.seq, "past trades end with the newest");
}

// The view that a trade or gap goes on with; it may be the first after a resume.
TradesView* ModelClient::go_on(std::string_view symbol, bool gap) {
  const Entry* const entry = rule(true, symbol);
  if (!require(entry != nullptr, "data that is not subscribed")) return nullptr;
  auto view = trades.find(symbol);
  // What was lost before a subscription began again is told first.
  if (gap && view != trades.end() && view->second.goes_on) return &view->second;
  if (view == trades.end() || view->second.entry != entry->number) {
    const auto point = entry->resume.find(symbol);
    if (!require(point != entry->resume.end() && point->second.epoch == epoch,
                 "trades begin with a snapshot, or resume where they were asked to")) {
      return nullptr;
    }
    began(true, symbol);
    view = trades.try_emplace(std::string(symbol)).first;
    view->second = {epoch, point->second.seq, entry->number, true};
  }
  return &view->second;
}

void ModelClient::trade_message() {
  const std::string_view symbol = text("symbol");
  TradeFrame trade;
  TradesView* const view = go_on(symbol, false);
  if (view == nullptr || !read_trade(object_, trade)) return;
  ++counted;
  require(trade.seq == view->seq + 1, "trades have a hole, or run backwards");
  view->seq = trade.seq;
  if (violation.empty()) witness_.trade(symbol, trade);
}

void ModelClient::gap_message() {
  const std::string_view symbol = text("symbol");
  TradesView* const view = go_on(symbol, true);
  if (view == nullptr) return;
  GapFrame gap{number("from"), number("to"), false};
  require(text("channel") == "trades", "a gap is of trades");
  require(gap.from == view->seq + 1 && gap.to >= gap.from, "a gap names what is missing");
  Value count, reason;
  if (!require(find("lost", count), "a gap counts")) return;
  gap.upstream = count.is_null();
  require(find("reason", reason) == gap.upstream, "a gap without a count has a reason");
  if (gap.upstream) {
    require(text("reason") == "upstream", "a gap has another reason");
  } else {
    require(number("lost") == gap.to - gap.from + 1, "a gap counts what is missing");
    lost += number("lost");
  }
  view->seq = gap.to;
  if (violation.empty()) witness_.gap(symbol, gap);
}

}  // namespace ticker::sim
