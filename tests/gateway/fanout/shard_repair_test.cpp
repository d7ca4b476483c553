// A shard that the ring overtook: what it missed, what its clients get instead, and that nobody
// else notices.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fanout/shard_core.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::IsEmpty;

constexpr std::size_t repair_batch = 256;

// Drives the repair as the feed thread does, until nobody asks any more; `between` runs after each
// turn and may wake the feed thread by another request.
void repair(World& world, const std::function<void()>& between) {
  for (int idle = 0; idle < 2;) {
    const std::int64_t next =
        world.market.repair(world.ring.take_repair_request(), world.now.steady_ns, repair_batch);
    world.ring.commit();
    between();
    idle = next == feeds::Source::never ? idle + 1 : 0;
    if (next != feeds::Source::never && next > world.now.steady_ns) {
      world.advance_ms((next - world.now.steady_ns) / 1'000'000 + 1);
    }
  }
}

Limits limits_of(std::uint32_t instruments) {
  Limits limits;
  limits.instruments_max = instruments;
  limits.ring_slots = 16;
  while (limits.ring_slots < 4 * instruments) limits.ring_slots *= 2;
  limits.trades_snapshot_max = 4;
  return limits;
}

/// Two shards on one ring; the first one stalls, the second one keeps up.
class Lapped : public testing::Test {
 protected:
  explicit Lapped(std::uint32_t instruments = 8)
      : world(limits_of(instruments), 2), stalled(world.shards[0]), prompt(world.shards[1]) {
    for (std::uint32_t i = 0; i < instruments - 1; ++i) {  // one place is left for a new one
      names.push_back("S" + std::to_string(i) + "-USD");
      world.price(names.back(), 1);
      world.trade(names.back());
      if (i % 1'000 == 0) world.run();
    }
    world.run();
    for (TestShard* shard : {&stalled, &prompt}) {
      listen(*shard, shard->connect());
    }
    world.run();
    slow = &stalled.clients[0];
    fast = &prompt.clients[0];
    slow->read().take();
    fast->read().take();
  }

  static void listen(TestShard& shard, TestClient& client, std::string_view op = "subscribe") {
    shard.subscribe(client, "ticker", "sim:*", op);
    shard.subscribe(client, "trades", "sim:*", op);
    shard.run();
  }

  void events(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string& name = names[(i * 5) % names.size()];
      const auto field = static_cast<Field>(i % field_count);  // no field changes every time
      i % 4 == 3 ? world.trade(name) : world.price(name, std::to_string(++price), field);
      if (i % (world.limits.ring_slots / 4) == 0) prompt.run();
    }
    prompt.run();
  }
  void lap() { events(world.limits.ring_slots + 1); }

  void expect_same_everywhere() {
    expect_true_picture(stalled, *slow);
    expect_true_picture(prompt, *fast);
    EXPECT_EQ(slow->view.tickers, fast->view.tickers);
    ASSERT_EQ(slow->view.trades.size(), fast->view.trades.size());
    for (const auto& [symbol, trades] : fast->view.trades) {
      EXPECT_EQ(slow->view.trades.at(symbol).seq, trades.seq) << symbol;
    }
  }

  World world;
  TestShard& stalled;
  TestShard& prompt;
  TestClient* slow = nullptr;
  TestClient* fast = nullptr;
  std::vector<std::string> names;
  std::int64_t price = 100;
};

TEST_F(Lapped, EveryListenersPictureIsTrueAfterThePass) {
  lap();
  stalled.run();
  const std::uint64_t written = world.limits.ring_slots + 1;
  EXPECT_EQ(stalled.counters.laps.get(), 1U);
  EXPECT_EQ(stalled.counters.lapped_events.get(), written);
  EXPECT_EQ(stalled.counters.repairs.get(), 0U);
  repair(world, [&] { stalled.run(); });
  prompt.run();
  EXPECT_EQ(stalled.counters.repairs.get(), 1U);
  EXPECT_EQ(world.market_counters.repair_passes.get(), 1U);
  EXPECT_EQ(world.market_counters.repair_records.get(), 2 * names.size());
  expect_same_everywhere();
}

