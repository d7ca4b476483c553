// Trades: snapshots, trades and gaps, by the rules of the protocol.
#include "tests/sim/model_client.hpp"
#include "tests/sim/model_values.hpp"

namespace ticker::sim {

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

// Trades that resume where nothing was missed begin without a message.
void ModelClient::begin_silent_resumes() {
  for (const auto& [pattern, entry] : entries_[1]) {
    for (const auto& [symbol, at] : entry.resume) {
      if (rule(true, symbol) != &entry || at.epoch != epoch || !at.reached) continue;
      TradesView& view = trades[symbol];
      if (view.entry != entry.number) view = {epoch, at.seq, entry.number, true};
    }
  }
}

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
                (point->second.epoch != epoch || !point->second.reached),
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
  if (view == trades.end() || view->second.entry != entry->number) {
    const auto point = entry->resume.find(symbol);
    const bool resumes = point != entry->resume.end() && point->second.epoch == epoch &&
                         (!gap || point->second.seq + 1 == number("from"));
    // What was lost before a subscription began again is told first.
    if (gap && !resumes && view != trades.end() && view->second.goes_on) return &view->second;
    if (!require(resumes, "trades begin with a snapshot, or resume where they were asked to")) {
      return nullptr;
    }
    began(true, symbol);
    view = trades.try_emplace(std::string(symbol)).first;
    ++resumes_done;
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
