#include "gateway/server/admission.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace ticker {
namespace {

TEST(Admission, LetsInAsManyAsAllowedAndNoMore) {
  Admission admission(2);
  EXPECT_TRUE(admission.enter());
  EXPECT_TRUE(admission.enter());
  EXPECT_FALSE(admission.enter());
  EXPECT_FALSE(admission.enter());
}

TEST(Admission, APlaceLeftIsFreeAgain) {
  Admission admission(1);
  EXPECT_TRUE(admission.enter());
  admission.leave();
  EXPECT_TRUE(admission.enter());
  EXPECT_FALSE(admission.enter());
}

TEST(Admission, LetsNobodyInWhenNobodyIsAllowed) {
  Admission admission(0);
  EXPECT_FALSE(admission.enter());
}

TEST(Admission, HoldsItsLimitOverAllShards) {
  constexpr int limit = 5;
  Admission admission(limit);
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::atomic<int> entered{0};
  std::vector<std::thread> shards;
  for (int t = 0; t < 4; ++t) {
    shards.emplace_back([&, t] {
      for (int i = 0; i < 2'000; ++i) {
        // Each shard holds up to three places for a while, more in all than there are.
        int held = 0;
        for (int k = 0; k < 3; ++k) {
          if (!admission.enter()) continue;
          ++held;
          ++entered;
          const int now = ++inside;
          int before = most.load();
          while (now > before && !most.compare_exchange_weak(before, now)) {
          }
        }
        if (i % 7 == t) std::this_thread::yield();
        inside -= held;
        for (; held > 0; --held) admission.leave();
      }
    });
  }
  for (std::thread& shard : shards) shard.join();
  EXPECT_LE(most.load(), limit);
  EXPECT_GT(entered.load(), limit);
  for (int i = 0; i < limit; ++i) EXPECT_TRUE(admission.enter());
  EXPECT_FALSE(admission.enter());
}

}  // namespace
}  // namespace ticker
