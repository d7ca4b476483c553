#include "feeds/coinbase/coinbase.hpp"

#include <algorithm>

#include "feeds/message.hpp"
#include "feeds/values.hpp"

namespace ticker::feeds::coinbase {
namespace {

// In the order of a ticker; what only a match has stands at the end.
constexpr std::string_view keys[] = {"type",          "sequence", "product_id",    "open_24h",
                                     "volume_24h",    "low_24h",  "high_24h",      "best_bid",
                                     "best_bid_size", "best_ask", "best_ask_size", "side",
                                     "time",          "trade_id", "size",          "price"};
constexpr Layout layout{keys, {}};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

// Types that the venue documents and we have no use for. `rfq_match` is a trade agreed outside
// the book: no price of this market.
constexpr std::string_view ignored_types[] = {"subscriptions", "heartbeat", "error",    "status",
                                              "snapshot",      "l2update",  "received", "open",
                                              "done",          "change",    "activate", "auction",
                                              "rfq_match",     "level3",    "balance"};

// Sequences and trade ids count from 1. To the sink 0 means «no order», and a value without an
// order would overwrite a newer one.
bool read_order(const Value& value, std::uint64_t& out) { return read_id(value, out) && out != 0; }

// {"type":"ticker","sequence":37475248783,"product_id":"ETH-USD","price":"1285.22",
//  "open_24h":"1310.79","volume_24h":"245532.79269678","low_24h":"1280.52","high_24h":"1313.8",
//  "volume_30d":"9788783.60117027","best_bid":"1285.04","best_bid_size":"0.46688654",
//  "best_ask":"1285.27","best_ask_size":"1.56637040","side":"buy",
//  "time":"2022-10-19T23:28:22.061769Z","trade_id":370843401,"last_size":"11.4396987"}
// Sent when a match happened, one frame for a cascade of them: bid and ask are those at that
// moment. `side` is the taker's here. In 2021 there were no sizes of bid and ask
// (docs.cdp.coinbase.com, Exchange, «WebSocket Channels», «Ticker Channel»).
Verdict ticker(const Row& row, Sink& sink) {
  TickerUpdate update;
  update.stream = ticker_stream;
  NumberReader numbers(Value::Type::string);
  if (!read_symbol(row.at(key("product_id")), update.symbol) ||
      !read_order(row.at(key("sequence")), update.order) ||
      (row.has(key("time")) && !read_text_time(row.at(key("time")), update.exchange_us)) ||
      !numbers.add_quote(row.at(key("best_bid")), row.at(key("best_bid_size")), Field::bid,
                         update) ||
      !numbers.add_quote(row.at(key("best_ask")), row.at(key("best_ask_size")), Field::ask,
                         update) ||
      !numbers.add(row.at(key("open_24h")), Field::open_24h, true, update) ||
      !numbers.add(row.at(key("high_24h")), Field::high_24h, true, update) ||
      !numbers.add(row.at(key("low_24h")), Field::low_24h, true, update) ||
      !numbers.add(row.at(key("volume_24h")), Field::volume_24h, false, update)) {
    return Verdict::malformed;
  }
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
// reconnect it may have been told already.
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
  numbers.tell(sink);
  if (is_new) sink.trade(update);
  sink.ticker(last_of(update));
  return Verdict::data;
}

class CoinbaseAdapter final : public Adapter {
 public:
  explicit CoinbaseAdapter(const VenueOptions& options) : Adapter(options.category) {}

  // Every frame is one flat object with a `type`. (Those of `level3` are bare lists that its first
  // frame explains; that channel needs authentication and is not asked for.)
  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    const Row row = reader_.head();
    const Value& type = row.at(key("type"));
    if (type.type != Value::Type::string) return Verdict::unknown;
    if (type.text() == "ticker") return ticker(row, sink);
    if (type.text() == "match") return match(row, true, sink);
    if (type.text() == "last_match") return match(row, false, sink);
    const bool listed = std::ranges::find(ignored_types, type.text()) != std::end(ignored_types);
    return listed ? Verdict::ignored : Verdict::unknown;
  }

 private:
  // `BTC-USD` is how we spell it too.
  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    return std::string(symbol);
  }

  MessageReader reader_{layout};
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<CoinbaseAdapter>(options);
}

}  // namespace ticker::feeds::coinbase
