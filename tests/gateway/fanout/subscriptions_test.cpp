// Who listens to what: names, wildcards, which of them rules, and in which shape.
#include "gateway/fanout/subscriptions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/gateway/fanout/channel_ids.hpp"

namespace ticker {
namespace {

constexpr ChannelId ticker = ticker_id;
constexpr ChannelId trades = trades_id;
using Numbers = std::vector<std::uint32_t>;
using Ids = std::vector<std::uint32_t>;

Pattern name(InstrumentId id) { return {false, id, 0}; }
Pattern all_of(VenueId venue) { return {true, 0, venue}; }

// Instruments 0, 1, 2 of venue 0 and 3, 4 of venue 1; clients 0 and 1.
class SubscriptionsTest : public testing::Test {
 protected:
  SubscriptionsTest() {
    for (InstrumentId id = 0; id < 5; ++id)
      static_cast<void>(subscriptions_.add_instrument(id, id / 3));
    subscriptions_.add_client(0);
    subscriptions_.add_client(1);
  }

  /// The instruments of the subscriptions that (re)begin.
  Ids subscribe(std::uint32_t client, ChannelId channel, Pattern pattern, Shape shape = {}) {
    Numbers begun;
    subscriptions_.subscribe(client, channel, pattern, shape, begun);
    return instruments(client, channel, begun);
  }
  struct Ended {
    bool existed;
    Ids begun, ended;
    friend bool operator==(const Ended&, const Ended&) = default;
  };
  Ended unsubscribe(std::uint32_t client, ChannelId channel, Pattern pattern) {
    Numbers begun, ended;
    const bool existed = subscriptions_.unsubscribe(client, channel, pattern, begun, ended);
    Ids ended_ids;
    for (const std::uint32_t number : ended) ended_ids.push_back(begun_.at({client, number}));
    std::sort(ended_ids.begin(), ended_ids.end());
    return {existed, instruments(client, channel, begun), ended_ids};
  }
  Ids instruments(std::uint32_t client, ChannelId channel, const Numbers& subscriptions) {
    Ids ids;
    for (const std::uint32_t number : subscriptions) {
      EXPECT_EQ(stream(client, number).channel, channel);
      ids.push_back(stream(client, number).instrument);
      begun_[{client, number}] = ids.back();
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  const Stream& stream(std::uint32_t client, std::uint32_t number) {
    return streams_.at(subscriptions_.stream(client, number));
  }
  Ids clients(ChannelId channel, InstrumentId id) {
    Ids ids;
    for (const StreamId stream : streams_.of(channel, id)) {
      for (const Listener& listener : streams_.at(stream).listeners) {
        EXPECT_EQ(subscriptions_.stream(listener.client, listener.subscription), stream);
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

  Streams streams_{channels(), [](ChannelId, InstrumentId) { return 0; }};
  Subscriptions subscriptions_{streams_};
  std::map<std::pair<std::uint32_t, std::uint32_t>, InstrumentId> begun_;  // by client and number
};

TEST_F(SubscriptionsTest, AClientListensToWhatItNamed) {
  EXPECT_EQ(subscribe(0, ticker, name(1)), Ids{1});
  EXPECT_EQ(subscribe(1, ticker, name(1)), Ids{1});
  EXPECT_EQ(clients(ticker, 1), (Ids{0, 1}));
  EXPECT_EQ(clients(ticker, 0), Ids{});
  EXPECT_EQ(clients(trades, 1), Ids{});
  EXPECT_EQ(subscriptions_.count(0), 1U);
}

TEST_F(SubscriptionsTest, ChannelsOfOneInstrumentAreSeparate) {
  subscribe(0, ticker, name(1));
  subscribe(0, trades, name(1));
  EXPECT_EQ(subscriptions_.count(0), 2U);
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {}, {1}}));
  EXPECT_EQ(clients(ticker, 1), Ids{});
  EXPECT_EQ(clients(trades, 1), Ids{0});
}

TEST_F(SubscriptionsTest, SubscribingAgainBeginsAnewWithoutListeningTwice) {
  subscribe(0, ticker, name(1));
  EXPECT_EQ(subscribe(0, ticker, name(1)), Ids{1});
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {}, {1}}));
  EXPECT_EQ(clients(ticker, 1), Ids{});
}

TEST_F(SubscriptionsTest, AWildcardListensToAllOfItsVenue) {
  EXPECT_EQ(subscribe(0, ticker, all_of(0)), (Ids{0, 1, 2}));
  EXPECT_EQ(clients(ticker, 2), Ids{0});
  EXPECT_EQ(clients(ticker, 3), Ids{});
  EXPECT_EQ(subscriptions_.count(0), 3U);
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{true, {}, {0, 1, 2}}));
  EXPECT_EQ(clients(ticker, 2), Ids{});
  EXPECT_EQ(subscriptions_.count(0), 0U);
}

