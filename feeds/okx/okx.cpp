#include "feeds/okx/okx.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "feeds/json/frame_reader.hpp"
#include "feeds/json/levels.hpp"
#include "feeds/json/lexeme.hpp"
#include "feeds/json/values.hpp"
#include "feeds/okx/notices.hpp"

namespace ticker::feeds::okx {
namespace {

// `channel` stands in `arg`, `instId` there and in most rows.
constexpr std::string_view keys[] = {
    "channel", "instId", "action", "event", "code",  "msg",      "tradeId", "px",
    "sz",      "side",   "askPx",  "askSz", "bidPx", "bidSz",    "open24h", "vol24h",
    "high24h", "low24h", "ts",     "asks",  "bids",  "checksum", "seqId",   "prevSeqId"};
constexpr std::string_view tables[] = {"asks", "bids"};
constexpr Layout layout{keys, "data", tables, {}, "arg"};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

// Books of 400 prices a side, told every 100 ms or tick by tick; 50 prices tick by tick: one
// language. `books` names them all.
constexpr std::string_view book_channels[] = {"books", "books-l2-tbt", "books50-l2-tbt"};

// Channels that the venue documents and we have no use for. Those that begin like these as well:
// `candle1m`, `mark-price-candle1D`.
constexpr std::string_view ignored_channels[] = {
    "books5",
    "books-elp",
    "trades-all",
    "option-trades",
    "open-interest",
    "funding-rate",
    "price-limit",
    "opt-summary",
    "estimated-price",
    "mark-price",
    "index-tickers",
    "index-candle",
    "mark-price-candle",
    "candle",
    "instruments",
    "status",
    "liquidation-orders",
    "adl-warning",
    "call-auction-details",
    "block-tickers",
    "public-block-trades",
    "public-struc-block-trades",
    "economic-calendar",
};

enum class Kind { quote, book, ticker, trade, ignored, unknown };

Kind kind_of(std::string_view channel) {
  if (channel == "trades") return Kind::trade;
  if (channel == "tickers") return Kind::ticker;
  if (channel == "bbo-tbt") return Kind::quote;
  if (std::ranges::find(book_channels, channel) != std::end(book_channels)) return Kind::book;
  const bool listed = std::ranges::any_of(
      ignored_channels, [&](std::string_view name) { return channel.starts_with(name); });
  return listed ? Kind::ignored : Kind::unknown;
}

// Numbers of a book's updates are JSON numbers; that of the update before a snapshot is -1.
bool read_previous(const Value& value, std::int64_t& out) {
  if (value.type != Value::Type::number) return false;
  const std::string_view text = value.text();
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && stop == text.data() + text.size() && out >= -1;
}

// CRC32 as a signed number of 32 bits. 0 since 2026-06-23: there is none (changelog of docs-v5).
bool read_checksum(const Value& value, std::optional<std::uint32_t>& out) {
  if (value.type == Value::Type::absent) return true;
  std::int32_t sum = 0;
  if (value.type != Value::Type::number) return false;
  const std::string_view text = value.text();
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), sum);
  if (error != std::errc{} || stop != text.data() + text.size()) return false;
  if (sum != 0) out = static_cast<std::uint32_t>(sum);
  return true;
}

// {"arg":{"channel":"bbo-tbt","instId":"BTC-USDT"},"data":[{"asks":[["8476.98","415","0","13"]],
//  "bids":[["8476.97","256","0","12"]],"ts":"1597026383085","seqId":123456}]}
// Both sides, whole, in every message: a side without a level is empty. `seqId` may go back after
// maintenance, and a quote ordered by it would then stand still for ever; `ts` goes on
// (docs-v5, «Order book channel»).
bool read_quote(const Row& row, const FrameReader& reader, NumberReader& numbers,
                TickerUpdate& out) {
  const Value& bids = row.at(key("bids"));
  const Value& asks = row.at(key("asks"));
  out.stream = quote_stream;
  if (bids.type != Value::Type::table || asks.type != Value::Type::table ||
      !read_loose_time(row.at(key("ts")), out.exchange_us) || out.exchange_us == 0) {
    return false;
  }
  out.order = static_cast<std::uint64_t>(out.exchange_us);
  return numbers.add_best(reader.table(bids), Field::bid, out) &&
         numbers.add_best(reader.table(asks), Field::ask, out);
}

