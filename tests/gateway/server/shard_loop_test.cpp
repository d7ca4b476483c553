// A shard's thread over real sockets: admission, HTTP on the wire, stop. When it wakes and when it
// waits: shard_loop_sleep_test.cpp.
#include "gateway/server/shard_loop.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/server/live_shard.hpp"

namespace ticker {
namespace {

constexpr std::string_view subscribe_trades =
    R"({"op":"subscribe","id":1,"channel":"trades","symbols":["sim:*"]})";

class ShardLoopTest : public testing::Test {
 protected:
  LiveShard shard;
};

TEST(ShardLoop, RefusesConnectionsOverItsLimitAndTakesThemAgainWhenOneLeft) {
  Limits limits;
  limits.clients_max = 2;
  LiveShard shard(limits);
  SocketClient first(shard.port);
  SocketClient second(shard.port);
  ASSERT_TRUE(first.upgrade());
  ASSERT_TRUE(second.upgrade());
  {
    SocketClient third(shard.port);
    const auto response = third.read_response();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.headers.at("retry-after"), "1");
    EXPECT_EQ(json_value(response.body, "error"),
              R"({"code":"overloaded","message":"too many clients; try later"})");
    EXPECT_TRUE(third.ends());
  }
  EXPECT_EQ(shard.counters.refused.get(), 1U);
  first.hang_up();
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 1));
  SocketClient fourth(shard.port);
  EXPECT_TRUE(fourth.upgrade());
  EXPECT_EQ(shard.counters.accepted.get(), 4U);
}

TEST_F(ShardLoopTest, RunsTasksOnItsOwnThread) {
  std::thread::id thread;
  std::size_t instruments = 0;
  shard.on_shard([&](ShardCore& core) {
    thread = std::this_thread::get_id();
    instruments = core.board().size();
  });
  EXPECT_NE(thread, std::this_thread::get_id());
  EXPECT_EQ(instruments, 2U);
}

TEST_F(ShardLoopTest, TellsEveryClientGoodbyeWhenItStops) {
  SocketClient idle(shard.port);
  SocketClient busy(shard.port);
  SocketClient http(shard.port);
  ASSERT_TRUE(idle.upgrade());
  ASSERT_TRUE(busy.upgrade());
  EXPECT_EQ(http.ask(SocketClient::get("/v1/symbols")).status, 200);
  busy.send_text(subscribe_trades);
  ASSERT_TRUE(busy.read_type("snapshot"));
  for (int i = 0; i < 100; ++i) shard.trade("A-B");
  shard.stop();
  EXPECT_EQ(idle.read_close(), 1001U);
  EXPECT_EQ(busy.read_close(), 1001U);
  EXPECT_TRUE(http.ends());
}

