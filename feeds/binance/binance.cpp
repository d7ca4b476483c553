#include "feeds/binance/binance.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "feeds/binance/symbols.hpp"
#include "feeds/message.hpp"
#include "feeds/values.hpp"

namespace ticker::feeds::binance {
namespace {

// The same letter means another thing in another kind of frame: `a` is an ask in one, a trade's id
// in the next.
constexpr std::string_view keys[] = {"e",
                                     "E",
                                     "u",
                                     "s",
                                     "b",
                                     "B",
                                     "a",
                                     "A",
                                     "p",
                                     "q",
                                     "t",
                                     "T",
                                     "m",
                                     "o",
                                     "h",
                                     "l",
                                     "v",
                                     "stream",
                                     "lastUpdateId",
                                     "result",
                                     "error",
                                     "code"};
constexpr Layout layout{keys, "data"};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

// Event types (`e`) that the venue documents and we have no use for.
constexpr std::string_view ignored_events[] = {
    "24hrMiniTicker",     "1hTicker",
    "4hTicker",           "1dTicker",
    "avgPrice",           "kline",
    "depthUpdate",        "serverShutdown",
    "executionReport",    "outboundAccountPosition",
    "balanceUpdate",      "listStatus",
    "externalLockUpdate", "eventStreamTerminated",
    "listenKeyExpired",
};

enum class Kind { book_ticker, agg_trade, trade, day_ticker, ignored, unknown };

bool has_quote(const Row& row) {
  return std::ranges::any_of(std::array{key("u"), key("b"), key("B"), key("a"), key("A")},
                             [&](std::size_t at) { return row.has(at); });
}

Kind kind_of_event(std::string_view event) {
  if (event == "bookTicker") return Kind::book_ticker;
  if (event == "aggTrade") return Kind::agg_trade;
  if (event == "trade") return Kind::trade;
  if (event == "24hrTicker") return Kind::day_ticker;
  const bool listed = std::ranges::find(ignored_events, event) != std::end(ignored_events);
  return listed ? Kind::ignored : Kind::unknown;
}

// A frame that claims to be of a kind by its event type, its stream or its fields is held to it:
// what it then lacks makes it malformed.
Kind kind_of(const Row& row, std::string_view stream_name) {
  const Value& event = row.at(key("e"));
  if (event.type != Value::Type::absent) {
    return event.type == Value::Type::string ? kind_of_event(event.text()) : Kind::unknown;
  }
  if (row.has(key("lastUpdateId"))) return Kind::ignored;
  if (row.has(key("result")) || row.has(key("error")) || row.has(key("code"))) return Kind::ignored;
  if (stream_name.ends_with("@bookTicker")) return Kind::book_ticker;
  if (stream_name.ends_with("@aggTrade")) return Kind::agg_trade;
  if (stream_name.ends_with("@trade")) return Kind::trade;
  if (stream_name.ends_with("@ticker")) return Kind::day_ticker;
  return has_quote(row) ? Kind::book_ticker : Kind::unknown;
}

// {"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000",
//  "A":"40.66000000"}
// No event type and no time: `u`, the order book's update id, is all that orders it
// (web-socket-streams.md, «Individual Symbol Book Ticker Streams»). To the sink 0 means «no order»,
// and a quote without an order would overwrite a newer one.
Verdict book_ticker(const Row& row, Sink& sink) {
  TickerUpdate update;
  update.stream = book_ticker_stream;
  NumberReader numbers(Value::Type::string);
  if (!read_symbol(row.at(key("s")), update.symbol) || !read_id(row.at(key("u")), update.order) ||
      update.order == 0 || !row.has(key("B")) ||
      !numbers.add_quote(row.at(key("b")), row.at(key("B")), Field::bid, update) ||
      !row.has(key("A")) ||
      !numbers.add_quote(row.at(key("a")), row.at(key("A")), Field::ask, update)) {
    return Verdict::malformed;
  }
  numbers.tell(sink);
  sink.ticker(update);
  return Verdict::data;
}

// {"e":"aggTrade","E":1628952401260,"s":"FTMUSDT","a":31718373,"p":"0.34006000",
//  "q":"87.00000000","f":38248911,"l":38248911,"T":1628952401260,"m":false,"M":true}
// {"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100",
//  "T":1672515782136,"m":true,"M":true}
// `m`: the buyer is the maker, so the taker sold. `T` is the trade's time, `E` the message's
// (web-socket-streams.md, «Aggregate Trade Streams», «Trade Streams»).
Verdict trade(const Row& row, std::size_t id, Sink& sink) {
  TradeUpdate update;
  update.stream = trade_stream;
  NumberReader numbers(Value::Type::string);
  const Value::Type maker = row.at(key("m")).type;
  if (!read_symbol(row.at(key("s")), update.symbol) || !read_id(row.at(id), update.order) ||
      !read_epoch_time(row.at(key("T")), update.exchange_us) ||
      !numbers.read_traded(row.at(key("p")), update.price) ||
      !numbers.read(row.at(key("q")), update.size) ||
      (maker != Value::Type::yes && maker != Value::Type::no)) {
    return Verdict::malformed;
  }
  update.side = maker == Value::Type::yes ? Side::sell : Side::buy;
  update.trade_id = row.at(id).text();
  numbers.tell(sink);
  sink.trade(update);
  sink.ticker(last_of(update));
  return Verdict::data;
}

// {"e":"24hrTicker","E":1672515782136,"s":"BNBBTC",…,"c":"0.0025","Q":"10","b":"0.0024","B":"10",
//  "a":"0.0026","A":"100","o":"0.0010","h":"0.0025","l":"0.0010","v":"10000","q":"18",…}
// A rolling window, once a second; bid, ask and last stand in it too, later than in their own
// streams (web-socket-streams.md, «Individual Symbol Ticker Streams»).
Verdict day_ticker(const Row& row, Sink& sink) {
  TickerUpdate update;
  update.stream = day_ticker_stream;
  NumberReader numbers(Value::Type::string);
  if (!read_symbol(row.at(key("s")), update.symbol) ||
      !read_epoch_time(row.at(key("E")), update.exchange_us) || !row.has(key("o")) ||
      !numbers.add(row.at(key("o")), Field::open_24h, true, update) || !row.has(key("h")) ||
      !numbers.add(row.at(key("h")), Field::high_24h, true, update) || !row.has(key("l")) ||
      !numbers.add(row.at(key("l")), Field::low_24h, true, update) || !row.has(key("v")) ||
      !numbers.add(row.at(key("v")), Field::volume_24h, false, update)) {
    return Verdict::malformed;
  }
  update.order = static_cast<std::uint64_t>(update.exchange_us);
  numbers.tell(sink);
  sink.ticker(update);
  return Verdict::data;
}

class BinanceAdapter final : public Adapter {
 public:
  BinanceAdapter(const VenueOptions& options, std::span<const std::string_view> quotes)
      : Adapter(options.category), each_trade_(options.trades == "trade"), quotes_(quotes) {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    const Value& name = reader_.head().at(key("stream"));
    switch (reader_.body()) {
      case MessageReader::Body::none:
        return understand(reader_.head(), name.text(), sink);
      case MessageReader::Body::object:  // {"stream":…,"data":{…}}; without a name it is none
        if (name.type != Value::Type::string) return Verdict::unknown;
        return understand(reader_.at(0), name.text(), sink);
      case MessageReader::Body::list:  // `!miniTicker@arr`: no list is of use
        if (reader_.rows() == 0) return Verdict::unknown;
        return kind_of(reader_.at(0), {}) == Kind::ignored ? Verdict::ignored : Verdict::unknown;
      case MessageReader::Body::other:
        break;
    }
    return Verdict::unknown;
  }

 private:
  // An aggregate trade is several trades at one price: to take both would tell them twice.
  Verdict understand(const Row& row, std::string_view stream_name, Sink& sink) const {
    switch (kind_of(row, stream_name)) {
      case Kind::book_ticker:
        return book_ticker(row, sink);
      case Kind::agg_trade:
        return each_trade_ ? Verdict::ignored : trade(row, key("a"), sink);
      case Kind::trade:
        return each_trade_ ? trade(row, key("t"), sink) : Verdict::ignored;
      case Kind::day_ticker:
        return day_ticker(row, sink);
      case Kind::ignored:
        return Verdict::ignored;
      case Kind::unknown:
        break;
    }
    return Verdict::unknown;
  }

  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    return binance::pair(symbol, quotes_);
  }

  const bool each_trade_;
  const std::span<const std::string_view> quotes_;
  MessageReader reader_{layout};
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<BinanceAdapter>(options, global_quotes());
}

std::unique_ptr<Adapter> make_us_adapter(const VenueOptions& options) {
  return std::make_unique<BinanceAdapter>(options, us_quotes());
}

}  // namespace ticker::feeds::binance
