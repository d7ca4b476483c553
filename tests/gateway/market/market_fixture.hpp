// A market whose events are recorded, for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/market/market.hpp"
#include "tests/gateway/events.hpp"
#include "tests/gateway/market/recorded_events.hpp"

namespace ticker {

/// Two spellings a pair: `BTCUSDT` and `BTC-USDT` are one instrument.
class TwoSpellings final : public feeds::Adapter {
 public:
  TwoSpellings() : Adapter(feeds::Category::spot) {}
  feeds::Verdict parse(std::string_view, feeds::Sink&) override { return feeds::Verdict::ignored; }

 private:
  [[nodiscard]] std::string pair(std::string_view symbol) const override {
    std::string name(symbol);
    if (name.ends_with("USDT") && !name.ends_with("-USDT")) name.insert(name.size() - 4, "-");
    return name;
  }
};

class MarketTest : public testing::Test {
 protected:
  explicit MarketTest(std::size_t instruments_max = 16)
      : table_(instruments_max), market_(table_, recorded_, counters_) {
    market_.on_venue([this](std::string_view, const FeedCounters& counters) { feed_ = &counters; });
    sink_ = &market_.sink("test", &spellings_);
    at(1);
  }

  /// What follows was received at this time.
  void at(std::int64_t wall_us) { sink_->received({wall_us, wall_us * 1'000}); }

  void say(std::string_view symbol, FieldTexts fields, std::uint64_t order = 0,
           std::uint8_t stream = 0) {
    feeds::TickerUpdate update;
    update.symbol = symbol;
    update.order = order;
    update.stream = stream;
    for (const auto& [field, text] : fields) {
      update.mask = static_cast<FieldMask>(update.mask | bit(field));
      update.fields.set(field, decimal(text));
    }
    sink_->ticker(update);
  }

  void trade(std::string_view symbol, std::uint64_t order = 0) {
    feeds::TradeUpdate update;
    update.symbol = symbol;
    update.order = order;
    update.price = decimal("10.5");
    update.size = decimal("2");
    update.side = Side::sell;
    update.trade_id = "t-1";
    sink_->trade(update);
  }

  /// Everything written since the last call.
  std::vector<Event> told() { return recorded_.take(); }

  [[nodiscard]] const FeedCounters& feed() const { return *feed_; }
  [[nodiscard]] std::uint64_t events(Event::Kind kind) const {
    return feed_->events[static_cast<std::size_t>(kind)].get();
  }

  InstrumentTable table_;
  RecordedEvents recorded_;
  MarketCounters counters_;
  Market market_;
  TwoSpellings spellings_;
  const FeedCounters* feed_ = nullptr;
  feeds::Sink* sink_ = nullptr;
};

/// What the tests of one venue need beside that.
class NormaliserTest : public MarketTest {
 protected:
  void trade_as(std::uint64_t order, std::string_view id, bool counted = false) {
    feeds::TradeUpdate update;
    update.symbol = "BTCUSDT";
    update.order = order;
    update.price = decimal("10");
    update.size = decimal("1");
    update.trade_id = id;
    update.counted = counted;
    sink_->trade(update);
  }
  std::string told_kinds() { return kinds(told()); }
  [[nodiscard]] std::uint64_t with(Status status) const {
    return feed().statuses[static_cast<std::size_t>(status)].get();
  }
};

}  // namespace ticker
