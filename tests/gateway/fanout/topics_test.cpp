// Who listens to what: names, wildcards, which of them rules, and in which shape.
#include "gateway/fanout/topics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace ticker {
namespace {

constexpr auto ticker = DataChannel::ticker;
constexpr auto trades = DataChannel::trades;
using Dues = std::vector<std::uint32_t>;
using Ids = std::vector<std::uint32_t>;

Pattern name(InstrumentId id) { return {false, id, 0}; }
Pattern all_of(VenueId venue) { return {true, 0, venue}; }

// Instruments 0, 1, 2 of venue 0 and 3, 4 of venue 1; clients 0 and 1.
class TopicsTest : public testing::Test {
 protected:
  TopicsTest() {
    for (InstrumentId id = 0; id < 5; ++id) static_cast<void>(topics_.add_instrument(id, id / 3));
    topics_.add_client(0);
    topics_.add_client(1);
  }

  /// The instruments of the dues that (re)begin.
  Ids subscribe(std::uint32_t client, DataChannel channel, Pattern pattern, Shape shape = {}) {
    Dues begun;
    topics_.subscribe(client, channel, pattern, shape, begun);
    return instruments(client, channel, begun);
  }
  struct Ended {
    bool existed;
    Ids begun, ended;
    friend bool operator==(const Ended&, const Ended&) = default;
  };
  Ended unsubscribe(std::uint32_t client, DataChannel channel, Pattern pattern) {
    Dues begun, ended;
    const bool existed = topics_.unsubscribe(client, channel, pattern, begun, ended);
    Ids ended_ids;
    for (const std::uint32_t due : ended) ended_ids.push_back(begun_.at({client, due}));
    std::sort(ended_ids.begin(), ended_ids.end());
    return {existed, instruments(client, channel, begun), ended_ids};
  }
  Ids instruments(std::uint32_t client, DataChannel channel, const Dues& dues) {
    Ids ids;
    for (const std::uint32_t due : dues) {
      EXPECT_EQ(stream(client, due).channel, channel);
      ids.push_back(stream(client, due).instrument);
      begun_[{client, due}] = ids.back();
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  const Stream& stream(std::uint32_t client, std::uint32_t due) {
    return streams_.at(topics_.stream(client, due));
  }
  Ids clients(DataChannel channel, InstrumentId id) {
    Ids ids;
    for (const StreamId stream : streams_.of(channel, id)) {
      for (const Listener& listener : streams_.at(stream).listeners) {
        EXPECT_EQ(topics_.stream(listener.client, listener.due), stream);
        ids.push_back(listener.client);
      }
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  /// The shape in which a client listens to a ticker.
  Shape shape(std::uint32_t client, InstrumentId id) {
    for (const StreamId stream : streams_.of(ticker, id)) {
      for (const Listener& listener : streams_.at(stream).listeners) {
        if (listener.client == client) return streams_.at(stream).shape;
      }
    }
    ADD_FAILURE() << "does not listen";
    return {};
  }

  Streams streams_{[](DataChannel, InstrumentId) { return 0; }};
  Topics topics_{streams_};
  std::map<std::pair<std::uint32_t, std::uint32_t>, InstrumentId> begun_;  // by client and due
};

TEST_F(TopicsTest, AClientListensToWhatItNamed) {
  EXPECT_EQ(subscribe(0, ticker, name(1)), Ids{1});
  EXPECT_EQ(subscribe(1, ticker, name(1)), Ids{1});
  EXPECT_EQ(clients(ticker, 1), (Ids{0, 1}));
  EXPECT_EQ(clients(ticker, 0), Ids{});
  EXPECT_EQ(clients(trades, 1), Ids{});
  EXPECT_EQ(topics_.due_count(0), 1U);
}

TEST_F(TopicsTest, ChannelsOfOneInstrumentAreSeparate) {
  subscribe(0, ticker, name(1));
  subscribe(0, trades, name(1));
  EXPECT_EQ(topics_.due_count(0), 2U);
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {}, {1}}));
  EXPECT_EQ(clients(ticker, 1), Ids{});
  EXPECT_EQ(clients(trades, 1), Ids{0});
}

TEST_F(TopicsTest, SubscribingAgainBeginsAnewWithoutListeningTwice) {
  subscribe(0, ticker, name(1));
  EXPECT_EQ(subscribe(0, ticker, name(1)), Ids{1});
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {}, {1}}));
  EXPECT_EQ(clients(ticker, 1), Ids{});
}

TEST_F(TopicsTest, AWildcardListensToAllOfItsVenue) {
  EXPECT_EQ(subscribe(0, ticker, all_of(0)), (Ids{0, 1, 2}));
  EXPECT_EQ(clients(ticker, 2), Ids{0});
  EXPECT_EQ(clients(ticker, 3), Ids{});
  EXPECT_EQ(topics_.due_count(0), 3U);
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{true, {}, {0, 1, 2}}));
  EXPECT_EQ(clients(ticker, 2), Ids{});
  EXPECT_EQ(topics_.due_count(0), 0U);
}

