#include "gateway/fanout/subscriptions.hpp"

#include <algorithm>
#include <cassert>

#include "gateway/base/planted.hpp"

namespace ticker {

void Subscriptions::add_client(std::uint32_t client) {
  if (client >= clients_.size()) clients_.resize(client + 1);
  assert(clients_[client].by_key.empty());
}

void Subscriptions::remove_client(std::uint32_t client) {
  Client& gone = clients_[client];
  for (const auto& [key, number] : gone.by_key) {
    if (gone.subscriptions[number].by_name)
      leave_filter(gone.subscriptions[number].name_shape.fields);
    detach(client, number);
  }
  while (!gone.wildcards.empty()) {
    const Wildcard entry = gone.wildcards.back();
    leave_filter(drop_wildcard(client, entry.channel, entry.venue).fields);
  }
  gone = {};
}

std::span<const Listener> Subscriptions::add_instrument(InstrumentId id, VenueId venue_id) {
  Venue& home = venue(venue_id);
  home.instruments.push_back(id);
  added_.clear();
  if (planted(Bug::newcomer_not_heard)) return added_;
  for (ChannelId channel = 0; channel < streams_.channel_count(); ++channel) {
    for (const auto& [client, shape] : home.wildcard_clients[channel]) {
      added_.push_back({client, listen(client, channel, id, false, shape)});
    }
  }
  return added_;
}

void Subscriptions::subscribe(std::uint32_t client, ChannelId channel, Pattern pattern, Shape shape,
                              std::vector<std::uint32_t>& begun) {
  use_filter(shape.fields);
  if (!pattern.wildcard) {
    const Subscription* const known = find(clients_[client], channel, pattern.instrument);
    if (known != nullptr && known->by_name) leave_filter(known->name_shape.fields);
    begun.push_back(listen(client, channel, pattern.instrument, true, shape));
    return;
  }
  if (has_entry(client, channel, pattern)) {
    leave_filter(drop_wildcard(client, channel, pattern.venue).fields);
  }
  add_wildcard(client, channel, pattern.venue, shape);
  for (const InstrumentId id : venue(pattern.venue).instruments) {
    const Subscription* const known = find(clients_[client], channel, id);
    const bool named = known != nullptr && known->by_name;
    const std::uint32_t number = listen(client, channel, id, false, shape);
    if (!named) begun.push_back(number);  // an exact name rules over a wildcard
  }
}

bool Subscriptions::unsubscribe(std::uint32_t client, ChannelId channel, Pattern pattern,
                                std::vector<std::uint32_t>& begun,
                                std::vector<std::uint32_t>& ended) {
  if (!has_entry(client, channel, pattern)) return false;
  Client& asking = clients_[client];
  if (!pattern.wildcard) {
    const std::uint32_t number = asking.by_key.at(key(channel, pattern.instrument));
    Subscription& named = asking.subscriptions[number];
    leave_filter(named.name_shape.fields);
    named.by_name = false;
    if (named.by_wildcard) {
      attach(client, channel, pattern.instrument, number);
      if (!planted(Bug::wildcard_not_again)) begun.push_back(number);
    } else {
      end(client, channel, pattern.instrument, number);
      ended.push_back(number);
    }
    return true;
  }
  leave_filter(drop_wildcard(client, channel, pattern.venue).fields);
  for (const InstrumentId id : venue(pattern.venue).instruments) {
    const auto known = asking.by_key.find(key(channel, id));
    if (known == asking.by_key.end()) continue;
    const std::uint32_t number = known->second;
    asking.subscriptions[number].by_wildcard = false;
    if (asking.subscriptions[number].by_name) continue;
    end(client, channel, id, number);
    ended.push_back(number);
  }
  return true;
}

bool Subscriptions::has_entry(std::uint32_t client, ChannelId channel, Pattern pattern) const {
  const Client& asking = clients_[client];
  if (!pattern.wildcard) {
    const Subscription* known = find(asking, channel, pattern.instrument);
    return known != nullptr && known->by_name;
  }
  return std::any_of(asking.wildcards.begin(), asking.wildcards.end(), [&](const Wildcard& entry) {
    return entry.channel == channel && entry.venue == pattern.venue;
  });
}

std::size_t Subscriptions::cost(std::uint32_t client, ChannelId channel, Pattern pattern) const {
  const Client& asking = clients_[client];
  if (!pattern.wildcard) return find(asking, channel, pattern.instrument) == nullptr ? 1 : 0;
  if (pattern.venue >= venues_.size()) return 0;
  const auto& all = venues_[pattern.venue].instruments;
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](InstrumentId id) {
    return find(asking, channel, id) == nullptr;
  }));
}