TEST_F(Lapped, TradesMissedAreNamedFromTheShardsOwnLastNumber) {
  for (int i = 0; i < 5; ++i) world.trade(names[0]);
  world.run();  // the shard's own last number is 6
  slow->read().take();
  for (std::uint32_t i = 0; i <= world.limits.ring_slots; ++i) {
    world.trade(names[0]);
    prompt.run();
  }
  stalled.run();
  repair(world, [&] { world.run(); });
  std::vector<std::string> gaps;
  for (const std::string& message : slow->read().messages) {
    if (json_value(message, "type") == R"("gap")") gaps.push_back(message);
  }
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(json_value(gaps[0], "symbol"), "\"sim:" + names[0] + "\"");
  EXPECT_EQ(json_value(gaps[0], "from"), "7");
  EXPECT_EQ(json_value(gaps[0], "to"), std::to_string(7 + world.limits.ring_slots));
  EXPECT_EQ(json_value(gaps[0], "lost"), std::to_string(world.limits.ring_slots + 1));
  EXPECT_EQ(stalled.counters.gaps_sent.get(), 1U);
  EXPECT_EQ(prompt.counters.gaps_sent.get(), 0U);
}

TEST_F(Lapped, AShardThatKeptUpSendsNothingForWhatIsToldAgain) {
  lap();
  stalled.run();
  prompt.run();
  fast->read().take();
  const std::uint64_t encoded = prompt.counters.encoded_frames.get();
  const std::uint64_t events = prompt.counters.events.get();
  repair(world, [&] { world.run(); });
  EXPECT_EQ(prompt.counters.events.get(), events + 2 + 2 * names.size());
  EXPECT_EQ(prompt.counters.encoded_frames.get(), encoded);
  EXPECT_THAT(fast->read().messages, IsEmpty());
  EXPECT_EQ(prompt.counters.laps.get(), 0U);
  EXPECT_EQ(prompt.counters.repairs.get(), 0U);
}

TEST_F(Lapped, LiveEventsDuringThePassKeepTheirOrder) {
  lap();
  stalled.run();
  repair(world, [&] {
    stalled.run();
    events(8);
    stalled.run();
  });
  events(20);
  world.run();
  EXPECT_EQ(stalled.counters.laps.get(), 1U);
  expect_same_everywhere();
}

TEST_F(Lapped, ALapBeforeTheFirstTurnOfThePassIsMendedByIt) {
  lap();
  stalled.run();
  lap();  // the request is known, the pass has not begun
  repair(world, [&] { world.run(); });
  EXPECT_EQ(stalled.counters.laps.get(), 2U);
  EXPECT_GE(stalled.counters.repairs.get(), 1U);
  expect_same_everywhere();
}

TEST_F(Lapped, TwoShardsAreMendedByOnePass) {
  for (std::uint32_t i = 0; i <= world.limits.ring_slots; ++i) world.price(names[1], ++price);
  stalled.run();
  prompt.run();
  EXPECT_EQ(stalled.counters.laps.get(), 1U);
  EXPECT_EQ(prompt.counters.laps.get(), 1U);
  repair(world, [&] { world.run(); });
  EXPECT_EQ(world.market_counters.repair_passes.get(), 1U);
  EXPECT_EQ(stalled.counters.repairs.get(), 1U);
  EXPECT_EQ(prompt.counters.repairs.get(), 1U);
  expect_same_everywhere();
}

