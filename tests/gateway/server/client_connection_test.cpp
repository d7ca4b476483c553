// One client over a real socket: upgrade, requests, and every way that a connection ends.
#include "gateway/server/client_connection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/server/live_shard.hpp"

namespace ticker {
namespace {

constexpr std::string_view subscribe_all =
    R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["sim:*"]})";

class ClientConnectionTest : public testing::Test {
 protected:
  LiveShard shard;
};

TEST_F(ClientConnectionTest, WelcomesAClientThatUpgrades) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::upgrade_request());
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const auto welcome = client.read_text();
  ASSERT_TRUE(welcome);
  EXPECT_EQ(json_value(*welcome, "type"), R"("welcome")");
  EXPECT_EQ(json_value(*welcome, "epoch"), R"("e1")");
  EXPECT_EQ(shard.counters.clients.get(), 1U);
}

TEST_F(ClientConnectionTest, AnswersNoSubprotocolWhenNoneIsAskedFor) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::upgrade_request());
  EXPECT_EQ(response.status, 101);
  EXPECT_FALSE(response.headers.contains("sec-websocket-protocol"));
}

TEST_F(ClientConnectionTest, AnswersItsSubprotocolWhenItIsAmongThoseAskedFor) {
  for (const char* const asked :
       {"Sec-WebSocket-Protocol: ticker.v1.json\r\n",
        "Sec-WebSocket-Protocol: other, ticker.v1.json\r\n",
        "Sec-WebSocket-Protocol: other\r\nSec-WebSocket-Protocol: ticker.v1.json\r\n"}) {
    SocketClient client(shard.port);
    const auto response = client.ask(SocketClient::upgrade_request(asked));
    EXPECT_EQ(response.status, 101) << asked;
    EXPECT_EQ(response.headers.at("sec-websocket-protocol"), "ticker.v1.json");
  }
}

TEST_F(ClientConnectionTest, RefusesAClientThatAsksForUnknownSubprotocolsOnly) {
  SocketClient client(shard.port);
  const auto response =
      client.ask(SocketClient::upgrade_request("Sec-WebSocket-Protocol: graphql-ws\r\n"));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, testing::HasSubstr("unknown_subprotocol"));
  EXPECT_TRUE(client.ends());
}

TEST_F(ClientConnectionTest, RefusesBytesBehindTheUpgradeRequest) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::upgrade_request() +
                                   SocketClient::frame(SocketClient::text_frame, "{}"));
  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(client.ends());
}

TEST_F(ClientConnectionTest, RefusesAnUpgradeAtAnotherPath) {
  for (const auto& [path, status] : {std::pair{"/", 400}, std::pair{"/nowhere", 404}}) {
    SocketClient client(shard.port);
    EXPECT_EQ(client.ask(SocketClient::upgrade_request("", path)).status, status) << path;
    EXPECT_TRUE(client.ends());
  }
}

TEST_F(ClientConnectionTest, RefusesAnUpgradeOfAnotherVersionWithAnAnswer) {
  SocketClient client(shard.port);
  const auto response = client.ask(
      SocketClient::get("/v1/ws",
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_EQ(response.status, 426);
  EXPECT_EQ(response.headers.at("sec-websocket-version"), "13");
  EXPECT_THAT(response.body, testing::HasSubstr(R"("code":"upgrade_required")"));
  EXPECT_TRUE(client.ends());
}

// Beast refuses an upgrade in words of its own; what it would dislike never reaches it.
TEST_F(ClientConnectionTest, TakesAnUpgradeWhoseConnectionHeaderHasSeveralLines) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::get(
      "/v1/ws",
      "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_EQ(response.status, 101);
  EXPECT_TRUE(client.read_text());
}

TEST_F(ClientConnectionTest, AnswersRequestsInTheirOrder) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  std::string burst;
  for (int id = 0; id < 50; ++id) {
    burst += SocketClient::frame(SocketClient::text_frame,
                                 R"({"op":"ping","id":)" + std::to_string(id) + "}");
  }
  ASSERT_TRUE(client.send(burst));
  for (int id = 0; id < 50; ++id) {
    const auto pong = client.read_type("pong");
    ASSERT_TRUE(pong);
    EXPECT_EQ(json_value(*pong, "id"), std::to_string(id));
  }
  EXPECT_EQ(shard.counters.requests.get(), 50U);
}

TEST_F(ClientConnectionTest, ReadsARequestSentInFragments) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::text_frame, R"({"op":"pi)", false));
  client.send(SocketClient::frame(SocketClient::ping_frame, "between"));
  client.send(SocketClient::frame(0, R"(ng","id":3})"));
  const auto pong = client.read_type("pong");
  ASSERT_TRUE(pong);
  EXPECT_EQ(json_value(*pong, "id"), "3");
}

