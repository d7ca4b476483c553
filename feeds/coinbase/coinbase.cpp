#include "feeds/coinbase/coinbase.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "feeds/json/frame_reader.hpp"
#include "feeds/json/levels.hpp"
#include "feeds/json/values.hpp"

namespace ticker::feeds::coinbase {
namespace {

// In the order of a ticker; what only others have stands at the end.
constexpr std::string_view keys[] = {
    "type",     "sequence", "product_id",    "open_24h",     "volume_24h",    "low_24h",
    "high_24h", "best_bid", "best_bid_size", "best_ask",     "best_ask_size", "side",
    "time",     "trade_id", "size",          "price",        "bids",          "asks",
    "changes",  "message",  "reason",        "last_trade_id"};
constexpr std::string_view tables[] = {"bids", "asks", "changes"};
constexpr Layout layout{keys, {}, tables};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

// Types that the venue documents and we have no use for. `rfq_match` is a trade agreed outside
// the book: no price of this market.
constexpr std::string_view ignored_types[] = {"status", "received", "open",    "done",
                                              "change", "activate", "auction", "rfq_match",
                                              "level3", "balance"};

// Sequences and trade ids count from 1. To the sink 0 means «no order», and a value without an
// order would overwrite a newer one.
bool read_order(const Value& value, std::uint64_t& out) { return read_id(value, out) && out != 0; }

bool read_quote(const Row& row, NumberReader& numbers, TickerUpdate& update) {
  return numbers.add_quote(row.at(key("best_bid")), row.at(key("best_bid_size")), Field::bid,
                           update) &&
         numbers.add_quote(row.at(key("best_ask")), row.at(key("best_ask_size")), Field::ask,
                           update);
}

// {"type":"ticker","sequence":37475248783,"product_id":"ETH-USD","price":"1285.22",
//  "open_24h":"1310.79","volume_24h":"245532.79269678","low_24h":"1280.52","high_24h":"1313.8",
//  "volume_30d":"9788783.60117027","best_bid":"1285.04","best_bid_size":"0.46688654",
//  "best_ask":"1285.27","best_ask_size":"1.56637040","side":"buy",
//  "time":"2022-10-19T23:28:22.061769Z","trade_id":370843401,"last_size":"11.4396987"}
// Sent when a match happened, one frame for a cascade of them: bid and ask are those at that
// moment. `side` is the taker's here. In 2021 there were no sizes of bid and ask
// (docs.cdp.coinbase.com, Exchange, «WebSocket Channels», «Ticker Channel»). `quotes`: bid and ask
// are taken from here, not from the book.
Verdict ticker(const Row& row, bool quotes, Sink& sink) {
  TickerUpdate update;
  update.stream = ticker_stream;
  NumberReader numbers(Value::Type::string);
  if (!read_symbol(row.at(key("product_id")), update.symbol) ||
      !read_order(row.at(key("sequence")), update.order) ||
      (row.has(key("time")) && !read_text_time(row.at(key("time")), update.exchange_us)) ||
      (quotes && !read_quote(row, numbers, update)) ||
      !numbers.add(row.at(key("open_24h")), Field::open_24h, true, update) ||
      !numbers.add(row.at(key("high_24h")), Field::high_24h, true, update) ||
      !numbers.add(row.at(key("low_24h")), Field::low_24h, true, update) ||
      !numbers.add(row.at(key("volume_24h")), Field::volume_24h, false, update)) {
    return Verdict::malformed;
  }
  if (update.mask == 0) return Verdict::ignored;
  numbers.tell(sink);
  sink.ticker(update);
  return Verdict::data;
}

// {"type":"match","trade_id":10,"sequence":50,
//  "maker_order_id":"ac928c66-ca53-498f-9c13-a110027a60e8",
//  "taker_order_id":"132fb6ae-456b-4654-b4e0-d681ac05cea1",
//  "time":"2014-11-07T08:19:27.028459Z","product_id":"BTC-USD","size":"5.23512",
//  "price":"400.23","side":"sell"}
// `side` is the maker's: the taker did the opposite (as above, «Match»).
// `last_match`, the same fields, is the first message after subscribing (as above, «Matches
// Channel»): the last price is known from then on, but the trade happened before, and after a
// reconnect it may have been told already. Ids rise by one a match: in 73 recorded pairs of
// neighbours there is no hole, from `last_match` to the first `match` neither.
Verdict match(const Row& row, bool is_new, Sink& sink) {
  TradeUpdate update;
  update.stream = match_stream;
  NumberReader numbers(Value::Type::string);
  Side maker = Side::unknown;
  if (!read_symbol(row.at(key("product_id")), update.symbol) ||
      !read_order(row.at(key("trade_id")), update.order) ||
      !read_text_time(row.at(key("time")), update.exchange_us) ||
      !numbers.read_traded(row.at(key("price")), update.price) ||
      !numbers.read(row.at(key("size")), update.size) || !read_side(row.at(key("side")), maker)) {
    return Verdict::malformed;
  }
  update.side = maker == Side::buy ? Side::sell : Side::buy;
  update.trade_id = row.at(key("trade_id")).text();
  update.counted = true;
  numbers.tell(sink);
  if (is_new) sink.trade(update);
  sink.ticker(last_of(update));
  return Verdict::data;
}

// {"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD",
//  "time":"2014-11-07T08:19:28.464459Z"}
// Each second for each product (as above, «Heartbeat Channel»).
void heartbeat(const Row& row, Sink& sink) {
  Notice notice{.kind = Notice::Kind::heartbeat};
  if (!read_symbol(row.at(key("product_id")), notice.symbol)) return;
  if (!read_id(row.at(key("last_trade_id")), notice.last_trade)) notice.last_trade = 0;
  sink.notice(notice);
}

// {"type":"error","message":"Failed to subscribe","reason":"level2, level3, and full channels now
//  require authentication…"}
void error(const Row& row, Sink& sink) {
  const std::string_view message = row.at(key("message")).text();
  const std::string_view reason = row.at(key("reason")).text();
  std::string text(message);
  if (!message.empty() && !reason.empty()) text += ": ";
  text += reason;
  const bool refused = message.starts_with("Failed to subscribe");
  Notice notice{.kind = refused ? Notice::Kind::refused : Notice::Kind::error, .text = text};
  constexpr std::string_view invalid = " is not a valid product";
  if (refused && reason.ends_with(invalid)) {
    notice.symbol = reason.substr(0, reason.size() - invalid.size());
  }
  sink.notice(notice);
}

class CoinbaseAdapter final : public Adapter {
 public:
  explicit CoinbaseAdapter(const VenueOptions& options)
      : Adapter(options.category), level2_(options.quotes != "ticker") {}

