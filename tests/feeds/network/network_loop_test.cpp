// The loop that serves a thread's sockets: how long it waits, and what ends a wait.
#include "feeds/network/network_loop.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <thread>

#include "feeds/base/clock.hpp"
#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {
namespace {

constexpr std::int64_t ms = 1'000'000;

class NetworkLoopTest : public testing::Test {
 protected:
  ~NetworkLoopTest() override { ::close(wake_fd_); }
  void wake() const {
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(wake_fd_, &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }
  static std::int64_t now() { return clock_now().steady_ns; }

  const int wake_fd_ = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  NetworkLoop loop_{wake_fd_};
};

TEST_F(NetworkLoopTest, WaitsUntilItsTimeAndNotLess) {
  for (int i = 0; i < 5; ++i) {
    const std::int64_t due = now() + 3 * ms;
    loop_.serve_until(due);
    EXPECT_GE(now(), due);
  }
}

TEST_F(NetworkLoopTest, DoesNotWaitForATimeThatHasPassed) {
  loop_.serve_until(0);
  loop_.serve_until(now() - 1);
}

TEST_F(NetworkLoopTest, TheEventfdEndsAWaitWithoutEndAndIsEmptyAfterwards) {
  std::thread other([this] { wake(); });
  loop_.serve_until(Source::never);
  other.join();
  std::uint64_t count = 0;
  EXPECT_LT(::read(wake_fd_, &count, sizeof count), 0);
  wake();
  loop_.serve_until(Source::never);  // and again
}

TEST_F(NetworkLoopTest, WhatAHandlerThrowsComesOutAndTheLoopGoesOn) {
  // A name that is none: answered at once, within the loop.
  loop_.network().get({.host = "", .port = "1", .tls = false}, 1'000,
                      [](const Answer&) { throw 7; });
  EXPECT_THROW(while (true) loop_.serve_until(now() + 2'000 * ms), int);
  loop_.serve_until(now() + ms);
}

TEST_F(NetworkLoopTest, ADroppedNetworkAnswersNobody) {
  bool answered = false;
  loop_.network().get({.host = "127.0.0.1", .port = "1", .tls = false}, 1'000,
                      [&answered](const Answer&) { answered = true; });
  loop_.drop_network();
  loop_.finish_until(now() + 1'000 * ms);
  loop_.serve_until(now() + 5 * ms);
  EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace ticker::feeds