TEST_F(ClientConnectionTest, ReadsRequestsOfAnyLength) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  for (const std::size_t bytes : {13U, 14U, 15U, 16U, 17U, 526U, 527U, 528U, 5'000U, 16'384U}) {
    std::string text = R"({"op":"ping"})";
    text.resize(bytes, ' ');
    client.send_text(text);
    EXPECT_TRUE(client.read_type("pong")) << bytes;
  }
}

TEST_F(ClientConnectionTest, AnswersAWebSocketPingWithItsBytes) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  client.send(SocketClient::frame(SocketClient::ping_frame, "are you there"));
  const auto pong = client.read_frame();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, SocketClient::pong_frame);
  EXPECT_EQ(pong->payload, "are you there");
}

TEST_F(ClientConnectionTest, EchoesACloseOfTheClient) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send_close(1000);
  EXPECT_EQ(client.read_close(), 1000U);
  EXPECT_TRUE(client.ends());
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::client_closed));
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
}

TEST_F(ClientConnectionTest, EchoesACloseWithoutACodeAsNormal) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::close_frame, ""));
  EXPECT_EQ(client.read_close(), 1000U);
  EXPECT_TRUE(client.ends());
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::client_closed));
}

TEST_F(ClientConnectionTest, AnswersABrokenCloseFrameWith1002) {
  for (const std::string payload : {"x", "\x03\xed", "\x03\xe7", "\x03\xe8\xff"}) {
    SocketClient client(shard.port);
    ASSERT_TRUE(client.upgrade());
    client.send(SocketClient::frame(SocketClient::close_frame, payload));
    EXPECT_EQ(client.read_close(), 1002U);
    EXPECT_TRUE(client.ends());
  }
}

// Not the end of the stream but the client's own close frame is waited for, and nothing else that
// it says is answered.
TEST_F(ClientConnectionTest, AfterItsOwnCloseFrameWaitsForThatOfTheClient) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  EXPECT_TRUE(client.read_text());
  shard.on_shard([](ShardCore& core) { core.close_all(CloseReason::policy); });
  const auto close = client.read_frame();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->close_code(), 1008U);
  EXPECT_EQ(close->payload.substr(2), "policy violation");
  client.send(SocketClient::frame(SocketClient::ping_frame, "still there?"));
  client.send_text(R"({"op":"ping"})");
  client.send(SocketClient::frame(SocketClient::binary_frame, "{}"));
  EXPECT_EQ(shard.counters.clients.get(), 1U);
  client.send_close(1008);
  EXPECT_FALSE(client.read_frame());
  EXPECT_TRUE(client.ends());
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::policy));
  EXPECT_EQ(shard.counters.requests.get(), 0U);
}

// What the client says last, and the code of the close frame that it must still get.
struct LastWords {
  std::string bytes;
  unsigned code;
};

