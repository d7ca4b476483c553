// What a client of the protocol knows: server bytes in, its own picture of tickers and trades out,
// kept by the protocol's rules alone. Whatever breaks a rule is written down in `violations`.
// Shared by the tests of the shard; one thread.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ticker {

/// The JSON text of `key` at the top of `json` (strings with their quotes); empty: not there.
inline std::string json_value(std::string_view json, std::string_view key) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  const auto document = parser.parse(json.data(), json.size());
  return document[key].get(value) == simdjson::SUCCESS ? simdjson::minify(value) : "";
}

class ClientView {
 public:
  struct Ticker {
    std::uint64_t seq = 0;
    std::map<std::string, std::string> fields;  // JSON text by name; status, reason, since too
    bool operator==(const Ticker&) const = default;
  };
  struct Trades {
    std::uint64_t seq = 0;
    std::vector<std::uint64_t> seqs;  // since the snapshot, its own included
  };

  /// Bytes of the server, cut anywhere.
  void feed(std::string_view bytes) {
    rest_ += bytes;
    std::size_t at = 0;
    while (rest_.size() - at >= 2) {
      const auto byte = [&](std::size_t i) {
        return std::size_t{static_cast<unsigned char>(rest_[at + i])};
      };
      std::size_t header = 2;
      std::size_t size = byte(1);  // the mask bit of a masked frame makes it nonsense
      if (size >= 126) {
        const std::size_t count = size == 126 ? 2 : 8;
        if (rest_.size() - at < 2 + count) break;
        header += count;
        size = 0;
        for (std::size_t i = 0; i < count; ++i) size = size << 8 | byte(2 + i);
      }
      if (rest_.size() - at < header + size) break;
      if (byte(0) != 0x81) violations.push_back("not a whole text frame");
      hear(rest_.substr(at + header, size));
      at += header + size;
    }
    rest_.erase(0, at);
  }

  /// The messages since the last call, as they came.
  std::vector<std::string> take() { return std::exchange(messages, {}); }
  /// `type` of every message since the last `take`, without quotes.
  [[nodiscard]] std::vector<std::string> types() const {
    std::vector<std::string> all;
    for (const std::string& message : messages) {
      const std::string type = json_value(message, "type");
      all.push_back(type.substr(1, type.size() - 2));
    }
    return all;
  }
  [[nodiscard]] std::size_t count(std::string_view type) const {
    std::size_t n = 0;
    for (const std::string& one : types()) n += one == type ? 1 : 0;
    return n;
  }

  std::map<std::string, Ticker> tickers;
  std::map<std::string, Trades> trades;
  std::vector<std::string> messages;
  std::vector<std::string> violations;
  std::uint64_t ignored = 0;  // deltas that were known already

 private:
  using Object = simdjson::dom::element;

  void expect(bool holds, const char* rule, const std::string& message) {
    if (!holds) violations.push_back(std::string(rule) + ": " + message);
  }

  void hear(const std::string& message) {
    messages.push_back(message);
    Object object;
    if (parser_.parse(message).get(object) != simdjson::SUCCESS) {
      violations.push_back("not JSON: " + message);
      return;
    }
    const std::string type = text(object, "type");
    const std::string channel = text(object, "channel");
    if (type == "delta") delta(object, message);
    if (type == "trade") trade(object, message);
    if (type == "gap") gap(object, message);
    if (type == "snapshot" && channel == "ticker") snapshot(object, message);
    if (type == "snapshot" && channel == "trades") trades_snapshot(object, message);
    if (type == "subscribed" || type == "unsubscribed") acknowledged(object, channel, type);
  }

  void snapshot(const Object& object, const std::string& message) {
    const std::string symbol = text(object, "symbol");
    expect(covered("ticker", symbol), "not asked for", message);
    Ticker& ticker = tickers[symbol];
    ticker = {};
    ticker.seq = number(object, "seq");
    take_fields(ticker, object);
    expect(ticker.fields.size() == fields_of(symbol), "a snapshot has every field", message);
  }

  void delta(const Object& object, const std::string& message) {
    const std::string symbol = text(object, "symbol");
    expect(covered("ticker", symbol), "not asked for", message);
    const auto known = tickers.find(symbol);
    if (known == tickers.end()) return expect(false, "delta before its snapshot", message);
    Ticker& ticker = known->second;
    const std::uint64_t seq = number(object, "seq");
    if (seq <= ticker.seq) {
      ++ignored;
      return;
    }
    expect(number(object, "prev") <= ticker.seq, "a hole", message);
    ticker.seq = seq;
    take_fields(ticker, object);
  }

