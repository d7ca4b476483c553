// One client over a real socket: upgrade, requests, and every way that a session ends.
#include "gateway/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/live_shard.hpp"

namespace ticker {
namespace {

constexpr std::string_view subscribe_all =
    R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["sim:*"]})";

Limits short_times() {
  Limits limits;
  limits.message_bytes_max = 1'000;
  limits.header_bytes_max = 2'048;
  limits.handshake_timeout_ms = 300;
  limits.idle_timeout_ms = 600;
  limits.close_timeout_ms = 300;
  return limits;
}

class SessionTest : public testing::Test {
 protected:
  LiveShard shard;
};

TEST_F(SessionTest, WelcomesAClientThatUpgrades) {
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

TEST_F(SessionTest, AnswersNoSubprotocolWhenNoneIsAskedFor) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::upgrade_request());
  EXPECT_EQ(response.status, 101);
  EXPECT_FALSE(response.headers.contains("sec-websocket-protocol"));
}

TEST_F(SessionTest, AnswersItsSubprotocolWhenItIsAmongThoseAskedFor) {
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

TEST_F(SessionTest, RefusesAClientThatAsksForUnknownSubprotocolsOnly) {
  SocketClient client(shard.port);
  const auto response =
      client.ask(SocketClient::upgrade_request("Sec-WebSocket-Protocol: graphql-ws\r\n"));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, testing::HasSubstr("unknown_subprotocol"));
  EXPECT_TRUE(client.ends());
}

TEST_F(SessionTest, RefusesBytesBehindTheUpgradeRequest) {
  SocketClient client(shard.port);
  const auto response = client.ask(SocketClient::upgrade_request() +
                                   SocketClient::frame(SocketClient::text_frame, "{}"));
  EXPECT_EQ(response.status, 400);
  EXPECT_TRUE(client.ends());
}

TEST_F(SessionTest, RefusesAnUpgradeAtAnotherPath) {
  for (const auto& [path, status] : {std::pair{"/", 400}, std::pair{"/nowhere", 404}}) {
    SocketClient client(shard.port);
    EXPECT_EQ(client.ask(SocketClient::upgrade_request("", path)).status, status) << path;
    EXPECT_TRUE(client.ends());
  }
}

TEST_F(SessionTest, RefusesAnUpgradeOfAnotherVersionWithAnAnswer) {
  SocketClient client(shard.port);
  const auto response = client.ask(
      SocketClient::get("/v1/ws",
                        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
  EXPECT_EQ(response.status, 426);
  EXPECT_EQ(response.headers.at("sec-websocket-version"), "13");
  EXPECT_TRUE(client.ends());
}

TEST_F(SessionTest, AnswersRequestsInTheirOrder) {
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

TEST_F(SessionTest, ReadsARequestSentInFragments) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::text_frame, R"({"op":"pi)", false));
  client.send(SocketClient::frame(SocketClient::ping_frame, "between"));
  client.send(SocketClient::frame(0, R"(ng","id":3})"));
  const auto pong = client.read_type("pong");
  ASSERT_TRUE(pong);
  EXPECT_EQ(json_value(*pong, "id"), "3");
}

TEST_F(SessionTest, ReadsRequestsOfAnyLength) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  for (const std::size_t bytes : {13U, 14U, 15U, 16U, 17U, 526U, 527U, 528U, 5'000U, 16'384U}) {
    std::string text = R"({"op":"ping"})";
    text.resize(bytes, ' ');
    client.send_text(text);
    EXPECT_TRUE(client.read_type("pong")) << bytes;
  }
}

TEST_F(SessionTest, AnswersAWebSocketPingWithItsBytes) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  client.send(SocketClient::frame(SocketClient::ping_frame, "are you there"));
  const auto pong = client.read_frame();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, SocketClient::pong_frame);
  EXPECT_EQ(pong->payload, "are you there");
}

TEST_F(SessionTest, EchoesACloseOfTheClient) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send_close(1000);
  EXPECT_EQ(client.read_close(), 1000U);
  EXPECT_TRUE(client.ends());
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::client_closed));
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
}

TEST_F(SessionTest, CountsAClientThatVanishesAsLost) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::connection_lost));
}

