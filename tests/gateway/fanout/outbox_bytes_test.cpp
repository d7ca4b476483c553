// Bytes out of an outbox: whatever part the socket takes, whole frames arrive in order and are
// counted when their last byte is out. Slabs are small here, so queues span several.
#include "tests/gateway/fanout/outbox_fixture.hpp"

namespace ticker {
namespace {

class OutboxBytesTest : public testing::Test {
 protected:
  // A queue with pieces of one and of several frames, short and long headers, control between.
  struct Queue : OutboxTest {
    struct Frame {
      std::uint32_t length;
      bool counted;
    };
    static inline const std::vector<Frame> frames = {{20, true},  {31, true},  {140, true},
                                                     {15, false}, {25, true},  {12, false},
                                                     {130, true}, {200, true}, {17, true}};

    Queue() : OutboxTest(300) {
      open(1);
      for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::string name = std::to_string(i);
        if (frames[i].counted) {
          EXPECT_EQ(ticker(0, name, frames[i].length), Push::queued);
        } else {
          EXPECT_TRUE(control(name, frames[i].length));
        }
        names.push_back(name);
      }
      total = outbox_.bytes();
    }
    void TestBody() override {}

    // Counted frames that end within the first `bytes` of the queue.
    static std::uint64_t finished_within(std::uint64_t bytes) {
      std::uint64_t finished = 0;
      std::uint64_t end = 0;
      for (const Frame& frame : frames) {
        end += frame.length;
        if (end <= bytes && frame.counted) ++finished;
      }
      return finished;
    }
    // Frames that begin within the first `bytes`: these the client must get whole.
    static std::size_t begun_within(std::uint64_t bytes) {
      std::size_t begun = 0;
      std::uint64_t begin = 0;
      for (const Frame& frame : frames) {
        if (begin < bytes) ++begun;
        begin += frame.length;
      }
      return begun;
    }
    [[nodiscard]] Names first(std::size_t count) const {
      return {names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count)};
    }
    [[nodiscard]] std::uint64_t held() const {
      std::uint64_t bytes = 0;
      for (std::size_t i = 0; i < outbox_.piece_count(); ++i) bytes += outbox_.bytes_at(i).size();
      return bytes;
    }

    using OutboxTest::ledger, OutboxTest::balanced, OutboxTest::control, OutboxTest::control_frame,
        OutboxTest::counters_, OutboxTest::drain, OutboxTest::now_us_, OutboxTest::outbox_,
        OutboxTest::pool_, OutboxTest::pull, OutboxTest::received, OutboxTest::ticker;

    Names names;
    std::uint64_t total = 0;
  };
  using Names = std::vector<std::string>;

  static constexpr std::uint64_t total = 590;
};

TEST_F(OutboxBytesTest, TheQueueOfTheseTestsHasAllKindsOfPieces) {
  Queue queue;
  EXPECT_EQ(queue.total, total);
  EXPECT_LT(queue.outbox_.piece_count(), Queue::frames.size());  // some pieces have several frames
  EXPECT_GT(queue.pool_.used(), 1U);                             // and not all lie in one slab
}

TEST_F(OutboxBytesTest, AnyTwoCutsKeepBytesAndCountsRight) {
  for (std::uint64_t one = 0; one <= total; ++one) {
    for (std::uint64_t two = one; two <= total; two += 19) {
      Queue queue;
      ASSERT_EQ(queue.pull(one), Queue::finished_within(one)) << one;
      ASSERT_EQ(queue.outbox_.bytes(), total - one);
      ASSERT_EQ(queue.held(), total - one);
      queue.pull(two - one);
      ASSERT_EQ(queue.ledger().sent, Queue::finished_within(two)) << one << ' ' << two;
      ASSERT_EQ(queue.ledger().queued, 7 - Queue::finished_within(two));
      ASSERT_EQ(queue.held(), total - two);
      queue.drain();
      ASSERT_EQ(queue.received(), queue.names) << one << ' ' << two;
      ASSERT_EQ(queue.ledger().sent, 7U);
      ASSERT_TRUE(queue.outbox_.empty());
      ASSERT_EQ(queue.pool_.used(), 1U);  // the one being filled
    }
  }
}

