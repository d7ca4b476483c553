// Where a connection loses patience: with what is too large, too late or never read. Real sockets.
#include "gateway/server/client_connection.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/server/live_shard.hpp"

namespace ticker {
namespace {

Limits short_times() {
  Limits limits;
  limits.message_bytes_max = 1'000;
  limits.header_bytes_max = 2'048;
  limits.handshake_timeout_ms = 300;
  limits.idle_timeout_ms = 600;
  limits.close_timeout_ms = 300;
  return limits;
}

class ImpatientClientTest : public testing::Test {
 protected:
  LiveShard shard{short_times()};
};

TEST_F(ImpatientClientTest, ClosesAMessageThatIsTooBig) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.send(SocketClient::frame(SocketClient::text_frame, std::string(1'001, ' ')));
  EXPECT_EQ(client.read_close(), 1009U);
  client.hang_up();
  EXPECT_TRUE(shard.ends_by(CloseReason::too_big));
}

TEST_F(ImpatientClientTest, ReadsAMessageAsLongAsAllowed) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  std::string text = R"({"op":"ping"})";
  text.resize(1'000, ' ');
  client.send_text(text);
  EXPECT_TRUE(client.read_type("pong"));
}

TEST_F(ImpatientClientTest, CutsAClientThatDoesNotHangUpAfterAClose) {
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

TEST_F(ImpatientClientTest, CutsAConnectionThatNeverFinishesItsRequest) {
  SocketClient silent(shard.port);
  SocketClient halfway(shard.port);
  halfway.send("GET /v1/ws HTTP/1.1\r\nHost:");
  EXPECT_TRUE(shard.comes_to(shard.counters.accepted, 2));
  EXPECT_TRUE(silent.ends());
  EXPECT_TRUE(halfway.ends());
  EXPECT_TRUE(shard.comes_to(shard.counters.connections, 0));
}

TEST_F(ImpatientClientTest, CutsAClientThatLeavesPingsUnanswered) {
  SocketClient client(shard.port);
  ASSERT_TRUE(client.upgrade());
  client.read_text();
  const auto ping = client.read_frame();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, SocketClient::ping_frame);
  EXPECT_TRUE(client.ends());
  EXPECT_TRUE(shard.ends_by(CloseReason::idle));
}

TEST(DeafClientTest, IsCutWhenNothingButPongsWaitsForIt) {
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

TEST_F(ImpatientClientTest, KeepsAClientThatAnswersPings) {
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

TEST_F(ImpatientClientTest, RefusesHeadersThatAreTooLarge) {
  SocketClient client(shard.port);
  const auto response =
      client.ask(SocketClient::upgrade_request("X-Long: " + std::string(3'000, 'x') + "\r\n"));
  EXPECT_EQ(response.status, 431);
  EXPECT_TRUE(client.ends());
}

}  // namespace
}  // namespace ticker