TEST_F(Lapped, ANewInstrumentWhoseRecordWasMissedIsIntroducedByThePass) {
  world.price("NEW-USD", 5);
  world.trade("NEW-USD");
  names.pop_back();  // the new one and this one stay as they are
  lap();
  stalled.run();
  EXPECT_FALSE(stalled.core.board().find("sim:NEW-USD").has_value());
  repair(world, [&] { world.run(); });
  EXPECT_EQ(slow->read().tickers.at("sim:NEW-USD").fields.at("bid"), R"("5")");
  EXPECT_EQ(slow->view.trades.at("sim:NEW-USD").seq, 1U);
  expect_same_everywhere();
}

TEST_F(Lapped, ANewInstrumentWhoseRecordWasMissedIsIntroducedByItsNextEvent) {
  world.price("NEW-USD", 5);
  lap();
  stalled.run();
  world.price("NEW-USD", 6);
  world.run();
  EXPECT_EQ(slow->read().tickers.at("sim:NEW-USD").seq, 2U);
  EXPECT_THAT(slow->view.violations, IsEmpty());
}

TEST_F(Lapped, NewListenersGetNoTradesFromBeforeTheHole) {
  lap();
  stalled.run();
  repair(world, [&] { world.run(); });
  world.trade(names[0]);
  TestClient& late = stalled.connect();
  stalled.subscribe(late, "trades", "sim:*");
  world.run();
  world.trade(names[0]);
  world.run();
  expect_true_picture(stalled, late);
  EXPECT_EQ(late.view.trades.at("sim:" + names[0]).seqs.size(), 2U);
}

TEST_F(Lapped, APassWhoseBeginningWasMissedMendsNothing) {
  lap();
  stalled.run();
  const auto turn_of_two = [&] {
    static_cast<void>(
        world.market.repair(world.ring.take_repair_request(), world.now.steady_ns, 2));
    world.ring.commit();
    world.run();
  };
  turn_of_two();
  lap();
  while (world.market_counters.repair_passes.get() == 0) turn_of_two();
  EXPECT_EQ(stalled.counters.laps.get(), 2U);
  EXPECT_EQ(stalled.counters.repairs.get(), 0U);
  repair(world, [&] { world.run(); });
  EXPECT_EQ(world.market_counters.repair_passes.get(), 2U);
  EXPECT_EQ(stalled.counters.repairs.get(), 1U);
  expect_same_everywhere();
}

/// The size that the process is made for: a stalled second of 100 000 events.
class LappedLarge : public Lapped {
 protected:
  // The prompt one listens at the end only, to compare: the test is long enough without.
  LappedLarge() : Lapped(10'000) { listen(prompt, *fast, "unsubscribe"); }
};

TEST_F(LappedLarge, ASecondMissedOfTenThousandInstrumentsIsMendedCompletely) {
  constexpr std::size_t missed = 100'000;
  events(missed);
  stalled.run();
  EXPECT_EQ(stalled.counters.laps.get(), 1U);
  EXPECT_EQ(stalled.counters.lapped_events.get(), missed);
  std::size_t turns = 0;
  repair(world, [&] {
    ++turns;
    events(100);
    stalled.run();
  });
  EXPECT_EQ(turns, (names.size() + repair_batch - 1) / repair_batch + 1);  // and one that is idle
  EXPECT_EQ(stalled.counters.laps.get(), 1U);
  EXPECT_EQ(stalled.counters.repairs.get(), 1U);
  listen(prompt, *fast);
  expect_same_everywhere();
  expect_balanced(slow->ledger());
}

TEST_F(LappedLarge, ALapDuringThePassStartsItAgain) {
  events(100'000);
  stalled.run();
  std::size_t turns = 0;
  repair(world, [&] {
    if (++turns == 20) events(100'000);  // the shard does not drain meanwhile
    if (turns < 10 || turns >= 20) stalled.run();
  });
  EXPECT_EQ(stalled.counters.laps.get(), 2U);
  EXPECT_EQ(stalled.counters.repairs.get(), 1U);
  EXPECT_EQ(world.market_counters.repair_passes.get(), 2U);
  listen(prompt, *fast);
  expect_same_everywhere();
}

}  // namespace
}  // namespace ticker