TEST_F(ShardLoopTest, StopsWithinASecondAlthoughAClientDoesNotRead) {
  SocketClient deaf(shard.port, 4'096);
  ASSERT_TRUE(deaf.upgrade());
  deaf.send_text(subscribe_trades);
  ASSERT_TRUE(deaf.read_type("subscribed"));
  for (int i = 0; i < 20'000 && shard.counters.ledger.read().lost == 0; ++i) shard.trade("A-B");
  EXPECT_TRUE(eventually([&] { return shard.counters.would_block.get() > 0; }));
  SocketClient silent(shard.port);
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 2));
  const auto begin = std::chrono::steady_clock::now();
  shard.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, scaled(std::chrono::milliseconds(1'000)));
  shard.destroy();  // what is still pending goes with it; AddressSanitizer looks on
  EXPECT_TRUE(silent.ends());
}

TEST_F(ShardLoopTest, TakesNoConnectionsOnceItStopped) {
  shard.destroy();
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(shard.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
}

TEST(ShardLoop, ClosesAClientThatDoesNotReadForTheWriteTimeout) {
  Limits limits;
  limits.write_timeout_ms = 300;
  LiveShard shard(limits);
  SocketClient deaf(shard.port, 4'096);
  ASSERT_TRUE(deaf.upgrade());
  deaf.send_text(subscribe_trades);
  ASSERT_TRUE(deaf.read_type("subscribed"));
  for (int i = 0; i < 20'000 && shard.counters.ledger.read().lost == 0; ++i) shard.trade("A-B");
  EXPECT_TRUE(shard.ends_by(CloseReason::slow_consumer));
  const Ledger ledger = shard.counters.ledger.read();
  EXPECT_TRUE(ledger.balances());
  EXPECT_EQ(ledger.queued, 0U);
}

TEST(ShardLoop, KeepsNothingOfHundredsOfConnectionsThatCameAndWent) {
  LiveShard shard;
  for (int i = 0; i < 300; ++i) {
    SocketClient client(shard.port);
    if (i % 3 == 0) continue;  // says nothing
    client.send(SocketClient::upgrade_request());
    if (i % 3 == 1) continue;  // does not wait for the answer
    client.read_response();
    client.send_text(subscribe_trades);
  }
  EXPECT_TRUE(shard.comes_to(shard.counters.accepted, 300));
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
  EXPECT_EQ(shard.counters.clients.get(), 0U);
  EXPECT_EQ(shard.counters.subscriptions.get(), 0U);
  EXPECT_EQ(shard.counters.slabs_used.get(), 1U);
}

// --- HTTP on the wire

TEST_F(ShardLoopTest, ServesSeveralRequestsOnOneConnection) {
  SocketClient client(shard.port);
  const auto symbols = client.ask(SocketClient::get("/v1/symbols"));
  EXPECT_EQ(symbols.status, 200);
  EXPECT_EQ(symbols.headers.at("content-type"), "application/json");
  const auto missing = client.ask(SocketClient::get("/nowhere"));
  EXPECT_EQ(missing.status, 404);
  const auto both = SocketClient::get("/v1/symbols") + SocketClient::get("/v1/symbols");
  EXPECT_EQ(client.ask(both).body, symbols.body);
  EXPECT_EQ(client.read_response().body, symbols.body);
  EXPECT_TRUE(client.upgrade());  // and becomes a WebSocket at last
  EXPECT_EQ(shard.counters.accepted.get(), 1U);
}

TEST_F(ShardLoopTest, EndsAConnectionThatAsksForIt) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::get("/v1/symbols", "Connection: close\r\n"));
  EXPECT_EQ(response.status, 200);
  EXPECT_TRUE(client.ends());
}

TEST_F(ShardLoopTest, AnswersHeadWithTheHeadersOfGetAndNoBody) {
  SocketClient client(shard.port);
  const auto get = client.ask(SocketClient::get("/"));
  const auto head = client.ask(SocketClient::get("/", "", "HEAD"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers, get.headers);
  EXPECT_EQ(get.headers.at("content-length"), std::to_string(get.body.size()));
  // No byte of a body stands before the next answer.
  EXPECT_EQ(client.ask(SocketClient::get("/v1/symbols")).status, 200);
}

TEST_F(ShardLoopTest, NamesTheMethodsOfAPathAndTheProtocolToUpgradeTo) {
  SocketClient client(shard.port);
  const auto post = client.ask(SocketClient::get("/v1/symbols", "Content-Length: 0\r\n", "POST"));
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.headers.at("allow"), "GET, HEAD");
  const auto plain = client.ask(SocketClient::get("/v1/ws"));
  EXPECT_EQ(plain.status, 426);
  EXPECT_EQ(plain.headers.at("upgrade"), "websocket");
}

TEST_F(ShardLoopTest, RefusesWhatIsNoHttpAndBodiesNobodyAskedFor) {
  SocketClient nonsense(shard.port);
  EXPECT_EQ(nonsense.ask("this is not HTTP\r\n\r\n").status, 400);
  EXPECT_TRUE(nonsense.ends());
  SocketClient big(shard.port);
  EXPECT_EQ(big.ask(SocketClient::get("/v1/symbols", "Content-Length: 100000\r\n", "POST")).status,
            413);
  EXPECT_TRUE(big.ends());
}

TEST(ShardLoop, SendsAnswersLargerThanASlabAndAnOutboxWhole) {
  Limits limits;
  limits.slab_bytes = 131'072;
  limits.slabs_max = 4;
  LiveShard shard(limits);
  for (int i = 0; i < 6'000; ++i) {
    shard.price("INSTRUMENT-WITH-A-LONG-NAME-" + std::to_string(i), 1);
    if (i % 1'000 == 0) shard.wait_for_events(static_cast<std::uint64_t>(2 * i));
  }
  shard.wait_for_events(12'004);
  SocketClient reads(shard.port);
  SocketClient deaf(shard.port, 4'096);
  ASSERT_TRUE(deaf.send(SocketClient::get("/v1/symbols")));
  const auto response = reads.ask(SocketClient::get("/v1/symbols"));
  EXPECT_EQ(response.status, 200);
  EXPECT_GT(response.body.size(), limits.outbox_hard_bytes + limits.control_reserve_bytes);
  EXPECT_EQ(response.headers.at("content-length"), std::to_string(response.body.size()));
  EXPECT_TRUE(response.body.ends_with("}]}"));
  EXPECT_EQ(deaf.read_response().body, response.body);
}

}  // namespace
}  // namespace ticker
