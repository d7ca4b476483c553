// A WebSocket over real sockets: what is said arrives, both ways.
#include "feeds/network/socket_wire.hpp"

#include "feeds/contract/limits.hpp"
#include "tests/feeds/network/wire_world.hpp"

namespace ticker::feeds {
namespace {

TEST(SocketWire, TakesItsStepsInTheirOrder) {
  const WsServer server(echo);
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  EXPECT_EQ(world.steps, (std::vector<Step>{Step::resolve, Step::connect, Step::upgrade}));
}

TEST(SocketWire, AsksForItsTargetAndSaysWhoItIs) {
  std::string head;
  const WsServer server([&head](Peer& peer) { head = peer.upgrade(); });
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  ASSERT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_TRUE(head.starts_with("GET /ws?a=b HTTP/1.1\r\n")) << head;
  EXPECT_NE(head.find("Host: 127.0.0.1:" + server.port() + "\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("User-Agent: ticker-gateway\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Sec-WebSocket-Extensions"), std::string::npos) << head;
}

TEST(SocketWire, CarriesTextBothWaysInOrder) {
  const WsServer server(echo);
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  std::vector<std::string> sent;
  for (int i = 0; i < 300; ++i) {
    sent.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i * i), 'x'));
    ASSERT_TRUE(world.wire->send(sent.back()));
  }
  EXPECT_TRUE(world.until([&] { return world.frames.size() == sent.size(); }));
  EXPECT_EQ(world.frames, sent);
}

TEST(SocketWire, HearsWhatCameInThePacketOfTheUpgrade) {
  const WsServer server([](Peer& peer) {
    peer.upgrade(Peer::frame(text_frame, "first") +
                 Peer::frame(text_frame, std::string(9'000, 'y')));
    static_cast<void>(peer.read_frame());
  });
  WireWorld world;
  world.open(plain(server));
  EXPECT_TRUE(world.until([&] { return world.frames.size() == 2; }));
  EXPECT_EQ(world.frames[0], "first");
  EXPECT_EQ(world.frames[1].size(), 9'000U);
}

TEST(SocketWire, DatesAMessageByTheReadOfItsBytes) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.write(Peer::frame(text_frame, "a") + Peer::frame(text_frame, "b"));
    static_cast<void>(peer.read_frame());
  });
  WireWorld world;
  // The first takes its listener a while; the second was read long before it is heard.
  world.on_heard = [&world] {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(20);
    while (world.frames.size() == 1 && std::chrono::steady_clock::now() < end) {
    }
  };
  const Receipt before = clock_now();
  world.open(plain(server));
  ASSERT_TRUE(world.until([&] { return world.frames.size() == 2; }));
  EXPECT_GT(world.receipts[0].steady_ns, before.steady_ns);
  EXPECT_LT(world.receipts[0].steady_ns, world.heard_at[0].steady_ns);
  EXPECT_GE(world.receipts[0].wall_us, before.wall_us);
  EXPECT_EQ(world.receipts[1].steady_ns, world.receipts[0].steady_ns);
  EXPECT_GE(world.heard_at[1].steady_ns - world.receipts[1].steady_ns, 20'000'000);
}

TEST(SocketWire, AnswersAPingWithItsPayload) {
  std::string payload;
  const WsServer server([&payload](Peer& peer) {
    peer.upgrade();
    peer.send_frame(ping_frame, "1700000000123");
    const auto answer = peer.read_frame();
    if (answer && answer->opcode == pong_frame) payload = answer->payload;
  });
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(payload, "1700000000123");
  EXPECT_EQ(world.pings.size(), 1U);
}

TEST(SocketWire, TellsOfThePongToItsPing) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    const auto ping = peer.read_frame();
    ASSERT_TRUE(ping && ping->opcode == ping_frame);
    peer.send_frame(pong_frame, ping->payload);
    static_cast<void>(peer.read_frame());
  });
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  const Receipt before = clock_now();
  world.wire->ping();
  world.wire->ping();  // joins the one that is being written
  ASSERT_TRUE(world.until([&] { return world.pings.size() == 1; }));
  EXPECT_GT(world.pings[0].steady_ns, before.steady_ns);
}

TEST(SocketWire, TakesNoMoreThanItsQueueHolds) {
  std::atomic<bool> reads{false};
  const WsServer server([&reads](Peer& peer) {
    peer.upgrade();
    EXPECT_TRUE(eventually([&] { return reads.load(); }));
    while (peer.read_frame()) {
    }
  });
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  std::size_t taken = 0;
  while (taken < 2 * feed_sends_max && world.wire->send(std::string(1'000, 'x'))) ++taken;
  EXPECT_EQ(taken, feed_sends_max);
  reads = true;
  EXPECT_TRUE(world.until([&] { return world.wire->send("again"); }));
}

TEST(SocketWire, SendsNothingBeforeItIsOpen) {
  const WsServer server(echo);
  WireWorld world;
  world.open(plain(server));
  EXPECT_FALSE(world.wire->send("early"));
  world.wire->ping();
  ASSERT_TRUE(world.opens());
  EXPECT_TRUE(world.wire->send("in time"));
  EXPECT_TRUE(world.until([&] { return world.frames.size() == 1; }));
  EXPECT_EQ(world.frames[0], "in time");
}

}  // namespace
}  // namespace ticker::feeds
