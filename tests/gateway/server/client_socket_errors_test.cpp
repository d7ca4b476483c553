// Every way a connection can end under a socket that is busy: each handler completes exactly once,
// no slab stays behind. Run under AddressSanitizer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/server/client_socket.hpp"
#include "tests/gateway/server/socket_world.hpp"

namespace ticker {
namespace {

constexpr int small_buffer = 4'608;
constexpr std::size_t waiting_bytes = 200'000;

/// How a connection ends.
enum class End { fin, rst, abort, own_shutdown, own_close };
constexpr End ends[] = {End::fin, End::rst, End::abort, End::own_shutdown, End::own_close};

void end(SocketWorld& world, End how) {
  switch (how) {
    case End::fin:
      return world.hang_up();
    case End::rst:
      return world.reset();
    case End::abort:
      return world.socket->abort();
    case End::own_shutdown:
      ::shutdown(world.fd, SHUT_RDWR);
      return;
    case End::own_close:
      world.socket->abort();
      return world.socket->abort();  // once more changes nothing
  }
}

std::unique_ptr<SocketWorld> make_world() {
  auto world = std::make_unique<SocketWorld>(small_buffer);
  world->outbox().begin(0, {Owed::Kind::first_snapshot});
  world->outbox().end(0);
  EXPECT_FALSE(world->outbox().next_owed());
  return world;
}

// What a connection does when its reader fails; the handlers that were pending must come.
void expect_clean_end(SocketWorld& world) {
  EXPECT_TRUE(eventually([&] {
    world.turn();
    world.socket->flush();
    return world.completed == world.started || world.read_error;
  }));
  world.socket->abort();
  EXPECT_TRUE(eventually([&] {
    world.turn();
    return world.completed == world.started;
  }));
  world.turn();
  EXPECT_EQ(world.completed, world.started);
  world.outbox().abandon();
  const Ledger& ledger = world.outbox().ledger();
  EXPECT_EQ(ledger.offered, ledger.sent + ledger.merged + ledger.lost + ledger.abandoned);
  EXPECT_EQ(ledger.queued, 0U);
  std::weak_ptr<ClientSocket> gone = world.socket;
  Socket closed(world.context);
  world.socket = std::make_shared<ClientSocket>(std::move(closed), nullptr,
                                                formats().front().framing, world.shared);
  EXPECT_TRUE(gone.expired()) << "a pending operation holds the socket";
  EXPECT_EQ(world.pool.used(), 1U);
}

TEST(ClientSocketErrors, APeerThatEndsWhileMuchIsQueuedEndsEveryOperationOnceWithAnError) {
  for (const End how : ends) {
    SCOPED_TRACE(static_cast<int>(how));
    const auto world = make_world();
    while (world->outbox().bytes() < waiting_bytes) world->push(5'000, 'q');
    world->socket->flush();
    ASSERT_TRUE(world->outbox().blocked());
    world->read();
    world->wait_taken();
    world->write(control_frame(opcode_pong, "p"));
    world->turn();
    ASSERT_EQ(world->completed, 0);
    end(*world, how);
    expect_clean_end(*world);
    EXPECT_TRUE(world->last_error);
    EXPECT_TRUE(world->read_error);
  }
}

TEST(ClientSocketErrors, AWriteAfterTheEndFails) {
  const auto world = make_world();
  world->socket->abort();
  world->write(control_frame(opcode_ping, ""));
  EXPECT_EQ(world->completed, 0);
  world->turn();
  EXPECT_EQ(world->completed, 1);
  EXPECT_TRUE(world->last_error);
  expect_clean_end(*world);
}

// One walk through all that a client socket does; the connection ends after step `fail_at`.
bool walk(SocketWorld& world, int fail_at, End how) {
  int step = 0;
  const auto may_fail = [&] {
    if (step++ != fail_at) return;
    end(world, how);
  };
  may_fail();
  world.read();
  may_fail();
  for (int i = 0; i < 10; ++i) world.push(100, 'a', i % 2);
  world.socket->flush();
  may_fail();
  world.write(control_frame(opcode_ping, "x"));
  may_fail();
  world.turn();
  may_fail();
  while (world.outbox().bytes() < waiting_bytes) world.push(5'000, 'q');
  may_fail();
  world.socket->flush();
  may_fail();
  world.wait_taken();
  may_fail();
  world.turn();
  may_fail();
  world.socket->close(1000, "bye");
  may_fail();
  world.turn();
  may_fail();
  for (int i = 0; i < 20; ++i) {
    world.peer_reads(3'000);
    world.turn();
  }
  may_fail();
  return step > fail_at;
}

TEST(ClientSocketErrors, WhateverStepFailsEveryHandlerCompletesAndNothingStays) {
  for (const End how : ends) {
    int fail_at = 0;
    for (;; ++fail_at) {
      SCOPED_TRACE("step " + std::to_string(fail_at) + ", end " +
                   std::to_string(static_cast<int>(how)));
      const auto world = make_world();
      const bool failed = walk(*world, fail_at, how);
      if (!failed) end(*world, how);
      expect_clean_end(*world);
      if (!failed || testing::Test::HasFailure()) break;
    }
    EXPECT_GT(fail_at, 10);
  }
}

TEST(ClientSocketErrors, ASocketThatIsDroppedWithItsContextLeavesNothing) {
  const auto world = make_world();
  while (world->outbox().bytes() < waiting_bytes) world->push(5'000, 'q');
  world->socket->flush();
  world->read();
  world->wait_taken();
  EXPECT_TRUE(world->outbox().blocked());
}

}  // namespace
}  // namespace ticker
