// Interval classes, filters and overload, as a client of the shard sees them.
#include "tests/gateway/shard_world.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ShardStreams : public testing::Test {
 protected:
  ShardStreams() { say("1", "2"); }

  void say(std::string_view bid, std::string_view ask) {
    world.price("A-B", bid);
    world.price("A-B", ask, Field::ask);
    world.run();
  }
  TestClient& client(std::string_view more) {
    TestClient& made = shard.connect();
    shard.subscribe(made, "ticker", "sim:A-B", "subscribe", more);
    shard.run();
    made.read().take();
    return made;
  }
  /// Time passes; ticks are served.
  void pass_ms(std::int64_t ms) {
    world.advance_ms(ms);
    shard.core.tick(SIZE_MAX);
    world.run();
  }
  std::vector<std::string> read(TestClient& client) {
    client.read();
    EXPECT_THAT(client.view.violations, testing::IsEmpty());
    return client.view.take();
  }

  World world{small_limits()};
  TestShard& shard = world.shard();
};

TEST_F(ShardStreams, AnIntervalGathersChangesIntoOneDeltaATick) {
  TestClient& slow = client(R"(,"interval_ms":100)");
  for (const std::string_view bid : {"3", "4", "5"}) world.price("A-B", bid);
  world.run();
  EXPECT_TRUE(read(slow).empty());
  pass_ms(100);
  const auto messages = read(slow);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "prev"), "2");
  EXPECT_EQ(json_value(messages[0], "seq"), "5");
  EXPECT_EQ(json_value(messages[0], "merged"), "3");
  EXPECT_EQ(json_value(messages[0], "bid"), R"("5")");
  EXPECT_THAT(messages[0], Not(HasSubstr("\"ask\"")));
  pass_ms(100);
  EXPECT_TRUE(read(slow).empty());  // nothing changed
}

TEST_F(ShardStreams, LikeClientsShareTheBytesOfATick) {
  TestClient& one = client(R"(,"interval_ms":100)");
  TestClient& two = client(R"(,"interval_ms":100)");
  world.price("A-B", "3");
  world.run();
  const auto encoded = shard.counters.encoded_frames.get();
  pass_ms(100);
  EXPECT_EQ(shard.counters.encoded_frames.get(), encoded + 1);
  EXPECT_EQ(one.transport.last_bytes, two.transport.last_bytes);
}

TEST_F(ShardStreams, AStatusGoesOutAtOnceWithWhatWasGathered) {
  TestClient& slow = client(R"(,"interval_ms":5000)");
  world.price("A-B", "3");
  world.run();
  world.sink.status(Status::stale, Reason::feed_silent);
  world.ring.commit();
  world.run();
  const auto messages = read(slow);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "status"), R"("stale")");
  EXPECT_EQ(json_value(messages[0], "bid"), R"("3")");
  EXPECT_EQ(json_value(messages[0], "merged"), "2");
  pass_ms(5'000);
  EXPECT_TRUE(read(slow).empty());
}

TEST_F(ShardStreams, AFilterHidesOtherFieldsAndTheirChanges) {
  TestClient& bids = client(R"(,"fields":["bid"])");
  EXPECT_EQ(bids.view.tickers["sim:A-B"].fields.size(), 4U);  // and status, reason, since
  world.price("A-B", "7", Field::ask);
  world.run();
  EXPECT_TRUE(read(bids).empty());
  world.price("A-B", "3");
  world.run();
  const auto messages = read(bids);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "prev"), "2");
  EXPECT_EQ(json_value(messages[0], "seq"), "4");
  EXPECT_EQ(json_value(messages[0], "merged"), "");  // one change of its fields
}

TEST_F(ShardStreams, AFilterOfNoValuesTellsTheStatus) {
  TestClient& watch = client(R"(,"fields":["status"])");
  say("3", "4");
  EXPECT_TRUE(read(watch).empty());
  world.sink.status(Status::down, Reason::disconnected);
  world.ring.commit();
  world.run();
  EXPECT_EQ(read(watch).size(), 1U);
  EXPECT_EQ(watch.view.tickers["sim:A-B"].fields["status"], R"("down")");
}

TEST_F(ShardStreams, FiltersAreBounded) {
  Limits limits = small_limits();
  limits.filters_max = 1;
  World small(limits);
  small.price("A-B", "1");
  small.run();
  TestClient& asking = small.shard().connect();
  small.run();
  const auto ask = [&](std::string_view more) {
    asking.read().take();
    small.shard().subscribe(asking, "ticker", "sim:A-B", "subscribe", more);
    small.run();
    return asking.read().take();
  };
  EXPECT_EQ(json_value(ask(R"(,"fields":["bid"])")[0], "type"), R"("subscribed")");
  EXPECT_EQ(json_value(ask(R"(,"fields":["ask"])")[0], "code"), R"("too_many_filters")");
  EXPECT_EQ(json_value(ask(R"(,"fields":["bid"],"interval_ms":500)")[0], "fields"), R"(["bid"])");
  EXPECT_EQ(json_value(ask("")[0], "type"), R"("subscribed")");  // none is in use now
  EXPECT_EQ(json_value(ask(R"(,"fields":["ask"])")[0], "type"), R"("subscribed")");
  EXPECT_EQ(small.shard().counters.filters.get(), 1U);
}

