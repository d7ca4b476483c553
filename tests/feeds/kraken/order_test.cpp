// Tickers and trades, interleaved, late and told twice: what a market makes of them never runs
// backwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

#include "tests/feeds/kraken/kraken_fixture.hpp"

namespace ticker::feeds::kraken {
namespace {

// The market's rule: within a stream, what is older than the newest is not taken.
struct OrderedSink final : Sink {
  std::array<std::uint64_t, streams_max> orders{};
  Fields fields;
  std::uint64_t trade_order = 0;
  std::vector<std::string> trade_ids;
  int refused = 0;

  void ticker(const TickerUpdate& update) override {
    std::uint64_t& newest = orders[update.stream];
    if (update.order != 0 && update.order < newest) {
      ++refused;
      return;
    }
    if (update.order != 0) newest = update.order;
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((update.mask & bit(field)) != 0) fields.set(field, update.fields.get(field));
    }
  }
  void trade(const TradeUpdate& update) override {
    if (update.order <= trade_order) return;
    trade_order = update.order;
    trade_ids.emplace_back(update.trade_id);
  }
  void received(const Receipt&) override {}
  void overflow() override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
};

class KrakenOrder : public Kraken {
 protected:
  // Prices that rise with time, so that a step back is seen. Whoever does not own a field brings a
  // wrong value of it.
  static std::string ticker_at(int step) {
    const std::string number = std::to_string(1000 + step);
    return frame_of("ticker", step == 0 ? "snapshot" : "update",
                    R"({"symbol":"A/B","bid":)" + number + R"(.5,"bid_qty":1,"ask":)" + number +
                        R"(.6,"ask_qty":1,"last":1.0,"timestamp":"2024-03-01T12:00:00.00)" +
                        number + R"(Z"})");
  }
  static std::string trade_row_at(int step) {
    return R"({"symbol":"A/B","side":"buy","bid":1.0,"price":)" + std::to_string(2000 + step) +
           R"(.5,"qty":1,"trade_id":)" + std::to_string(1 + step) +
           R"(,"timestamp":"2024-03-01T12:00:00Z"})";
  }
  void hear(const std::string& text) {
    const std::string padded = text + std::string(Adapter::padding_bytes, ' ');
    ASSERT_EQ(adapter->parse({padded.data(), text.size()}, market), Verdict::data) << text;
  }
  [[nodiscard]] std::string get(Field field) const { return text(market.fields.get(field)); }

  OrderedSink market;
};

TEST_F(KrakenOrder, NeverLetsBidOrLastRunBackwards) {
  std::mt19937_64 random(5);
  constexpr int steps = 200;
  std::vector<std::string> frames;
  for (int step = 0; step < steps; ++step) {
    frames.push_back(ticker_at(step));
    frames.push_back(frame_of("trade", "update", trade_row_at(step)));
    if (step % 10 == 9) {
      const std::string rows = trade_row_at(step) + "," + trade_row_at(step - 5);
      frames.push_back(frame_of("trade", "snapshot", rows));
      frames.push_back(frame_of("trade", "update", rows));  // told twice, and not in order
    }
    if (step % 3 == 0) frames.push_back(frames[random() % frames.size()]);
  }
  for (std::size_t i = 0; i + 8 < frames.size(); i += 3) {
    std::swap(frames[i], frames[i + random() % 8]);
  }
  Decimal bid, last;
  for (const std::string& frame : frames) {
    hear(frame);
    const Decimal new_bid = market.fields.get(Field::bid);
    const Decimal new_last = market.fields.get(Field::last);
    ASSERT_LE(bid, new_bid) << frame;
    ASSERT_LE(last, new_last) << frame;
    bid = new_bid;
    last = new_last;
  }
  EXPECT_EQ(get(Field::bid), "1199.5");
  EXPECT_EQ(get(Field::ask), "1199.6");
  EXPECT_EQ(get(Field::last), "2199.5");
  EXPECT_GT(market.refused, 50);  // the frames really were out of order
}

TEST_F(KrakenOrder, DoesNotTellTheTradesOfASnapshotAgainAfterAReconnect) {
  hear(frame_of("trade", "update", trade_row_at(0)));
  hear(frame_of("trade", "update", trade_row_at(1)));
  market.orders = {};
  market.trade_order = 0;  // the upstream was interrupted
  hear(frame_of("trade", "snapshot",
                trade_row_at(0) + "," + trade_row_at(1) + "," + trade_row_at(2)));
  EXPECT_EQ(get(Field::last), "2002.5");
  hear(frame_of("trade", "update", trade_row_at(3)));
  EXPECT_EQ(market.trade_ids, (std::vector<std::string>{"1", "2", "4"}));
  EXPECT_EQ(get(Field::last), "2003.5");
}

TEST_F(KrakenOrder, TakesBothOfTwoTickersOfOneTime) {
  hear(ticker_at(7));
  hear(replaced(ticker_at(7), "1007.5", "1006.5"));
  EXPECT_EQ(get(Field::bid), "1006.5");
}

}  // namespace
}  // namespace ticker::feeds::kraken
