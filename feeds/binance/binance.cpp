#include "feeds/binance/binance.hpp"

#include <span>
#include <vector>

#include "feeds/binance/frame.hpp"
#include "feeds/binance/notices.hpp"
#include "feeds/binance/symbols.hpp"
#include "feeds/json/frame_reader.hpp"
#include "feeds/json/levels.hpp"
#include "feeds/json/values.hpp"

namespace ticker::feeds::binance {
namespace {

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
// (web-socket-streams.md, «Aggregate Trade Streams», «Trade Streams»). Both ids rise by one a
// trade: in 1 932 recorded pairs of neighbours there is no hole, neither in `a` nor from `l` to
// `f`.
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
  update.counted = true;
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
      : Adapter(options.category),
        each_trade_(options.trades == "trade"),
        depth_(options.quotes == "depth"),
        quotes_(quotes) {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    const Row head = reader_.head();
    const Value& name = head.at(key("stream"));
    switch (reader_.body()) {
      case FrameReader::Body::none:
        return understand(head, name.text(), frame, sink);
      case FrameReader::Body::object:  // {"stream":…,"data":{…}}; without a name it is none
        if (name.type != Value::Type::string) return Verdict::unknown;
        return understand(reader_.at(0), name.text(), {}, sink);
      case FrameReader::Body::list:  // `!miniTicker@arr`: no list is of use
        return list();
      case FrameReader::Body::other:
        break;
    }
    return Verdict::unknown;
  }

  // GET /api/v3/depth?symbol=BNBBTC&limit=1000
  // {"lastUpdateId":1027024,"bids":[["4.00000000","431.00000000"]],
  //  "asks":[["4.00000200","12.00000000"]]}
  // The symbol stands in the request alone (rest-api.md, «Order book»).
  Verdict parse_answer(std::string_view target, std::string_view body, Sink& sink) override {
    if (!depth_) return Verdict::ignored;
    BookUpdate update;
    symbol_ = symbol_in(target);
    update.symbol = symbol_;
    update.snapshot = true;
    if (symbol_.empty()) return Verdict::unknown;
    if (!reader_.read(body)) return Verdict::malformed;
    const Row row = reader_.head();
    if (!read_id(row.at(key("lastUpdateId")), update.last) || update.last == 0) {
      return Verdict::malformed;
    }
    update.first = update.last;
    return tell_book(update, row.at(key("bids")), row.at(key("asks")), sink);
  }

  [[nodiscard]] BookRules book_rules() const override {
    return {.sequence = BookRules::Sequence::range, .snapshot_by_request = true};
  }

 private:
  // An aggregate trade is several trades at one price: to take both would tell them twice. Of the
  // two streams that know bid and ask only one is taken as well. `frame`: where it is a bare
  // object.
  Verdict understand(const Row& row, std::string_view stream_name, std::string_view frame,
                     Sink& sink) {
    switch (kind_of(row, stream_name)) {
      case Kind::book_ticker:
        return depth_ ? Verdict::ignored : book_ticker(row, sink);
      case Kind::agg_trade:
        return each_trade_ ? Verdict::ignored : trade(row, key("a"), sink);
      case Kind::trade:
        return each_trade_ ? trade(row, key("t"), sink) : Verdict::ignored;
      case Kind::day_ticker:
        return day_ticker(row, sink);
      case Kind::depth:
        return depth_ ? depth(row, sink) : Verdict::ignored;
      case Kind::answer:
        notices_.answer(row, frame, sink);
        return Verdict::ignored;
      case Kind::leaving:
        sink.notice({.kind = Notice::Kind::leaving, .text = "serverShutdown"});
        return Verdict::ignored;
      case Kind::ignored:
        return Verdict::ignored;
      case Kind::unknown:
        break;
    }
    return Verdict::unknown;
  }

  [[nodiscard]] Verdict list() const {
    if (reader_.rows() == 0) return Verdict::unknown;
    switch (kind_of(reader_.at(0), {})) {
      case Kind::ignored:
      case Kind::depth:
      case Kind::answer:
      case Kind::leaving:
        return Verdict::ignored;
      default:
        return Verdict::unknown;
    }
  }

  // {"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,"b":[["0.0024","10"]],
  //  "a":[["0.0026","100"]]}
  // Covers the numbers `U` to `u` of the book, each frame from where the one before ended; a size
  // of 0 takes a price out (web-socket-streams.md, «Diff. Depth Stream», «How to manage a local
  // order book correctly»).
  Verdict depth(const Row& row, Sink& sink) {
    BookUpdate update;
    if (!read_symbol(row.at(key("s")), update.symbol) || !read_id(row.at(key("U")), update.first) ||
        !read_id(row.at(key("u")), update.last) || update.first == 0 ||
        update.first > update.last || !read_epoch_time(row.at(key("E")), update.exchange_us)) {
      return Verdict::malformed;
    }
    return tell_book(update, row.at(key("b")), row.at(key("a")), sink);
  }

  Verdict tell_book(BookUpdate& update, const Value& bids, const Value& asks, Sink& sink) {
    NumberReader numbers(Value::Type::string);
    update.stream = depth_stream;
    bids_.clear();
    asks_.clear();
    if (!read_levels(reader_, bids, numbers, bids_) ||
        !read_levels(reader_, asks, numbers, asks_)) {
      return Verdict::malformed;
    }
    update.bids = bids_;
    update.asks = asks_;
    numbers.tell(sink);
    sink.book(update);
    return Verdict::data;
  }

  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    return binance::pair(symbol, quotes_);
  }

  const bool each_trade_;
  const bool depth_;
  const std::span<const std::string_view> quotes_;
  FrameReader reader_{layout};
  NoticeReader notices_;
  std::vector<BookLevel> bids_;  // of the frame being read
  std::vector<BookLevel> asks_;
  std::string symbol_;  // of the answer being read
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<BinanceAdapter>(options, global_quotes());
}

std::unique_ptr<Adapter> make_us_adapter(const VenueOptions& options) {
  return std::make_unique<BinanceAdapter>(options, us_quotes());
}

}  // namespace ticker::feeds::binance