TEST_F(TopicsTest, AWildcardMadeAnewBeginsAllAnew) {
  subscribe(0, ticker, all_of(0));
  EXPECT_EQ(subscribe(0, ticker, all_of(0)), (Ids{0, 1, 2}));
  EXPECT_EQ(clients(ticker, 0), Ids{0});
  EXPECT_EQ(topics_.add_instrument(5, 0).size(), 1U);  // still one entry
}

TEST_F(TopicsTest, AnInstrumentAddedLaterJoinsTheWildcardsThatMatch) {
  subscribe(0, ticker, all_of(0));
  subscribe(1, ticker, all_of(1));
  subscribe(1, trades, all_of(0));
  const auto added = topics_.add_instrument(5, 0);
  ASSERT_EQ(added.size(), 2U);
  for (const Listener& listener : added) {
    const Stream& info = stream(listener.client, listener.due);
    EXPECT_EQ(info.instrument, 5U);
    EXPECT_EQ(info.channel, listener.client == 0 ? ticker : trades);
  }
  EXPECT_EQ(clients(ticker, 5), Ids{0});
  EXPECT_EQ(clients(trades, 5), Ids{1});
}

TEST_F(TopicsTest, AWildcardMayComeBeforeItsVenuesFirstInstrument) {
  EXPECT_EQ(subscribe(0, ticker, all_of(7)), Ids{});
  EXPECT_EQ(topics_.cost(0, ticker, all_of(7)), 0U);
  EXPECT_EQ(topics_.add_instrument(5, 7).size(), 1U);
  EXPECT_EQ(clients(ticker, 5), Ids{0});
}

TEST_F(TopicsTest, AWildcardThatEndedIsJoinedNoMore) {
  subscribe(0, ticker, all_of(0));
  unsubscribe(0, ticker, all_of(0));
  EXPECT_TRUE(topics_.add_instrument(5, 0).empty());
  subscribe(1, ticker, all_of(0));
  topics_.remove_client(1);
  EXPECT_TRUE(topics_.add_instrument(6, 0).empty());
}

TEST_F(TopicsTest, AnExactNameRulesOverAWildcard) {
  subscribe(0, ticker, name(1));
  EXPECT_EQ(subscribe(0, ticker, all_of(0)), (Ids{0, 2}));  // 1 goes on as it is
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{true, {}, {0, 2}}));
  EXPECT_EQ(clients(ticker, 1), Ids{0});
}

TEST_F(TopicsTest, TheWildcardRulesAgainWhenTheNameEnds) {
  subscribe(0, ticker, all_of(0));
  EXPECT_EQ(subscribe(0, ticker, name(1)), Ids{1});
  EXPECT_EQ(topics_.due_count(0), 3U);
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {1}, {}}));
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{true, {}, {0, 1, 2}}));
}

TEST_F(TopicsTest, WhatWasNeverSubscribedCannotEnd) {
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{false, {}, {}}));
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{false, {}, {}}));
  EXPECT_EQ(unsubscribe(0, ticker, all_of(99)), (Ended{false, {}, {}}));
  subscribe(0, ticker, all_of(0));
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{false, {}, {}}));  // not by name
  EXPECT_EQ(unsubscribe(0, trades, all_of(0)), (Ended{false, {}, {}}));
  EXPECT_EQ(unsubscribe(1, ticker, all_of(0)), (Ended{false, {}, {}}));
  EXPECT_EQ(clients(ticker, 1), Ids{0});
}

TEST_F(TopicsTest, EntriesAreKnownAsTheyWereMade) {
  subscribe(0, ticker, all_of(0));
  subscribe(0, ticker, name(3));
  EXPECT_TRUE(topics_.has_entry(0, ticker, all_of(0)));
  EXPECT_TRUE(topics_.has_entry(0, ticker, name(3)));
  EXPECT_FALSE(topics_.has_entry(0, ticker, name(1)));  // by wildcard only
  EXPECT_FALSE(topics_.has_entry(0, ticker, all_of(1)));
  EXPECT_FALSE(topics_.has_entry(0, trades, all_of(0)));
  EXPECT_FALSE(topics_.has_entry(1, ticker, all_of(0)));
}

