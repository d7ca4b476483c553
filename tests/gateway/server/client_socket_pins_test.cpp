// What a transport pins is offered again, unchanged and first, whatever becomes of the queue: seal
// and spill never touch it, and the peer gets the exact bytes.
#include <gtest/gtest.h>

#include <random>

#include "gateway/protocol/websocket_framing.hpp"
#include "gateway/server/client_socket.hpp"
#include "tests/gateway/server/pinning_transport.hpp"
#include "tests/gateway/server/socket_world.hpp"

namespace ticker {
namespace {

using WaitsFor = Transport::WaitsFor;
using Step = PinScript::Step;

class PinnedBytes : public testing::Test {
 protected:
  PinnedBytes() {
    world.outbox().begin(0, {Owed::Kind::first_snapshot});
    world.outbox().end(0);
    EXPECT_FALSE(world.outbox().next_owed());
    script.next = [this] {
      if (steps.empty()) return Step{};
      const Step step = steps.front();
      steps.pop_front();
      return step;
    };
  }

  void expect_exact_bytes() {
    EXPECT_TRUE(world.all_arrives());
    EXPECT_TRUE(world.received == world.expected);
    EXPECT_EQ(script.breaches, 0U);
    EXPECT_TRUE(world.outbox().empty());
    const Ledger& ledger = world.outbox().ledger();
    EXPECT_EQ(ledger.offered, ledger.sent + ledger.merged + ledger.lost + ledger.abandoned);
  }