// {"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT",
//  "last":"9999.99","lastSz":"0.1","askPx":"9999.99","askSz":"11","bidPx":"8888.88","bidSz":"5",
//  "open24h":"9000","high24h":"10000","low24h":"8888.88","volCcy24h":"2222","vol24h":"2222",
//  "sodUtc0":"2222","sodUtc8":"2222","ts":"1597026383085"}]}
// An empty string is how a value is said to be none: bid and ask of recorded options have it
// (docs-v5, «Tickers channel»).
bool read_ticker(const Row& row, bool with_quote, NumberReader& numbers, TickerUpdate& out) {
  out.stream = ticker_stream;
  const auto add = [&](std::size_t at, Field field, bool is_price) {
    return row.has(at) && numbers.add(row.at(at), field, is_price, out);
  };
  if (!read_symbol(row.at(key("instId")), out.symbol) ||
      !read_loose_time(row.at(key("ts")), out.exchange_us) ||
      !add(key("open24h"), Field::open_24h, true) || !add(key("high24h"), Field::high_24h, true) ||
      !add(key("low24h"), Field::low_24h, true) || !add(key("vol24h"), Field::volume_24h, false)) {
    return false;
  }
  out.order = static_cast<std::uint64_t>(out.exchange_us);
  if (!with_quote) return true;
  return out.order != 0 && row.has(key("bidSz")) && row.has(key("askSz")) &&
         numbers.add_quote(row.at(key("bidPx")), row.at(key("bidSz")), Field::bid, out) &&
         numbers.add_quote(row.at(key("askPx")), row.at(key("askSz")), Field::ask, out);
}

// {"arg":{"channel":"trades","instId":"BTC-USD"},"data":[{"instId":"BTC-USD",
//  "tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897",
//  "count":"3"}]}
// `side` is the taker's; a row is what one order took at one price, `count` trades with the id of
// the last of them: ids have holes (docs-v5, «Trades channel»).
bool read_trade(const Row& row, NumberReader& numbers, TradeUpdate& out) {
  const Value& id = row.at(key("tradeId"));
  out.stream = trade_stream;
  out.trade_id = id.text();
  return read_symbol(row.at(key("instId")), out.symbol) && read_loose_id(id, out.order) &&
         out.order != 0 && read_side(row.at(key("side")), out.side) &&
         numbers.read_traded(row.at(key("px")), out.price) &&
         numbers.read(row.at(key("sz")), out.size) &&
         read_loose_time(row.at(key("ts")), out.exchange_us);
}

class OkxAdapter final : public Adapter {
 public:
  explicit OkxAdapter(const VenueOptions& options)
      : Adapter(options.category),
        owner_(options.quotes == "books"     ? Kind::book
               : options.quotes == "tickers" ? Kind::ticker
                                             : Kind::quote) {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    if (lexeme::trim_end(lexeme::trim_start(frame)) == "pong") {  // no JSON (docs-v5, «Connect»)
      sink.notice({.kind = Notice::Kind::heartbeat});
      return Verdict::ignored;
    }
    if (!reader_.read(frame)) return Verdict::malformed;
    const Row head = reader_.head();
    const Value& event = head.at(key("event"));
    if (event.type != Value::Type::absent) {
      if (event.type != Value::Type::string) return Verdict::unknown;
      return hear_event({event.text(), head.at(key("code")).text(), head.at(key("msg")).text(),
                         head.at(key("instId")).text()},
                        sink);
    }
    const Value& channel = head.at(key("channel"));
    if (channel.type != Value::Type::string) return Verdict::unknown;
    const Kind kind = kind_of(channel.text());
    if (kind == Kind::ignored || kind == Kind::unknown) {
      return kind == Kind::ignored ? Verdict::ignored : Verdict::unknown;
    }
    return understand(kind, sink);
  }

  [[nodiscard]] BookRules book_rules() const override {
    return {.sequence = BookRules::Sequence::chain, .checksum = BookRules::Checksum::okx};
  }

