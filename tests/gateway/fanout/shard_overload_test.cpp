// Overload, as clients of the shard see it: what waits, what does not, who is told.
#include "tests/gateway/fanout/streams_fixture.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ShardOverload : public StreamsFixture {};

TEST_F(ShardOverload, OverloadWidensFastIntervalsAndSaysSoOnceToWhomItConcerns) {
  TestClient& fast = client("");
  TestClient& slow = client(R"(,"interval_ms":500)");
  shard.core.lagged(2'000'000);
  EXPECT_TRUE(shard.core.overload().refuses());
  world.price("A-B", "3");
  world.run();
  const auto told = read(fast);
  ASSERT_EQ(told.size(), 1U);  // before the first change that waits
  EXPECT_THAT(told[0], HasSubstr(R"("type":"slow","state":"live")"));
  EXPECT_EQ(json_value(told[0], "interval_ms"), "250");
  pass_ms(250);
  world.price("A-B", "4");
  world.run();
  pass_ms(250);
  EXPECT_THAT(fast.read().types(), ElementsAre("delta", "delta"));
  EXPECT_EQ(slow.read().count("slow"), 0U);
  EXPECT_EQ(shard.counters.widened.get(), 1U);
}

TEST_F(ShardOverload, OverloadIsToldToNobodyWhoHasNoTickerBelowItsPace) {
  TestClient& slow = client(R"(,"interval_ms":250)");
  TestClient& trading = shard.connect();
  shard.subscribe(trading, "trades", "sim:A-B");
  shard.run();
  trading.read().take();
  shard.core.lagged(2'000'000);
  world.price("A-B", "3");
  world.trade("A-B");
  world.run();
  pass_ms(250);
  EXPECT_THAT(slow.read().types(), ElementsAre("delta"));
  EXPECT_THAT(trading.read().types(), ElementsAre("trade"));
}

TEST_F(ShardOverload, OverloadIsToldWhenAFastTickerBeginsOrEndsInIt) {
  TestClient& changing = client(R"(,"interval_ms":1000)");
  shard.core.lagged(2'000'000);
  const auto ask = [&](std::string_view more) {
    shard.subscribe(changing, "ticker", "sim:A-B", "subscribe", more);
    world.run();
    return read(changing);
  };
  const auto begun = ask(R"(,"interval_ms":100)");
  EXPECT_EQ(json_value(begun[0], "interval_ms"), "100");  // granted, though not kept now
  EXPECT_EQ(json_value(begun[1], "type"), R"("slow")");
  EXPECT_EQ(json_value(begun[1], "interval_ms"), "250");
  const auto ended = ask(R"(,"interval_ms":1000)");
  EXPECT_EQ(json_value(ended[1], "type"), R"("slow")");
  EXPECT_EQ(json_value(ended[1], "interval_ms"), "0");
}

TEST_F(ShardOverload, AStatusGoesOutAtOnceInOverloadToo) {
  TestClient& fast = client("");
  shard.core.lagged(2'000'000);
  world.price("A-B", "3");
  world.run();
  read(fast);
  world.sink.status(Status::down, Reason::disconnected);
  world.ring.commit();
  world.run();
  const auto messages = read(fast);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "status"), R"("down")");
  EXPECT_EQ(json_value(messages[0], "merged"), "2");
}

TEST_F(ShardOverload, AfterOverloadIntervalsAreKeptAgain) {
  TestClient& fast = client("");
  shard.core.lagged(2'000'000);
  world.price("A-B", "3");
  pass_ms(250);
  read(fast);
  world.price("A-B", "4");
  world.run();
  pass_ms(5'000);
  shard.core.lagged(0);
  world.price("A-B", "5");
  world.run();
  const auto messages = read(fast);
  EXPECT_EQ(json_value(messages.back(), "interval_ms"), "0");  // the slow that ends it
  EXPECT_EQ(fast.view.tickers["sim:A-B"].fields["bid"], R"("5")");
  EXPECT_EQ(shard.counters.widened.get(), 0U);
  EXPECT_EQ(shard.counters.widenings.get(), 1U);
}

}  // namespace
}  // namespace ticker