  PinScript script;
  std::deque<Step> steps;
  SocketWorld world{0, [this](int fd) { return std::make_unique<PinningTransport>(fd, script); }};
};

TEST_F(PinnedBytes, AreOfferedAgainFirst) {
  for (int i = 0; i < 5; ++i) world.push(100, static_cast<char>('a' + i));
  steps = {{0, 250}, {0, 250}, {120, 10}};
  world.socket->flush();
  world.push(300, 'x');
  expect_exact_bytes();
  EXPECT_EQ(script.pins, 3U);
}

TEST_F(PinnedBytes, LeaveTheQueueOnce) {
  world.push(1'000, 'a');
  steps = {{100, 200}};
  world.socket->flush();
  EXPECT_EQ(world.outbox().taken(), 300U);
  EXPECT_EQ(world.outbox().bytes(), 704U);
  EXPECT_TRUE(world.outbox().blocked());
  EXPECT_EQ(world.counters.bytes_sent.get(), 100U);
  expect_exact_bytes();
  EXPECT_EQ(world.outbox().taken(), 1'004U);
  EXPECT_EQ(world.counters.bytes_sent.get(), 1'004U);
}

TEST_F(PinnedBytes, ThatAreTheWholeQueueAreSentWithoutBeingAskedFor) {
  world.push(100, 'a');
  steps = {{0, 1'000}, {0, 1'000}};
  world.socket->flush();
  EXPECT_TRUE(world.outbox().empty());
  EXPECT_EQ(world.told, std::vector{false});
  world.wait_taken();
  world.turn();
  EXPECT_EQ(world.completed, 1);
  world.flushes = false;  // the core does not flush a client with an empty queue
  expect_exact_bytes();
  world.turn();
  EXPECT_TRUE(world.told.back());
}

TEST_F(PinnedBytes, AreNotTakenYetForWhoWaits) {
  world.push(100, 'a');
  steps = {{0, 50}};
  world.socket->flush();
  world.wait_taken();
  EXPECT_EQ(world.completed, 0);
  expect_exact_bytes();
  world.turn();
  EXPECT_EQ(world.completed, 1);
  EXPECT_FALSE(world.last_error);
}

TEST_F(PinnedBytes, SurviveASeal) {
  for (const Step step : {Step{0, 150}, Step{50, 1}, Step{102, 0}, Step{50, 52}, Step{0, 1}}) {
    SCOPED_TRACE(std::to_string(step.take) + " taken, pinned " + std::to_string(step.pin));
    PinScript one;
    one.next = [&, first = true]() mutable { return std::exchange(first, false) ? step : Step{}; };
    SocketWorld sealed{0, [&](int fd) { return std::make_unique<PinningTransport>(fd, one); }};
    sealed.outbox().begin(0, {Owed::Kind::first_snapshot});
    sealed.outbox().end(0);
    EXPECT_FALSE(sealed.outbox().next_owed());
    for (int i = 0; i < 5; ++i) sealed.push(100, static_cast<char>('a' + i));
    sealed.socket->flush();
    const std::size_t promised = (step.take + step.pin + 101) / 102 * 102;
    sealed.expected.resize(promised);
    sealed.expected += control_frame(opcode_close, "\x03\xe8");
    sealed.socket->close(1000, "");
    EXPECT_EQ(one.pinned.size(), step.pin) << "sealed without an offer";
    EXPECT_TRUE(sealed.all_arrives());
    EXPECT_TRUE(sealed.received == sealed.expected);
    EXPECT_EQ(one.breaches, 0U);
    EXPECT_EQ(sealed.outbox().ledger().sent, promised / 102);
    EXPECT_EQ(sealed.outbox().ledger().abandoned, 5 - promised / 102);
  }
}

TEST_F(PinnedBytes, HoldNoSlabOnceTheQueueIsSpilled) {
  world.push(1'000, 'a');
  world.push(1'000, 'b', 0);
  steps = {{0, 600}, {0, 600}};
  world.socket->flush();
  const std::string pinned = script.pinned;
  world.outbox().spill();
  EXPECT_FALSE(world.outbox().holds(0));
  EXPECT_EQ(script.pinned, pinned);
  world.push(1'000, 'c');
  world.outbox().spill();
  expect_exact_bytes();
  EXPECT_GT(script.pins, 1U);
}

TEST_F(PinnedBytes, WaitForReadingWhereTheTransportSaysSo) {
  world.push(1'000, 'a');
  steps = {{0, 1'000, WaitsFor::readable}};
  world.socket->flush();
  for (int i = 0; i < 10; ++i) world.turn();
  EXPECT_TRUE(script.taken.empty());  // the socket could be written to
  ::send(world.peer, "x", 1, 0);
  expect_exact_bytes();
}

TEST_F(PinnedBytes, AReadMayWaitForWriting) {
  int waits = 3;
  script.read_waits_for_writing = [&] { return --waits >= 0; };
  ::send(world.peer, "abc", 3, 0);
  world.read();
  EXPECT_TRUE(eventually([&] {
    world.turn();
    return world.completed == 1;
  }));
  EXPECT_EQ(world.read_text(), "abc");
  EXPECT_LE(waits, 0);
}

TEST_F(PinnedBytes, OfAConnectionThatEndsAreForgotten) {
  world.push(1'000, 'a');
  steps = {{0, 600}};
  world.socket->flush();
  world.write(control_frame(opcode_pong, "late"));
  world.socket->abort();
  world.turn();
  EXPECT_EQ(world.completed, 1);
  EXPECT_TRUE(world.last_error);
}

// Seeded walks over all that happens to a queue, with a transport that takes and pins as it likes.
TEST(PinnedBytesWalk, WhateverHappensThePeerGetsTheExactBytes) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&](std::size_t limit) { return random() % limit; };
    PinScript script;
    script.next = [&] {
      return Step{below(3) == 0 ? below(20'000) : below(2) * SIZE_MAX,
                  below(2) == 0 ? below(16'384) : 0, WaitsFor::writable};
    };
    script.read_waits_for_writing = [&] { return below(4) == 0; };
    SocketWorld world(4'608,
                      [&](int fd) { return std::make_unique<PinningTransport>(fd, script); });
    world.outbox().begin(0, {Owed::Kind::first_snapshot});
    world.outbox().end(0);
    EXPECT_FALSE(world.outbox().next_owed());
    world.read();
    for (int i = 0; i < 400; ++i) {
      switch (below(8)) {
        case 0:
        case 1:
          world.push(1 + below(300), static_cast<char>('a' + below(26)), below(2) == 0 ? 0 : 1);
          break;
        case 2:
          if (world.outbox().bytes() < 100'000) world.push(below(40'000), 'L');
          break;
        case 3:
          world.socket->flush();
          break;
        case 4:
          world.turn();
          break;
        case 5:
          world.peer_reads(1 + below(30'000));
          break;
        case 6:
          world.outbox().spill();
          break;
        default:
          if (world.completed == world.started - 1) {  // Beast has one write under way
            const std::string pong = control_frame(opcode_pong, std::string(below(126), 'p'));
            if (world.outbox().bytes() < 100'000) world.write(pong);
          }
      }
      ASSERT_EQ(script.breaches, 0U);
    }
    std::size_t promised = 0;
    while (promised < script.taken.size() + script.pinned.size()) {
      promised +=
          WebSocketFraming().frame_length(std::string_view(world.expected).substr(promised));
    }
    world.expected.resize(promised);
    world.expected += control_frame(opcode_close, "\x03\xe8");
    world.socket->close(1000, "");
    EXPECT_TRUE(world.all_arrives());
    EXPECT_TRUE(world.received == world.expected);
    EXPECT_EQ(script.breaches, 0U);
    EXPECT_GT(script.pins, 10U);
    const Ledger& ledger = world.outbox().ledger();
    EXPECT_EQ(ledger.offered, ledger.sent + ledger.merged + ledger.lost + ledger.abandoned);
  }
}

}  // namespace
}  // namespace ticker