 private:
  Verdict understand(Kind kind, Sink& sink) {
    if ((kind == Kind::quote || kind == Kind::book) && kind != owner_) return Verdict::ignored;
    std::string_view symbol;  // of the whole frame
    if (!read_symbol(reader_.head().at(key("instId")), symbol) ||
        reader_.body() != FrameReader::Body::list) {
      return Verdict::malformed;
    }
    if (reader_.rows() == 0) return Verdict::ignored;
    if (kind == Kind::book) return book(symbol, sink);
    if (kind == Kind::trade) return trades(sink);
    return tickers(kind, symbol, sink);
  }

  // All rows are read before anything is said: one bad row spoils its frame.
  Verdict tickers(Kind kind, std::string_view symbol, Sink& sink) {
    NumberReader numbers(Value::Type::string, kind == Kind::ticker);
    tickers_.clear();
    for (std::size_t i = 0; i < reader_.rows(); ++i) {
      TickerUpdate& update = tickers_.emplace_back();
      const Row row = reader_.at(i);
      update.symbol = symbol;
      if (!(kind == Kind::quote ? read_quote(row, reader_, numbers, update)
                                : read_ticker(row, owner_ == Kind::ticker, numbers, update))) {
        return Verdict::malformed;
      }
    }
    numbers.tell(sink);
    for (const TickerUpdate& update : tickers_) sink.ticker(update);
    return Verdict::data;
  }

  Verdict trades(Sink& sink) {
    NumberReader numbers(Value::Type::string);
    trades_.clear();
    for (std::size_t i = 0; i < reader_.rows(); ++i) {
      if (!read_trade(reader_.at(i), numbers, trades_.emplace_back())) return Verdict::malformed;
    }
    numbers.tell(sink);
    for (const TradeUpdate& update : trades_) {
      sink.trade(update);
      sink.ticker(last_of(update));
    }
    return Verdict::data;
  }

  // {"arg":{"channel":"books","instId":"BTC-USDT"},"action":"snapshot","data":[{"asks":
  //  [["8476.98","415","0","13"],…],"bids":[["8476.97","256","0","12"],…],"ts":"1597026383085",
  //  "checksum":0,"prevSeqId":-1,"seqId":123456}]}
  // A level is price, size, a zero that means nothing, number of orders; a size of 0 takes it out.
  // An update names in `prevSeqId` the one before it; one without levels whose numbers are equal
  // says about once a minute that the book stands. Messages recorded in 2022 have a checksum and no
  // numbers: what has neither cannot be trusted (docs-v5, «Order book channel»).
  Verdict book(std::string_view symbol, Sink& sink) {
    const Row head = reader_.head();
    const Value& action = head.at(key("action"));
    const bool snapshot = action.is("snapshot");
    if (action.type != Value::Type::string || reader_.rows() != 1) return Verdict::malformed;
    if (!snapshot && !action.is("update")) return Verdict::unknown;
    const Row row = reader_.at(0);
    BookUpdate update;
    update.symbol = symbol;
    update.stream = quote_stream;
    update.snapshot = snapshot;
    NumberReader numbers(Value::Type::string);
    bids_.clear();
    asks_.clear();
    if (!read_numbers(row, update) || !read_loose_time(row.at(key("ts")), update.exchange_us) ||
        !read_levels(reader_, row.at(key("bids")), numbers, bids_) ||
        !read_levels(reader_, row.at(key("asks")), numbers, asks_)) {
      return Verdict::malformed;
    }
    update.bids = bids_;
    update.asks = asks_;
    numbers.tell(sink);
    sink.book(update);
    return Verdict::data;
  }

  static bool read_numbers(const Row& row, BookUpdate& update) {
    if (!read_checksum(row.at(key("checksum")), update.checksum)) return false;
    if (!row.has(key("seqId")) && !row.has(key("prevSeqId"))) return update.checksum.has_value();
    if (!read_id(row.at(key("seqId")), update.last) ||
        !read_previous(row.at(key("prevSeqId")), update.previous)) {
      return false;
    }
    update.first = update.last;
    return true;
  }

  // Spot is spelled `BTC-USDT` already.
  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    return std::string(symbol);
  }

  const Kind owner_;  // of bid and ask
  FrameReader reader_{layout};
  std::vector<TickerUpdate> tickers_;  // of the frame being read
  std::vector<TradeUpdate> trades_;
  std::vector<BookLevel> bids_;
  std::vector<BookLevel> asks_;
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<OkxAdapter>(options);
}

}  // namespace ticker::feeds::okx
