// A second format through the real shard: clients of both side by side, each in its own words and
// frames, down to what the outbox cuts and drops.
#include "tests/gateway/fanout/line_format.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;

class SecondFormat : public testing::Test {
 protected:
  SecondFormat() { world.price("A-B", 1), world.run(); }

  TestClient& lines(std::uint64_t room = FakeClient::endless) {
    return world.shard().connect(room, lines_id);
  }
  void subscribe(TestClient& client, std::string_view channel, std::string_view more = "") {
    world.shard().subscribe(client, channel, "sim:A-B", "subscribe", more);
    world.run();
  }
  static std::vector<std::string> read(TestClient& client) {
    return lines_of(std::exchange(client.transport.received, {}));
  }

  World world{small_limits(), 1, {channels(), two_formats()}};
};

TEST_F(SecondFormat, AnswersDataAndNoticesComeInTheClientsOwnFormat) {
  TestClient& client = lines();
  subscribe(client, "ticker");
  world.price("A-B", 2);
  world.run();
  world.shard().core.request(client.id, R"({"op":"ping"})");
  world.shard().core.request(client.id, "nonsense");
  world.run();
  EXPECT_THAT(read(client), ElementsAre("welcome lines", "ack 7", "snapshot sim:A-B 1",
                                        "delta sim:A-B 2 1 2", "pong", "error bad_json"));
}

TEST_F(SecondFormat, BothAreServedFromOneEventEachEncodedOnce) {
  TestClient& json = world.shard().connect();
  TestClient& one = lines();
  TestClient& other = lines();
  for (TestClient* client : {&json, &one, &other}) subscribe(*client, "ticker");
  for (TestClient* client : {&one, &other}) read(*client);
  json.read().take();
  const std::uint64_t before = world.shard().counters.encoded_frames.get();
  world.price("A-B", 2);
  world.run();
  EXPECT_EQ(world.shard().counters.encoded_frames.get() - before, 2U);
  EXPECT_EQ(read(one), read(other));
  expect_true_picture(world.shard(), json);
}

TEST_F(SecondFormat, TradesReachEveryFormatNotOnlyTheFirst) {
  TestClient& json = world.shard().connect();
  TestClient& client = lines();
  subscribe(json, "trades");
  subscribe(client, "trades");
  read(client);
  world.trade("A-B");
  world.run();
  world.sink.interrupted();  // a gap
  world.ring.commit();
  world.trade("A-B");
  world.run();
  EXPECT_THAT(read(client),
              ElementsAre("trade sim:A-B 1", "gap trades sim:A-B 2 2", "trade sim:A-B 3"));
  expect_true_picture(world.shard(), json);
}

TEST_F(SecondFormat, AQueueCutAnywhereIsCutAtItsOwnFrames) {
  for (std::uint64_t room = 0; room < 120; room += 7) {
    TestClient& client = lines();
    subscribe(client, "ticker");
    subscribe(client, "trades");
    read(client);
    client.transport.room = room;  // the socket blocks within some frame
    for (int i = 0; i < 4; ++i) {
      world.price("A-B", static_cast<std::int64_t>(room) * 10 + i + 3);
      world.trade("A-B");
      world.run();
    }
    client.transport.outbox().seal();  // drops whole frames, finishes the one that was begun
    world.shard().allow(client, FakeClient::endless);
    world.run();
    for (const std::string& line : read(client)) ASSERT_NE(line, "not a whole line") << room;
    expect_balanced(client.ledger());
    world.shard().disconnect(client);
  }
}

TEST_F(SecondFormat, ASlowClientIsOwedSnapshotsInItsFormat) {
  TestClient& client = lines();
  subscribe(client, "ticker");
  read(client);
  client.transport.room = 0;
  for (int i = 0; i < 400; ++i) {
    world.price("A-B", i + 10);
    world.run();
  }
  EXPECT_TRUE(client.transport.outbox().conflating());
  world.shard().allow(client, FakeClient::endless);
  world.run();
  const std::vector<std::string> lines = read(client);
  EXPECT_THAT(lines, testing::Contains("slow"));
  EXPECT_THAT(lines, testing::Contains("snapshot sim:A-B 401"));
  EXPECT_EQ(lines.back(), "live");
}

}  // namespace
}  // namespace ticker