  void trades_snapshot(const Object& object, const std::string& message) {
    const std::string symbol = text(object, "symbol");
    expect(covered("trades", symbol), "not asked for", message);
    Trades& mine = trades[symbol];
    mine = {};
    mine.seq = number(object, "seq");
    simdjson::dom::array list;
    expect(object["trades"].get(list) == simdjson::SUCCESS, "trades is a list", message);
    for (const Object trade : list) mine.seqs.push_back(number(trade, "seq"));
    for (std::size_t i = 1; i < mine.seqs.size(); ++i) {
      expect(mine.seqs[i] == mine.seqs[i - 1] + 1, "oldest first, no holes", message);
    }
    expect(mine.seqs.empty() || mine.seqs.back() == mine.seq, "ends with the newest", message);
  }

  void trade(const Object& object, const std::string& message) {
    const std::string symbol = text(object, "symbol");
    expect(covered("trades", symbol), "not asked for", message);
    const auto known = trades.find(symbol);
    if (known == trades.end()) return expect(false, "trade before its snapshot", message);
    const std::uint64_t seq = number(object, "seq");
    expect(seq == known->second.seq + 1, "trades without a hole", message);
    known->second.seq = seq;
    known->second.seqs.push_back(seq);
  }

  void gap(const Object& object, const std::string& message) {
    const std::string symbol = text(object, "symbol");
    expect(covered("trades", symbol), "not asked for", message);
    const auto known = trades.find(symbol);
    if (known == trades.end()) return expect(false, "gap before its snapshot", message);
    const std::uint64_t from = number(object, "from");
    const std::uint64_t to = number(object, "to");
    expect(from == known->second.seq + 1 && to >= from, "a gap names what is missing", message);
    if (!object["lost"].is_null()) {
      expect(number(object, "lost") == to - from + 1, "a gap counts what is missing", message);
    }
    known->second.seq = to;
  }

  void acknowledged(const Object& object, const std::string& channel, const std::string& type) {
    simdjson::dom::array symbols;
    if (object["symbols"].get(symbols) != simdjson::SUCCESS) return;
    for (const Object symbol : symbols) {
      const std::pair entry(channel, std::string(std::string_view(symbol)));
      type == "subscribed" ? void(entries_[entry] = fields_in(object))
                           : void(entries_.erase(entry));
    }
    std::erase_if(tickers, [&](const auto& one) { return !covered("ticker", one.first); });
    std::erase_if(trades, [&](const auto& one) { return !covered("trades", one.first); });
  }

  /// How many fields a snapshot has under the filter of an ack; status, reason, since always.
  static std::size_t fields_in(const Object& ack) {
    simdjson::dom::array fields;
    if (ack["fields"].get(fields) != simdjson::SUCCESS) return 13;
    std::size_t count = 3;
    for (const Object field : fields) count += std::string_view(field) == "status" ? 0 : 1;
    return count;
  }
  [[nodiscard]] std::size_t fields_of(const std::string& symbol) const {
    const auto named = entries_.find({"ticker", symbol});
    if (named != entries_.end()) return named->second;
    const auto all = entries_.find({"ticker", symbol.substr(0, symbol.find(':')) + ":*"});
    return all != entries_.end() ? all->second : 0;
  }

  [[nodiscard]] bool covered(const std::string& channel, const std::string& symbol) const {
    const std::string wildcard = symbol.substr(0, symbol.find(':')) + ":*";
    return entries_.contains({channel, symbol}) || entries_.contains({channel, wildcard});
  }

  static void take_fields(Ticker& ticker, const Object& object) {
    static const std::set<std::string_view> others = {"type",        "channel", "symbol", "epoch",
                                                      "seq",         "prev",    "merged", "resumed",
                                                      "exchange_ts", "recv_ts", "sent_ts"};
    for (const auto field : simdjson::dom::object(object)) {
      if (!others.contains(field.key)) {
        ticker.fields[std::string(field.key)] = simdjson::minify(field.value);
      }
    }
  }

  static std::string text(const Object& object, std::string_view key) {
    std::string_view value;
    return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : "";
  }
  std::uint64_t number(const Object& object, std::string_view key) {
    std::uint64_t value = 0;
    if (object[key].get(value) != simdjson::SUCCESS) {
      violations.push_back("no number '" + std::string(key) + "'");
    }
    return value;
  }

  std::string rest_;  // the beginning of a frame
  simdjson::dom::parser parser_;
  // (channel, symbol or venue:*), and how many fields its snapshots have
  std::map<std::pair<std::string, std::string>, std::size_t> entries_;
};

}  // namespace ticker
