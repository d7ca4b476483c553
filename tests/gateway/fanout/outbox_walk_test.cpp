// A seeded random walk of everything that can happen to an outbox, against a model without bytes,
// slabs or pieces: the ledger balances after every step, and the stream is the model's frames.
#include <deque>
#include <random>

#include "tests/gateway/fanout/outbox_fixture.hpp"

namespace ticker {
namespace {

constexpr std::uint32_t subscription_count = 6;

// What section «Backpressure» of the design says, in the plainest words.
class Model {
 public:
  enum class State : std::uint8_t { closed, first, open, marked, gap };
  struct Frame {
    std::string name;
    std::uint32_t length;
    bool counted;
  };

  State state[subscription_count] = {};
  std::uint64_t lost[subscription_count] = {};  // trades to be announced
  std::deque<Frame> queue;
  std::uint64_t partial = 0;  // bytes of the first frame that are out
  std::uint64_t bytes = 0;
  bool conflating = false, sealed = false;
  Ledger ledger;
  std::vector<std::string> stream;  // frames whose last byte is out

  void append(const Frame& frame) {
    queue.push_back(frame);
    bytes += frame.length;
    ledger.queued += frame.counted ? 1 : 0;
  }

  Push ticker(std::uint32_t d, const Frame& frame) {
    if (sealed) return Push::closed;
    if (state[d] == State::first) return Push::awaiting;
    ++ledger.offered;
    if (state[d] == State::marked) {
      ++ledger.merged;
      return Push::merged;
    }
    conflating = conflating || bytes + frame.length > 1'000;
    if (conflating) {
      state[d] = State::marked;
      ++ledger.queued;
    } else {
      append(frame);
    }
    return Push::queued;
  }

  Push trade(std::uint32_t d, const Frame& frame) {
    if (sealed) return Push::closed;
    if (state[d] == State::first) return Push::awaiting;
    ++ledger.offered;
    if (state[d] == State::gap || bytes + frame.length > 2'000) {
      ++ledger.lost;
      ++lost[d];
      state[d] = State::gap;
      return Push::lost;
    }
    append(frame);
    return Push::queued;
  }