TEST_F(SubscriptionsTest, AWildcardMadeAnewBeginsAllAnew) {
  subscribe(0, ticker, all_of(0));
  EXPECT_EQ(subscribe(0, ticker, all_of(0)), (Ids{0, 1, 2}));
  EXPECT_EQ(clients(ticker, 0), Ids{0});
  EXPECT_EQ(subscriptions_.add_instrument(5, 0).size(), 1U);  // still one entry
}

TEST_F(SubscriptionsTest, AnInstrumentAddedLaterJoinsTheWildcardsThatMatch) {
  subscribe(0, ticker, all_of(0));
  subscribe(1, ticker, all_of(1));
  subscribe(1, trades, all_of(0));
  const auto added = subscriptions_.add_instrument(5, 0);
  ASSERT_EQ(added.size(), 2U);
  for (const Listener& listener : added) {
    const Stream& info = stream(listener.client, listener.subscription);
    EXPECT_EQ(info.instrument, 5U);
    EXPECT_EQ(info.channel, listener.client == 0 ? ticker : trades);
  }
  EXPECT_EQ(clients(ticker, 5), Ids{0});
  EXPECT_EQ(clients(trades, 5), Ids{1});
}

TEST_F(SubscriptionsTest, AWildcardMayComeBeforeItsVenuesFirstInstrument) {
  EXPECT_EQ(subscribe(0, ticker, all_of(7)), Ids{});
  EXPECT_EQ(subscriptions_.cost(0, ticker, all_of(7)), 0U);
  EXPECT_EQ(subscriptions_.add_instrument(5, 7).size(), 1U);
  EXPECT_EQ(clients(ticker, 5), Ids{0});
}

TEST_F(SubscriptionsTest, AWildcardThatEndedIsJoinedNoMore) {
  subscribe(0, ticker, all_of(0));
  unsubscribe(0, ticker, all_of(0));
  EXPECT_TRUE(subscriptions_.add_instrument(5, 0).empty());
  subscribe(1, ticker, all_of(0));
  subscriptions_.remove_client(1);
  EXPECT_TRUE(subscriptions_.add_instrument(6, 0).empty());
}

TEST_F(SubscriptionsTest, AnExactNameRulesOverAWildcard) {
  subscribe(0, ticker, name(1));
  EXPECT_EQ(subscribe(0, ticker, all_of(0)), (Ids{0, 2}));  // 1 goes on as it is
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{true, {}, {0, 2}}));
  EXPECT_EQ(clients(ticker, 1), Ids{0});
}

TEST_F(SubscriptionsTest, TheWildcardRulesAgainWhenTheNameEnds) {
  subscribe(0, ticker, all_of(0));
  EXPECT_EQ(subscribe(0, ticker, name(1)), Ids{1});
  EXPECT_EQ(subscriptions_.count(0), 3U);
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {1}, {}}));
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{true, {}, {0, 1, 2}}));
}

TEST_F(SubscriptionsTest, WhatWasNeverSubscribedCannotEnd) {
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{false, {}, {}}));
  EXPECT_EQ(unsubscribe(0, ticker, all_of(0)), (Ended{false, {}, {}}));
  EXPECT_EQ(unsubscribe(0, ticker, all_of(99)), (Ended{false, {}, {}}));
  subscribe(0, ticker, all_of(0));
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{false, {}, {}}));  // not by name
  EXPECT_EQ(unsubscribe(0, trades, all_of(0)), (Ended{false, {}, {}}));
  EXPECT_EQ(unsubscribe(1, ticker, all_of(0)), (Ended{false, {}, {}}));
  EXPECT_EQ(clients(ticker, 1), Ids{0});
}

TEST_F(SubscriptionsTest, EntriesAreKnownAsTheyWereMade) {
  subscribe(0, ticker, all_of(0));
  subscribe(0, ticker, name(3));
  EXPECT_TRUE(subscriptions_.has_entry(0, ticker, all_of(0)));
  EXPECT_TRUE(subscriptions_.has_entry(0, ticker, name(3)));
  EXPECT_FALSE(subscriptions_.has_entry(0, ticker, name(1)));  // by wildcard only
  EXPECT_FALSE(subscriptions_.has_entry(0, ticker, all_of(1)));
  EXPECT_FALSE(subscriptions_.has_entry(0, trades, all_of(0)));
  EXPECT_FALSE(subscriptions_.has_entry(1, ticker, all_of(0)));
}

TEST_F(SubscriptionsTest, TheCostIsWhatASubscriptionWouldAdd) {
  EXPECT_EQ(subscriptions_.cost(0, ticker, name(1)), 1U);
  EXPECT_EQ(subscriptions_.cost(0, ticker, all_of(0)), 3U);
  subscribe(0, ticker, name(1));
  EXPECT_EQ(subscriptions_.cost(0, ticker, name(1)), 0U);
  EXPECT_EQ(subscriptions_.cost(0, ticker, all_of(0)), 2U);
  EXPECT_EQ(subscriptions_.cost(0, trades, all_of(0)), 3U);
  EXPECT_EQ(subscriptions_.cost(1, ticker, all_of(0)), 3U);
  EXPECT_EQ(subscriptions_.cost(0, ticker, all_of(99)), 0U);
}

