#include "gateway/server/channel.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/server/channel_world.hpp"

namespace ticker {
namespace {

constexpr int small_buffer = 4'608;  // the kernel's least for sending; it may round up

void open_due(ChannelWorld& world) {
  // Data needs a due that is past its first snapshot.
  world.outbox().open_due(0);
  world.outbox().close_due(0);
  ASSERT_EQ(world.outbox().next_due(), Outbox::no_due);
}

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() { open_due(world); }
  ChannelWorld world;
};

class NarrowChannel : public testing::Test {
 protected:
  NarrowChannel() : world(small_buffer) { open_due(world); }
  ChannelWorld world;
};

TEST_F(ChannelTest, PiecesAndBeastsWritesLeaveInTheOrderOfPushing) {
  world.push(100, 'a');
  world.push(20, 'b', 0);
  world.write(control_frame(opcode_pong, "one"));
  world.push(100, 'c');
  world.channel->flush();
  world.push(50'000, 'd');
  world.push(100, 'e');
  world.turn();
  world.write(control_frame(opcode_ping, ""));
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
  EXPECT_EQ(world.completed, 2);
  EXPECT_FALSE(world.last_error);
}

TEST_F(ChannelTest, ManySmallPiecesLeaveByOneSend) {
  for (int i = 0; i < 500; ++i) world.push(100, 'a', i % 2);  // control in between: no neighbours
  ASSERT_GT(world.outbox().piece_count(), 100U);
  world.channel->flush();
  EXPECT_EQ(world.counters.flushes.get(), 1U);
  EXPECT_TRUE(world.outbox().empty());
  EXPECT_EQ(world.counters.frames_sent.get(), 250U);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
  EXPECT_EQ(world.counters.bytes_sent.get(), world.expected.size());
}

TEST_F(ChannelTest, OneLargePieceLeavesByOneSend) {
  world.push(60'000, 'a');
  world.channel->flush();
  EXPECT_EQ(world.counters.flushes.get(), 1U);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
}

TEST_F(ChannelTest, LargeAndSmallPiecesMixWithoutConfusion) {
  for (int i = 0; i < 7; ++i) {
    world.push(20'000, static_cast<char>('A' + i), 0);
    for (int k = 0; k < 3; ++k) {
      static_cast<void>(
          world.encoder.text("between"));  // somebody else's: no neighbours in the slab
      world.push(10, static_cast<char>('a' + i), 0);
    }
  }
  world.channel->flush();
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
}

TEST_F(ChannelTest, AFlushWithNothingQueuedIsNoSystemCall) {
  world.channel->flush();
  EXPECT_EQ(world.counters.flushes.get(), 0U);
}

TEST_F(NarrowChannel, AReaderOfOddSizesGetsTheExactBytes) {
  for (std::size_t round = 0; round < 40; ++round) {
    for (std::size_t i = 0; i < 20; ++i) {
      world.push(1 + (round * 37 + i * 101) % 400, static_cast<char>('a' + i), i % 3 == 0 ? 0 : 1);
    }
    if (round % 10 == 0) world.push(20'000, 'L');
    world.channel->flush();
    world.turn();
    world.peer_reads(1 + round * 613 % 3'001);
  }
  EXPECT_TRUE(eventually([&] {
    world.turn();
    world.peer_reads(1 + world.received.size() % 977);
    return world.received.size() >= world.expected.size();
  }));
  EXPECT_TRUE(world.received == world.expected);
  EXPECT_GT(world.counters.would_block.get(), 5U);
  EXPECT_EQ(world.outbox().ledger().sent, world.outbox().ledger().offered);
}

TEST_F(NarrowChannel, PushesOnlyQueueWhileTheSocketIsFull) {
  world.fill();
  const std::uint64_t sends = world.counters.flushes.get();
  for (int i = 0; i < 10; ++i) {
    world.push(10, 'x');
    world.channel->flush();
  }
  EXPECT_EQ(world.counters.flushes.get(), sends);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_TRUE(world.received == world.expected);
}

TEST_F(NarrowChannel, TellsItsOwnerWhenTheSocketIsFullAndWhenItTakesBytesAgain) {
  std::vector<bool> told;
  world.channel->on_room([&](bool writable) { told.push_back(writable); });
  world.fill();
  EXPECT_EQ(told, std::vector{false});
  EXPECT_TRUE(eventually([&] {
    world.turn();
    world.peer_reads(10'000);
    return told.back();
  }));
  EXPECT_EQ(told.size(), 2U);
  EXPECT_FALSE(world.outbox().blocked());
  world.channel->flush();
  world.channel->on_room(nullptr);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_TRUE(world.received == world.expected);
}

TEST_F(NarrowChannel, AWriteOfBeastsCompletesOnlyWhenItsBytesReachedTheSocket) {
  world.fill();
  const std::uint64_t ahead = world.outbox().bytes();
  const std::uint64_t taken = world.outbox().taken();
  world.write(control_frame(opcode_pong, "late"));
  world.push(10'000, 'x');
  world.turn();
  EXPECT_EQ(world.completed, 0);
  EXPECT_TRUE(eventually([&] {
    world.peer_reads(500);
    world.turn();
    const bool reached = world.outbox().taken() >= taken + ahead + 6;
    EXPECT_TRUE(world.completed == 0 || reached);
    return world.completed == 1;
  }));
  EXPECT_FALSE(world.last_error);
  EXPECT_EQ(world.last_count, 6U);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_TRUE(world.received == world.expected);
}

TEST_F(NarrowChannel, TakenCompletesWhenEverythingBeforeItReachedTheSocket) {
  world.fill();
  const std::uint64_t position = world.outbox().pushed();
  world.wait_taken();
  world.turn();
  EXPECT_EQ(world.completed, 0);
  EXPECT_TRUE(eventually([&] {
    world.peer_reads(500);
    world.turn();
    return world.completed == 1;
  }));
  EXPECT_GE(world.outbox().taken(), position);
  EXPECT_FALSE(world.last_error);
}

TEST_F(ChannelTest, TakenCompletesAtOnceWhenNothingWaits) {
  world.wait_taken();
  EXPECT_EQ(world.completed, 0);  // never from within the call
  world.turn();
  EXPECT_EQ(world.completed, 1);
}

TEST_F(NarrowChannel, AWriteThatFindsNoRoomJoinsTheQueueLater) {
  world.fill();
  while (world.outbox().control(world.encoder.text(std::string(1'000, 'r')), 0)) {
  }
  const std::string pong = control_frame(opcode_pong, std::string(100, 'p'));
  while (world.outbox().control(world.encoder.text("tiny"), 0)) {
  }
  world.write(pong);
  world.turn();
  EXPECT_EQ(world.completed, 0);
  EXPECT_TRUE(eventually([&] {
    world.peer_reads(65'536);
    world.turn();
    return world.completed == 1 && world.outbox().empty();
  }));
  EXPECT_FALSE(world.last_error);
  EXPECT_TRUE(eventually([&] {
    world.peer_reads(65'536);
    return world.received.ends_with(pong);
  }));
}

TEST_F(NarrowChannel, ACloseFrameOvertakesWholeFramesButFinishesThePartlySentOne) {
  for (int i = 0; i < 200 && !world.outbox().blocked(); ++i) {
    world.push(10'001, static_cast<char>('a' + i % 26));
    world.channel->flush();
  }
  const std::uint64_t taken = world.outbox().taken();
  constexpr std::uint64_t frame = 10'001 + 4;
  const std::uint64_t started_frames = (taken + frame - 1) / frame;
  ASSERT_NE(taken % frame, 0U);
  world.push(500, 'y');
  world.push(20, 'z', 0);
  const std::string close = control_frame(opcode_close, std::string("\x03\xe9", 2) + "going away");
  world.expected.resize(started_frames * frame);
  world.write(close);
  Piece late = world.encoder.text("late");
  late.frames = 1;
  EXPECT_EQ(world.outbox().trade(0, late, 1, 0), Push::closed);
  EXPECT_FALSE(world.outbox().control(late, 0));
  EXPECT_TRUE(world.all_arrives());
  EXPECT_TRUE(world.received == world.expected);
  world.turn();
  EXPECT_EQ(world.completed, 1);
  EXPECT_FALSE(world.last_error);
  const Ledger& ledger = world.outbox().ledger();
  EXPECT_EQ(ledger.sent, started_frames);
  EXPECT_EQ(ledger.offered, ledger.sent + ledger.abandoned);
  EXPECT_EQ(ledger.queued, 0U);
}

TEST_F(ChannelTest, BeforeTheUpgradeNothingIsMistakenForACloseFrame) {
  ChannelWorld plain;
  auto& channel = *plain.channel;
  ClientSocket http(std::move(channel.socket()), plain.shared);  // not open
  const std::string body = "\x88 is how this body begins";
  bool done = false;
  http.async_write_some(net::buffer(body), [&](error_code, std::size_t) { done = true; });
  plain.turn();
  EXPECT_TRUE(done);
  EXPECT_FALSE(http.outbox().sealed());
  EXPECT_TRUE(eventually([&] {
    plain.peer_reads(100);
    return plain.received == body;
  }));
}

}  // namespace
}  // namespace ticker
