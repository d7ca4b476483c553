// A sink that writes down what it hears, for the tests of adapters and sources.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {

inline std::string text(const Decimal& value) {
  if (value.is_null()) return "null";
  char buffer[Decimal::text_max];
  return {buffer, value.format(buffer)};
}

struct HeardTicker {
  std::string symbol;
  TickerUpdate update;
  Receipt received;
  [[nodiscard]] std::string get(Field field) const { return text(update.fields.get(field)); }
};

struct HeardTrade {
  std::string symbol;
  std::string trade_id;
  TradeUpdate update;
  Receipt received;
};

struct HeardBook {
  std::string symbol;
  std::vector<BookLevel> bids;  // as sent, in their order
  std::vector<BookLevel> asks;
  BookUpdate update;  // without symbol and levels
  Receipt received;
  /// "price size" of each level, as sent.
  [[nodiscard]] static std::string text_of(const std::vector<BookLevel>& levels) {
    std::string all;
    for (const BookLevel& level : levels) {
      if (!all.empty()) all += ", ";
      ((all += text(level.price)) += ' ') += text(level.size);
    }
    return all;
  }
};

struct HeardNotice {
  Notice::Kind kind;
  std::string symbol;
  std::string text;
  std::uint64_t last_trade;
  bool operator==(const HeardNotice&) const = default;
};
inline std::ostream& operator<<(std::ostream& out, const HeardNotice& heard) {
  return out << static_cast<int>(heard.kind) << " of '" << heard.symbol << "': '" << heard.text
             << "', last trade " << heard.last_trade;
}

/// What was said of one instrument alone.
struct HeardStatus {
  std::string symbol;
  Status status;
  Reason reason;
  bool operator==(const HeardStatus&) const = default;
};

struct RecordingSink final : Sink {
  std::vector<HeardTicker> tickers;
  std::vector<HeardTrade> trades;
  std::vector<HeardBook> books;
  std::vector<HeardNotice> notices;
  std::vector<HeardStatus> statuses_of;
  std::vector<std::pair<std::string, std::string>> introduced;  // symbol, name
  std::vector<std::pair<std::string, bool>> interrupted_ones;   // symbol, trades lost
  std::vector<std::pair<LinkState, std::string>> links;         // state, error
  std::vector<Verdict> frames;
  std::vector<std::string> calls;  // in their order, by name
  std::vector<std::pair<Status, Reason>> statuses;
  Receipt now;
  int overflows = 0;
  int interruptions = 0;

  void received(const Receipt& receipt) override {
    now = receipt;
    calls.emplace_back("received");
  }
  void ticker(const TickerUpdate& update) override {
    tickers.push_back({std::string(update.symbol), update, now});
    tickers.back().update.symbol = {};
    calls.emplace_back("ticker");
  }
  void trade(const TradeUpdate& update) override {
    trades.push_back({std::string(update.symbol), std::string(update.trade_id), update, now});
    trades.back().update.symbol = {};
    trades.back().update.trade_id = {};
    calls.emplace_back("trade");
  }
  void overflow() override {
    ++overflows;
    calls.emplace_back("overflow");
  }
  void frame(Verdict verdict, std::string_view) override {
    frames.push_back(verdict);
    calls.emplace_back("frame");
  }
  void interrupted() override {
    ++interruptions;
    calls.emplace_back("interrupted");
  }
  void status(Status status, Reason reason) override {
    statuses.emplace_back(status, reason);
    calls.emplace_back("status");
  }
  void introduce(std::string_view symbol, std::string_view name) override {
    introduced.emplace_back(symbol, name);
    calls.emplace_back("introduce");
  }
  void status_of(std::string_view symbol, Status status, Reason reason) override {
    statuses_of.push_back({std::string(symbol), status, reason});
    calls.emplace_back("status_of");
  }
  void interrupted_one(std::string_view symbol, bool trades_lost) override {
    interrupted_ones.emplace_back(symbol, trades_lost);
    calls.emplace_back("interrupted_one");
  }
  void book(const BookUpdate& update) override {
    books.push_back({std::string(update.symbol),
                     {update.bids.begin(), update.bids.end()},
                     {update.asks.begin(), update.asks.end()},
                     update,
                     now});
    books.back().update.symbol = {};
    books.back().update.bids = books.back().update.asks = {};
    calls.emplace_back("book");
  }
  void notice(const Notice& notice) override {
    notices.push_back(
        {notice.kind, std::string(notice.symbol), std::string(notice.text), notice.last_trade});
    calls.emplace_back("notice");
  }
  void link(LinkState state, std::string_view error) override {
    links.emplace_back(state, error);
    calls.emplace_back("link");
  }
};

}  // namespace ticker::feeds
