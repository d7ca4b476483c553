// Every way a connection can end under a channel that is busy: each handler completes exactly once,
// no slab stays behind. Run under AddressSanitizer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/server/channel.hpp"
#include "tests/gateway/server/channel_world.hpp"

namespace ticker {
namespace {

constexpr int small_buffer = 4'608;
constexpr std::size_t waiting_bytes = 200'000;

/// How a connection ends.
enum class End { fin, rst, abort, own_shutdown, own_close };
constexpr End ends[] = {End::fin, End::rst, End::abort, End::own_shutdown, End::own_close};

void end(ChannelWorld& world, End how) {
  error_code ignored;
  switch (how) {
    case End::fin:
      return world.hang_up();
    case End::rst:
      return world.reset();
    case End::abort:
      return world.channel->abort();
    case End::own_shutdown:
      world.channel->socket().shutdown(Socket::shutdown_both, ignored);
      return;
    case End::own_close:
      world.channel->abort();
      return world.channel->abort();  // once more changes nothing
  }
}

std::unique_ptr<ChannelWorld> make_world() {
  auto world = std::make_unique<ChannelWorld>(small_buffer);
  world->outbox().open_due(0);
  world->outbox().close_due(0);
  EXPECT_EQ(world->outbox().next_due(), Outbox::no_due);
  return world;
}

// What a connection does when its reader fails; the handlers that were pending must come.
void expect_clean_end(ChannelWorld& world) {
  EXPECT_TRUE(eventually([&] {
    world.turn();
    world.channel->flush();
    return world.completed == world.started || world.read_error;
  }));
  world.channel->abort();
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
  std::weak_ptr<ClientSocket> gone = world.channel;
  Socket closed(world.context);
  world.channel = std::make_shared<ClientSocket>(std::move(closed), world.shared);
  EXPECT_TRUE(gone.expired()) << "a pending operation holds the channel";
  EXPECT_EQ(world.pool.used(), 1U);
}

TEST(ChannelErrors, APeerThatEndsWhileMuchIsQueuedEndsEveryOperationOnceWithAnError) {
  for (const End how : ends) {
    SCOPED_TRACE(static_cast<int>(how));
    const auto world = make_world();
    while (world->outbox().bytes() < waiting_bytes) world->push(5'000, 'q');
    world->channel->flush();
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

TEST(ChannelErrors, AWriteAfterTheEndFails) {
  const auto world = make_world();
  world->channel->abort();
  world->write(control_frame(opcode_ping, ""));
  EXPECT_EQ(world->completed, 0);
  world->turn();
  EXPECT_EQ(world->completed, 1);
  EXPECT_TRUE(world->last_error);
  expect_clean_end(*world);
}

// One walk through all that a channel does; the connection ends after step `fail_at`.
bool walk(ChannelWorld& world, int fail_at, End how) {
  int step = 0;
  const auto may_fail = [&] {
    if (step++ != fail_at) return;
    end(world, how);
  };
  may_fail();
  world.read();
  may_fail();
  for (int i = 0; i < 10; ++i) world.push(100, 'a', i % 2);
  world.channel->flush();
  may_fail();
  world.write(control_frame(opcode_ping, "x"));
  may_fail();
  world.turn();
  may_fail();
  while (world.outbox().bytes() < waiting_bytes) world.push(5'000, 'q');
  may_fail();
  world.channel->flush();
  may_fail();
  world.wait_taken();
  may_fail();
  world.turn();
  may_fail();
  // Only one write of Beast's is under way at a time.
  if (world.completed >= world.started - 2) world.write(control_frame(opcode_close, "\x03\xe8"));
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

TEST(ChannelErrors, WhateverStepFailsEveryHandlerCompletesAndNothingStays) {
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

TEST(ChannelErrors, AChannelThatIsDroppedWithItsContextLeavesNothing) {
  const auto world = make_world();
  while (world->outbox().bytes() < waiting_bytes) world->push(5'000, 'q');
  world->channel->flush();
  world->read();
  world->wait_taken();
  EXPECT_TRUE(world->outbox().blocked());
}

}  // namespace
}  // namespace ticker