TEST_F(SubscriptionsTest, NumbersThatEndedAreUsedAgain) {
  Numbers begun, ended, again;
  subscriptions_.subscribe(0, ticker, all_of(0), {}, begun);
  EXPECT_TRUE(subscriptions_.unsubscribe(0, ticker, all_of(0), again, ended));
  subscriptions_.subscribe(0, trades, all_of(1), {}, again);
  ASSERT_EQ(again.size(), 2U);
  for (const std::uint32_t number : again) {
    EXPECT_NE(std::find(begun.begin(), begun.end(), number), begun.end());
  }
}

TEST_F(SubscriptionsTest, ARemovedClientListensNowhereAndItsPlaceCanBeTakenAgain) {
  subscribe(0, ticker, all_of(0));
  subscribe(1, ticker, all_of(0));
  subscribe(0, trades, name(4));
  subscriptions_.remove_client(0);
  EXPECT_EQ(clients(ticker, 0), Ids{1});
  EXPECT_EQ(clients(trades, 4), Ids{});
  subscriptions_.add_client(0);
  EXPECT_EQ(subscriptions_.count(0), 0U);
  EXPECT_FALSE(subscriptions_.has_entry(0, ticker, all_of(0)));
  EXPECT_EQ(subscribe(0, ticker, name(2)), Ids{2});
  EXPECT_EQ(clients(ticker, 2), (Ids{0, 1}));
}

constexpr Shape bids{.pace = 0, .fields = bit(Field::bid)};
constexpr Shape slow_bids{.pace = 4, .fields = bit(Field::bid)};
constexpr Shape asks{.pace = 1, .fields = bit(Field::ask)};

TEST_F(SubscriptionsTest, SubscribingAgainInAnotherShapeChangesItInPlace) {
  subscribe(0, ticker, name(1), bids);
  EXPECT_EQ(shape(0, 1), bids);
  EXPECT_EQ(subscribe(0, ticker, name(1), asks), Ids{1});
  EXPECT_EQ(shape(0, 1), asks);
  EXPECT_EQ(clients(ticker, 1), Ids{0});
  EXPECT_EQ(subscriptions_.count(0), 1U);
  EXPECT_EQ(streams_.count(), 1U);
}

TEST_F(SubscriptionsTest, TheWildcardRulesAgainInItsOwnShape) {
  subscribe(0, ticker, all_of(0), slow_bids);
  subscribe(0, ticker, name(1), asks);
  EXPECT_EQ(shape(0, 1), asks);
  EXPECT_EQ(shape(0, 2), slow_bids);
  EXPECT_EQ(subscribe(0, ticker, all_of(0), bids), (Ids{0, 2}));  // 1 goes on as it is
  EXPECT_EQ(shape(0, 1), asks);
  EXPECT_EQ(unsubscribe(0, ticker, name(1)), (Ended{true, {1}, {}}));
  EXPECT_EQ(shape(0, 1), bids);
}

TEST_F(SubscriptionsTest, AnInstrumentAddedLaterJoinsInTheShapeOfTheWildcard) {
  subscribe(0, ticker, all_of(0), slow_bids);
  ASSERT_EQ(subscriptions_.add_instrument(5, 0).size(), 1U);
  EXPECT_EQ(shape(0, 5), slow_bids);
}

TEST_F(SubscriptionsTest, AFilterIsInUseWhileAnyEntryHasIt) {
  EXPECT_TRUE(subscriptions_.uses_filter(all_values));
  subscribe(0, ticker, name(1), bids);
  subscribe(1, ticker, all_of(9), slow_bids);  // the same filter, though it matches nothing yet
  EXPECT_EQ(subscriptions_.filter_count(), 1U);
  subscribe(0, ticker, name(1), asks);
  EXPECT_EQ(subscriptions_.filter_count(), 2U);
  EXPECT_TRUE(subscriptions_.uses_filter(bids.fields));
  subscriptions_.remove_client(1);
  EXPECT_FALSE(subscriptions_.uses_filter(bids.fields));
  unsubscribe(0, ticker, name(1));
  EXPECT_EQ(subscriptions_.filter_count(), 0U);
}

TEST_F(SubscriptionsTest, FastTickersOfAClientAreCounted) {
  subscribe(0, ticker, name(0));
  subscribe(0, ticker, name(1), asks);
  subscribe(0, ticker, name(2), slow_bids);
  subscribe(0, trades, name(2));
  EXPECT_EQ(subscriptions_.fast_count(0), 2U);
  subscribe(0, ticker, name(0), slow_bids);
  EXPECT_EQ(subscriptions_.fast_count(0), 1U);
  unsubscribe(0, ticker, name(1));
  EXPECT_EQ(subscriptions_.fast_count(0), 0U);
}

}  // namespace
}  // namespace ticker
