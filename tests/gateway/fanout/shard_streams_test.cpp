// Interval classes and filters, as a client of the shard sees them.
#include "tests/gateway/fanout/streams_fixture.hpp"

namespace ticker {
namespace {

using testing::HasSubstr;
using testing::Not;

class ShardStreams : public StreamsFixture {};

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

}  // namespace
}  // namespace ticker