TEST_F(OutboxBytesTest, OneByteAtATimeKeepsBytesAndCountsRight) {
  Queue queue;
  for (std::uint64_t taken = 1; taken <= total; ++taken) {
    queue.pull(1);
    ASSERT_EQ(queue.ledger().sent, Queue::finished_within(taken)) << taken;
    ASSERT_TRUE(queue.balanced());
    ASSERT_EQ(queue.outbox_.taken(), queue.outbox_.pushed() - (total - taken));
  }
  EXPECT_EQ(queue.received(), queue.names);
}

TEST_F(OutboxBytesTest, WhatIsPushedBehindAPartlySentFrameFollowsIt) {
  for (std::uint64_t cut = 0; cut < total; ++cut) {
    Queue queue;
    queue.pull(cut);
    ASSERT_EQ(queue.ticker(0, "9", 33), Push::queued);
    queue.drain();
    queue.names.emplace_back("9");
    ASSERT_EQ(queue.received(), queue.names) << cut;
    ASSERT_EQ(queue.ledger().sent, 8U);
  }
}

TEST_F(OutboxBytesTest, SealingFinishesAFramePartlySentAndDropsTheRest) {
  for (std::uint64_t cut = 0; cut <= total; ++cut) {
    Queue queue;
    queue.pull(cut);
    queue.outbox_.seal();
    const std::size_t begun = Queue::begun_within(cut);
    ASSERT_EQ(queue.held(), queue.outbox_.bytes());
    ASSERT_TRUE(queue.balanced());
    ASSERT_EQ(queue.ticker(0, "late"), Push::closed);
    ASSERT_FALSE(queue.control("late"));
    queue.outbox_.closing(queue.control_frame("close", 10), queue.now_us_);
    queue.drain();
    auto expected = queue.first(begun);
    expected.emplace_back("close");
    ASSERT_EQ(queue.received(), expected) << cut;
    std::uint64_t whole = 0;
    for (std::size_t i = 0; i < begun; ++i) whole += Queue::frames[i].counted ? 1 : 0;
    ASSERT_EQ(queue.ledger().sent, whole) << cut;
    ASSERT_EQ(queue.ledger().abandoned, 7 - whole);
    ASSERT_EQ(queue.ledger().queued, 0U);
    ASSERT_EQ(queue.ledger().offered, 7U);  // what came late was not offered
    ASSERT_EQ(queue.pool_.used(), 1U);
  }
}

TEST_F(OutboxBytesTest, AbandoningLeavesNothingQueuedAndNoSlabHeld) {
  for (std::uint64_t cut = 0; cut <= total; ++cut) {
    Queue queue;
    queue.pull(cut);
    queue.outbox_.abandon();
    ASSERT_TRUE(queue.outbox_.empty());
    ASSERT_EQ(queue.outbox_.bytes(), 0U) << cut;
    ASSERT_EQ(queue.ledger().sent, Queue::finished_within(cut));
    ASSERT_EQ(queue.ledger().abandoned, 7 - Queue::finished_within(cut));
    ASSERT_EQ(queue.ledger().queued, 0U);
    ASSERT_TRUE(queue.balanced());
    ASSERT_EQ(queue.pool_.used(), 1U);
  }
}

TEST_F(OutboxBytesTest, AbandoningASealedOutboxCountsTheFrameItWasFinishing) {
  Queue queue;
  queue.pull(25);  // inside the second frame
  queue.outbox_.seal();
  EXPECT_EQ(queue.ledger().queued, 1U);
  queue.outbox_.abandon();
  EXPECT_EQ(queue.ledger().sent, 1U);
  EXPECT_EQ(queue.ledger().abandoned, 6U);
  EXPECT_EQ(queue.ledger().queued, 0U);
}

