// A book takes its memory once. Counts what the thread asks of the heap.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>
#include <random>
#include <vector>

#include "feeds/book/book.hpp"
#include "feeds/book/books.hpp"
#include "tests/feeds/book/book_fixture.hpp"

// Sanitizers have a heap of their own, and check that nobody else has one: no counting under them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SKIP_UNDER_SANITIZERS() GTEST_SKIP() << "the heap is the sanitizer's"
namespace {
constexpr std::size_t allocations = 0;
}
#else
#define SKIP_UNDER_SANITIZERS() static_assert(true)
namespace {
thread_local std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size); memory != nullptr) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
#endif

namespace ticker::feeds {
namespace {

// Bids rise without end, so that the worst are cut off all the time; asks come and go.
std::vector<OwnUpdate> rising(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<OwnUpdate> updates(count);
  std::int64_t price = 1'000'000;
  for (OwnUpdate& update : updates) {
    price += 3;
    for (int i = 0; i < 5; ++i) {
      update.bids.push_back({{price - static_cast<std::int64_t>(random() % 200), 2}, {1, 0}});
      update.asks.push_back({{9'000'000 + static_cast<std::int64_t>(random() % 50), 2},
                             {static_cast<std::int64_t>(random() % 2), 0}});
    }
  }
  return updates;
}

struct Silent final : Sink {
  void received(const Receipt&) override {}
  void ticker(const TickerUpdate&) override { ++tickers; }
  void trade(const TradeUpdate&) override {}
  void overflow() override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
  std::size_t tickers = 0;
};

TEST(BookMemory, IsTakenOnceAndNotForALevel) {
  SKIP_UNDER_SANITIZERS();
  const auto updates = rising(20'000);
  Book book({.checksum = BookRules::Checksum::kraken}, 100);
  ASSERT_EQ(book.replace(updates[0].get()), Book::Result::ok);
  const std::size_t before = allocations;
  EXPECT_GT(before, 0U);  // the counter counts
  std::uint32_t sum = 0;
  std::size_t refused = 0;
  for (const OwnUpdate& update : updates) {
    if (book.apply(update.get()) != Book::Result::ok) ++refused;
    sum ^= book.checksum().value_or(0);
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(refused, 0U);
  EXPECT_NE(sum, 0U);
  EXPECT_EQ(book.bids().size(), 100U);
}

TEST(BookMemory, IsNotTakenByAnUpdateOnItsWayToTheSink) {
  SKIP_UNDER_SANITIZERS();
  const auto updates = rising(2'000);
  Silent sink;
  Books books({}, std::nullopt, sink);
  const auto say = [&](const OwnUpdate& own, bool snapshot) {
    BookUpdate update = own.get();
    update.symbol = "A-SYMBOL-LONGER-THAN-A-SMALL-STRING";
    update.snapshot = snapshot;
    books.book(update);
  };
  say(updates[0], true);
  const std::size_t before = allocations;
  for (const OwnUpdate& update : updates) say(update, false);
  EXPECT_EQ(allocations, before);
  EXPECT_GT(sink.tickers, 500U);
}

}  // namespace
}  // namespace ticker::feeds