  // Every frame is one flat object with a `type`. (Those of `level3` are bare lists that its first
  // frame explains; that channel needs authentication and is not asked for.)
  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    const Row row = reader_.head();
    const Value& type = row.at(key("type"));
    if (type.type != Value::Type::string) return Verdict::unknown;
    if (type.text() == "ticker") return ticker(row, !level2_, sink);
    if (type.text() == "l2update") return level2_ ? changes(row, sink) : Verdict::ignored;
    if (type.text() == "match") return match(row, true, sink);
    if (type.text() == "last_match") return match(row, false, sink);
    if (type.text() == "snapshot") return level2_ ? snapshot(row, sink) : Verdict::ignored;
    return notice(type.text(), row, sink);
  }

  // A book without numbers and sums: what is missing cannot be seen (as above, «Level2 Channel»:
  // delivery is guaranteed).
  [[nodiscard]] BookRules book_rules() const override { return {}; }

 private:
  static Verdict notice(std::string_view type, const Row& row, Sink& sink) {
    if (type == "heartbeat") {
      heartbeat(row, sink);
    } else if (type == "error") {
      error(row, sink);
    } else if (type == "subscriptions") {
      // {"type":"subscriptions","channels":[{"name":"level2","product_ids":["BAND-GBP",…]},…]}
      // All that this connection is subscribed to by now.
      sink.notice({.kind = Notice::Kind::subscribed});
    } else if (std::ranges::find(ignored_types, type) == std::end(ignored_types)) {
      return Verdict::unknown;
    }
    return Verdict::ignored;
  }

  // {"type":"snapshot","product_id":"BAND-GBP","asks":[["12.5400","91.36"],…],
  //  "bids":[["12.5179","102.18"],…]}
  // The whole book, once after the subscription (as above, «Level2 Channel»).
  Verdict snapshot(const Row& row, Sink& sink) {
    NumberReader numbers(Value::Type::string);
    bids_.clear();
    asks_.clear();
    if (!read_levels(reader_, row.at(key("bids")), numbers, bids_) ||
        !read_levels(reader_, row.at(key("asks")), numbers, asks_)) {
      return Verdict::malformed;
    }
    return tell_book(row, true, numbers, sink);
  }

  // {"type":"l2update","product_id":"BTC-EUR","changes":[["buy","9202.70","0.58667860"],
  //  ["sell","9222.39","0.00459825"]],"time":"2019-08-01T00:00:03.869Z"}
  // `buy`: a bid. The size is what stands there now; 0 takes the price out (as above).
  Verdict changes(const Row& row, Sink& sink) {
    const Value& rows = row.at(key("changes"));
    if (rows.type != Value::Type::table) return Verdict::malformed;
    NumberReader numbers(Value::Type::string);
    bids_.clear();
    asks_.clear();
    for (const Cells& cells : reader_.table(rows)) {
      Side side = Side::unknown;
      BookLevel level;
      if (!read_side(cells[0], side) || !read_level(cells[1], cells[2], numbers, level)) {
        return Verdict::malformed;
      }
      (side == Side::buy ? bids_ : asks_).push_back(level);
    }
    return tell_book(row, false, numbers, sink);
  }

  Verdict tell_book(const Row& row, bool whole, const NumberReader& numbers, Sink& sink) {
    BookUpdate update;
    const Value& time = row.at(key("time"));
    if (!read_symbol(row.at(key("product_id")), update.symbol) ||
        (time.type != Value::Type::absent && !read_text_time(time, update.exchange_us))) {
      return Verdict::malformed;
    }
    update.stream = level2_stream;
    update.snapshot = whole;
    update.bids = bids_;
    update.asks = asks_;
    numbers.tell(sink);
    sink.book(update);
    return Verdict::data;
  }

  // `BTC-USD` is how we spell it too.
  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    return std::string(symbol);
  }

  const bool level2_;  // bid and ask come from the book
  FrameReader reader_{layout};
  std::vector<BookLevel> bids_;  // of the frame being read
  std::vector<BookLevel> asks_;
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<CoinbaseAdapter>(options);
}

}  // namespace ticker::feeds::coinbase
