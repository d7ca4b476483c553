// Two streams of Coinbase Exchange mixed, shuffled and repeated, heard by the market's rule: no
// price runs backwards, and the newest of each stream is what stays.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/feeds/coinbase/coinbase_fixture.hpp"

namespace ticker::feeds::coinbase {
namespace {

// The market's rule: within (instrument, stream) what is older than the newest is not heard, and no
// trade twice.
struct OrderedSink final : Sink {
  struct State {
    std::array<std::uint64_t, streams_max> order{};
    std::uint64_t trade_order = 0;
    Fields fields;
  };
  std::map<std::string, State, std::less<>> states;
  std::vector<std::uint64_t> trades;
  int backwards = 0;
  int refused = 0;

  void ticker(const TickerUpdate& update) override {
    State& state = states[std::string(update.symbol)];
    std::uint64_t& newest = state.order[update.stream];
    if (update.order != 0 && update.order < newest) {
      ++refused;
      return;
    }
    newest = update.order;
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((update.mask & bit(field)) == 0) continue;
      if (update.fields.get(field) < state.fields.get(field)) ++backwards;
      state.fields.set(field, update.fields.get(field));
    }
  }
  void trade(const TradeUpdate& update) override {
    State& state = states[std::string(update.symbol)];
    if (update.order != 0 && update.order <= state.trade_order) return;
    state.trade_order = update.order;
    trades.push_back(update.order);
  }
  void received(const Receipt& /*receipt*/) override {}
  void overflow() override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status /*status*/, Reason /*reason*/) override {}
};

// Values rise with the venue's own order, so one that falls has run backwards. The order of the two
// streams says nothing of each other: sequences are far above trade ids.
std::string ticker_at(int i) {
  const std::string n = std::to_string(1000 + i);
  return R"({"type":"ticker","sequence":90000000)" + n + R"(,"product_id":"BTC-USD","price":"1",)" +
         R"("open_24h":")" + n + R"(","best_bid":")" + n + R"(","best_ask":")" + n +
         R"(.5","last_size":"1","trade_id":1})";
}
std::string match_at(int i, const std::string& type) {
  const std::string n = std::to_string(1000 + i);
  return R"({"type":")" + type + R"(","trade_id":)" + n + R"(,"side":"sell","size":")" + n +
         R"(","price":")" + n + R"(.25","product_id":"BTC-USD","sequence":90000000)" + n +
         R"(,"time":"2022-12-01T00:00:00Z"})";
}

TEST_F(Coinbase, NeverRunsBackwardsHoweverStreamsAreMixedReorderedAndRepeated) {
  constexpr int count = 200;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::pair<unsigned, std::string>> frames;  // by when they arrive
    const auto arrive = [&](int i, const std::string& frame) {
      for (unsigned copies = 1 + random() % 2; copies > 0; --copies) {
        frames.emplace_back(static_cast<unsigned>(i) * 10 + random() % 60, frame);
      }
    };
    for (int i = 0; i < count; ++i) {
      arrive(i, ticker_at(i));
      arrive(i, match_at(i, "match"));
      if (i % 10 == 0) arrive(i, match_at(i, "last_match"));
    }
    std::ranges::stable_sort(frames, {}, &std::pair<unsigned, std::string>::first);
    OrderedSink market;
    for (const auto& [when, frame] : frames) {
      ASSERT_EQ(parse_into(market, frame), Verdict::data) << frame;
    }
    EXPECT_EQ(market.backwards, 0) << "seed " << seed;
    EXPECT_GT(market.refused, 0) << "seed " << seed;
    const Fields& fields = market.states["BTC-USD"].fields;
    EXPECT_EQ(text(fields.get(Field::bid)), "1199");
    EXPECT_EQ(text(fields.get(Field::ask)), "1199.5");
    EXPECT_EQ(text(fields.get(Field::open_24h)), "1199");
    EXPECT_EQ(text(fields.get(Field::last)), "1199.25");
    EXPECT_EQ(text(fields.get(Field::last_size)), "1199");
    EXPECT_TRUE(std::ranges::is_sorted(market.trades, std::ranges::less_equal{}));
  }
}

// After a reconnect the venue tells the last trade again: known already, or newer than what we had.
TEST_F(Coinbase, TellsNoTradeTwiceAfterAReconnect) {
  OrderedSink market;
  for (const auto& frame : {match_at(1, "match"), match_at(2, "match"), match_at(2, "last_match"),
                            match_at(4, "last_match"), match_at(5, "match")}) {
    EXPECT_EQ(parse_into(market, frame), Verdict::data);
  }
  EXPECT_EQ(market.trades, (std::vector<std::uint64_t>{1001, 1002, 1005}));
  EXPECT_EQ(text(market.states["BTC-USD"].fields.get(Field::last)), "1005.25");
}

}  // namespace
}  // namespace ticker::feeds::coinbase
