#include "gateway/topics.hpp"
#include "gateway/planted.hpp"

#include <algorithm>
#include <cassert>

namespace ticker {

void Topics::add_client(std::uint32_t client) {
  if (client >= clients_.size()) clients_.resize(client + 1);
  assert(clients_[client].by_key.empty());
}

void Topics::remove_client(std::uint32_t client) {
  Client& gone = clients_[client];
  for (const auto& [key, due] : gone.by_key) unlisten(client, due);
  for (const Wildcard& wildcard : gone.wildcards) {
    std::erase(venue(wildcard.venue).wildcard_clients[static_cast<std::size_t>(wildcard.channel)],
               client);
  }
  gone = {};
}

std::span<const Listener> Topics::add_instrument(InstrumentId id, VenueId venue_id) {
  for (auto& lists : lists_) {
    if (id >= lists.size()) lists.resize(id + 1);
  }
  Venue& home = venue(venue_id);
  home.instruments.push_back(id);
  added_.clear();
  for (std::size_t i = 0; i < channel_count; ++i) {
    for (const std::uint32_t client : home.wildcard_clients[i]) {
      added_.push_back({client, listen(client, static_cast<DataChannel>(i), id, false)});
    }
  }
  return added_;
}

void Topics::subscribe(std::uint32_t client, DataChannel channel, Pattern pattern,
                       std::vector<std::uint32_t>& begun) {
  if (!pattern.wildcard) {
    begun.push_back(listen(client, channel, pattern.instrument, true));
    return;
  }
  Venue& target = venue(pattern.venue);
  if (!has_entry(client, channel, pattern)) {
    clients_[client].wildcards.push_back({channel, pattern.venue});
    target.wildcard_clients[static_cast<std::size_t>(channel)].push_back(client);
  }
  for (const InstrumentId id : target.instruments) {
    const Due* known = find(clients_[client], channel, id);
    const bool named = known != nullptr && known->by_name;
    const std::uint32_t due = listen(client, channel, id, false);
    if (!named) begun.push_back(due);  // an exact name rules over a wildcard
  }
}

bool Topics::unsubscribe(std::uint32_t client, DataChannel channel, Pattern pattern,
                         std::vector<std::uint32_t>& begun, std::vector<std::uint32_t>& ended) {
  if (!has_entry(client, channel, pattern)) return false;
  Client& asking = clients_[client];
  if (!pattern.wildcard) {
    const std::uint32_t due = asking.by_key.at(key(channel, pattern.instrument));
    asking.dues[due].by_name = false;
    if (asking.dues[due].by_wildcard) {
      if (!planted(Bug::wildcard_not_again)) begun.push_back(due);
    } else {
      asking.by_key.erase(key(channel, pattern.instrument));
      unlisten(client, due);
      ended.push_back(due);
    }
    return true;
  }
  Venue& target = venue(pattern.venue);
  std::erase_if(asking.wildcards, [&](const Wildcard& entry) {
    return entry.channel == channel && entry.venue == pattern.venue;
  });
  std::erase(target.wildcard_clients[static_cast<std::size_t>(channel)], client);
  for (const InstrumentId id : target.instruments) {
    const auto known = asking.by_key.find(key(channel, id));
    if (known == asking.by_key.end()) continue;
    const std::uint32_t due = known->second;
    asking.dues[due].by_wildcard = false;
    if (asking.dues[due].by_name) continue;
    asking.by_key.erase(known);
    unlisten(client, due);
    ended.push_back(due);
  }
  return true;
}

bool Topics::has_entry(std::uint32_t client, DataChannel channel, Pattern pattern) const {
  const Client& asking = clients_[client];
  if (!pattern.wildcard) {
    const Due* known = find(asking, channel, pattern.instrument);
    return known != nullptr && known->by_name;
  }
  return std::any_of(asking.wildcards.begin(), asking.wildcards.end(), [&](const Wildcard& entry) {
    return entry.channel == channel && entry.venue == pattern.venue;
  });
}

std::size_t Topics::cost(std::uint32_t client, DataChannel channel, Pattern pattern) const {
  const Client& asking = clients_[client];
  if (!pattern.wildcard) return find(asking, channel, pattern.instrument) == nullptr ? 1 : 0;
  if (pattern.venue >= venues_.size()) return 0;
  const auto& all = venues_[pattern.venue].instruments;
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](InstrumentId id) {
    return find(asking, channel, id) == nullptr;
  }));
}

const Topics::Due* Topics::find(const Client& client, DataChannel channel, InstrumentId id) const {
  const auto known = client.by_key.find(key(channel, id));
  return known == client.by_key.end() ? nullptr : &client.dues[known->second];
}

std::uint32_t Topics::listen(std::uint32_t client, DataChannel channel, InstrumentId id,
                             bool by_name) {
  Client& asking = clients_[client];
  const auto [entry, is_new] = asking.by_key.try_emplace(key(channel, id), 0);
  if (is_new) {
    if (asking.free.empty()) {
      entry->second = static_cast<std::uint32_t>(asking.dues.size());
      asking.dues.emplace_back();
    } else {
      entry->second = asking.free.back();
      asking.free.pop_back();
    }
    auto& list = lists_[static_cast<std::size_t>(channel)][id];
    asking.dues[entry->second] = {id, channel, false, false,
                                  static_cast<std::uint32_t>(list.size())};
    list.push_back({client, entry->second});
  }
  Due& due = asking.dues[entry->second];
  (by_name ? due.by_name : due.by_wildcard) = true;
  return entry->second;
}

void Topics::unlisten(std::uint32_t client, std::uint32_t due) {
  const Due& gone = clients_[client].dues[due];
  auto& list = lists_[static_cast<std::size_t>(gone.channel)][gone.instrument];
  const Listener last = list.back();
  list[gone.position] = last;
  clients_[last.client].dues[last.due].position = gone.position;
  list.pop_back();
  clients_[client].free.push_back(due);
}

Topics::Venue& Topics::venue(VenueId id) {
  if (id >= venues_.size()) venues_.resize(id + 1);
  return venues_[id];
}

}  // namespace ticker
