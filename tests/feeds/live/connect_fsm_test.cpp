#include "feeds/live/connect_fsm.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <random>
#include <vector>

namespace ticker::feeds {

std::ostream& operator<<(std::ostream& out, ConnectFsm::Action action) {
  return out << "action " << static_cast<int>(action);
}
std::ostream& operator<<(std::ostream& out, ConnectFsm::State state) {
  return out << "state " << static_cast<int>(state);
}

namespace {

using Action = ConnectFsm::Action;
using State = ConnectFsm::State;
using Proof = ConnectFsm::Proof;
constexpr std::int64_t ms = 1'000'000;

class ConnectFsmTest : public testing::Test {
 protected:
  void make(bool tls = true) { fsm.emplace(talk, limits, tls, connects, 1); }
  ConnectFsm other() { return {talk, limits, true, connects, 2}; }

  Action act() { return fsm->act(now * ms); }
  void step() { fsm->stepped(now * ms); }
  void fail(std::int64_t retry_after_ms = 0) {
    fsm->failed({.text = "broke", .retry_after_ms = retry_after_ms}, now * ms);
  }
  void hear(Proof proof = Proof::data) { fsm->heard(proof, now * ms); }
  std::int64_t due() { return fsm->due(now * ms) / ms; }
  void go_to_due() { now = std::max(now, (fsm->due(now * ms) + ms - 1) / ms); }

  // Through all steps until there is nothing left to say.
  void open() {
    if (fsm->state() == State::idle) fsm->start(now * ms);
    go_to_due();
    ASSERT_EQ(act(), Action::dial);
    for (const Action action : {Action::connect, Action::secure, Action::upgrade, Action::open}) {
      step();
      ASSERT_EQ(act(), action);
    }
    ASSERT_EQ(act(), Action::none);
    ASSERT_EQ(fsm->state(), State::live);
  }

