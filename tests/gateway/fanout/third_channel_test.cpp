// A third channel through the real shard, beside the two of the product: requests know it by name,
// the fan-out and the outbox serve it by its row.
#include "tests/gateway/fanout/frames.hpp"
#include "tests/gateway/fanout/last_channel.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ThirdChannel : public testing::Test {
 protected:
  ThirdChannel() { world.price("A-B", 1), world.run(); }

  TestClient& subscribed(std::string_view more = "") {
    TestClient& client = world.shard().connect();
    world.shard().subscribe(client, "last", "sim:A-B", "subscribe", more);
    world.run();
    return client;
  }
  static std::vector<std::string> read(TestClient& client) {
    const auto frames = text_frames(std::exchange(client.transport.received, {}));
    EXPECT_TRUE(frames);
    return frames.value_or(std::vector<std::string>{});
  }

  World world{small_limits(), 1, {three_channels(), formats()}};
};

TEST_F(ThirdChannel, IsSubscribedByItsNameAndTellsEveryChange) {
  TestClient& client = subscribed();
  world.trade("A-B", "1.5");
  world.run();
  world.price("A-B", 2);  // none of its business
  world.trade("A-B", "1.6");
  world.run();
  EXPECT_THAT(read(client),
              ElementsAre(HasSubstr("welcome"), HasSubstr(R"("channel":"last")"),
                          R"({"type":"snapshot","channel":"last","seq":0})",
                          R"({"type":"last","seq":1,"prev":0,"merged":1,"price":"1.5"})",
                          R"({"type":"last","seq":2,"prev":1,"merged":1,"price":"1.6"})"));
  EXPECT_EQ(client.ledger().sent, 2U);
}

TEST_F(ThirdChannel, IsNamedWhereAnUnknownOneIsRefused) {
  TestClient& client = world.shard().connect();
  world.shard().subscribe(client, "depth", "sim:A-B");
  world.run();
  EXPECT_THAT(read(client).back(), HasSubstr("one of ticker, trades, last"));
}

TEST_F(ThirdChannel, WaitsForItsTickWhereAnIntervalWasAskedFor) {
  TestClient& client = subscribed(R"(,"interval_ms":100)");
  read(client);
  for (const char* price : {"1.1", "1.2", "1.3"}) world.trade("A-B", price);
  world.run();
  EXPECT_THAT(read(client), ElementsAre());
  world.advance_ms(100);
  world.shard().core.tick(SIZE_MAX);
  world.run();
  EXPECT_THAT(read(client),
              ElementsAre(R"({"type":"last","seq":3,"prev":0,"merged":3,"price":"1.3"})"));
}

TEST_F(ThirdChannel, IsMergedForASlowClientWhileTradesAreLost) {
  TestClient& client = subscribed();
  world.shard().subscribe(client, "trades", "sim:A-B");
  world.run();
  read(client);
  client.transport.room = 0;
  for (int i = 0; i < 400; ++i) {
    world.trade("A-B", std::to_string(i));
    world.run();
  }
  EXPECT_GT(client.ledger().merged, 0U);
  EXPECT_GT(client.ledger().lost, 0U);
  world.shard().allow(client, FakeClient::endless);
  world.run();
  const auto heard = read(client);
  EXPECT_THAT(heard,
              testing::Contains(R"({"type":"snapshot","channel":"last","seq":400,"price":"399"})"));
  expect_balanced(client.ledger());
}

TEST_F(ThirdChannel, DoesNotResumeAndSaysSo) {
  world.trade("A-B", "1.5");
  world.run();
  TestClient& client = subscribed(R"(,"resume":{"sim:A-B":{"epoch":"e1","seq":0}})");
  EXPECT_THAT(read(client).back(),
              R"({"type":"snapshot","channel":"last","seq":1,"resumed":false,"price":"1.5"})");
}

TEST_F(ThirdChannel, KnowsNoFieldsAndAWildcardCoversWhatComesLater) {
  TestClient& client = world.shard().connect();
  world.shard().subscribe(client, "last", "sim:A-B", "subscribe", R"(,"fields":["bid"])");
  world.run();
  EXPECT_THAT(read(client).back(), HasSubstr("'fields' is for the channel ticker"));
  world.shard().subscribe(client, "last", "sim:*");
  world.run();
  world.trade("C-D", "7");
  world.run();
  EXPECT_THAT(read(client).back(), HasSubstr(R"("price":"7")"));
  world.shard().subscribe(client, "last", "sim:*", "unsubscribe");
  world.run();
  EXPECT_EQ(world.shard().counters.subscriptions.get(), 0U);
  EXPECT_EQ(world.shard().core.streams().count(), 0U);
}

}  // namespace
}  // namespace ticker
