// What a shard remembers of every instrument.
#include "gateway/fanout/board.hpp"

#include <gtest/gtest.h>

namespace ticker {
namespace {

Event numbered(std::uint64_t seq, Event::Kind kind = Event::Kind::trade) {
  Event event;
  event.kind = kind;
  event.seq = seq;
  return event;
}

std::vector<std::uint64_t> kept(const TradeHistory& history) {
  std::vector<std::uint64_t> seqs;
  for (std::size_t i = 0; i < history.size(); ++i) seqs.push_back(history[i].seq);
  return seqs;
}

using Seqs = std::vector<std::uint64_t>;

TEST(TradeHistory, KeepsTheLastOnesOldestFirst) {
  TradeHistory history(3);
  EXPECT_EQ(kept(history), Seqs{});
  const std::vector<Seqs> after = {{1},       {1, 2},    {1, 2, 3}, {2, 3, 4},
                                   {3, 4, 5}, {4, 5, 6}, {5, 6, 7}};
  for (std::uint64_t n = 1; n <= after.size(); ++n) {
    history.push(numbered(n));
    EXPECT_EQ(kept(history), after[n - 1]);
  }
}

TEST(TradeHistory, StartsAfreshAfterClear) {
  TradeHistory history(3);
  for (std::uint64_t n = 1; n <= 5; ++n) history.push(numbered(n));
  history.clear();
  EXPECT_EQ(history.size(), 0U);
  for (std::uint64_t n = 6; n <= 9; ++n) history.push(numbered(n));
  EXPECT_EQ(kept(history), (Seqs{7, 8, 9}));
}

TEST(TradeHistory, MayKeepNothing) {
  TradeHistory history(0);
  history.push(numbered(1));
  EXPECT_EQ(history.size(), 0U);
}

TEST(TradeHistory, RemembersThatItForgotAnInterruption) {
  TradeHistory history(2);
  history.push(numbered(1));
  history.push(numbered(2, Event::Kind::gap));
  history.push(numbered(3));
  EXPECT_FALSE(history.forgot_gap_after(0));  // it is kept still
  history.push(numbered(4));
  EXPECT_TRUE(history.forgot_gap_after(1));
  EXPECT_FALSE(history.forgot_gap_after(2));
  history.push(numbered(5, Event::Kind::gap));
  history.clear();
  EXPECT_TRUE(history.forgot_gap_after(4));
}

TEST(TradeTail, IsTheNewestTradesSinceTheLastInterruption) {
  TradeHistory history(8);
  for (const std::uint64_t seq : {1, 2}) history.push(numbered(seq));
  history.push(numbered(3, Event::Kind::gap));
  EXPECT_EQ(TradeTail(history, 8).size(), 0U);
  for (const std::uint64_t seq : {4, 5, 6}) history.push(numbered(seq));
  EXPECT_EQ(TradeTail(history, 8).size(), 3U);
  EXPECT_EQ(TradeTail(history, 8)[0].seq, 4U);
  EXPECT_EQ(TradeTail(history, 2)[0].seq, 5U);
  EXPECT_EQ(TradeTail(history, 0).size(), 0U);
}

TEST(View, KnowsTheFieldsThatChangedSinceANumber) {
  View view;
  const FieldMask bid = bit(Field::bid), ask = bit(Field::ask);
  view.update(numbered(1, Event::Kind::ticker), static_cast<FieldMask>(bid | status_bit));
  view.update(numbered(2, Event::Kind::ticker), ask);
  view.update(numbered(3, Event::Kind::ticker), bid);
  EXPECT_EQ(view.ticker.seq, 3U);
  EXPECT_EQ(view.changed_since(3), 0U);
  EXPECT_EQ(view.changed_since(2), bid);
  EXPECT_EQ(view.changed_since(1), bid | ask);
  EXPECT_EQ(view.changed_since(0), bid | ask | status_bit);
}

class BoardTest : public testing::Test {
 protected:
  InstrumentId add(std::string_view name) {
    const InstrumentId id = *table_.add(name);
    static_cast<void>(board_.add(id));
    return id;
  }

  InstrumentTable table_{8};
  Board board_{table_, 2};
};

TEST_F(BoardTest, ANewInstrumentIsPendingWithoutValuesOrTrades) {
  const InstrumentId id = add("v:A-B");
  const View& view = board_.at(id);
  EXPECT_EQ(view.symbol, "v:A-B");
  EXPECT_EQ(view.ticker.instrument, id);
  EXPECT_EQ(view.ticker.seq, 0U);
  EXPECT_EQ(view.ticker.ticker.status, Status::pending);
  EXPECT_TRUE(view.ticker.ticker.fields.get(Field::bid).is_null());
  EXPECT_EQ(view.trades.size(), 0U);
}

TEST_F(BoardTest, KnowsWhatWasAddedInWhateverOrder) {
  static_cast<void>(table_.add("v:A-B"));
  static_cast<void>(table_.add("v:C-D"));
  EXPECT_FALSE(board_.knows(0));
  static_cast<void>(board_.add(1));
  EXPECT_TRUE(board_.knows(1));
  EXPECT_FALSE(board_.knows(0));  // its record comes later
  EXPECT_FALSE(board_.find("v:A-B"));
  static_cast<void>(board_.add(0));
  EXPECT_TRUE(board_.knows(0));
  EXPECT_FALSE(board_.knows(2));
}

TEST_F(BoardTest, FindsAnInstrumentByItsExactName) {
  add("v:A-B");
  const InstrumentId id = add("w:A-B");
  const auto found = board_.find("w:A-B");
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->wildcard);
  EXPECT_EQ(found->instrument, id);
}

TEST_F(BoardTest, FindsAVenueByItsWildcard) {
  const InstrumentId one = add("v:A-B");
  const InstrumentId two = add("w:A-B");
  const InstrumentId three = add("w:C-D");
  const auto found = board_.find("w:*");
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->wildcard);
  EXPECT_EQ(found->venue, board_.at(two).venue);
  EXPECT_EQ(board_.at(two).venue, board_.at(three).venue);
  EXPECT_NE(board_.at(two).venue, board_.at(one).venue);
}

TEST_F(BoardTest, AVenueIsKnownByMentionBeforeItsFirstInstrument) {
  EXPECT_FALSE(board_.find("v:*"));
  const VenueId id = board_.add_venue("v");
  EXPECT_EQ(board_.add_venue("v"), id);
  ASSERT_TRUE(board_.find("v:*"));
  EXPECT_EQ(board_.at(add("v:A-B")).venue, id);
}

TEST_F(BoardTest, WhatNobodyNamedIsUnknown) {
  add("v:A-B");
  for (const std::string_view symbol :
       {"", ":", ":*", "*", "v", "v:", "v:A", "v:A-BC", "V:A-B", "v:a-b", "x:*", "v:A-*", "v:**"}) {
    EXPECT_FALSE(board_.find(symbol)) << symbol;
  }
}

}  // namespace
}  // namespace ticker
