#include "feeds/bybit/bybit.hpp"

#include <algorithm>
#include <vector>

#include "feeds/bybit/notices.hpp"
#include "feeds/bybit/symbols.hpp"
#include "feeds/json/frame_reader.hpp"
#include "feeds/json/levels.hpp"
#include "feeds/json/values.hpp"

namespace ticker::feeds::bybit {
namespace {

constexpr std::string_view keys[] = {
    "topic",       "type",         "ts",        "s",        "b",         "a",        "u",
    "seq",         "cts",          "T",         "S",        "v",         "p",        "i",
    "BT",          "symbol",       "bid1Price", "bid1Size", "ask1Price", "ask1Size", "highPrice24h",
    "lowPrice24h", "prevPrice24h", "volume24h", "success",  "ret_msg",   "op",       "req_id"};
constexpr std::string_view tables[] = {"b", "a"};
constexpr Layout layout{keys, "data", tables};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

// Topics that the venue documents and we have no use for, up to the first dot.
constexpr std::string_view ignored_topics[] = {
    "kline",    "liquidation", "allLiquidation", "priceLimit", "insurance",
    "adlAlert", "ticker_lt",   "kline_lt",       "lt",         "system",
};

enum class Kind { best, book, ticker, trade, ignored, unknown };

// orderbook.50.BTCUSDT; depths that own nothing are of no use.
Kind kind_of(std::string_view topic, std::string_view owner) {
  const std::string_view name = topic.substr(0, topic.find('.'));
  if (name == "publicTrade") return Kind::trade;
  if (name == "tickers") return Kind::ticker;
  if (name == "orderbook") {
    const bool owned = topic.starts_with(owner) && topic.substr(owner.size()).starts_with('.');
    if (!owned) return Kind::ignored;
    return owner == "orderbook.1" ? Kind::best : Kind::book;
  }
  const bool listed = std::ranges::find(ignored_topics, name) != std::end(ignored_topics);
  return listed ? Kind::ignored : Kind::unknown;
}

// `T` of a trade is written as a number in the docs' fields and between quotes in one of their
// examples: both are taken, everywhere.
bool read_time(const Value& value, std::int64_t& out_us) { return read_loose_time(value, out_us); }

// {"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":1672304484978,"data":{"s":"BTCUSDT",
//  "b":[["16493.50","0.006"],…],"a":[["16611.00","0.029"],…],"u":18521288,"seq":7961638724},
//  "cts":1672304484976}
// `cts` is when the engine made it, `ts` when it was sent (docs v5, «Orderbook»). Spot had no `cts`
// at first.
bool read_book_time(const Row& head, std::int64_t& out_us) {
  std::int64_t sent_us = 0;
  const Value& made = head.at(key("cts"));
  if (!read_time(head.at(key("ts")), sent_us)) return false;
  if (made.type != Value::Type::absent && !read_time(made, out_us)) return false;
  if (out_us == 0) out_us = sent_us;
  return true;
}

// The best bid and offer, whole, in every message; without change it is told again after 3 s, with
// the same `u`. It is ordered by time: `u` begins at 1 again when the service restarts, and a
// quote ordered by it would then stand still for ever.
bool read_best(const Row& head, const Row& row, const FrameReader& reader, NumberReader& numbers,
               TickerUpdate& out) {
  const Value& bids = row.at(key("b"));
  const Value& asks = row.at(key("a"));
  out.stream = quote_stream;
  if (!read_symbol(row.at(key("s")), out.symbol) || bids.type != Value::Type::table ||
      asks.type != Value::Type::table || !read_book_time(head, out.exchange_us) ||
      out.exchange_us == 0) {
    return false;
  }
  out.order = static_cast<std::uint64_t>(out.exchange_us);
  return numbers.add_best(reader.table(bids), Field::bid, out) &&
         numbers.add_best(reader.table(asks), Field::ask, out);
}

// What a linear ticker says of bid and ask. A price that is none takes its size with it.
bool read_sides(const Row& row, NumberReader& numbers, TickerUpdate& out) {
  if (!numbers.add(row.at(key("bid1Size")), Field::bid_size, false, out) ||
      !numbers.add(row.at(key("bid1Price")), Field::bid, true, out) ||
      !numbers.add(row.at(key("ask1Size")), Field::ask_size, false, out) ||
      !numbers.add(row.at(key("ask1Price")), Field::ask, true, out)) {
    return false;
  }
  for (const Field price : {Field::bid, Field::ask}) {
    if ((out.mask & bit(price)) == 0 || !out.fields.get(price).is_null()) continue;
    const Field size = price == Field::bid ? Field::bid_size : Field::ask_size;
    out.fields.set(size, {});
    out.mask = static_cast<FieldMask>(out.mask | bit(size));
  }
  return true;
}

// {"topic":"tickers.BTCUSDT","ts":1673853746003,"type":"snapshot","cs":2588407389,"data":{
//  "symbol":"BTCUSDT","lastPrice":"21109.77","highPrice24h":"21426.99","lowPrice24h":"20575",
//  "prevPrice24h":"20704.93","volume24h":"6780.866843","turnover24h":"141946527.22907118",
//  "price24hPcnt":"0.0196","usdIndexPrice":"21120.2400136"}}
// {"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","bid1Price":"65114.20",
//  "bid1Size":"6.054","ask1Price":"65114.30","ask1Size":"10.486"},"cs":753843907770,
//  "ts":1786310817883}
// Spot tells all each time; linear tells what changed: a missing field stands (docs v5, «Ticker»).
// An empty string is no value.
bool read_ticker(const Row& head, const Row& row, bool with_quote, NumberReader& numbers,
                 TickerUpdate& out) {
  out.stream = ticker_stream;
  if (!read_symbol(row.at(key("symbol")), out.symbol) ||
      !read_time(head.at(key("ts")), out.exchange_us) ||
      !numbers.add(row.at(key("prevPrice24h")), Field::open_24h, true, out) ||
      !numbers.add(row.at(key("highPrice24h")), Field::high_24h, true, out) ||
      !numbers.add(row.at(key("lowPrice24h")), Field::low_24h, true, out) ||
      !numbers.add(row.at(key("volume24h")), Field::volume_24h, false, out)) {
    return false;
  }
  out.order = static_cast<std::uint64_t>(out.exchange_us);
  return !with_quote || (out.order != 0 && read_sides(row, numbers, out));
}

// {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1672304486868,"data":[{"T":1672304486865,
//  "s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick",
//  "i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"seq":1783284617}]}
// `S` is the taker's side. `seq` is the engine's number: trades of one order share it, in one
// message or in several; within a message they stand in their order. `BT`: a block trade, agreed
// outside the book, is no price of this market (docs v5, «Trade»).
bool read_trade(const Row& row, NumberReader& numbers, bool& in_book, TradeUpdate& out) {
  const Value& side = row.at(key("S"));
  out.stream = trade_stream;
  out.side = side.is("Buy") ? Side::buy : Side::sell;
  in_book = row.at(key("BT")).type != Value::Type::yes;
  return read_symbol(row.at(key("s")), out.symbol) && read_symbol(row.at(key("i")), out.trade_id) &&
         (out.side == Side::buy || side.is("Sell")) && read_id(row.at(key("seq")), out.order) &&
         out.order != 0 && numbers.read_traded(row.at(key("p")), out.price) &&
         numbers.read(row.at(key("v")), out.size) && read_time(row.at(key("T")), out.exchange_us);
}

class BybitAdapter final : public Adapter {
 public:
  explicit BybitAdapter(const VenueOptions& options)
      : Adapter(options.category),
        owner_(options.quotes.empty() ? std::string(quotes[0]) : options.quotes) {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    const Row head = reader_.head();
    const Value& topic = head.at(key("topic"));
    if (topic.type == Value::Type::absent) return answer(head, sink);
    if (topic.type != Value::Type::string) return Verdict::unknown;
    const Kind kind = kind_of(topic.text(), owner_);
    if (kind == Kind::ignored || kind == Kind::unknown) {
      return kind == Kind::ignored ? Verdict::ignored : Verdict::unknown;
    }
    const Value& type = head.at(key("type"));
    if (type.type != Value::Type::string) return Verdict::malformed;
    const bool snapshot = type.is("snapshot");
    // The best bid and offer and trades are never told as a difference.
    const bool may_change = kind == Kind::book || kind == Kind::ticker;
    if (!snapshot && !(may_change && type.is("delta"))) return Verdict::unknown;
    if (kind == Kind::trade) return trades(sink);
    if (reader_.body() != FrameReader::Body::object) return Verdict::malformed;
    return kind == Kind::book ? book(head, snapshot, sink) : ticker(kind, head, sink);
  }

