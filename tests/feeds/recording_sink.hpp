// A sink that writes down what it hears, for the tests of adapters and sources.
#pragma once

#include <string>
#include <vector>

#include "feeds/adapter.hpp"

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

struct RecordingSink final : Sink {
  std::vector<HeardTicker> tickers;
  std::vector<HeardTrade> trades;
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
};

}  // namespace ticker::feeds