TEST_F(ShardStreams, SubscribingAgainChangesIntervalAndFilterInPlaceWithASnapshot) {
  TestClient& changing = client("");
  shard.subscribe(changing, "ticker", "sim:A-B", "subscribe",
                  R"(,"interval_ms":250,"fields":["ask"])");
  shard.run();
  const auto answer = read(changing);
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(json_value(answer[0], "interval_ms"), "250");
  EXPECT_EQ(json_value(answer[0], "fields"), R"(["ask"])");
  EXPECT_EQ(json_value(answer[1], "bid"), "");
  world.price("A-B", "9", Field::ask);
  world.run();
  EXPECT_TRUE(read(changing).empty());
  pass_ms(250);
  EXPECT_EQ(read(changing).size(), 1U);
  EXPECT_EQ(shard.counters.subscriptions.get(), 1U);
  EXPECT_EQ(shard.counters.streams.get(), 1U);
}

TEST_F(ShardStreams, ALapIsAnsweredWithASnapshotAtTheNextTick) {
  Limits limits = small_limits();
  limits.ring_slots = 8;
  World lapping(limits);
  lapping.price("A-B", "1");
  lapping.run();
  TestClient& slow = lapping.shard().connect();
  lapping.shard().subscribe(slow, "ticker", "sim:A-B", "subscribe", R"(,"interval_ms":100)");
  lapping.run();
  slow.read().take();
  for (int i = 2; i < 40; ++i) lapping.price("A-B", i);
  lapping.run();  // overtaken
  lapping.price("A-B", "50");
  lapping.run();
  EXPECT_TRUE(slow.read().take().empty());
  lapping.advance_ms(100);
  lapping.shard().core.tick(SIZE_MAX);
  lapping.run();
  const auto messages = slow.read().take();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "type"), R"("snapshot")");
  EXPECT_EQ(json_value(messages[0], "bid"), R"("50")");
}

TEST_F(ShardStreams, OverloadWidensFastIntervalsAndSaysSoOnceToWhomItConcerns) {
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

TEST_F(ShardStreams, OverloadIsToldToNobodyWhoHasNoTickerBelowItsPace) {
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

TEST_F(ShardStreams, OverloadIsToldWhenAFastTickerBeginsOrEndsInIt) {
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

TEST_F(ShardStreams, AStatusGoesOutAtOnceInOverloadToo) {
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

TEST_F(ShardStreams, AStatusTakesAlongOnlyWhatTheFilterNames) {
  TestClient& bids = client(R"(,"fields":["bid"],"interval_ms":5000)");
  world.price("A-B", "3");
  world.price("A-B", "4", Field::ask);
  world.sink.status(Status::stale, Reason::feed_silent);
  world.ring.commit();
  world.run();
  const auto messages = read(bids);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(json_value(messages[0], "bid"), R"("3")");
  EXPECT_EQ(json_value(messages[0], "ask"), "");
  EXPECT_EQ(json_value(messages[0], "merged"), "2");
}

TEST_F(ShardStreams, WhoJoinsAmidAnIntervalGetsASnapshotAsOfNowAndThenWhatOthersGet) {
  TestClient& early = client(R"(,"interval_ms":100)");
  world.price("A-B", "3");
  world.run();
  TestClient& late = client(R"(,"interval_ms":100)");
  EXPECT_EQ(late.view.tickers["sim:A-B"].fields["bid"], R"("3")");
  world.price("A-B", "4");
  world.run();
  pass_ms(100);
  EXPECT_EQ(read(late).size(), 1U);
  EXPECT_EQ(early.transport.last_bytes, late.transport.last_bytes);
  EXPECT_EQ(late.view.tickers["sim:A-B"].fields["bid"], R"("4")");
}

TEST_F(ShardStreams, TheWildcardRulesAgainWithItsOwnIntervalAndFields) {
  TestClient& both = client(R"(,"interval_ms":500,"fields":["ask"])");
  shard.subscribe(both, "ticker", "sim:*");
  shard.run();
  EXPECT_EQ(read(both).size(), 1U);  // the ack: the name rules
  shard.subscribe(both, "ticker", "sim:A-B", "unsubscribe");
  shard.run();
  const auto answer = read(both);
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(json_value(answer[1], "type"), R"("snapshot")");
  EXPECT_EQ(json_value(answer[1], "bid"), R"("1")");
  world.price("A-B", "3");
  world.run();
  EXPECT_EQ(read(both).size(), 1U);  // at once
}

TEST_F(ShardStreams, AfterOverloadIntervalsAreKeptAgain) {
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
