// A WebSocket over real sockets: what is said arrives, and every end has its words.
#include "feeds/network/socket_wire.hpp"

#include "feeds/limits.hpp"
#include "tests/feeds/network/wire_world.hpp"

namespace ticker::feeds {
namespace {

// Upgrades, then answers each text with itself until the client closes.
void echo(Peer& peer) {
  peer.upgrade();
  while (const auto frame = peer.read_frame()) {
    if (frame->opcode == close_frame) {
      peer.send_frame(close_frame, frame->payload);
      return;
    }
    if (frame->opcode == text_frame) peer.send_frame(text_frame, frame->payload);
  }
}

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

// --- ends

TEST(SocketWire, RepeatsTheWordsOfAVenueThatCloses) {
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

TEST(SocketWire, NoticesACloseWithoutACode) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.send_frame(close_frame, "");
  });
  WireWorld world;
  world.open(plain(server));
  EXPECT_EQ(world.failure(), "closed by the venue");
}

TEST(SocketWire, NoticesALostConnection) {
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

TEST(SocketWire, EndsAtAMessageAboveTheLimit) {
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

TEST(SocketWire, EndsAtABinaryMessage) {
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

TEST(SocketWire, EndsAtABrokenFrame) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.write("\x83\x01x");  // an opcode of no meaning
    static_cast<void>(peer.read_frame());
  });
  WireWorld world;
  world.open(plain(server));
  EXPECT_TRUE(world.failure().starts_with("connection lost: ")) << world.failure();
}

TEST(SocketWire, SaysThatNobodyListens) {
  std::string port;
  {
    port = WsServer([](Peer&) {}).port();
  }
  WireWorld world;
  world.open({.host = "127.0.0.1", .port = port, .tls = false});
  EXPECT_EQ(world.failure(), "connect: Connection refused");
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

TEST(SocketWire, SaysHowLongAVenueThatRefusesWantsUsToWait) {
  const Failure failure = refused_with(
      "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 17\r\nContent-Length: 4\r\n\r\nlate");
  EXPECT_EQ(failure.text, "upgrade: HTTP 429");
  EXPECT_EQ(failure.http_status, 429);
  EXPECT_EQ(failure.retry_after_ms, 17'000);
}

TEST(SocketWire, WaitsForNoBodyOfARefusal) {
  const Failure failure = refused_with(
      "HTTP/1.1 418 I'm a teapot\r\nRetry-After: 60\r\nContent-Length: 4000\r\n\r\nnever ends");
  EXPECT_EQ(failure.text, "upgrade: HTTP 418");
  EXPECT_EQ(failure.retry_after_ms, 60'000);
}

TEST(SocketWire, FollowsNoRedirect) {
  const Failure failure = refused_with(
      "HTTP/1.1 302 Found\r\nLocation: https://example.org/\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(failure.text, "upgrade: HTTP 302");
  EXPECT_EQ(failure.http_status, 302);
  EXPECT_EQ(failure.retry_after_ms, 0);
}

TEST(SocketWire, TakesNoAnswerForAnUpgradeThatIsNone) {
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

// --- destroyed

TEST(SocketWire, HearsNothingOnceItIsDestroyed) {
  for (const Step last : {Step::resolve, Step::connect, Step::upgrade}) {
    const WsServer server([](Peer& peer) {
      peer.upgrade();
      for (int i = 0; i < 100; ++i) peer.send_frame(text_frame, "more");
      static_cast<void>(peer.ends());
    });
    WireWorld world;
    world.open(plain(server), last);
    // In the midst of the step; with the connection open and messages on their way at the last.
    if (last == Step::upgrade) {
      ASSERT_TRUE(world.opens());
    } else {
      ASSERT_TRUE(world.until([&] { return !world.steps.empty(); }));
      world.wire->begin(last == Step::resolve ? Step::connect : Step::upgrade);
    }
    const std::size_t said = world.said();
    world.wire.reset();
    ASSERT_TRUE(world.until([&] { return server.served() == server.accepted(); }));
    world.context.restart();
    world.context.run_for(std::chrono::milliseconds(5));
    EXPECT_EQ(world.said(), said) << step_names[static_cast<std::size_t>(last)];
  }
}

TEST(SocketWire, ClosesPolitelyWhenItIsDestroyed) {
  std::optional<Peer::Frame> goodbye;
  const WsServer server([&goodbye](Peer& peer) {
    peer.upgrade();
    goodbye = peer.read_frame();
    if (goodbye) peer.send_frame(close_frame, goodbye->payload);
    EXPECT_TRUE(peer.ends());
  });
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  world.wire.reset();
  ASSERT_TRUE(world.until([&] { return server.served() == 1; }));
  ASSERT_TRUE(goodbye);
  EXPECT_EQ(goodbye->opcode, close_frame);
  EXPECT_EQ(goodbye->payload, Peer::close_payload(1000));
}

TEST(SocketWire, LeavesAVenueThatDoesNotAnswerItsGoodbye) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    EXPECT_TRUE(peer.ends());  // says nothing, until the connection is gone
  });
  WireWorld world;
  world.open(plain(server));
  ASSERT_TRUE(world.opens());
  world.wire.reset();
  EXPECT_TRUE(world.until([&] { return server.served() == 1; }, std::chrono::seconds(5)));
}

TEST(SocketWire, MayBeDestroyedByWhatItIsTold) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    peer.send_frame(text_frame, "a");
    peer.send_frame(text_frame, "b");
    static_cast<void>(peer.ends());
  });
  WireWorld world;
  world.on_heard = [&world] { world.wire.reset(); };
  world.open(plain(server));
  ASSERT_TRUE(world.until([&] { return server.served() == 1; }));
  EXPECT_EQ(world.frames, (std::vector<std::string>{"a"}));
  EXPECT_FALSE(world.ended());
}

TEST(SocketWire, MayOutliveItsContextsWill) {
  const WsServer server(echo);
  {
    WireWorld world;
    world.open(plain(server));
    ASSERT_TRUE(world.opens());
    ASSERT_TRUE(world.wire->send(std::string(1'000'000, 'x')));
  }  // all at once, with operations under way
  EXPECT_TRUE(eventually([&] { return server.served() == 1; }));
}

TEST(SocketWire, LetsWhatAListenerThrowsOut) {
  const WsServer server([](Peer& peer) {
    peer.upgrade(Peer::frame(text_frame, "a"));
    static_cast<void>(peer.ends());
  });
  WireWorld world;
  world.on_heard = [] { throw std::runtime_error("no room"); };
  world.open(plain(server));
  EXPECT_THROW(static_cast<void>(world.until([&] { return world.ended(); })), std::runtime_error);
  EXPECT_EQ(world.frames.size(), 1U);
}

}  // namespace
}  // namespace ticker::feeds
