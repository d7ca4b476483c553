#include "feeds/kraken/kraken.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "feeds/message.hpp"
#include "feeds/values.hpp"

namespace ticker::feeds::kraken {
namespace {

constexpr std::string_view keys[] = {
    "channel",  "type", "method",  "success", "error",   "symbol", "side", "price", "qty",
    "trade_id", "bid",  "bid_qty", "ask",     "ask_qty", "volume", "low",  "high",  "timestamp"};
constexpr Layout layout{keys, "data"};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

// Channels that the venue documents and we have no use for.
constexpr std::string_view ignored_channels[] = {
    "heartbeat", "status", "book", "ohlc", "instrument", "level3", "executions", "balances",
};

enum class Kind { ticker, trade, trade_snapshot, ignored, unknown, malformed };

// {"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD","snapshot":true},
//  "success":true,"time_in":"2023-09-25T09:04:31.742599Z","time_out":…,"req_id":1}
// {"method":"pong","req_id":101,"time_in":…,"time_out":…}
// Answers name the method of their request (spot-websocket-v2); `success` or `error` alone say as
// much.
bool is_answer(const Row& head) {
  return head.at(key("method")).type == Value::Type::string || head.has(key("success")) ||
         head.has(key("error"));
}

// A frame of a channel that we read is held to it, so it must have a type. A type that nobody has
// heard of is another kind of frame.
Kind kind_of(const Row& head) {
  const Value& channel = head.at(key("channel"));
  const Value& type = head.at(key("type"));
  if (channel.type == Value::Type::absent) return is_answer(head) ? Kind::ignored : Kind::unknown;
  if (channel.type != Value::Type::string) return Kind::unknown;
  const bool trade = channel.is("trade");
  if (trade || channel.is("ticker")) {
    if (type.type != Value::Type::string) return Kind::malformed;
    if (type.is("update")) return trade ? Kind::trade : Kind::ticker;
    if (type.is("snapshot")) return trade ? Kind::trade_snapshot : Kind::ticker;
    return Kind::unknown;
  }
  const bool listed =
      std::ranges::find(ignored_channels, channel.text()) != std::end(ignored_channels);
  return listed ? Kind::ignored : Kind::unknown;
}

// {"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":105944.20,"bid_qty":2.5,
//  "ask":105944.30,"ask_qty":3.2,"last":105899.40,"volume":163.28908096,"vwap":105904.39279,
//  "low":104711.00,"high":106613.10,"change":250.00,"change_pct":0.24,
//  "timestamp":"2022-12-25T09:30:59.123456Z"}]}
// (spot-websocket-v2, «Ticker»). Recorded tickers of inactive symbols have zeros for prices and
// 1970 for a time: no price is shown then.
bool read_ticker(const Row& row, NumberReader& numbers, TickerUpdate& out) {
  out.stream = ticker_stream;
  if (!read_symbol(row.at(key("symbol")), out.symbol) ||
      !numbers.add_quote(row.at(key("bid")), row.at(key("bid_qty")), Field::bid, out) ||
      !numbers.add_quote(row.at(key("ask")), row.at(key("ask_qty")), Field::ask, out) ||
      !numbers.add(row.at(key("volume")), Field::volume_24h, false, out) ||
      !numbers.add(row.at(key("low")), Field::low_24h, true, out) ||
      !numbers.add(row.at(key("high")), Field::high_24h, true, out)) {
    return false;
  }
  const Value& time = row.at(key("timestamp"));
  if (time.type != Value::Type::absent && !read_text_time(time, out.exchange_us)) return false;
  out.order = static_cast<std::uint64_t>(out.exchange_us);
  return true;
}

// {"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":105944.20,
//  "qty":0.00027625,"ord_type":"limit","trade_id":10218208,
//  "timestamp":"2023-10-06T17:35:55.440295Z"}]}
// `side` is the taker's; `trade_id` is a sequence number within a book; one frame may hold trades
// of several orders (spot-websocket-v2, «Trade»).
bool read_trade(const Row& row, NumberReader& numbers, TradeUpdate& out) {
  const Value& id = row.at(key("trade_id"));
  out.stream = trade_stream;
  out.trade_id = id.text();
  return read_symbol(row.at(key("symbol")), out.symbol) && read_id(id, out.order) &&
         read_side(row.at(key("side")), out.side) &&
         numbers.read_traded(row.at(key("price")), out.price) &&
         numbers.read(row.at(key("qty")), out.size) &&
         read_text_time(row.at(key("timestamp")), out.exchange_us);
}

// `BTC/USD` → `BTC-USD`. Version 2 says BTC where version 1 said XBT: nothing is renamed.
std::string pair_of(std::string_view symbol) {
  std::string name(symbol);
  const auto slash = name.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == name.size()) return name;
  if (name.find('/', slash + 1) == std::string::npos) name[slash] = '-';
  return name;
}

class KrakenAdapter final : public Adapter {
 public:
  explicit KrakenAdapter(const VenueOptions& options) : Adapter(options.category) {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    switch (kind_of(reader_.head())) {
      case Kind::ticker:
        return tickers(sink);
      case Kind::trade:
        return trades(sink);
      case Kind::trade_snapshot:
        return trade_snapshot(sink);
      case Kind::ignored:
        return Verdict::ignored;
      case Kind::unknown:
        return Verdict::unknown;
      case Kind::malformed:
        break;
    }
    return Verdict::malformed;
  }

