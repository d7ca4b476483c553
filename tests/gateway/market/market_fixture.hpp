// A market with a reader at its ring, for the tests of market.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"
#include "tests/gateway/events.hpp"

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
      : table_(instruments_max), ring_(1'024, 1), market_(table_, ring_, counters_) {
    market_.on_venue([this](std::string_view, const FeedCounters& counters) { feed_ = &counters; });
    reader_ = &ring_.reader(0);
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

  /// A turn of repairs, as the feed thread takes it.
  std::int64_t repair(std::int64_t now_ns, std::size_t batch) {
    return market_.repair(ring_.take_repair_request(), now_ns, batch);
  }

  /// Everything written since the last call.
  std::vector<Event> told() {
    ring_.commit();
    std::vector<Event> events;
    Event event;
    while (reader_->next(event) == Ring::Read::record) events.push_back(event);
    return events;
  }

  [[nodiscard]] const FeedCounters& feed() const { return *feed_; }
  [[nodiscard]] std::uint64_t events(Event::Kind kind) const {
    return feed_->events[static_cast<std::size_t>(kind)].get();
  }

  InstrumentTable table_;
  Ring ring_;
  MarketCounters counters_;
  Market market_;
  TwoSpellings spellings_;
  const FeedCounters* feed_ = nullptr;
  Ring::Reader* reader_ = nullptr;
  feeds::Sink* sink_ = nullptr;
};

/// One letter an event, for orders of events: i(nstrument), t(icker), x (trade), g(ap), r(epair).
inline std::string kinds(const std::vector<Event>& events) {
  std::string text;
  for (const Event& event : events) text += "txigr"[static_cast<std::size_t>(event.kind)];
  return text;
}

}  // namespace ticker
