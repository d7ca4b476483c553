// Topics: who listens to what. Knows ids only: no sockets, no outboxes, no bytes. Owned by one
// shard thread.
//
// A client has entries: a (channel, instrument) by name, or a (channel, venue) by wildcard. Where
// at least one entry matches, the client listens, under one *due*: a small number of its own by
// which its outbox knows the pair.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "schemas/instrument.hpp"

namespace ticker {

enum class DataChannel : std::uint8_t { ticker, trades };
inline constexpr std::size_t channel_count = 2;
inline constexpr std::string_view channel_names[channel_count] = {"ticker", "trades"};

using VenueId = std::uint32_t;

struct Listener {
  std::uint32_t client;
  std::uint32_t due;
};

/// What an entry speaks of: one instrument, or all of a venue, now and later.
struct Pattern {
  bool wildcard = false;
  InstrumentId instrument = 0;
  VenueId venue = 0;
};

class Topics {
 public:
  void add_client(std::uint32_t client);
  void remove_client(std::uint32_t client);

  /// An instrument became known. Returns the listeners that wildcards give it; valid until the next
  /// call.
  std::span<const Listener> add_instrument(InstrumentId id, VenueId venue);

  /// Makes an entry, or makes it anew. Appends every due that (re)begins to `begun`.
  void subscribe(std::uint32_t client, DataChannel channel, Pattern pattern,
                 std::vector<std::uint32_t>& begun);
  /// Ends an entry. Appends dues that end to `ended`; a due over which a wildcard rules again goes
  /// to `begun`. False: there is no such entry.
  bool unsubscribe(std::uint32_t client, DataChannel channel, Pattern pattern,
                   std::vector<std::uint32_t>& begun, std::vector<std::uint32_t>& ended);
  [[nodiscard]] bool has_entry(std::uint32_t client, DataChannel channel, Pattern pattern) const;
  /// How many dues `subscribe` would add.
  [[nodiscard]] std::size_t cost(std::uint32_t client, DataChannel channel, Pattern pattern) const;

  [[nodiscard]] std::span<const Listener> listeners(DataChannel channel, InstrumentId id) const {
    return lists_[static_cast<std::size_t>(channel)][id];
  }
  struct DueInfo {
    InstrumentId instrument;
    DataChannel channel;
  };
  [[nodiscard]] DueInfo due(std::uint32_t client, std::uint32_t due) const {
    const Due& entry = clients_[client].dues[due];
    return {entry.instrument, entry.channel};
  }
  [[nodiscard]] std::size_t due_count(std::uint32_t client) const {
    return clients_[client].by_key.size();
  }

 private:
  struct Due {
    InstrumentId instrument;
    DataChannel channel;
    bool by_name;
    bool by_wildcard;
    std::uint32_t position;  // in its list of listeners
  };
  struct Wildcard {
    DataChannel channel;
    VenueId venue;
  };
  struct Client {
    std::vector<Due> dues;
    std::vector<std::uint32_t> free;
    std::unordered_map<std::uint64_t, std::uint32_t> by_key;  // (channel, instrument) → due
    std::vector<Wildcard> wildcards;
  };
  struct Venue {
    std::vector<InstrumentId> instruments;
    std::vector<std::uint32_t> wildcard_clients[channel_count];
  };

  static std::uint64_t key(DataChannel channel, InstrumentId id) {
    return std::uint64_t{static_cast<std::uint8_t>(channel)} << 32 | id;
  }
  [[nodiscard]] const Due* find(const Client& client, DataChannel channel, InstrumentId id) const;
  std::uint32_t listen(std::uint32_t client, DataChannel channel, InstrumentId id, bool by_name);
  void unlisten(std::uint32_t client, std::uint32_t due);
  Venue& venue(VenueId id);

  std::vector<Client> clients_;
  std::vector<Venue> venues_;
  std::vector<std::vector<Listener>> lists_[channel_count];  // by instrument
  std::vector<Listener> added_;
};

}  // namespace ticker
