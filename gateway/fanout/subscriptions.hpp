// Subscriptions: who wants what. Knows ids only: no sockets, no outboxes, no bytes. Owned by one
// shard thread.
//
// A client has entries: a (channel, instrument) by name, or a (channel, venue) by wildcard, each
// with its shape. Where at least one entry matches, the client has a subscription, a small number
// of its own by which its outbox knows the pair, and listens to one stream. A name rules over a
// wildcard.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "gateway/fanout/streams.hpp"
#include "gateway/protocol/pattern.hpp"

namespace ticker {

class Subscriptions {
 public:
  explicit Subscriptions(Streams& streams) : streams_(streams) {}

  void add_client(std::uint32_t client);
  void remove_client(std::uint32_t client);

  /// An instrument became known. Returns the listeners that wildcards give it; valid until the next
  /// call.
  std::span<const Listener> add_instrument(InstrumentId id, VenueId venue);

  /// Makes an entry, or makes it anew, perhaps in another shape. Appends every subscription that
  /// (re)begins to `begun`.
  void subscribe(std::uint32_t client, ChannelId channel, Pattern pattern, Shape shape,
                 std::vector<std::uint32_t>& begun);
  /// Ends an entry. Appends subscriptions that end to `ended`; one over which a wildcard rules
  /// again goes to `begun`. False: there is no such entry.
  bool unsubscribe(std::uint32_t client, ChannelId channel, Pattern pattern,
                   std::vector<std::uint32_t>& begun, std::vector<std::uint32_t>& ended);
  [[nodiscard]] bool has_entry(std::uint32_t client, ChannelId channel, Pattern pattern) const;
  /// How many subscriptions `subscribe` would add.
  [[nodiscard]] std::size_t cost(std::uint32_t client, ChannelId channel, Pattern pattern) const;

  /// The stream that a subscription listens to.
  [[nodiscard]] StreamId stream(std::uint32_t client, std::uint32_t subscription) const {
    return clients_[client].subscriptions[subscription].stream;
  }
  [[nodiscard]] std::size_t count(std::uint32_t client) const {
    return clients_[client].by_key.size();
  }
  /// How many of a client's paced subscriptions are faster than `widened_pace`.
  [[nodiscard]] std::size_t fast_count(std::uint32_t client) const { return clients_[client].fast; }

  /// Field filters in use by any entry; all fields are no filter.
  [[nodiscard]] std::size_t filter_count() const { return filter_count_; }
  [[nodiscard]] bool uses_filter(FieldMask fields) const {
    return fields == all_values || filter_uses_[fields] > 0;
  }

 private:
  struct Subscription {
    bool by_name = false;
    bool by_wildcard = false;
    Shape name_shape, wildcard_shape;
    StreamId stream = no_stream;
    std::uint32_t position = 0;  // in the stream's list of listeners
    [[nodiscard]] Shape shape() const { return by_name ? name_shape : wildcard_shape; }
  };
  struct Wildcard {
    ChannelId channel;
    VenueId venue;
    Shape shape;
  };
  struct WildcardClient {
    std::uint32_t client;
    Shape shape;
  };
  struct Client {
    std::vector<Subscription> subscriptions;
    std::vector<std::uint32_t> free;
    std::unordered_map<std::uint64_t, std::uint32_t> by_key;  // (channel, instrument) → its number
    std::vector<Wildcard> wildcards;
    std::size_t fast = 0;
  };
  struct Venue {
    std::vector<InstrumentId> instruments;
    std::vector<std::vector<WildcardClient>> wildcard_clients;  // of each channel
  };

  static std::uint64_t key(ChannelId channel, InstrumentId id) {
    return std::uint64_t{channel} << 32 | id;
  }
  [[nodiscard]] const Subscription* find(const Client& client, ChannelId channel,
                                         InstrumentId id) const;
  std::uint32_t listen(std::uint32_t client, ChannelId channel, InstrumentId id, bool by_name,
                       Shape shape);
  [[nodiscard]] bool is_fast(ChannelId channel, const Shape& shape) const;
  void attach(std::uint32_t client, ChannelId channel, InstrumentId id, std::uint32_t number);
  void detach(std::uint32_t client, std::uint32_t number);
  void end(std::uint32_t client, ChannelId channel, InstrumentId id, std::uint32_t number);
  void add_wildcard(std::uint32_t client, ChannelId channel, VenueId venue, Shape shape);
  Shape drop_wildcard(std::uint32_t client, ChannelId channel, VenueId venue);
  void use_filter(FieldMask fields);
  void leave_filter(FieldMask fields);
  Venue& venue(VenueId id);

  Streams& streams_;
  std::vector<Client> clients_;
  std::vector<Venue> venues_;
  std::vector<Listener> added_;
  std::array<std::uint32_t, all_values + 1> filter_uses_{};  // entries, by filter
  std::size_t filter_count_ = 0;
};

}  // namespace ticker