  bool control(const Frame& frame) {
    if (sealed || bytes + frame.length > 2'500) return false;
    append(frame);
    return true;
  }

  void withdraw(std::uint32_t d) {
    if (state[d] != State::marked) return;
    --ledger.queued;
    ++ledger.abandoned;
  }

  [[nodiscard]] bool owes() const {
    return std::any_of(std::begin(state), std::end(state), [](State d) {
      return d == State::first || d == State::marked || d == State::gap;
    });
  }

  void pay(std::uint32_t d, const Frame& snapshot) {
    if (state[d] == State::marked) --ledger.queued;
    append({snapshot.name, snapshot.length, state[d] == State::marked});
    state[d] = State::open;
  }

  void consume(std::uint64_t count) {
    bytes -= count;
    partial += count;
    while (!queue.empty() && partial >= queue.front().length) {
      partial -= queue.front().length;
      ledger.sent += queue.front().counted ? 1 : 0;
      ledger.queued -= queue.front().counted ? 1 : 0;
      stream.push_back(queue.front().name);
      queue.pop_front();
    }
  }

  void seal() {
    sealed = true;
    while (queue.size() > (partial > 0 ? 1U : 0U)) {
      bytes -= queue.back().length;
      ledger.queued -= queue.back().counted ? 1 : 0;
      ledger.abandoned += queue.back().counted ? 1 : 0;
      queue.pop_back();
    }
    for (std::uint32_t d = 0; d < subscription_count; ++d) {
      withdraw(d);
      state[d] = State::closed;
    }
  }
};

// Subscriptions below 3 carry tickers, the others trades.
class OutboxWalk : public OutboxTest {
 public:
  OutboxWalk(unsigned seed, bool quick) : OutboxTest(1'024), random_(seed), quick_(quick) {}
  void TestBody() override {}

  void run(int steps) {
    for (std::uint32_t d = 0; d < subscription_count; ++d) begin(d);
    for (step_ = 0; step_ < steps && !HasFatalFailure(); ++step_) {
      act();
      agree();
    }
    end();
  }

 private:
  using State = Model::State;

  std::uint32_t dice(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }
  Model::Frame new_frame(bool counted) {
    const std::uint32_t length = 12 + dice(dice(8) == 0 ? 400 : 120);
    const bool impossible = length == 128 || length == 129;  // no payload gives such a frame
    return {std::to_string(++names_), impossible ? 130 : length, counted};
  }
  Piece piece(const Model::Frame& f) { return frame(f.name, f.length, f.counted ? 1 : 0); }

  void act() {
    const std::uint32_t d = dice(subscription_count);
    const std::uint32_t what = dice(100);
    if (what < 45) return offer(d);
    if (what < 50) return answer();
    if (what < 52) return d >= 3 && model_.state[d] != State::closed ? lose(d) : offer(d);
    if (what < 54) return begin(d);
    if (what < 56) return end(d);
    if (what < 58) return outbox_.spill();
    if (what < 62) return outbox_.set_blocked(dice(2) == 0);
    if (what < 66) return review();
    if (what < 80) return pay();
    take();
  }

  void offer(std::uint32_t d) {
    if (model_.state[d] == State::closed) return;
    const Model::Frame f = new_frame(true);
    if (d < 3) {
      const Push expected = model_.ticker(d, f);
      ASSERT_EQ(outbox_.offer(d, piece(f), now_us_), expected) << "step " << step_;
    } else {
      const Push expected = model_.trade(d, f);
      ASSERT_EQ(outbox_.offer_numbered(d, piece(f), names_, now_us_), expected) << "step " << step_;
    }
  }

  void answer() {
    const Model::Frame f = new_frame(false);
    const bool expected = model_.control(f);
    ASSERT_EQ(outbox_.control(piece(f), now_us_), expected) << "step " << step_;
  }

  void lose(std::uint32_t d) {
    if (model_.sealed || model_.state[d] == State::first) return;
    outbox_.lose(d, {1, 1, 1, Reason::none});
    ++model_.lost[d];
    model_.state[d] = State::gap;
  }

  void begin(std::uint32_t d) {
    outbox_.begin(d, {Kind::first_snapshot});
    model_.withdraw(d);
    model_.state[d] = State::first;
  }

  void end(std::uint32_t d) {
    outbox_.end(d);
    model_.withdraw(d);
    model_.state[d] = State::closed;
    model_.lost[d] = 0;
  }

  void review() {
    outbox_.review(now_us_);
    if (model_.bytes < 500 && !model_.owes()) model_.conflating = false;
  }

  void pay() {
    const auto next = outbox_.next_owed();
    ASSERT_EQ(next.has_value(), model_.owes() && model_.bytes < 500) << "step " << step_;
    if (!next) return;
    const std::uint32_t d = *next;
    ASSERT_EQ(outbox_.lost(d).count(), model_.lost[d]);
    const bool gap_only = outbox_.owed(d).kind == Kind::gap;
    ASSERT_EQ(gap_only, model_.state[d] == State::gap);
    if (model_.lost[d] != 0) {
      const Model::Frame gap = new_frame(false);
      model_.append(gap);
      model_.lost[d] = 0;
      outbox_.pay_gap(piece(gap), now_us_);
    }
    if (gap_only) {
      model_.state[d] = State::open;
      return;
    }
    const Model::Frame snapshot = new_frame(false);
    model_.pay(d, snapshot);
    outbox_.pay_snapshot(piece(snapshot), now_us_);
  }

  void take() {
    if (model_.bytes == 0) return;
    const auto most = static_cast<std::uint32_t>(
        quick_ ? model_.bytes : std::min<std::uint64_t>(model_.bytes, 250));
    const std::uint32_t count = 1 + dice(most);
    model_.consume(count);
    pull(count);
  }

  void agree() {
    const Ledger& should = model_.ledger;
    ASSERT_TRUE(balanced()) << "step " << step_;
    ASSERT_EQ(ledger().offered, should.offered) << "step " << step_;
    ASSERT_EQ(ledger().sent, should.sent) << "step " << step_;
    ASSERT_EQ(ledger().merged, should.merged) << "step " << step_;
    ASSERT_EQ(ledger().lost, should.lost) << "step " << step_;
    ASSERT_EQ(ledger().abandoned, should.abandoned) << "step " << step_;
    ASSERT_EQ(ledger().queued, should.queued) << "step " << step_;
    ASSERT_EQ(outbox_.bytes(), model_.bytes) << "step " << step_;
    ASSERT_EQ(outbox_.conflating(), model_.conflating) << "step " << step_;
    // Only what was too large for the rest of a limit is ever beyond it.
    ASSERT_LE(outbox_.bytes(), 2'500U + 532U) << "step " << step_;
  }

  // Every second walk ends with a close frame, the others by a client that vanishes.
  void end() {
    if (dice(2) == 0) {
      model_.seal();
      outbox_.seal();
      agree();
      const Model::Frame closing = new_frame(false);
      model_.append(closing);
      outbox_.closing(piece(closing), now_us_);
      model_.consume(model_.bytes);
      drain();
      agree();
      EXPECT_EQ(received(), model_.stream);
    }
    outbox_.abandon();
    EXPECT_TRUE(balanced());
    EXPECT_EQ(ledger().queued, 0U);
    EXPECT_EQ(ledger().offered, model_.ledger.offered);
    EXPECT_EQ(pool_.used(), 1U);
  }

  std::mt19937 random_;
  const bool quick_;
  Model model_;
  int step_ = 0;
  std::uint64_t names_ = 0;
};

class OutboxWalkTest : public testing::TestWithParam<unsigned> {};

TEST_P(OutboxWalkTest, TheLedgerBalancesWhateverHappensToASlowClient) {
  OutboxWalk(GetParam(), false).run(4'000);
}

TEST_P(OutboxWalkTest, TheLedgerBalancesWhateverHappensToAQuickClient) {
  OutboxWalk(GetParam() + 1'000, true).run(4'000);
}

INSTANTIATE_TEST_SUITE_P(Seeds, OutboxWalkTest, testing::Range(1U, 9U));

}  // namespace
}  // namespace ticker
