#include "feeds/binance/binance.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "feeds/binance/message.hpp"
#include "feeds/binance/symbols.hpp"

static_assert(ticker::feeds::Adapter::padding_bytes >= 64);  // what simdjson reads beyond

namespace ticker::feeds::binance {
namespace {

// Event types (`e`) that the venue documents and we have no use for.
constexpr std::string_view ignored_events[] = {
    "trade",
    "24hrTicker",
    "24hrMiniTicker",
    "1hTicker",
    "4hTicker",
    "1dTicker",
    "avgPrice",
    "kline",
    "depthUpdate",
    "serverShutdown",
    "executionReport",
    "outboundAccountPosition",
    "balanceUpdate",
    "listStatus",
    "externalLockUpdate",
    "eventStreamTerminated",
    "listenKeyExpired",
};

// Times beyond this are microseconds, `timeUnit=MICROSECOND` in the URL: as milliseconds it would
// be the year 5138 (web-socket-streams.md, «General WSS information»).
constexpr std::uint64_t milliseconds_max = 100'000'000'000'000;

enum class Kind { book_ticker, agg_trade, ignored, unknown };

bool has_quote(const Message& message) {
  return std::ranges::any_of(std::array{Key::u, Key::b, Key::B, Key::a, Key::A},
                             [&](Key key) { return message.at(key).type != Value::Type::absent; });
}

// A frame that claims to be of a kind by its event type, its stream or its fields is held to it:
// what it then lacks makes it malformed.
Kind kind_of(const Message& message) {
  const Value& event = message.at(Key::e);
  const bool listed = std::ranges::find(ignored_events, event.text) != std::end(ignored_events);
  if (event.type == Value::Type::string && listed) return Kind::ignored;
  if (message.is_array) return Kind::unknown;
  if (event.type != Value::Type::absent) {
    if (event.text == "aggTrade") return Kind::agg_trade;
    if (event.text == "bookTicker") return Kind::book_ticker;
    return Kind::unknown;
  }
  if (message.has_snapshot || message.has_answer) return Kind::ignored;
  if (message.stream.ends_with("@aggTrade")) return Kind::agg_trade;
  if (message.stream.ends_with("@bookTicker") || has_quote(message)) return Kind::book_ticker;
  return Kind::unknown;
}

bool read_symbol(const Value& value, std::string_view& out) {
  out = value.text;
  return value.type == Value::Type::string && !out.empty();
}

// Ids and times are JSON integers, never negative.
bool read_integer(const Value& value, std::uint64_t& out) {
  if (value.type != Value::Type::number) return false;
  const char* const end = value.text.data() + value.text.size();
  const auto [stop, error] = std::from_chars(value.text.data(), end, out);
  return error == std::errc{} && stop == end;
}

bool read_time(const Value& value, std::int64_t& out_us) {
  std::uint64_t time = 0;
  if (!read_integer(value, time) || time > INT64_MAX) return false;
  out_us = static_cast<std::int64_t>(time > milliseconds_max ? time : time * 1'000);
  return true;
}

// Prices and sizes are JSON strings; a venue without negative prices has sent rubbish when there
// is one.
bool read_decimal(const Value& value, Decimal& out, int& overflows) {
  if (value.type != Value::Type::string || value.text.starts_with('-')) return false;
  const Decimal::Parse result = Decimal::parse(value.text, out);
  if (result == Decimal::Parse::overflow) ++overflows;
  return result != Decimal::Parse::malformed;
}

void say_overflows(int overflows, Sink& sink) {
  for (; overflows > 0; --overflows) sink.overflow();
}

// {"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000",
//  "A":"40.66000000"}
// No event type and no time: `u`, the order book's update id, is all that orders it
// (web-socket-streams.md, «Individual Symbol Book Ticker Streams»).
Verdict book_ticker(const Message& message, Sink& sink) {
  TickerUpdate update;
  update.stream = book_ticker_stream;
  int overflows = 0;
  if (!read_symbol(message.at(Key::s), update.symbol)) return Verdict::malformed;
  if (!read_integer(message.at(Key::u), update.order)) return Verdict::malformed;
  constexpr std::pair<Field, Key> owned[] = {{Field::bid, Key::b},
                                             {Field::bid_size, Key::B},
                                             {Field::ask, Key::a},
                                             {Field::ask_size, Key::A}};
  for (const auto& [field, key] : owned) {
    Decimal value;
    if (!read_decimal(message.at(key), value, overflows)) return Verdict::malformed;
    update.fields.set(field, value);
    update.mask = static_cast<FieldMask>(update.mask | bit(field));
  }
  say_overflows(overflows, sink);
  sink.ticker(update);
  return Verdict::data;
}

// {"e":"aggTrade","E":1628952401260,"s":"FTMUSDT","a":31718373,"p":"0.34006000",
//  "q":"87.00000000","f":38248911,"l":38248911,"T":1628952401260,"m":false,"M":true}
// `m`: the buyer is the maker, so the taker sold. `T` is the trade's time, `E` the message's
// (web-socket-streams.md, «Aggregate Trade Streams»).
Verdict agg_trade(const Message& message, Sink& sink) {
  TradeUpdate trade;
  trade.stream = agg_trade_stream;
  int overflows = 0;
  const Value& maker = message.at(Key::m);
  if (!read_symbol(message.at(Key::s), trade.symbol) ||
      !read_integer(message.at(Key::a), trade.order) ||
      !read_time(message.at(Key::T), trade.exchange_us) ||
      !read_decimal(message.at(Key::p), trade.price, overflows) ||
      !read_decimal(message.at(Key::q), trade.size, overflows)) {
    return Verdict::malformed;
  }
  if (maker.type != Value::Type::yes && maker.type != Value::Type::no) return Verdict::malformed;
  trade.side = maker.type == Value::Type::yes ? Side::sell : Side::buy;
  trade.trade_id = message.at(Key::a).text;

  TickerUpdate last;
  last.symbol = trade.symbol;
  last.stream = agg_trade_stream;
  last.order = trade.order;
  last.exchange_us = trade.exchange_us;
  last.mask = bit(Field::last) | bit(Field::last_size);
  last.fields.set(Field::last, trade.price);
  last.fields.set(Field::last_size, trade.size);

  say_overflows(overflows, sink);
  sink.trade(trade);
  sink.ticker(last);
  return Verdict::data;
}

class BinanceAdapter final : public Adapter {
 public:
  explicit BinanceAdapter(std::span<const std::string_view> quotes) : quotes_(quotes) {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    Message message;
    if (!reader_.read(frame, message)) return Verdict::malformed;
    switch (kind_of(message)) {
      case Kind::book_ticker:
        return book_ticker(message, sink);
      case Kind::agg_trade:
        return agg_trade(message, sink);
      case Kind::ignored:
        return Verdict::ignored;
      case Kind::unknown:
        break;
    }
    return Verdict::unknown;
  }

  [[nodiscard]] std::string canonical(std::string_view symbol) const override {
    return binance::canonical(symbol, quotes_);
  }

 private:
  const std::span<const std::string_view> quotes_;
  MessageReader reader_;
};

}  // namespace

std::unique_ptr<Adapter> make_adapter() {
  return std::make_unique<BinanceAdapter>(global_quotes());
}

std::unique_ptr<Adapter> make_us_adapter() { return std::make_unique<BinanceAdapter>(us_quotes()); }

}  // namespace ticker::feeds::binance