TEST_F(OutboxBytesTest, SpillingKeepsTheStreamAndLetsTheSlabsGo) {
  for (std::uint64_t cut = 0; cut < total; ++cut) {
    Queue queue;
    queue.pull(cut);
    queue.outbox_.spill();
    ASSERT_EQ(queue.pool_.used(), 1U) << cut;
    ASSERT_EQ(queue.outbox_.bytes(), total - cut);
    ASSERT_EQ(queue.held(), total - cut);
    for (std::uint32_t slab = 0; slab < 3; ++slab) ASSERT_FALSE(queue.outbox_.holds(slab));
    for (int i = 0; i < 9; ++i) static_cast<void>(queue.control_frame("over", 300));  // reused
    const std::uint64_t again = cut + (total - cut) / 2;
    queue.pull(again - cut);
    ASSERT_EQ(queue.ledger().sent, Queue::finished_within(again)) << cut;
    queue.drain();
    ASSERT_EQ(queue.received(), queue.names) << cut;
    ASSERT_EQ(queue.ledger().sent, 7U);
  }
}

TEST_F(OutboxBytesTest, ASpilledQueueTakesNewPiecesAndSpillsAgain) {
  for (std::uint64_t cut = 0; cut < total; cut += 3) {
    Queue queue;
    queue.pull(cut / 2);
    queue.outbox_.spill();
    ASSERT_EQ(queue.ticker(0, "9", 40), Push::queued);
    queue.pull(cut - cut / 2);
    queue.outbox_.spill();
    ASSERT_EQ(queue.ticker(0, "10", 40), Push::queued);
    ASSERT_EQ(queue.ticker(0, "11", 40), Push::queued);
    ASSERT_TRUE(queue.balanced());
    queue.drain();
    queue.names.insert(queue.names.end(), {"9", "10", "11"});
    ASSERT_EQ(queue.received(), queue.names) << cut;
    ASSERT_EQ(queue.ledger().sent, 10U);
  }
}

TEST_F(OutboxBytesTest, ASpilledQueueIsSealedLikeAnyOther) {
  for (std::uint64_t cut = 0; cut < total; ++cut) {
    Queue queue;
    queue.pull(cut / 2);
    queue.outbox_.spill();
    queue.pull(cut - cut / 2);
    queue.outbox_.seal();
    queue.drain();
    ASSERT_EQ(queue.received(), queue.first(Queue::begun_within(cut))) << cut;
    ASSERT_EQ(queue.ledger().queued, 0U);
    ASSERT_TRUE(queue.balanced());
  }
}

TEST_F(OutboxTest, SealingDropsDebtsAndPaysNoneAnyMore) {
  open(2);
  fill(2'000);
  ticker(0, "marked");
  trade(1, 5);
  outbox_.seal();
  EXPECT_TRUE(outbox_.empty());
  EXPECT_EQ(outbox_.next_owed(), std::nullopt);
  EXPECT_EQ(ticker(0, "late"), Push::closed);
  EXPECT_EQ(trade(1, 6), Push::closed);
  EXPECT_EQ(ledger().abandoned, 1U);
  EXPECT_EQ(ledger().queued, 0U);
  EXPECT_EQ(ledger().offered, 2U);
  EXPECT_TRUE(balanced());
}

TEST_F(OutboxTest, ItsEndLetsTheSlabsGo) {
  {
    Outbox other(pool_, limits_, framing_);
    ASSERT_TRUE(other.control(control_frame("held", 2'000), now_us_));
    static_cast<void>(control_frame("next slab", 8'000));
    EXPECT_EQ(pool_.used(), 2U);
  }
  EXPECT_EQ(pool_.used(), 1U);
}

TEST_F(OutboxTest, HoldsTellsEverySlabOfTheQueue) {
  EXPECT_FALSE(outbox_.holds(0));
  const Piece one = control_frame("one", 500);
  outbox_.control(one, now_us_);
  const Piece two = control_frame("two", 8'000);
  pool_.retain(two.slab);
  EXPECT_TRUE(outbox_.holds(one.slab));
  EXPECT_FALSE(outbox_.holds(two.slab));
  drain();
  EXPECT_FALSE(outbox_.holds(one.slab));
}

}  // namespace
}  // namespace ticker
