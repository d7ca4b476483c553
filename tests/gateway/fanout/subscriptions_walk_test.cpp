// A seeded random walk of subscriptions and clients against a model of plain sets.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "gateway/fanout/subscriptions.hpp"

#include "tests/gateway/fanout/channel_ids.hpp"

namespace ticker {
namespace {

constexpr std::uint32_t client_count = 8;
constexpr std::uint32_t venue_count = 4;
constexpr std::uint32_t instruments_max = 40;

using Key = std::pair<ChannelId, std::uint32_t>;  // and an instrument or a venue

struct Client {
  std::map<Key, Shape> names, wildcards;
  std::map<std::uint32_t, Key> subscriptions;  // what each number of it stands for
};

class SubscriptionsWalk {
 public:
  explicit SubscriptionsWalk(unsigned seed) : random_(seed) {
    for (int i = 0; i < 10; ++i) add_instrument();
  }

  void run(int steps) {
    for (step_ = 0; step_ < steps && !testing::Test::HasFatalFailure(); ++step_) {
      act(dice(100));
      agree();
    }
  }

 private:
  std::uint32_t dice(std::uint32_t sides) { return static_cast<std::uint32_t>(random_() % sides); }

  void act(std::uint32_t what) {
    const std::uint32_t client = dice(client_count);
    if (!clients_.contains(client)) {
      subscriptions_.add_client(client);
      clients_[client];
    } else if (what < 5) {
      subscriptions_.remove_client(client);
      clients_.erase(client);
    } else if (what < 10) {
      if (venues_.size() < instruments_max) add_instrument();
    } else if (what < 55) {
      subscribe(client);
    } else {
      unsubscribe(client);
    }
  }

  Pattern pattern() {
    if (dice(4) == 0) return {true, 0, dice(venue_count)};
    return {false, dice(static_cast<std::uint32_t>(venues_.size())), 0};
  }

  [[nodiscard]] bool listens(const Client& client, ChannelId channel, InstrumentId id) const {
    return client.names.contains({channel, id}) ||
           client.wildcards.contains({channel, venues_[id]});
  }

  // The instruments that the pattern speaks of.
  [[nodiscard]] std::vector<InstrumentId> matches(const Pattern& pattern) const {
    if (!pattern.wildcard) return {pattern.instrument};
    std::vector<InstrumentId> ids;
    for (InstrumentId id = 0; id < venues_.size(); ++id) {
      if (venues_[id] == pattern.venue) ids.push_back(id);
    }
    return ids;
  }

  void add_instrument() {
    const auto id = static_cast<InstrumentId>(venues_.size());
    venues_.push_back(dice(venue_count));
    std::set<std::pair<std::uint32_t, ChannelId>> expected, added;
    for (const auto& [slot, client] : clients_) {
      for (const ChannelId channel : {ticker_id, trades_id}) {
        if (listens(client, channel, id)) expected.insert({slot, channel});
      }
    }
    for (const Listener& listener : subscriptions_.add_instrument(id, venues_[id])) {
      const ChannelId channel = stream(listener.client, listener.subscription).channel;
      ASSERT_TRUE(added.insert({listener.client, channel}).second);
      begin(listener.client, listener.subscription, {channel, id});
    }
    ASSERT_EQ(added, expected) << "step " << step_;
  }

  // A number may begin again, but never stand for two things.
  void begin(std::uint32_t slot, std::uint32_t number, Key key) {
    const auto [known, is_new] = clients_[slot].subscriptions.try_emplace(number, key);
    if (!is_new) {
      ASSERT_EQ(known->second, key) << "step " << step_;
    }
  }

  void subscribe(std::uint32_t slot) {
    const Pattern pattern = this->pattern();
    const auto channel = static_cast<ChannelId>(dice(2));
    Client& client = clients_[slot];
    std::size_t cost = 0;
    std::set<InstrumentId> expected;
    for (const InstrumentId id : matches(pattern)) {
      cost += listens(client, channel, id) ? 0 : 1;
      if (!pattern.wildcard || !client.names.contains({channel, id})) expected.insert(id);
    }
    ASSERT_EQ(subscriptions_.cost(slot, channel, pattern), cost) << "step " << step_;
    std::vector<std::uint32_t> begun;
    const Shape shape = this->shape();
    subscriptions_.subscribe(slot, channel, pattern, shape, begun);
    (pattern.wildcard ? client.wildcards : client.names)
        .insert_or_assign({channel, pattern.wildcard ? pattern.venue : pattern.instrument}, shape);
    ASSERT_EQ(begun.size(), expected.size()) << "step " << step_;
    for (const std::uint32_t number : begun) {
      const InstrumentId id = stream(slot, number).instrument;
      ASSERT_EQ(expected.erase(id), 1U) << "step " << step_;
      begin(slot, number, {channel, id});
    }
  }