  [[nodiscard]] BookRules book_rules() const override {
    return {.sequence = BookRules::Sequence::step};
  }

 private:
  static Verdict answer(const Row& head, Sink& sink) {
    const Value& success = head.at(key("success"));
    const bool yes = success.type == Value::Type::yes;
    return hear_answer({head.at(key("op")).text(), head.at(key("ret_msg")).text(), yes,
                        yes || success.type == Value::Type::no, head.at(key("req_id")).text()},
                       sink);
  }

  Verdict ticker(Kind kind, const Row& head, Sink& sink) {
    const bool best = kind == Kind::best;
    NumberReader numbers(Value::Type::string, !best);
    TickerUpdate update;
    if (!(best ? read_best(head, reader_.at(0), reader_, numbers, update)
               : read_ticker(head, reader_.at(0), owner_ == "tickers", numbers, update))) {
      return Verdict::malformed;
    }
    if (update.mask == 0) return Verdict::ignored;  // what changed is of no use
    numbers.tell(sink);
    sink.ticker(update);
    return Verdict::data;
  }

  // A level of size 0 is gone. `u` rises by 1 an update; 1 is a snapshot after a restart of the
  // service (docs v5, «Orderbook», «Process snapshot/delta»). A snapshot may come at any time.
  Verdict book(const Row& head, bool snapshot, Sink& sink) {
    const Row row = reader_.at(0);
    BookUpdate update;
    update.stream = quote_stream;
    update.snapshot = snapshot;
    NumberReader numbers(Value::Type::string);
    bids_.clear();
    asks_.clear();
    if (!read_symbol(row.at(key("s")), update.symbol) || !read_id(row.at(key("u")), update.last) ||
        update.last == 0 || !read_book_time(head, update.exchange_us) ||
        !read_levels(reader_, row.at(key("b")), numbers, bids_) ||
        !read_levels(reader_, row.at(key("a")), numbers, asks_)) {
      return Verdict::malformed;
    }
    update.first = update.last;
    update.bids = bids_;
    update.asks = asks_;
    numbers.tell(sink);
    sink.book(update);
    return Verdict::data;
  }

  // All rows are read before anything is said: one bad row spoils its frame.
  Verdict trades(Sink& sink) {
    if (reader_.body() != FrameReader::Body::list) return Verdict::malformed;
    NumberReader numbers(Value::Type::string);
    trades_.clear();
    for (std::size_t i = 0; i < reader_.rows(); ++i) {
      bool in_book = true;
      if (!read_trade(reader_.at(i), numbers, in_book, trades_.emplace_back())) {
        return Verdict::malformed;
      }
      if (!in_book) trades_.pop_back();
    }
    if (trades_.empty()) return Verdict::ignored;
    numbers.tell(sink);
    for (const TradeUpdate& update : trades_) {
      sink.trade(update);
      sink.ticker(last_of(update));
    }
    return Verdict::data;
  }

  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    return bybit::pair(symbol);
  }

  const std::string owner_;  // of bid and ask
  FrameReader reader_{layout};
  std::vector<TradeUpdate> trades_;  // of the frame being read
  std::vector<BookLevel> bids_;
  std::vector<BookLevel> asks_;
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<BybitAdapter>(options);
}

}  // namespace ticker::feeds::bybit