const Subscriptions::Subscription* Subscriptions::find(const Client& client, ChannelId channel,
                                                       InstrumentId id) const {
  const auto known = client.by_key.find(key(channel, id));
  return known == client.by_key.end() ? nullptr : &client.subscriptions[known->second];
}

// --- Subscriptions

std::uint32_t Subscriptions::listen(std::uint32_t client, ChannelId channel, InstrumentId id,
                                    bool by_name, Shape shape) {
  Client& asking = clients_[client];
  const auto [place, is_new] = asking.by_key.try_emplace(key(channel, id), 0);
  if (is_new) {
    if (asking.free.empty()) {
      place->second = static_cast<std::uint32_t>(asking.subscriptions.size());
      asking.subscriptions.emplace_back();
    } else {
      place->second = asking.free.back();
      asking.free.pop_back();
    }
    asking.subscriptions[place->second] = {};
  }
  const std::uint32_t number = place->second;
  Subscription& entry = asking.subscriptions[number];
  (by_name ? entry.by_name : entry.by_wildcard) = true;
  (by_name ? entry.name_shape : entry.wildcard_shape) = shape;
  attach(client, channel, id, number);
  return number;
}

bool Subscriptions::is_fast(ChannelId channel, const Shape& shape) const {
  return streams_.channel(channel).traits().paced && shape.pace < widened_pace;
}

// It listens to the stream of the shape that rules.
void Subscriptions::attach(std::uint32_t client, ChannelId channel, InstrumentId id,
                           std::uint32_t number) {
  Subscription& entry = clients_[client].subscriptions[number];
  if (entry.stream != no_stream && streams_.at(entry.stream).shape == entry.shape()) return;
  detach(client, number);
  entry.stream = streams_.listen(channel, id, entry.shape(), {client, number}, entry.position);
  if (is_fast(channel, entry.shape())) ++clients_[client].fast;
}

void Subscriptions::detach(std::uint32_t client, std::uint32_t number) {
  Subscription& entry = clients_[client].subscriptions[number];
  if (entry.stream == no_stream) return;
  const Stream& stream = streams_.at(entry.stream);
  if (is_fast(stream.channel, stream.shape)) --clients_[client].fast;
  const Listener moved = streams_.unlisten(entry.stream, entry.position);
  clients_[moved.client].subscriptions[moved.subscription].position = entry.position;
  entry.stream = no_stream;
}

void Subscriptions::end(std::uint32_t client, ChannelId channel, InstrumentId id,
                        std::uint32_t number) {
  detach(client, number);
  clients_[client].by_key.erase(key(channel, id));
  clients_[client].free.push_back(number);
}

// --- Wildcards and filters

void Subscriptions::add_wildcard(std::uint32_t client, ChannelId channel, VenueId id, Shape shape) {
  clients_[client].wildcards.push_back({channel, id, shape});
  venue(id).wildcard_clients[channel].push_back({client, shape});
}

Shape Subscriptions::drop_wildcard(std::uint32_t client, ChannelId channel, VenueId id) {
  auto& mine = clients_[client].wildcards;
  const auto entry = std::ranges::find_if(mine, [&](const Wildcard& wildcard) {
    return wildcard.channel == channel && wildcard.venue == id;
  });
  const Shape shape = entry->shape;
  mine.erase(entry);
  std::erase_if(venue(id).wildcard_clients[channel],
                [client](const WildcardClient& one) { return one.client == client; });
  return shape;
}

Subscriptions::Venue& Subscriptions::venue(VenueId id) {
  while (id >= venues_.size()) {
    venues_.emplace_back().wildcard_clients.resize(streams_.channel_count());
  }
  return venues_[id];
}

void Subscriptions::use_filter(FieldMask fields) {
  if (fields != all_values && filter_uses_[fields]++ == 0) ++filter_count_;
}

void Subscriptions::leave_filter(FieldMask fields) {
  if (planted(Bug::filter_kept)) return;
  if (fields != all_values && --filter_uses_[fields] == 0) --filter_count_;
}

}  // namespace ticker
