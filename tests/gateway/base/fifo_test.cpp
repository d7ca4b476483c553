// The fifo against std::deque.
#include "gateway/base/fifo.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <random>

namespace ticker {
namespace {

TEST(Fifo, GivesBackInTheOrderOfPushing) {
  Fifo<int> fifo;
  for (int i = 0; i < 100; ++i) fifo.push_back(i);
  EXPECT_EQ(fifo.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(fifo.front(), i);
    fifo.pop_front();
  }
  EXPECT_TRUE(fifo.empty());
}

TEST(Fifo, GrowsInTheRightOrderWhenItsContentsWrapAround) {
  Fifo<int> fifo;
  for (int i = 0; i < 16; ++i) fifo.push_back(i);
  for (int i = 0; i < 10; ++i) fifo.pop_front();
  for (int i = 16; i < 40; ++i) fifo.push_back(i);
  ASSERT_EQ(fifo.size(), 30U);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(fifo[i], static_cast<int>(i) + 10);
}

TEST(Fifo, StartsAfreshAfterClear) {
  Fifo<int> fifo;
  fifo.push_back(1);
  fifo.clear();
  EXPECT_TRUE(fifo.empty());
  fifo.push_back(2);
  EXPECT_EQ(fifo.front(), 2);
  EXPECT_EQ(fifo.back(), 2);
}

TEST(Fifo, AgreesWithADequeOverARandomWalk) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    std::mt19937 random(seed);
    Fifo<unsigned> fifo;
    std::deque<unsigned> model;
    for (int step = 0; step < 5'000; ++step) {
      const unsigned dice = static_cast<unsigned>(random()) % 8;
      const bool growing = step / 300 % 2 == 0;
      if (model.empty() || dice < (growing ? 5U : 2U)) {
        const auto item = static_cast<unsigned>(random());
        fifo.push_back(item);
        model.push_back(item);
      } else if (dice < 7) {
        fifo.pop_front();
        model.pop_front();
      } else {
        fifo.pop_back();
        model.pop_back();
      }
      ASSERT_EQ(fifo.size(), model.size()) << "seed " << seed << " step " << step;
      if (model.empty()) continue;
      ASSERT_EQ(fifo.front(), model.front());
      ASSERT_EQ(fifo.back(), model.back());
      const std::size_t i = random() % model.size();
      ASSERT_EQ(fifo[i], model[i]);
    }
  }
}

}  // namespace
}  // namespace ticker