  Talk talk = [] {
    Talk made;
    made.messages.gap_ms = 100;
    made.ping_ms = 2'000;
    return made;
  }();
  FeedLimits limits;
  Pacer connects{{}};
  std::int64_t now = 1'000;
  std::optional<ConnectFsm> fsm{std::in_place, talk, limits, true, connects, 1U};
};

TEST_F(ConnectFsmTest, PingsHoweverManyMessagesWait) {
  open();
  fsm->queued(500);
  int pings = 0;
  for (const std::int64_t end = now + 5'000; now < end; now += 50) {
    pings += act() == Action::ping ? 1 : 0;
  }
  EXPECT_GE(pings, 2);
}

TEST_F(ConnectFsmTest, DoesNothingBeforeItIsStarted) {
  EXPECT_EQ(act(), Action::none);
  EXPECT_EQ(fsm->due(now * ms), INT64_MAX);
}

TEST_F(ConnectFsmTest, TakesTheStepsInTheirOrder) {
  fsm->start(now * ms);
  EXPECT_EQ(act(), Action::dial);
  EXPECT_EQ(act(), Action::none);
  EXPECT_EQ(fsm->state(), State::resolving);
  const std::vector<std::pair<Action, State>> steps = {{Action::connect, State::connecting},
                                                       {Action::secure, State::securing},
                                                       {Action::upgrade, State::upgrading},
                                                       {Action::open, State::subscribing}};
  for (const auto& [action, state] : steps) {
    step();
    EXPECT_EQ(fsm->state(), state);
    EXPECT_EQ(due(), now);
    EXPECT_EQ(act(), action);
  }
}

TEST_F(ConnectFsmTest, LeavesOutTlsWhereThereIsNone) {
  make(false);
  ConnectFsm& plain = *fsm;
  plain.start(now * ms);
  EXPECT_EQ(plain.act(now * ms), Action::dial);
  plain.stepped(now * ms);
  EXPECT_EQ(plain.act(now * ms), Action::connect);
  plain.stepped(now * ms);
  EXPECT_EQ(plain.act(now * ms), Action::upgrade);
}

TEST_F(ConnectFsmTest, GivesEachStepItsTime) {
  for (int steps = 0; steps < 4; ++steps) {
    make();
    fsm->start(now * ms);
    (void)act();
    for (int i = 0; i < steps; ++i) {
      step();
      (void)act();
    }
    EXPECT_EQ(due(), now + limits.feed_step_ms);
    now += limits.feed_step_ms - 1;
    EXPECT_EQ(act(), Action::none);
    now += 1;
    EXPECT_EQ(act(), Action::close);
    EXPECT_EQ(fsm->state(), State::waiting);
    EXPECT_EQ(fsm->error(), std::string(step_names[steps]) + ": timed out");
  }
}

TEST_F(ConnectFsmTest, BacksOffAfterAFailureInAnyState) {
  for (int steps = 0; steps <= 4; ++steps) {
    make();
    fsm->start(now * ms);
    (void)act();
    for (int i = 0; i < steps; ++i) {
      step();
      (void)act();
    }
    fail();
    EXPECT_EQ(fsm->state(), State::waiting);
    EXPECT_EQ(fsm->error(), "broke");
    EXPECT_EQ(act(), Action::none);
    EXPECT_GT(due(), now);
    EXPECT_LE(due(), now + limits.feed_backoff_min_ms);
    go_to_due();
    EXPECT_EQ(act(), Action::dial);
  }
}

TEST_F(ConnectFsmTest, WaitsLongerTheMoreOftenItFails) {
  fsm->start(now * ms);
  std::int64_t longest = 0;
  for (int i = 0; i < 60; ++i) {
    go_to_due();
    ASSERT_EQ(act(), Action::dial);
    fail();
    longest = std::max(longest, due() - now);
    ASSERT_LE(due() - now, limits.feed_backoff_max_ms);
  }
  EXPECT_GT(longest, limits.feed_backoff_max_ms / 2);
}

TEST_F(ConnectFsmTest, HonoursRetryAfterForAllConnectionsOfTheVenue) {
  fsm->start(now * ms);
  (void)act();
  fail(90'000);
  EXPECT_GE(due(), now + 90'000);
  ConnectFsm second = other();
  second.start(now * ms);
  EXPECT_EQ(second.act(now * ms), Action::none);
  EXPECT_EQ(second.due(now * ms) / ms, now + 90'000);
}

TEST_F(ConnectFsmTest, SharesThePaceOfNewConnections) {
  connects = Pacer({.gap_ms = 5'000});
  ConnectFsm second = other();
  fsm->start(now * ms);
  second.start(now * ms);
  EXPECT_EQ(act(), Action::dial);
  EXPECT_EQ(second.act(now * ms), Action::none);
  now += 5'000;
  EXPECT_EQ(second.act(now * ms), Action::dial);
}

TEST_F(ConnectFsmTest, DoesNotTakeAcceptThenDropForSuccess) {
  open();
  hear();
  fail();
  for (int i = 0; i < 5; ++i) {
    open();
    hear();
    now += limits.feed_steady_ms / 2;
    hear();
    fail();
  }
  EXPECT_EQ(fsm->failures(), 6U);
}

TEST_F(ConnectFsmTest, BeginsAfreshAfterDataHasFlowedForAWhile) {
  fsm->start(now * ms);
  (void)act();
  fail();
  open();
  hear();
  EXPECT_EQ(fsm->failures(), 1U);
  for (std::int64_t i = 0; i < limits.feed_steady_ms; i += 1'000) {
    now += 1'000;
    hear();
  }
  EXPECT_EQ(fsm->failures(), 0U);
  EXPECT_EQ(fsm->error(), "");
}

TEST_F(ConnectFsmTest, SendsItsMessagesInTheVenuesPace) {
  fsm->start(now * ms);
  (void)act();
  for (int i = 0; i < 4; ++i) {
    step();
    (void)act();
  }
  fsm->queued(3);
  const std::int64_t first = now;
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(act(), Action::send);
    EXPECT_EQ(now, first + i * 100);
    EXPECT_EQ(fsm->state(), State::subscribing);
    ASSERT_EQ(act(), Action::none);
    if (i == 2) break;
    EXPECT_EQ(due(), now + 100);
    go_to_due();
  }
  EXPECT_EQ(fsm->state(), State::live);
}

TEST_F(ConnectFsmTest, IsSettledOnceAllIsSaidAndSomethingWasHeard) {
  open();
  EXPECT_FALSE(fsm->is_settled());
  hear(Proof::pong);
  EXPECT_TRUE(fsm->is_settled());
}

TEST_F(ConnectFsmTest, PingsAfterSilenceAndBeforeItCountsAsSilent) {
  open();
  EXPECT_EQ(due(), now + 2'000);
  now += 2'000;
  EXPECT_EQ(act(), Action::ping);
  EXPECT_EQ(act(), Action::none);
  hear(Proof::pong);
  EXPECT_EQ(due(), now + 2'000);
  limits.feed_silent_ms = 900;
  EXPECT_EQ(due(), now + 300);
}

TEST_F(ConnectFsmTest, DoesNotCountPingsAgainstTheHour) {
  talk.messages = {.gap_ms = 10, .count = 2, .window_ms = 3'600'000};
  make();
  open();
  for (int i = 0; i < 20; ++i) {
    go_to_due();
    ASSERT_EQ(act(), Action::ping);
    hear(Proof::pong);
  }
}

TEST_F(ConnectFsmTest, IsSilentThenClosedWhenNothingIsHeard) {
  open();
  const std::int64_t begin = now;
  while (fsm->state() == State::live) {
    go_to_due();
    ASSERT_NE(act(), Action::close);
  }
  EXPECT_EQ(fsm->state(), State::silent);
  EXPECT_EQ(now - begin, limits.feed_silent_ms);
  Action action = Action::none;
  while (action != Action::close) {
    go_to_due();
    action = act();
  }
  EXPECT_EQ(now - begin, limits.feed_dead_ms);
  EXPECT_EQ(fsm->state(), State::waiting);
  EXPECT_EQ(fsm->error(), "nothing heard for 20000 ms");
}

TEST_F(ConnectFsmTest, IsLiveAgainWithTheNextSignOfLife) {
  open();
  now += limits.feed_silent_ms;
  (void)act();
  ASSERT_EQ(fsm->state(), State::silent);
  hear(Proof::pong);
  EXPECT_EQ(fsm->state(), State::live);
}

TEST_F(ConnectFsmTest, TakesNoPongForLifeWhereTheVenuePromisesMessages) {
  talk.pong_is_life = false;
  talk.heartbeat_ms = 5'000;
  make();
  open();
  now += 14'999;
  hear(Proof::pong);
  while (act() != Action::none) {
  }
  EXPECT_EQ(fsm->state(), State::live);
  now += 1;
  while (act() != Action::none) {
  }
  EXPECT_EQ(fsm->state(), State::silent);
}

TEST_F(ConnectFsmTest, WantsASuccessorBeforeTheVenueClosesTheConnection) {
  talk.lifetime_ms = 50'000;
  make();
  open();
  for (int i = 0; i < 49; ++i) {
    now += 1'000;
    hear();
    ASSERT_EQ(act(), Action::none);
  }
  now += 1'000;
  hear();
  EXPECT_EQ(act(), Action::replace);
  EXPECT_EQ(act(), Action::none);  // once
}

TEST_F(ConnectFsmTest, WantsASuccessorWhenTheVenueSaysThatItLeaves) {
  open();
  hear();
  fsm->leaving();
  EXPECT_EQ(act(), Action::replace);
  EXPECT_EQ(act(), Action::none);
}

TEST_F(ConnectFsmTest, DoubtsAConnectionThatOnlyAnswersPings) {
  open();
  hear();
  Action action = Action::none;
  const std::int64_t begin = now;
  while (action != Action::replace) {
    go_to_due();
    action = act();
    if (action == Action::ping) hear(Proof::pong);
    ASSERT_NE(action, Action::close);
  }
  EXPECT_EQ(now - begin, 6 * limits.feed_silent_ms);
}

TEST_F(ConnectFsmTest, NeverDoubtsAConnectionThatIsSilent) {
  open();
  for (Action action = Action::none; action != Action::close; action = act()) {
    ASSERT_NE(action, Action::replace);
    go_to_due();
  }
}

TEST_F(ConnectFsmTest, AlwaysComesBackWhateverHappens) {
  std::mt19937_64 random(3);
  fsm->start(now * ms);
  int dials = 0;
  for (int i = 0; i < 20'000; ++i) {
    switch (random() % 8) {
      case 0:
        fail(random() % 10 == 0 ? 100 : 0);
        break;
      case 1:
        hear(random() % 2 == 0 ? Proof::data : Proof::pong);
        break;
      case 2:
        if (fsm->is_open()) fsm->queued(random() % 5);
        break;
      case 3:
        now += static_cast<std::int64_t>(random() % 3'000);
        break;
      default:
        step();
    }
    for (int acts = 0;; ++acts) {
      ASSERT_LT(acts, 20);
      const Action action = act();
      if (action == Action::dial) ++dials;
      if (action == Action::none) break;
    }
    ASSERT_LT(due(), now + limits.feed_backoff_max_ms + 1);
  }
  EXPECT_GT(dials, 50);
}

}  // namespace
}  // namespace ticker::feeds
