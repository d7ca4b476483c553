// The limit of open files decides how many connections are taken, and is raised where that is
// allowed.
#include "gateway/server/descriptors.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace ticker {
namespace {

// Lowers the soft limit for one test.
class Descriptors : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0); }
  void TearDown() override { ::setrlimit(RLIMIT_NOFILE, &before_); }
  void soft(rlim_t descriptors) {
    const rlimit lowered{descriptors, before_.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &lowered), 0);
  }
  static rlim_t soft() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }
  rlimit before_{};
};

TEST_F(Descriptors, TheSoftLimitIsRaisedForAllConnectionsAndAReserve) {
  soft(256);
  EXPECT_EQ(allow_connections(500), 500U);
  EXPECT_EQ(soft(), 500U + descriptors_reserved);
}

TEST_F(Descriptors, ALimitThatIsHighEnoughStays) {
  soft(700);
  EXPECT_EQ(allow_connections(100), 100U);
  EXPECT_EQ(soft(), 700U);
}

TEST_F(Descriptors, TheHardLimitLessTheReserveIsAllThereIs) {
  if (before_.rlim_max == RLIM_INFINITY || before_.rlim_max > 3'000'000'000) {
    GTEST_SKIP() << "no hard limit here";
  }
  const auto more = static_cast<std::uint32_t>(before_.rlim_max) + 1'000;
  EXPECT_EQ(allow_connections(more), before_.rlim_max - descriptors_reserved);
}

}  // namespace
}  // namespace ticker