 private:
  // Reads all rows before anything is said: one bad row spoils its frame. A list without rows is
  // `ignored`: the snapshot of a symbol that never traded.
  template <class Update>
  Verdict read_rows(std::vector<Update>& out, bool (*read)(const Row&, NumberReader&, Update&),
                    Sink& sink) {
    if (reader_.body() != MessageReader::Body::list) return Verdict::malformed;
    NumberReader numbers(Value::Type::number);
    out.clear();
    for (std::size_t i = 0; i < reader_.rows(); ++i) {
      if (!read(reader_.at(i), numbers, out.emplace_back())) return Verdict::malformed;
    }
    numbers.tell(sink);
    return out.empty() ? Verdict::ignored : Verdict::data;
  }

  Verdict tickers(Sink& sink) {
    const Verdict verdict = read_rows(tickers_, read_ticker, sink);
    if (verdict != Verdict::data) return verdict;
    for (const TickerUpdate& update : tickers_) sink.ticker(update);
    return verdict;
  }

  Verdict trades(Sink& sink) {
    const Verdict verdict = read_rows(trades_, read_trade, sink);
    if (verdict != Verdict::data) return verdict;
    for (const TradeUpdate& update : trades_) {
      sink.trade(update);
      sink.ticker(last_of(update));
    }
    return verdict;
  }

  // Trades of the time before the subscription. After a reconnect some of them were told already,
  // so none is told; the newest of each symbol is its last price.
  Verdict trade_snapshot(Sink& sink) {
    const Verdict verdict = read_rows(trades_, read_trade, sink);
    if (verdict != Verdict::data) return verdict;
    std::ranges::stable_sort(trades_, {}, [](const TradeUpdate& update) {
      return std::tie(update.symbol, update.order);
    });
    for (std::size_t i = 0; i < trades_.size(); ++i) {
      const bool newest = i + 1 == trades_.size() || trades_[i + 1].symbol != trades_[i].symbol;
      if (newest) sink.ticker(last_of(trades_[i]));
    }
    return verdict;
  }

  [[nodiscard]] std::string pair(std::string_view symbol) const override { return pair_of(symbol); }

  MessageReader reader_{layout};
  std::vector<TickerUpdate> tickers_;  // of the frame being read
  std::vector<TradeUpdate> trades_;
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<KrakenAdapter>(options);
}

}  // namespace ticker::feeds::kraken
