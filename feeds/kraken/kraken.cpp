#include "feeds/kraken/kraken.hpp"

#include <algorithm>
#include <span>
#include <tuple>
#include <vector>

#include "feeds/json/frame_reader.hpp"
#include "feeds/json/levels.hpp"
#include "feeds/json/values.hpp"
#include "feeds/kraken/frame.hpp"
#include "feeds/kraken/notices.hpp"

namespace ticker::feeds::kraken {
namespace {

// {"channel":"ticker","type":"update","data":[{"symbol":"BTC/USD","bid":105944.20,"bid_qty":2.5,
//  "ask":105944.30,"ask_qty":3.2,"last":105899.40,"volume":163.28908096,"vwap":105904.39279,
//  "low":104711.00,"high":106613.10,"change":250.00,"change_pct":0.24,
//  "timestamp":"2022-12-25T09:30:59.123456Z"}]}
// (spot-websocket-v2, «Ticker»). Recorded tickers of inactive symbols have zeros for prices and
// 1970 for a time: no price is shown then.
bool read_ticker(const Row& row, NumberReader& numbers, TickerUpdate& out) {
  out.stream = ticker_stream;
  if (!read_symbol(row.at(key("symbol")), out.symbol) ||
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

// As above, bid and ask too: where the ticker owns them, not the book.
bool read_quoted_ticker(const Row& row, NumberReader& numbers, TickerUpdate& out) {
  return numbers.add_quote(row.at(key("bid")), row.at(key("bid_qty")), Field::bid, out) &&
         numbers.add_quote(row.at(key("ask")), row.at(key("ask_qty")), Field::ask, out) &&
         read_ticker(row, numbers, out);
}

// {"channel":"trade","type":"update","data":[{"symbol":"BTC/USD","side":"buy","price":105944.20,
//  "qty":0.00027625,"ord_type":"limit","trade_id":10218208,
//  "timestamp":"2023-10-06T17:35:55.440295Z"}]}
// `side` is the taker's; `trade_id` is a sequence number within a book; one frame may hold trades
// of several orders (spot-websocket-v2, «Trade»). Its rise by one a trade is the venue's word: the
// recordings are of version 1, which has no ids.
bool read_trade(const Row& row, NumberReader& numbers, TradeUpdate& out) {
  const Value& id = row.at(key("trade_id"));
  out.stream = trade_stream;
  out.trade_id = id.text();
  out.counted = true;
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
  explicit KrakenAdapter(const VenueOptions& options)
      : Adapter(options.category), book_(options.quotes != "ticker") {}

  Verdict parse(std::string_view frame, Sink& sink) override {
    if (!reader_.read(frame)) return Verdict::malformed;
    switch (kind_of(reader_.head())) {
      case Kind::ticker:
        return tickers(sink);
      case Kind::trade:
        return trades(sink);
      case Kind::trade_snapshot:
        return trade_snapshot(sink);
      case Kind::book:
        return book_ ? books(false, sink) : Verdict::ignored;
      case Kind::book_snapshot:
        return book_ ? books(true, sink) : Verdict::ignored;
      case Kind::heartbeat:
        sink.notice({.kind = Notice::Kind::heartbeat});
        return Verdict::ignored;
      case Kind::status:
        if (reader_.rows() > 0) NoticeReader::status(reader_.at(0), sink);
        return Verdict::ignored;
      case Kind::answer:
        notices_.answer(frame, sink);
        return Verdict::ignored;
      case Kind::ignored:
        return Verdict::ignored;
      case Kind::unknown:
        return Verdict::unknown;
      case Kind::malformed:
        break;
    }
    return Verdict::malformed;
  }

  // No numbers: a CRC32 over the ten best prices of either side is the only sign that nothing is
  // missing. The book keeps as many prices as were subscribed to; what falls out at its end is not
  // told (spot-websocket-v2, «Book», «Book checksum»).
  [[nodiscard]] BookRules book_rules() const override {
    return {.checksum = BookRules::Checksum::kraken, .depth = book_depth};
  }

 private:
  // Reads all rows before anything is said: one bad row spoils its frame. A list without rows is
  // `ignored`: the snapshot of a symbol that never traded.
  template <class Update>
  Verdict read_rows(std::vector<Update>& out, bool (*read)(const Row&, NumberReader&, Update&),
                    Sink& sink) {
    if (reader_.body() != FrameReader::Body::list) return Verdict::malformed;
    NumberReader numbers(Value::Type::number);
    out.clear();
    for (std::size_t i = 0; i < reader_.rows(); ++i) {
      if (!read(reader_.at(i), numbers, out.emplace_back())) return Verdict::malformed;
    }
    numbers.tell(sink);
    return out.empty() ? Verdict::ignored : Verdict::data;
  }

  Verdict tickers(Sink& sink) {
    const Verdict verdict = read_rows(tickers_, book_ ? read_ticker : read_quoted_ticker, sink);
    if (verdict != Verdict::data) return verdict;
    bool said = false;
    for (const TickerUpdate& update : tickers_) {
      if (update.mask == 0) continue;  // of bid and ask alone, which are the book's
      sink.ticker(update);
      said = true;
    }
    return said ? Verdict::data : Verdict::ignored;
  }

  // {"channel":"book","type":"snapshot","data":[{"symbol":"BTC/USD",
  //  "bids":[{"price":45283.5,"qty":0.10000000},…],"asks":[…],"checksum":3310070434,
  //  "timestamp":"2023-10-06T17:35:55.440295Z"}]}
  // A `qty` of 0 takes a price out (spot-websocket-v2, «Book»).
  Verdict books(bool whole, Sink& sink) {
    if (reader_.body() != FrameReader::Body::list) return Verdict::malformed;
    NumberReader numbers(Value::Type::number);
    levels_.clear();
    books_.clear();
    for (std::size_t i = 0; i < reader_.rows(); ++i) {
      BookRow& row = books_.emplace_back();
      row.update.stream = book_stream;
      row.update.snapshot = whole;
      if (!read_book(reader_.at(i), numbers, row)) return Verdict::malformed;
    }
    numbers.tell(sink);
    for (BookRow& row : books_) {  // only now: `levels_` has moved while it grew
      const std::span all(levels_);
      row.update.bids = all.subspan(row.begin, row.bids);
      row.update.asks = all.subspan(row.begin + row.bids, row.asks);
      sink.book(row.update);
    }
    return books_.empty() ? Verdict::ignored : Verdict::data;
  }

  // One book of a frame; its levels are in `levels_` from `begin` on.
  struct BookRow {
    BookUpdate update;
    std::size_t begin = 0;
    std::size_t bids = 0;
    std::size_t asks = 0;
  };

  bool read_book(const Row& row, NumberReader& numbers, BookRow& out) {
    out.begin = levels_.size();
    if (!read_levels(reader_, row.at(key("bids")), numbers, levels_)) return false;
    out.bids = levels_.size() - out.begin;
    if (!read_levels(reader_, row.at(key("asks")), numbers, levels_)) return false;
    out.asks = levels_.size() - out.begin - out.bids;
    std::uint64_t checksum = 0;
    const Value& time = row.at(key("timestamp"));
    if (!read_symbol(row.at(key("symbol")), out.update.symbol) ||
        !read_id(row.at(key("checksum")), checksum) || checksum > UINT32_MAX ||
        (time.type != Value::Type::absent && !read_text_time(time, out.update.exchange_us))) {
      return false;
    }
    out.update.checksum = static_cast<std::uint32_t>(checksum);
    return true;
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

  const bool book_;  // bid and ask come from the book
  FrameReader reader_{layout};
  NoticeReader notices_;
  std::vector<TickerUpdate> tickers_;  // of the frame being read
  std::vector<TradeUpdate> trades_;
  std::vector<BookRow> books_;
  std::vector<BookLevel> levels_;
};

}  // namespace

std::unique_ptr<Adapter> make_adapter(const VenueOptions& options) {
  return std::make_unique<KrakenAdapter>(options);
}

}  // namespace ticker::feeds::kraken
