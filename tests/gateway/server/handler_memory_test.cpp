// Blocks for pending operations: kept, never shared, and not for what is too large.
#include "gateway/server/handler_memory.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ticker {
namespace {

TEST(HandlerMemory, GivesABlockThatCameBackToTheNextOperation) {
  HandlerMemory memory;
  void* const first = memory.take(100);
  memory.give(first, 100);
  EXPECT_EQ(memory.take(HandlerMemory::block_bytes), first);
  memory.give(first, HandlerMemory::block_bytes);
}

TEST(HandlerMemory, GivesEveryPendingOperationABlockOfItsOwn) {
  HandlerMemory memory;
  std::set<void*> pending;
  for (int i = 0; i < 10; ++i) pending.insert(memory.take(100));
  EXPECT_EQ(pending.size(), 10U);
  for (void* const block : pending) memory.give(block, 100);
  std::set<void*> again;
  for (int i = 0; i < 10; ++i) again.insert(memory.take(100));
  EXPECT_EQ(again, pending);
  for (void* const block : again) memory.give(block, 100);
}

TEST(HandlerMemory, KeepsNothingThatIsLargerThanABlock) {
  HandlerMemory memory;
  void* const large = memory.take(HandlerMemory::block_bytes + 1);
  memory.give(large, HandlerMemory::block_bytes + 1);
  void* const block = memory.take(1);  // room for any operation, though a small one asked
  memory.give(block, 1);
  EXPECT_EQ(memory.take(HandlerMemory::block_bytes), block);
  memory.give(block, HandlerMemory::block_bytes);
}

}  // namespace
}  // namespace ticker