TEST_F(SessionTest, ClosesABinaryMessage) {
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
TEST_F(SessionTest, EndsAfterABinaryMessageWithABrokenFrameBehindIt) {
  for (int i = 0; i < 20; ++i) {
    SocketClient client(shard.port);
    ASSERT_TRUE(client.upgrade());
    const std::string reserved_opcode = SocketClient::frame(0x3, "x");
    client.send(SocketClient::frame(SocketClient::binary_frame, "{}") + reserved_opcode);
    client.hang_up();
  }
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
}

TEST_F(SessionTest, ClosesTextThatIsNotUtf8) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::text_frame, "{\"op\":\"\xff\"}"));
  EXPECT_EQ(client.read_close(), 1007U);
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::bad_data));
}

TEST_F(SessionTest, ClosesFramesAgainstTheProtocol) {
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

class ImpatientSessionTest : public testing::Test {
 protected:
  LiveShard shard{short_times()};
};

TEST_F(ImpatientSessionTest, ClosesAMessageThatIsTooBig) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::text_frame, std::string(1'001, ' ')));
  EXPECT_EQ(client.read_close(), 1009U);
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::too_big));
}

TEST_F(ImpatientSessionTest, ReadsAMessageAsLongAsAllowed) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  std::string text = R"({"op":"ping"})";
  text.resize(1'000, ' ');
  client.send_text(text);
  EXPECT_TRUE(client.read_type("pong"));
}

TEST_F(ImpatientSessionTest, CutsAClientThatDoesNotHangUpAfterAClose) {
  for (const std::string& bytes :
       {SocketClient::frame(SocketClient::text_frame, std::string(2'000, ' ')),
        SocketClient::frame(SocketClient::binary_frame, "x"),
        SocketClient::frame(SocketClient::close_frame, "\x03\xe8")}) {
    SocketClient client(shard.port);
    ASSERT_TRUE(client.upgrade());
    client.send(bytes);
    EXPECT_NE(client.read_close(), 0U);
    EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
    EXPECT_TRUE(client.ends());
  }
}

TEST_F(ImpatientSessionTest, CutsAConnectionThatNeverFinishesItsRequest) {
  SocketClient silent(shard.port);
  SocketClient halfway(shard.port);
  halfway.send("GET /v1/ws HTTP/1.1\r\nHost:");
  EXPECT_TRUE(shard.comes_to(shard.counters.accepted, 2));
  EXPECT_TRUE(silent.ends());
  EXPECT_TRUE(halfway.ends());
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
}

TEST_F(ImpatientSessionTest, CutsAClientThatLeavesPingsUnanswered) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  const auto ping = client.read_frame();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, SocketClient::ping_frame);
  EXPECT_TRUE(client.ends());
  EXPECT_TRUE(shard.ends_by(CloseReason::idle));
}

TEST(DeafSessionTest, IsCutWhenNothingButPongsWaitsForIt) {
  Limits limits;
  limits.write_timeout_ms = 300;
  limits.send_buffer_bytes = 16'384;
  LiveShard shard{limits};
  SocketClient deaf(shard.port, 4'096);
  ASSERT_TRUE(deaf.upgrade());
  const std::string ping = SocketClient::frame(SocketClient::ping_frame, std::string(125, 'x'));
  for (int i = 0; i < 1'000; ++i) ASSERT_TRUE(deaf.send(ping));
  EXPECT_TRUE(shard.ends_by(CloseReason::slow_consumer));
}

TEST_F(ImpatientSessionTest, KeepsAClientThatAnswersPings) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  for (int i = 0; i < 4; ++i) {
    const auto ping = client.read_frame();
    ASSERT_TRUE(ping);
    ASSERT_EQ(ping->opcode, SocketClient::ping_frame);
    client.send(SocketClient::frame(SocketClient::pong_frame, ping->payload));
  }
  client.send_text(R"({"op":"ping"})");
  EXPECT_TRUE(client.read_type("pong"));
}

TEST_F(ImpatientSessionTest, RefusesHeadersThatAreTooLarge) {
  SocketClient client(shard.port);
  const auto response =
      client.ask(SocketClient::upgrade_request("X-Long: " + std::string(3'000, 'x') + "\r\n"));
  EXPECT_EQ(response.status, 431);
  EXPECT_TRUE(client.ends());
}

TEST_F(SessionTest, SendsWhatIsSubscribedUntilTheClientLeaves) {
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
