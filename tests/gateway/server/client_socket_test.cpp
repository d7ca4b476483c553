#include "gateway/server/client_socket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/server/socket_world.hpp"

namespace ticker {
namespace {

constexpr int small_buffer = 4'608;  // the kernel's least for sending; it may round up

void begin(SocketWorld& world) {
  // Data needs a due that is past its first snapshot.
  world.outbox().begin(0, {Owed::Kind::first_snapshot});
  world.outbox().end(0);
  ASSERT_FALSE(world.outbox().next_owed());
}

class ClientSocketTest : public testing::Test {
 protected:
  ClientSocketTest() { begin(world); }
  SocketWorld world;
};

class NarrowClientSocket : public testing::Test {
 protected:
  NarrowClientSocket() : world(small_buffer) { begin(world); }
  SocketWorld world;
};

TEST_F(ClientSocketTest, PiecesAndBeastsWritesLeaveInTheOrderOfPushing) {
  world.push(100, 'a');
  world.push(20, 'b', 0);
  world.write(control_frame(opcode_pong, "one"));
  world.push(100, 'c');
  world.socket->flush();
  world.push(50'000, 'd');
  world.push(100, 'e');
  world.turn();
  world.write(control_frame(opcode_ping, ""));
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
  EXPECT_EQ(world.completed, 2);
  EXPECT_FALSE(world.last_error);
}

TEST_F(ClientSocketTest, ManySmallPiecesLeaveByOneSend) {
  for (int i = 0; i < 500; ++i) world.push(100, 'a', i % 2);  // control in between: no neighbours
  ASSERT_GT(world.outbox().piece_count(), 100U);
  world.socket->flush();
  EXPECT_EQ(world.counters.flushes.get(), 1U);
  EXPECT_TRUE(world.outbox().empty());
  EXPECT_EQ(world.counters.frames_sent.get(), 250U);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
  EXPECT_EQ(world.counters.bytes_sent.get(), world.expected.size());
}

TEST_F(ClientSocketTest, OneLargePieceLeavesByOneSend) {
  world.push(60'000, 'a');
  world.socket->flush();
  EXPECT_EQ(world.counters.flushes.get(), 1U);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
}

TEST_F(ClientSocketTest, LargeAndSmallPiecesMixWithoutConfusion) {
  for (int i = 0; i < 7; ++i) {
    world.push(20'000, static_cast<char>('A' + i), 0);
    for (int k = 0; k < 3; ++k) {
      static_cast<void>(world.encoder.text(
          formats().front(), "between"));  // somebody else's: no neighbours in the slab
      world.push(10, static_cast<char>('a' + i), 0);
    }
  }
  world.socket->flush();
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
}

TEST_F(ClientSocketTest, AFlushWithNothingQueuedIsNoSystemCall) {
  world.socket->flush();
  EXPECT_EQ(world.counters.flushes.get(), 0U);
}

TEST_F(NarrowClientSocket, AReaderOfOddSizesGetsTheExactBytes) {
  for (std::size_t round = 0; round < 40; ++round) {
    for (std::size_t i = 0; i < 20; ++i) {
      world.push(1 + (round * 37 + i * 101) % 400, static_cast<char>('a' + i), i % 3 == 0 ? 0 : 1);
    }
    if (round % 10 == 0) world.push(20'000, 'L');
    world.socket->flush();
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

TEST_F(NarrowClientSocket, PushesOnlyQueueWhileTheSocketIsFull) {
  world.fill();
  const std::uint64_t sends = world.counters.flushes.get();
  for (int i = 0; i < 10; ++i) {
    world.push(10, 'x');
    world.socket->flush();
  }
  EXPECT_EQ(world.counters.flushes.get(), sends);
  EXPECT_TRUE(world.all_arrives());
  EXPECT_TRUE(world.received == world.expected);
}

TEST_F(NarrowClientSocket, TellsItsOwnerWhenTheSocketIsFullAndWhenItTakesBytesAgain) {
  world.flushes = false;
  world.fill();
  EXPECT_EQ(world.told, std::vector{false});
  EXPECT_TRUE(eventually([&] {
    world.turn();
    world.peer_reads(10'000);
    return world.told.back();
  }));
  EXPECT_EQ(world.told.size(), 2U);
  EXPECT_FALSE(world.outbox().blocked());
  world.flushes = true;
  world.socket->flush();
  EXPECT_TRUE(world.all_arrives());
  EXPECT_TRUE(world.received == world.expected);
}

TEST_F(NarrowClientSocket, AWriteOfBeastsCompletesOnlyWhenItsBytesReachedTheSocket) {
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

TEST_F(NarrowClientSocket, TakenCompletesWhenEverythingBeforeItReachedTheSocket) {
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

TEST_F(ClientSocketTest, TakenCompletesAtOnceWhenNothingWaits) {
  world.wait_taken();
  EXPECT_EQ(world.completed, 0);  // never from within the call
  world.turn();
  EXPECT_EQ(world.completed, 1);
}

TEST_F(NarrowClientSocket, AWriteThatFindsNoRoomJoinsTheQueueLater) {
  world.fill();
  while (
      world.outbox().control(world.encoder.text(formats().front(), std::string(1'000, 'r')), 0)) {
  }
  const std::string pong = control_frame(opcode_pong, std::string(100, 'p'));
  while (world.outbox().control(world.encoder.text(formats().front(), "tiny"), 0)) {
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

TEST_F(NarrowClientSocket, ACloseFrameOvertakesWholeFramesButFinishesThePartlySentOne) {
  for (int i = 0; i < 200 && !world.outbox().blocked(); ++i) {
    world.push(10'001, static_cast<char>('a' + i % 26));
    world.socket->flush();
  }
  const std::uint64_t taken = world.outbox().taken();
  constexpr std::uint64_t frame = 10'001 + 4;
  const std::uint64_t started_frames = (taken + frame - 1) / frame;
  ASSERT_NE(taken % frame, 0U);
  world.push(500, 'y');
  world.push(20, 'z', 0);
  world.expected.resize(started_frames * frame);
  world.expected += control_frame(opcode_close, std::string("\x03\xe9", 2) + "going away");
  world.wait_taken();
  world.socket->close(1001, "going away");
  world.socket->close(1000, "only the first one counts");
  Piece late = world.encoder.text(formats().front(), "late");
  late.frames = 1;
  EXPECT_EQ(world.outbox().offer_numbered(0, late, 1, 0), Push::closed);
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

TEST_F(NarrowClientSocket, AfterTheCloseFrameBeastsWritesAreDoneWithoutBeingSent) {
  world.fill();
  while (
      world.outbox().control(world.encoder.text(formats().front(), std::string(1'000, 'r')), 0)) {
  }
  while (world.outbox().control(world.encoder.text(formats().front(), "tiny"), 0)) {
  }
  world.write(control_frame(opcode_pong, std::string(100, 'p')));  // finds no room
  world.turn();
  ASSERT_EQ(world.completed, 0);
  world.socket->close(1000, "");
  world.turn();
  EXPECT_EQ(world.completed, 1);
  EXPECT_FALSE(world.last_error);
  EXPECT_EQ(world.last_count, 102U);
  world.write(control_frame(opcode_close, "\x03\xea"));
  world.turn();
  EXPECT_EQ(world.completed, 2);
  EXPECT_TRUE(eventually([&] {
    world.turn();
    world.peer_reads(65'536);
    return world.outbox().empty() && world.received.ends_with(control_frame(8, "\x03\xe8"));
  }));
  EXPECT_EQ(world.received.find("ppp"), std::string::npos);
}

TEST_F(ClientSocketTest, WhatBeastMayNotSayIsDoneWithoutBeingSent) {
  world.beast_speaks = false;
  world.write(control_frame(opcode_close, "\x03\xe8"));
  world.expected.clear();
  world.turn();
  EXPECT_EQ(world.completed, 1);
  EXPECT_FALSE(world.last_error);
  EXPECT_TRUE(world.outbox().empty());
  EXPECT_FALSE(world.socket->closing());  // nobody looked into its bytes
}

TEST_F(ClientSocketTest, BytesOfBeastThatLookLikeACloseFrameSealNothing) {
  world.write("\x88 is how this begins");
  world.push(100, 'a', 0);
  world.socket->flush();
  EXPECT_FALSE(world.socket->closing());
  EXPECT_TRUE(world.all_arrives());
  EXPECT_EQ(world.received, world.expected);
}

TEST_F(ClientSocketTest, AReadTakesWhatIsThereOrWaitsForIt) {
  for (const std::string text : {"abc", "d", "efghi"}) {
    world.read();
    world.turn();
    EXPECT_EQ(world.completed, world.started - 1);
    ::send(world.peer, text.data(), text.size(), 0);
    EXPECT_TRUE(eventually([&] {
      world.turn();
      return world.completed == world.started;
    }));
    EXPECT_EQ(world.read_text(), text);
  }
  const std::string much(100, 'x');
  ::send(world.peer, much.data(), much.size(), 0);
  for (const std::size_t bytes : {64U, 36U}) {
    world.read();
    EXPECT_TRUE(eventually([&] {
      world.turn();
      return world.completed == world.started;
    }));
    EXPECT_EQ(world.read_text(), std::string(bytes, 'x'));
  }
  world.read();
  world.hang_up();
  EXPECT_TRUE(eventually([&] {
    world.turn();
    return world.completed == world.started;
  }));
  EXPECT_EQ(world.read_error, net::error::eof);
}

}  // namespace
}  // namespace ticker
