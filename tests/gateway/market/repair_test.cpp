// The repair pass: every instrument is published once more for readers that have missed something.
#include "gateway/market/repair.hpp"

#include <map>

#include "feeds/contract/adapter.hpp"
#include "tests/gateway/events.hpp"
#include "tests/gateway/market/recorded_events.hpp"

namespace ticker {
namespace {

using Kind = Event::Kind;
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t start_ns = 5 * second_ns;
constexpr auto never = feeds::Source::never;

class RepairTest : public testing::Test {
 protected:
  void say(InstrumentId id, std::string_view bid) {
    MarketState::Change change = state_.change(id);
    change.set(Field::bid, decimal(bid));
    if (change.ticker().status == Status::pending) change.set_status(Status::live, {}, 1);
    state_.publish(change, {1, 1'000}, 0);
  }
  InstrumentId introduce(const std::string& name) { return *state_.introduce("test:" + name, {}); }
  // Instruments 0 … count-1 with some history.
  void fill(int count) {
    for (int i = 0; i < count; ++i) {
      const InstrumentId id = introduce("S" + std::to_string(i));
      for (int n = 0; n <= i; ++n) say(id, std::to_string(n + 1));
      state_.add_trade(id, {decimal("10.5"), decimal("2"), Side::sell, "t-1", 0}, {});
    }
    static_cast<void>(told());
  }
  std::vector<Event> told() { return recorded_.take(); }
  void request_repair() { requested_ = true; }
  std::int64_t repair(std::int64_t now_ns, std::size_t batch) {
    return repair_.run(std::exchange(requested_, false), now_ns, batch);
  }

  InstrumentTable table_{16};
  RecordedEvents recorded_;
  MarketCounters counters_;
  MarketState state_{table_, recorded_, counters_};
  Repair repair_{state_, recorded_, counters_};
  bool requested_ = false;
};

TEST_F(RepairTest, WithoutARequestNothingIsToldAgain) {
  fill(3);
  EXPECT_EQ(repair(start_ns, 10), never);
  EXPECT_EQ(kinds(told()), "");
}

TEST_F(RepairTest, EveryInstrumentIsToldAgainBetweenBeginAndComplete) {
  fill(3);
  request_repair();
  EXPECT_EQ(repair(start_ns, 10), never);
  const auto events = told();
  ASSERT_EQ(kinds(events),
            "rititit"
            "r");
  EXPECT_FALSE(events.front().repair.complete);
  EXPECT_TRUE(events.back().repair.complete);
  EXPECT_EQ(events.front().repair.pass, events.back().repair.pass);
  for (std::size_t i = 0; i < 3; ++i) {
    const Event& instrument = events[1 + 2 * i];
    const Event& ticker = events[2 + 2 * i];
    EXPECT_EQ(instrument.instrument, i);
    EXPECT_EQ(instrument.flags, Event::repair_flag);
    EXPECT_EQ(ticker.instrument, i);
    EXPECT_EQ(ticker.flags, Event::repair_flag);
    EXPECT_EQ(ticker.seq, i + 1 + 0U);  // as published, not a new one
    EXPECT_EQ(ticker.ticker.trade_seq, 1U);
    EXPECT_EQ(ticker.ticker.fields.get(Field::bid), decimal(std::to_string(i + 1)));
    EXPECT_EQ(ticker.ticker.status, Status::live);
  }
  EXPECT_EQ(counters_.repair_passes.get(), 1U);
  EXPECT_EQ(counters_.repair_records.get(), 6U);
  say(0, "50");
  const auto live = told();
  ASSERT_EQ(kinds(live), "t");
  EXPECT_EQ(live[0].seq, 2U);
  EXPECT_EQ(live[0].flags, 0);
}

TEST_F(RepairTest, APassOfNoInstrumentsIsComplete) {
  request_repair();
  EXPECT_EQ(repair(start_ns, 10), never);
  EXPECT_EQ(kinds(told()), "rr");
}

TEST_F(RepairTest, AtMostABatchATurnWithLiveEventsBetween) {
  fill(5);
  request_repair();
  EXPECT_LE(repair(start_ns, 2), start_ns);  // more is due at once
  EXPECT_EQ(kinds(told()), "ritit");
  say(0, "50");  // told already
  say(4, "60");  // still to be told
  EXPECT_EQ(kinds(told()), "tt");
  EXPECT_LE(repair(start_ns + 1, 2), start_ns + 1);
  EXPECT_EQ(kinds(told()), "itit");
  EXPECT_EQ(repair(start_ns + 2, 2), never);
  const auto last = told();
  ASSERT_EQ(kinds(last), "itr");
  EXPECT_EQ(last[1].seq, 6U);  // as it is now
  EXPECT_EQ(last[1].ticker.fields.get(Field::bid), decimal("60"));
}

TEST_F(RepairTest, AnInstrumentThatAppearsDuringThePassIsToldToo) {
  fill(2);
  request_repair();
  static_cast<void>(repair(start_ns, 1));
  say(introduce("NEW"), "1");
  while (repair(start_ns + 1, 1) != never) {
  }
  std::map<InstrumentId, int> again;
  for (const Event& event : told()) {
    if (event.kind == Kind::ticker && event.flags == Event::repair_flag) ++again[event.instrument];
  }
  EXPECT_EQ(again, (std::map<InstrumentId, int>{{0, 1}, {1, 1}, {2, 1}}));
}

TEST_F(RepairTest, RequestsBeforeAPassAreOnePass) {
  fill(1);
  request_repair();
  request_repair();
  EXPECT_EQ(repair(start_ns, 10), never);
  EXPECT_EQ(kinds(told()), "ritr");
  EXPECT_EQ(repair(start_ns + 2 * second_ns, 10), never);
  EXPECT_EQ(kinds(told()), "");
}

TEST_F(RepairTest, ARequestDuringAPassStartsAnotherOnceASecondHasPassed) {
  fill(4);
  request_repair();
  static_cast<void>(repair(start_ns, 2));
  static_cast<void>(told());
  request_repair();
  // The pass goes on to its end; the next one waits for its second.
  EXPECT_EQ(repair(start_ns + 1, 2), start_ns + second_ns);
  EXPECT_EQ(kinds(told()), "ititr");
  EXPECT_EQ(repair(start_ns + second_ns - 1, 2), start_ns + second_ns);
  EXPECT_EQ(kinds(told()), "");
  EXPECT_LE(repair(start_ns + second_ns, 2), start_ns + second_ns);
  const auto second = told();
  ASSERT_EQ(kinds(second), "ritit");
  EXPECT_EQ(second[0].repair.pass, 2U);
}

TEST_F(RepairTest, APassLongerThanASecondStartsAgainWhenAsked) {
  fill(4);
  request_repair();
  static_cast<void>(repair(start_ns, 1));
  request_repair();
  static_cast<void>(repair(start_ns + second_ns, 4));
  const auto events = told();
  ASSERT_EQ(kinds(events),
            "rit"
            "rititititr");
  EXPECT_EQ(events[3].repair.pass, 2U);
  EXPECT_EQ(events.back().repair.pass, 2U);
  EXPECT_EQ(counters_.repair_passes.get(), 1U);  // the first one never completed
}

TEST_F(RepairTest, PassesStartAtMostOnceASecondHoweverOftenAsked) {
  fill(1);
  int passes = 0;
  for (std::int64_t ms = 0; ms < 3'000; ms += 10) {
    request_repair();
    static_cast<void>(repair(start_ns + ms * 1'000'000, 10));
    for (const Event& event : told()) {
      passes += event.kind == Kind::repair && !event.repair.complete ? 1 : 0;
    }
  }
  EXPECT_EQ(passes, 3);
}

}  // namespace
}  // namespace ticker