  void unsubscribe(std::uint32_t slot) {
    const Pattern pattern = this->pattern();
    const auto channel = static_cast<ChannelId>(dice(2));
    Client& client = clients_[slot];
    auto& entries = pattern.wildcard ? client.wildcards : client.names;
    const bool existed =
        entries.erase({channel, pattern.wildcard ? pattern.venue : pattern.instrument}) == 1;
    std::vector<std::uint32_t> begun, ended;
    ASSERT_EQ(subscriptions_.unsubscribe(slot, channel, pattern, begun, ended), existed);
    std::size_t ends = 0, begins = 0;
    if (existed) {
      for (const InstrumentId id : matches(pattern)) {
        if (!listens(client, channel, id)) ++ends;
        if (!pattern.wildcard && listens(client, channel, id)) ++begins;
      }
    }
    ASSERT_EQ(ended.size(), ends) << "step " << step_;
    ASSERT_EQ(begun.size(), begins) << "step " << step_;
    for (const std::uint32_t number : ended) {
      const auto known = client.subscriptions.find(number);
      ASSERT_NE(known, client.subscriptions.end());
      ASSERT_FALSE(listens(client, channel, known->second.second)) << "step " << step_;
      client.subscriptions.erase(known);
    }
  }

  const Stream& stream(std::uint32_t slot, std::uint32_t number) {
    return streams_.at(subscriptions_.stream(slot, number));
  }
  Shape shape() {
    return {.pace = static_cast<Pace>(dice(3)),
            .fields = dice(2) == 0 ? all_values : bit(Field{dice(3) != 0})};
  }
  [[nodiscard]] Shape ruling(const Client& client, ChannelId channel, InstrumentId id) const {
    const auto name = client.names.find({channel, id});
    return name != client.names.end() ? name->second : client.wildcards.at({channel, venues_[id]});
  }

  void agree() {
    std::set<FieldMask> filters;
    for (const auto& [slot, client] : clients_) {
      ASSERT_EQ(subscriptions_.count(slot), client.subscriptions.size()) << "step " << step_;
      for (const auto* entries : {&client.names, &client.wildcards}) {
        for (const auto& [key, shape] : *entries) filters.insert(shape.fields);
      }
    }
    filters.erase(all_values);
    ASSERT_EQ(subscriptions_.filter_count(), filters.size()) << "step " << step_;
    for (InstrumentId id = 0; id < venues_.size(); ++id) {
      for (const ChannelId channel : {ticker_id, trades_id}) {
        std::set<std::uint32_t> expected, found;
        for (const auto& [slot, client] : clients_) {
          if (listens(client, channel, id)) expected.insert(slot);
        }
        for (const StreamId stream : streams_.of(channel, id)) {
          for (const auto& [slot, number] : streams_.at(stream).listeners) {
            ASSERT_TRUE(found.insert(slot).second) << "twice at step " << step_;
            ASSERT_EQ(clients_[slot].subscriptions.at(number), Key(channel, id))
                << "step " << step_;
            ASSERT_EQ(subscriptions_.stream(slot, number), stream) << "step " << step_;
            ASSERT_EQ(streams_.at(stream).shape, ruling(clients_[slot], channel, id));
          }
        }
        ASSERT_EQ(found, expected) << "step " << step_;
      }
    }
  }

  std::mt19937 random_;
  Streams streams_{channels(), [](ChannelId, InstrumentId) { return 0; }};
  Subscriptions subscriptions_{streams_};
  std::map<std::uint32_t, Client> clients_;
  std::vector<VenueId> venues_;  // by instrument
  int step_ = 0;
};

class SubscriptionsWalkTest : public testing::TestWithParam<unsigned> {};

TEST_P(SubscriptionsWalkTest, ListenersAreWhoTheEntriesSayWhateverHappens) {
  SubscriptionsWalk(GetParam()).run(800);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SubscriptionsWalkTest, testing::Range(1U, 7U));

}  // namespace
}  // namespace ticker