// The kernel still has data for the client when both ends have said all that they had to say.
TEST_F(ClientConnectionTest, WhoEndsItsStreamStillGetsAllThatWasSentAndOurCloseFrame) {
  const std::string close = SocketClient::frame(SocketClient::close_frame, "\x03\xe8");
  std::int64_t price = 1'000;
  for (const auto& [bytes, code] :
       {LastWords{close, 1000},
        LastWords{SocketClient::frame(SocketClient::text_frame, "{}", true, false), 1002},
        LastWords{SocketClient::frame(SocketClient::binary_frame, "{}") + close, 1007}}) {
    SocketClient client(shard.port, 2'048);
    ASSERT_TRUE(client.upgrade());
    client.send_text(subscribe_all);
    for (int i = 0; i < 2; ++i) ASSERT_TRUE(client.read_type("snapshot"));
    const auto bytes_before = shard.counters.bytes_sent.get();
    for (int i = 0; i < 60; ++i) shard.price("A-B", ++price);  // more than its kernel takes
    EXPECT_TRUE(eventually([&] { return shard.counters.bytes_sent.get() > bytes_before + 6'000; }));
    client.send(bytes);
    client.end_stream();
    EXPECT_TRUE(eventually([&] { return shard.counters.clients.get() == 0; }));
    EXPECT_EQ(client.read_close(), code);
    EXPECT_TRUE(client.ends());
    EXPECT_TRUE(client.ended_in_peace());
  }
}

TEST_F(ClientConnectionTest, CountsAClientThatVanishesAsLost) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::connection_lost));
}

TEST_F(ClientConnectionTest, ClosesABinaryMessage) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::binary_frame, "{}"));
  EXPECT_EQ(client.read_close(), 1007U);
  client.send_close(1007);
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::bad_data));
}

// Beast's reader and closer once waited for each other when a broken frame followed in the same
// packet.
TEST_F(ClientConnectionTest, EndsAfterABinaryMessageWithABrokenFrameBehindIt) {
  for (int i = 0; i < 20; ++i) {
    SocketClient client(shard.port);
    ASSERT_TRUE(client.upgrade());
    const std::string reserved_opcode = SocketClient::frame(0x3, "x");
    client.send(SocketClient::frame(SocketClient::binary_frame, "{}") + reserved_opcode);
    client.hang_up();
  }
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
}

TEST_F(ClientConnectionTest, ClosesTextThatIsNotUtf8) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::text_frame, "{\"op\":\"\xff\"}"));
  EXPECT_EQ(client.read_close(), 1007U);
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::bad_data));
}

TEST_F(ClientConnectionTest, ClosesFramesAgainstTheProtocol) {
  for (const std::string& bytes :
       {SocketClient::frame(SocketClient::text_frame, "{}", true, false),  // not masked
        SocketClient::frame(3, "x"),                                       // no such opcode
        SocketClient::frame(0, "x"),                                       // continues nothing
        SocketClient::frame(SocketClient::ping_frame, std::string(126, 'x')),
        SocketClient::frame(SocketClient::ping_frame, "x", false)}) {
    const std::uint64_t before = shard.closed(CloseReason::protocol_error);
    SocketClient client(shard.port);
    ASSERT_TRUE(client.upgrade());
    client.send(bytes);
    EXPECT_EQ(client.read_close(), 1002U);
    client.hang_up();
    EXPECT_TRUE(
        eventually([&] { return shard.closed(CloseReason::protocol_error) == before + 1; }));
  }
}

TEST_F(ClientConnectionTest, SendsWhatIsSubscribedUntilTheClientLeaves) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send_text(subscribe_all);
  EXPECT_TRUE(client.read_type("subscribed"));
  EXPECT_TRUE(client.read_type("snapshot"));
  EXPECT_TRUE(client.read_type("snapshot"));
  shard.price("A-B", 2);  // the shard sleeps by now, or is about to
  const auto delta = client.read_type("delta");
  ASSERT_TRUE(delta);
  EXPECT_EQ(json_value(*delta, "bid"), R"("2")");
  client.hang_up();
  EXPECT_TRUE(shard.comes_to(shard.counters.subscriptions, 0));
}

}  // namespace
}  // namespace ticker
