// Slabs: bounded, recycled, counted by reference.
#include "gateway/fanout/slab.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace ticker {
namespace {

constexpr std::uint32_t slab_bytes = 100;

struct Slabs {
  ShardCounters counters;
  SlabPool pool{slab_bytes, 8, counters};

  // A piece of `bytes`, all `fill`; retained if `kept`.
  Piece piece(std::uint32_t bytes, char fill, bool kept = false) {
    std::memset(pool.reserve(bytes), fill, bytes);
    const Piece made = pool.commit(bytes);
    if (kept) pool.retain(made.slab);
    return made;
  }
  [[nodiscard]] std::string text(const Piece& piece) const {
    return {pool.bytes(piece), piece.length};
  }
};

TEST(Slab, PiecesOfOneSlabLieSideBySide) {
  Slabs slabs;
  const Piece one = slabs.piece(30, 'a');
  const Piece two = slabs.piece(70, 'b');
  EXPECT_EQ(two.slab, one.slab);
  EXPECT_EQ(two.offset, one.offset + one.length);
  EXPECT_EQ(slabs.text(one), std::string(30, 'a'));
  EXPECT_EQ(slabs.text(two), std::string(70, 'b'));
  EXPECT_EQ(slabs.pool.used(), 1U);
}

TEST(Slab, APieceMayBeShorterThanItsReserve) {
  Slabs slabs;
  std::memset(slabs.pool.reserve(100), 'a', 10);
  const Piece one = slabs.pool.commit(10);
  const Piece two = slabs.piece(90, 'b');
  EXPECT_EQ(two.slab, one.slab);
  EXPECT_EQ(two.offset, 10U);
}

TEST(Slab, WhatDoesNotFitTheRestGoesIntoAnother) {
  Slabs slabs;
  const Piece one = slabs.piece(60, 'a', true);
  const Piece two = slabs.piece(60, 'b');
  EXPECT_NE(two.slab, one.slab);
  EXPECT_EQ(two.offset, 0U);
  EXPECT_EQ(slabs.text(one), std::string(60, 'a'));  // retained, so untouched
  EXPECT_EQ(slabs.pool.used(), 2U);
  EXPECT_EQ(slabs.counters.slabs_used.get(), 2U);
  slabs.pool.release(one.slab);
  EXPECT_EQ(slabs.pool.used(), 1U);
  EXPECT_EQ(slabs.counters.slabs_used.get(), 1U);
}

TEST(Slab, OneBlockIsEnoughWhileNobodyRetains) {
  Slabs slabs;
  const Piece first = slabs.piece(100, 'a');
  for (int i = 0; i < 1'000; ++i) {
    EXPECT_EQ(slabs.piece(100, 'b').slab, first.slab);
    ASSERT_EQ(slabs.pool.used(), 1U);
  }
}

TEST(Slab, IsRecycledWhenTheLastHolderLetsGo) {
  Slabs slabs;
  const Piece held = slabs.piece(100, 'a', true);
  slabs.pool.retain(held.slab);
  const Piece current = slabs.piece(100, 'b', true);
  slabs.pool.release(held.slab);
  EXPECT_EQ(slabs.text(held), std::string(100, 'a'));
  EXPECT_EQ(slabs.pool.used(), 2U);
  slabs.pool.release(held.slab);
  EXPECT_EQ(slabs.pool.used(), 1U);
  const Piece next = slabs.piece(100, 'c');
  EXPECT_EQ(next.slab, held.slab);
  EXPECT_NE(next.slab, current.slab);
}

TEST(Slab, NeverMoreBlocksThanAllowedHoweverLongItRuns) {
  Slabs slabs;
  std::uint32_t held[7] = {};  // the eighth is being filled
  for (std::uint32_t& slab : held) slab = slabs.piece(100, 'a', true).slab;
  for (int i = 0; i < 1'000; ++i) {
    slabs.pool.release(held[i % 7]);
    held[i % 7] = slabs.piece(100, 'b', true).slab;
    ASSERT_LE(slabs.pool.used(), 8U);
    ASSERT_LT(held[i % 7], 8U);
  }
}

TEST(SlabDeathTest, StopsTheProcessRatherThanGrow) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Slabs slabs;
  for (int i = 0; i < 8; ++i) static_cast<void>(slabs.piece(100, 'a', true));
  EXPECT_DEATH(static_cast<void>(slabs.pool.reserve(1)), "");
}

TEST(Slab, IsNearlySpentWhenAnEighthIsLeft) {
  Slabs slabs;  // an eighth of 8 is 1
  std::uint32_t first = 0;
  for (int used = 1; used <= 6; ++used) {
    first = slabs.piece(100, 'a', true).slab;
    ASSERT_FALSE(slabs.pool.nearly_spent()) << used;
  }
  static_cast<void>(slabs.piece(100, 'a', true));
  EXPECT_EQ(slabs.pool.used(), 7U);
  EXPECT_TRUE(slabs.pool.nearly_spent());
  slabs.pool.release(first);
  EXPECT_FALSE(slabs.pool.nearly_spent());
}

TEST(Slab, TheOldestIsTheOneInUseForLongest) {
  Slabs slabs;
  const Piece one = slabs.piece(100, 'a', true);
  EXPECT_EQ(slabs.pool.oldest(), one.slab);  // the only one
  const Piece two = slabs.piece(100, 'b', true);
  const Piece three = slabs.piece(100, 'c', true);
  EXPECT_EQ(slabs.pool.oldest(), one.slab);
  slabs.pool.release(one.slab);
  EXPECT_EQ(slabs.pool.oldest(), two.slab);
  const Piece again = slabs.piece(100, 'd', true);  // the block of `one`, used anew
  ASSERT_EQ(again.slab, one.slab);
  EXPECT_EQ(slabs.pool.oldest(), two.slab);
  slabs.pool.release(two.slab);
  EXPECT_EQ(slabs.pool.oldest(), three.slab);
}

TEST(Slab, ItsGenerationTellsWhetherAPieceIsStillThere) {
  Slabs slabs;
  const Piece piece = slabs.piece(100, 'a', true);
  const std::uint64_t then = slabs.pool.generation(piece.slab);
  EXPECT_GT(then, 0U);
  static_cast<void>(slabs.piece(50, 'b', true));
  EXPECT_EQ(slabs.pool.generation(piece.slab), then);
  slabs.pool.release(piece.slab);
  EXPECT_EQ(slabs.pool.generation(piece.slab), 0U);  // nobody holds it
  const Piece other = slabs.piece(100, 'c');
  ASSERT_EQ(other.slab, piece.slab);
  EXPECT_GT(slabs.pool.generation(piece.slab), then);
}

TEST(Slab, PrivateBytesAreNotItsBusiness) {
  Slabs slabs;
  slabs.pool.retain(SlabPool::private_slab);
  slabs.pool.release(SlabPool::private_slab);
  EXPECT_EQ(slabs.pool.used(), 1U);
}

}  // namespace
}  // namespace ticker