TEST_F(TopicsTest, TheCostIsWhatASubscriptionWouldAdd) {
  EXPECT_EQ(topics_.cost(0, ticker, name(1)), 1U);
  EXPECT_EQ(topics_.cost(0, ticker, all_of(0)), 3U);
  subscribe(0, ticker, name(1));
  EXPECT_EQ(topics_.cost(0, ticker, name(1)), 0U);
  EXPECT_EQ(topics_.cost(0, ticker, all_of(0)), 2U);
  EXPECT_EQ(topics_.cost(0, trades, all_of(0)), 3U);
  EXPECT_EQ(topics_.cost(1, ticker, all_of(0)), 3U);
  EXPECT_EQ(topics_.cost(0, ticker, all_of(99)), 0U);
}

TEST_F(TopicsTest, DuesThatEndedAreUsedAgain) {
  Dues begun, ended, again;
  topics_.subscribe(0, ticker, all_of(0), {}, begun);
  EXPECT_TRUE(topics_.unsubscribe(0, ticker, all_of(0), again, ended));
  topics_.subscribe(0, trades, all_of(1), {}, again);
  ASSERT_EQ(again.size(), 2U);
  for (const std::uint32_t due : again) {
    EXPECT_NE(std::find(begun.begin(), begun.end(), due), begun.end());
  }
}

TEST_F(TopicsTest, ARemovedClientListensNowhereAndItsPlaceCanBeTakenAgain) {
  subscribe(0, ticker, all_of(0));
  subscribe(1, ticker, all_of(0));
  subscribe(0, trades, name(4));
  topics_.remove_client(0);
  EXPECT_EQ(clients(ticker, 0), Ids{1});
  EXPECT_EQ(clients(trades, 4), Ids{});
  topics_.add_client(0);
  EXPECT_EQ(topics_.due_count(0), 0U);
  EXPECT_FALSE(topics_.has_entry(0, ticker, all_of(0)));
  EXPECT_EQ(subscribe(0, ticker, name(2)), Ids{2});
  EXPECT_EQ(clients(ticker, 2), (Ids{0, 1}));
}

constexpr Shape bids{0, bit(Field::bid)};
constexpr Shape slow_bids{4, bit(Field::bid)};
constexpr Shape asks{1, bit(Field::ask)};

TEST_F(TopicsTest, SubscribingAgainInAnotherShapeChangesItInPlace) {
  subscribe(0, ticker, name(1), bids);
  EXPECT_EQ(shape(0, 1), bids);
  EXPECT_EQ(subscribe(0, ticker, name(1), asks), Ids{1});
  EXPECT_EQ(shape(0, 1), asks);
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(topics_.due_count(0), 1U);
  EXPECT_EQ(streams_.count(), 1U);
}

TEST_F(TopicsTest, TheWildcardRulesAgainInItsOwnShape) {
  subscribe(0, ticker, all_of(0), slow_bids);
  subscribe(0, ticker, name(1), asks);
  EXPECT_EQ(shape(0, 1), asks);
  EXPECT_EQ(shape(0, 2), slow_bids);
  EXPECT_EQ(subscribe(0, ticker, all_of(0), bids), (Ids{0, 2}));  // 1 goes on as it is
  EXPECT_EQ(shape(0, 1), asks);
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {1}, {}}));
  EXPECT_EQ(shape(0, 1), bids);
}

TEST_F(TopicsTest, AnInstrumentAddedLaterJoinsInTheShapeOfTheWildcard) {
  subscribe(0, ticker, all_of(0), slow_bids);
  ASSERT_EQ(topics_.add_instrument(5, 0).size(), 1U);
  EXPECT_EQ(shape(0, 5), slow_bids);
}

TEST_F(TopicsTest, AFilterIsInUseWhileAnyEntryHasIt) {
  EXPECT_TRUE(topics_.uses_filter(all_values));
  subscribe(0, ticker, name(1), bids);
  subscribe(1, ticker, all_of(9), slow_bids);  // the same filter, though it matches nothing yet
  EXPECT_EQ(topics_.filter_count(), 1U);
  subscribe(0, ticker, name(1), asks);
  EXPECT_EQ(topics_.filter_count(), 2U);
  EXPECT_TRUE(topics_.uses_filter(bids.fields));
  topics_.remove_client(1);
  EXPECT_FALSE(topics_.uses_filter(bids.fields));
  unsubscribe(0, ticker, name(1));
  EXPECT_EQ(topics_.filter_count(), 0U);
}

TEST_F(TopicsTest, FastTickersOfAClientAreCounted) {
  subscribe(0, ticker, name(0));
  subscribe(0, ticker, name(1), asks);
  subscribe(0, ticker, name(2), slow_bids);
  subscribe(0, trades, name(2));
  EXPECT_EQ(topics_.fast_count(0), 2U);
  subscribe(0, ticker, name(0), slow_bids);
  EXPECT_EQ(topics_.fast_count(0), 1U);
  unsubscribe(0, ticker, name(1));
  EXPECT_EQ(topics_.fast_count(0), 0U);
}

}  // namespace
}  // namespace ticker
