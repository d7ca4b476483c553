// What a client costs that subscribed to one symbol and is silent since, and who has not said yet
// what it wants: heap of the shard's thread, as an allocator counts it that is told which thread
// that is.
#include <gtest/gtest.h>

#include <deque>

#include "tests/gateway/server/live_shard.hpp"
#include "tests/steady/counting_allocator.hpp"

namespace ticker {
namespace {

constexpr std::size_t client_count = 511;  // behind a first one: lists that double are just full
constexpr std::int64_t bytes_max = 4'800;  // it is about 4 400; other libraries' types may differ

TEST(Idle, AClientThatSaysNothingCostsLittle) {
  LiveShard shard;
  shard.on_shard([](ShardCore&) { steady::is_counted = true; });
  std::deque<SocketClient> clients;
  const auto come = [&] {
    SocketClient& client = clients.emplace_back(shard.port);
    EXPECT_TRUE(client.upgrade());
    client.send_text(R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["sim:A-B"]})");
    EXPECT_TRUE(client.read_type("snapshot"));
  };
  come();  // what the first one needs is there for all
  steady::held_bytes = 0;
  steady::counting = true;
  while (clients.size() < client_count + 1) come();
  shard.on_shard([](ShardCore&) { steady::counting = false; });
  const std::int64_t bytes = steady::held_bytes.load() / std::int64_t{client_count};
  RecordProperty("bytes_a_client", std::to_string(bytes));
  EXPECT_LE(bytes, bytes_max);
  EXPECT_GT(bytes, 1'000);  // it was worth counting
}

// Outbox and WebSocket are made for those alone who become clients.
TEST(Idle, AConnectionThatHasAskedForNothingCostsLess) {
  LiveShard shard;
  shard.on_shard([](ShardCore&) { steady::is_counted = true; });
  std::deque<SocketClient> connections;
  const auto come = [&] {
    connections.emplace_back(shard.port);
    EXPECT_TRUE(shard.comes_to(shard.counters.connections, connections.size()));
  };
  come();
  shard.on_shard([](ShardCore&) {});
  steady::held_bytes = 0;
  steady::counting = true;
  while (connections.size() < client_count + 1) come();
  shard.on_shard([](ShardCore&) { steady::counting = false; });
  const std::int64_t bytes = steady::held_bytes.load() / std::int64_t{client_count};
  RecordProperty("bytes_a_connection", std::to_string(bytes));
  EXPECT_LE(bytes, 3'000);
  EXPECT_GT(bytes, 500);
}

}  // namespace
}  // namespace ticker
