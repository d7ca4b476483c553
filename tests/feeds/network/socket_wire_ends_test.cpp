// Every end of a WebSocket, and every refused upgrade, has its words.
#include "feeds/network/socket_wire.hpp"

#include "feeds/contract/limits.hpp"
#include "tests/feeds/network/wire_world.hpp"

namespace ticker::feeds {
namespace {

TEST(SocketWireEnds, RepeatsTheWordsOfAVenueThatCloses) {
  const WsServer server([](Peer& peer) {
    peer.upgrade(Peer::frame(text_frame, "last"));
    peer.send_frame(close_frame, Peer::close_payload(1001, "back\tsoon"));
    EXPECT_TRUE(peer.ends());
  });
  WireWorld world;
  world.gone_at_failure = true;
  world.open(plain(server));
  EXPECT_EQ(world.failure(), "closed by the venue: 1001 back?soon");
  EXPECT_EQ(world.frames.size(), 1U);
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
}

TEST(SocketWireEnds, NoticesACloseWithoutACode) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.send_frame(close_frame, "");
  });
  WireWorld world;
  world.open(plain(server));
  EXPECT_EQ(world.failure(), "closed by the venue");
}

TEST(SocketWireEnds, NoticesALostConnection) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.reset();
  });
  WireWorld world;
  world.open(plain(server));
  EXPECT_EQ(world.failure(), "connection lost: Connection reset by peer");
  EXPECT_TRUE(world.is_open);
  EXPECT_EQ(world.failures.size(), 1U);
  EXPECT_FALSE(world.wire->send("late"));
}

TEST(SocketWireEnds, EndsAtAMessageAboveTheLimit) {
  for (const std::size_t size : {feed_frame_bytes_max, feed_frame_bytes_max + 1}) {
    const WsServer server([size](Peer& peer) {
      peer.upgrade();
      peer.send_frame(text_frame, std::string(size, 'x'));
      static_cast<void>(peer.read_frame());
    });
    WireWorld world;
    world.open(plain(server));
    EXPECT_TRUE(world.until([&] { return world.ended() || !world.frames.empty(); }));
    EXPECT_EQ(world.frames.empty(), size > feed_frame_bytes_max);
    if (world.ended()) {
      EXPECT_EQ(world.failures[0].text, "a message above 4194304 bytes");
    }
  }
}

TEST(SocketWireEnds, EndsAtABinaryMessage) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.send_frame(binary_frame, "\x01\x02");
    EXPECT_EQ(peer.read_frame().value_or(Peer::Frame{}).opcode, close_frame);
  });
  WireWorld world;
  world.gone_at_failure = true;
  world.open(plain(server));
  EXPECT_EQ(world.failure(), "a binary message, which this venue never sends");
  EXPECT_TRUE(world.frames.empty());
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }));
}

TEST(SocketWireEnds, EndsAtABrokenFrame) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.write("\x83\x01x");  // an opcode of no meaning
    static_cast<void>(peer.read_frame());
  });
  WireWorld world;
  world.open(plain(server));
  EXPECT_TRUE(world.failure().starts_with("connection lost: ")) << world.failure();
}

TEST(SocketWireEnds, SaysThatNobodyListens) {
  std::string port;
  {
    port = WsServer([](Peer&) {}).port();
  }
  WireWorld world;
  world.open({.host = "127.0.0.1", .port = port, .tls = false});
  EXPECT_EQ(world.failure(), "connect: Connection refused (127.0.0.1:" + port + ")");
  EXPECT_EQ(world.steps, (std::vector<Step>{Step::resolve}));
}

// --- refused upgrades

Failure refused_with(const std::string& answer) {
  const WsServer server([&answer](Peer& peer) {
    peer.read_head();
    peer.write(answer);
    static_cast<void>(peer.ends());
  });
  WireWorld world;
  world.gone_at_failure = true;
  world.open(plain(server));
  EXPECT_TRUE(world.until([&] { return world.ended(); }));
  EXPECT_FALSE(world.is_open);
  return world.ended() ? world.failures[0] : Failure{};
}

TEST(SocketWireEnds, SaysHowLongAVenueThatRefusesWantsUsToWait) {
  const Failure failure = refused_with(
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 17\r\nContent-Length: 4\r\n\r\nlate");
  EXPECT_EQ(failure.text, "upgrade: HTTP 429");
  EXPECT_EQ(failure.http_status, 429);
  EXPECT_EQ(failure.retry_after_ms, 17'000);
}

TEST(SocketWireEnds, WaitsForNoBodyOfARefusal) {
  const Failure failure = refused_with(
      "HTTP/1.1 418 I'm a teapot\r\nRetry-After: 60\r\nContent-Length: 4000\r\n\r\nnever ends");
  EXPECT_EQ(failure.text, "upgrade: HTTP 418");
  EXPECT_EQ(failure.retry_after_ms, 60'000);
}

TEST(SocketWireEnds, FollowsNoRedirect) {
  const Failure failure = refused_with(
      "HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(failure.text, "upgrade: HTTP 302");
  EXPECT_EQ(failure.http_status, 302);
  EXPECT_EQ(failure.retry_after_ms, 0);
}

TEST(SocketWireEnds, TakesNoAnswerForAnUpgradeThatIsNone) {
  EXPECT_EQ(refused_with("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").http_status, 200);
  for (const char* const answer :
       {"rubbish\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: c3RvbGVu\r\n\r\n"}) {
    const Failure failure = refused_with(answer);
    EXPECT_TRUE(failure.text.starts_with("upgrade: ")) << failure.text;
    EXPECT_EQ(failure.http_status, 0) << answer;
  }
  EXPECT_TRUE(refused_with("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'))
                  .text.starts_with("upgrade: "));
}

}  // namespace
}  // namespace ticker::feeds
