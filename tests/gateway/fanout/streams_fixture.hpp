// A shard with one instrument, and clients that ask for it in some shape: interval, fields. Time
// passes when a test says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {

class StreamsFixture : public testing::Test {
 protected:
  StreamsFixture() { say("1", "2"); }

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

}  // namespace ticker
