// Frames, answers and the state of the connection; data is in model_ticker.cpp and
// model_trades.cpp.
#include "tests/sim/model_client.hpp"

#include <algorithm>

namespace ticker::sim {
namespace {

// What the protocol grants for an interval.
std::uint32_t granted_ms(const Ask& ask) {
  if (ask.trades) return 0;
  for (const std::uint32_t served : {0U, 100U, 250U, 500U, 1'000U}) {
    if (ask.interval_ms <= served) return served;
  }
  return 5'000;
}

std::string wildcard_of(std::string_view symbol) {
  return std::string(symbol.substr(0, symbol.find(':'))) + ":*";
}

}  // namespace

void ModelClient::connected() {
  rest_.clear();
  pending_.clear();
  for (auto& entries : entries_) entries.clear();
  for (auto& [symbol, view] : tickers) view.entry = 0;
  for (auto& [symbol, view] : trades) view.entry = 0, view.goes_on = false;
  epoch.clear();
  counted = lost = 0;
  conflating = closed = welcomed_ = false;
  widened_ms = 0;
  in_order_ = true;
  awaited_.clear();
}

bool ModelClient::broken(std::string_view rule) {
  if (violation.empty()) violation = std::string(rule) + ": " + std::string(message_);
  return false;
}

void ModelClient::feed(std::string_view bytes) {
  rest_ += bytes;
  std::size_t at = 0;
  while (violation.empty() && rest_.size() - at >= 2) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest_[at + i]); };
    std::size_t header = 2;
    std::size_t size = byte(1);
    if (size > 127) {
      broken("a frame is masked");
      return;
    }
    if (size >= 126) {
      const std::size_t count = size == 126 ? 2 : 8;
      if (rest_.size() - at < 2 + count) break;
      header += count;
      size = 0;
      for (std::size_t i = 0; i < count; ++i) size = size << 8 | byte(2 + i);
    }
    if (rest_.size() - at < header + size) break;
    frame(byte(0), std::string_view(rest_).substr(at + header, size));
    at += header + size;
  }
  rest_.erase(0, at);
}

void ModelClient::frame(unsigned char head, std::string_view payload) {
  message_ = payload;
  require(!closed, "something comes after the close frame");
  if (head == 0x88) {
    closed = true;
    return;
  }
  ++messages;
  Value document;
  if (!require(head == 0x81, "not a whole text frame")) return;
  const auto error = parser_.parse(payload.data(), payload.size()).get(document);
  if (!require(error == simdjson::SUCCESS && document.get(object_) == simdjson::SUCCESS,
               "not a JSON object")) {
    return;
  }
  hear();
}

void ModelClient::hear() {
  const std::string_view type = text("type");
  if (type == "welcome") return welcome();
  if (!require(welcomed_, "something comes before welcome")) return;
  if (type == "delta") return ticker_message(false);
  if (type == "trade") return trade_message();
  if (type == "snapshot") {
    return text("channel") == "trades" ? trades_snapshot() : ticker_message(true);
  }
  if (type == "gap") return gap_message();
  if (type == "subscribed") return acknowledged(true);
  if (type == "unsubscribed") return acknowledged(false);
  if (type == "slow") return slow();
  if (type == "error") return refused();
  if (type == "pong") {
    if (!require(!pending_.empty() && pending_.front().op == Ask::Op::ping, "a pong not asked for"))
      return;
    Value id;
    require(find("id", id) == pending_.front().id.has_value(), "a pong answers with the id given");
    if (pending_.front().id) require(number("id") == *pending_.front().id, "answers out of order");
    return pending_.pop_front();
  }
  broken("unknown type of message");
}

void ModelClient::welcome() {
  require(!welcomed_, "welcome comes once");
  welcomed_ = true;
  epoch = text("epoch");
}

void ModelClient::slow() {
  const std::string_view state = text("state");
  const bool now_conflating = state == "conflating";
  const auto now_widened = static_cast<std::uint32_t>(number("interval_ms"));
  number("queued_bytes");
  require(now_conflating || state == "live", "'slow' says conflating or live");
  require(now_widened == 0 || now_widened == 250, "'slow' says 0 or 250");
  require(now_conflating != conflating || now_widened != widened_ms, "'slow' says nothing new");
  conflating = now_conflating;
  widened_ms = now_widened;
}

void ModelClient::refused() {
  if (!require(!pending_.empty(), "an error not asked for")) return;
  const Ask& ask = pending_.front();
  Value id;
  if (!require(find("id", id), "an error has an id")) return;
  require(ask.id ? number("id") == *ask.id : id.is_null(), "answers out of order");
  const std::string_view code = text("code");
  if (ask.op == Ask::Op::wrong) {
    require(code == ask.error, "another error was due");
  } else if (ask.op == Ask::Op::subscribe) {
    require(code == "too_many_subscriptions" || code == "too_many_filters" ||
                (code == "unknown_symbol" && !ask.partial),
            "a subscription is refused for another reason");
  } else {
    const bool all = std::all_of(ask.symbols.begin(), ask.symbols.end(),
                                 [&](const auto& one) { return has_entry(ask.trades, one); });
    require(code == "not_subscribed" && !ask.partial && !all, "unsubscribing is refused");
  }
  pending_.pop_front();
}

