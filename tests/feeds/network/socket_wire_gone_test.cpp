// A WebSocket that is destroyed says goodbye, and nothing more is heard of it.
#include "feeds/network/socket_wire.hpp"

#include <stdexcept>

#include "tests/feeds/network/wire_world.hpp"

namespace ticker::feeds {
namespace {

TEST(SocketWireGone, HearsNothingOnceItIsDestroyed) {
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

TEST(SocketWireGone, ClosesPolitelyWhenItIsDestroyed) {
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

TEST(SocketWireGone, LeavesAVenueThatDoesNotAnswerItsGoodbye) {
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

TEST(SocketWireGone, MayBeDestroyedByWhatItIsTold) {
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

TEST(SocketWireGone, MayOutliveItsContextsWill) {
  const WsServer server(echo);
  {
    WireWorld world;
    world.open(plain(server));
    ASSERT_TRUE(world.opens());
    ASSERT_TRUE(world.wire->send(std::string(1'000'000, 'x')));
  }  // all at once, with operations under way
  EXPECT_TRUE(eventually([&] { return server.served() == 1; }));
}

TEST(SocketWireGone, LetsWhatAListenerThrowsOut) {
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