void ModelClient::acknowledged(bool begins) {
  if (!require(!pending_.empty(), "an ack not asked for")) return;
  const Ask ask = pending_.front();
  pending_.pop_front();
  require(ask.op == (begins ? Ask::Op::subscribe : Ask::Op::unsubscribe) && ask.id == number("id"),
          "answers out of order");
  require((text("channel") == "trades") == ask.trades, "an ack of another channel");
  std::vector<std::string_view> accepted, rejected;
  for (const auto one : object_["symbols"]) accepted.push_back(one);
  if (Value list; find("rejected", list)) {
    require(ask.partial, "only a partial request has a list of what was rejected");
    for (const auto one : list) rejected.push_back(one["symbol"]);
  } else {
    require(!ask.partial, "a partial request has a list of what was rejected");
  }
  // Every symbol asked for is in one of the lists, in the order of asking.
  std::size_t yes = 0, no = 0;
  for (const std::string& symbol : ask.symbols) {
    if (yes < accepted.size() && accepted[yes] == symbol) {
      ++yes;
    } else if (no < rejected.size() && rejected[no] == symbol) {
      ++no;
    } else {
      broken("an ack tells what became of each symbol");
    }
    if (!begins) {
      const bool taken = yes > 0 && accepted[yes - 1] == symbol;
      require(taken == has_entry(ask.trades, symbol), "one unsubscribes what one is subscribed to");
    }
  }
  require(yes == accepted.size() && no == rejected.size(), "an ack tells of nothing else");
  if (!begins) return end_entries(ask, accepted);
  check_options(ask);
  begin_entries(ask, accepted);
}

// The values that the server will really use are those that the protocol grants.
void ModelClient::check_options(const Ask& ask) {
  require(number("interval_ms") == granted_ms(ask), "another interval is granted");
  Value list;
  const bool filtered = find("fields", list);
  require(filtered == (ask.fields != every_value), "an ack tells the filter in force");
  if (!filtered) return;
  std::vector<std::string_view> wanted;
  for (std::size_t i = 0; i < field_count; ++i) {
    if ((ask.fields >> i & 1U) != 0) wanted.push_back(field_names[i]);
  }
  if (wanted.empty()) wanted.push_back("status");
  std::vector<std::string_view> told;
  for (const auto one : list) told.push_back(one);
  require(told == wanted, "an ack tells the filter asked for, in the order of the fields");
}

void ModelClient::begin_entries(const Ask& ask, const std::vector<std::string_view>& accepted) {
  begin_silent_resumes();
  auto& entries = entries_[ask.trades ? 1 : 0];
  const std::uint64_t number = ++entry_number_;
  for (const std::string_view pattern : accepted) {
    if (rule(ask.trades, pattern) != nullptr || !ask.resume.empty()) in_order_ = false;
    if (!pattern.ends_with('*')) awaited_.push_back({ask.trades, std::string(pattern)});
    entries[std::string(pattern)] = {number, granted_ms(ask), ask.fields, ask.resume};
  }
  // A wildcard does not resume what a name rules over, now or later.
  for (auto& [pattern, entry] : entries) {
    if (pattern.ends_with('*')) continue;
    const auto wildcard = entries.find(wildcard_of(pattern));
    if (wildcard != entries.end()) wildcard->second.resume.erase(pattern);
  }
}

void ModelClient::end_entries(const Ask& ask, const std::vector<std::string_view>& accepted) {
  in_order_ = false;
  begin_silent_resumes();
  for (const std::string_view pattern : accepted) {
    entries_[ask.trades ? 1 : 0].erase(std::string(pattern));
    // Where a wildcard rules again, it begins again.
    const std::string name(pattern);
    if (const auto view = tickers.find(name); !ask.trades && view != tickers.end()) {
      view->second.entry = 0;
    }
    if (const auto view = trades.find(name); ask.trades && view != trades.end()) {
      view->second.entry = 0;
    }
  }
  for (auto& [symbol, view] : trades) view.goes_on = view.goes_on && rule(true, symbol) != nullptr;
}

const ModelClient::Entry* ModelClient::rule(bool of_trades, std::string_view symbol) const {
  const auto& entries = entries_[of_trades ? 1 : 0];
  auto found = entries.find(symbol);
  if (found == entries.end()) found = entries.find(wildcard_of(symbol));
  return found == entries.end() ? nullptr : &found->second;
}

std::vector<std::string> ModelClient::patterns(bool of_trades) const {
  std::vector<std::string> all;
  for (const auto& [pattern, entry] : entries_[of_trades ? 1 : 0]) all.push_back(pattern);
  return all;
}

bool ModelClient::has_asked(bool of_trades) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const Ask& ask) {
    const bool subscription = ask.op == Ask::Op::subscribe || ask.op == Ask::Op::unsubscribe;
    return subscription && ask.trades == of_trades;
  });
}

void ModelClient::add_filters(std::set<FieldMask>& filters) const {
  for (const auto& [pattern, entry] : entries_[0]) {
    if (entry.fields != every_value) filters.insert(entry.fields);
  }
}

bool ModelClient::find(std::string_view key, Value& value) const {
  return object_[key].get(value) == simdjson::SUCCESS;
}

std::string_view ModelClient::text(std::string_view key) {
  std::string_view value;
  if (object_[key].get(value) != simdjson::SUCCESS) broken("no text '" + std::string(key) + "'");
  return value;
}

std::uint64_t ModelClient::number(std::string_view key) {
  std::uint64_t value = 0;
  if (object_[key].get(value) != simdjson::SUCCESS) broken("no number '" + std::string(key) + "'");
  return value;
}

}  // namespace ticker::sim
