#include "gateway/fanout/topics.hpp"

#include <algorithm>
#include <cassert>

#include "gateway/base/planted.hpp"

namespace ticker {

void Topics::add_client(std::uint32_t client) {
  if (client >= clients_.size()) clients_.resize(client + 1);
  assert(clients_[client].by_key.empty());
}

void Topics::remove_client(std::uint32_t client) {
  Client& gone = clients_[client];
  for (const auto& [key, due] : gone.by_key) {
    if (gone.dues[due].by_name) leave_filter(gone.dues[due].name_shape.fields);
    detach(client, due);
  }
  while (!gone.wildcards.empty()) {
    const Wildcard entry = gone.wildcards.back();
    leave_filter(drop_wildcard(client, entry.channel, entry.venue).fields);
  }
  gone = {};
}

std::span<const Listener> Topics::add_instrument(InstrumentId id, VenueId venue_id) {
  Venue& home = venue(venue_id);
  home.instruments.push_back(id);
  added_.clear();
  if (planted(Bug::newcomer_not_heard)) return added_;
  for (std::size_t i = 0; i < channel_count; ++i) {
    for (const auto& [client, shape] : home.wildcard_clients[i]) {
      added_.push_back({client, listen(client, static_cast<DataChannel>(i), id, false, shape)});
    }
  }
  return added_;
}

void Topics::subscribe(std::uint32_t client, DataChannel channel, Pattern pattern, Shape shape,
                       std::vector<std::uint32_t>& begun) {
  use_filter(shape.fields);
  if (!pattern.wildcard) {
    const Due* const known = find(clients_[client], channel, pattern.instrument);
    if (known != nullptr && known->by_name) leave_filter(known->name_shape.fields);
    begun.push_back(listen(client, channel, pattern.instrument, true, shape));
    return;
  }
  if (has_entry(client, channel, pattern)) {
    leave_filter(drop_wildcard(client, channel, pattern.venue).fields);
  }
  add_wildcard(client, channel, pattern.venue, shape);
  for (const InstrumentId id : venue(pattern.venue).instruments) {
    const Due* const known = find(clients_[client], channel, id);
    const bool named = known != nullptr && known->by_name;
    const std::uint32_t due = listen(client, channel, id, false, shape);
    if (!named) begun.push_back(due);  // an exact name rules over a wildcard
  }
}

bool Topics::unsubscribe(std::uint32_t client, DataChannel channel, Pattern pattern,
                         std::vector<std::uint32_t>& begun, std::vector<std::uint32_t>& ended) {
  if (!has_entry(client, channel, pattern)) return false;
  Client& asking = clients_[client];
  if (!pattern.wildcard) {
    const std::uint32_t due = asking.by_key.at(key(channel, pattern.instrument));
    Due& named = asking.dues[due];
    leave_filter(named.name_shape.fields);
    named.by_name = false;
    if (named.by_wildcard) {
      attach(client, channel, pattern.instrument, due);
      if (!planted(Bug::wildcard_not_again)) begun.push_back(due);
    } else {
      end(client, channel, pattern.instrument, due);
      ended.push_back(due);
    }
    return true;
  }
  leave_filter(drop_wildcard(client, channel, pattern.venue).fields);
  for (const InstrumentId id : venue(pattern.venue).instruments) {
    const auto known = asking.by_key.find(key(channel, id));
    if (known == asking.by_key.end()) continue;
    const std::uint32_t due = known->second;
    asking.dues[due].by_wildcard = false;
    if (asking.dues[due].by_name) continue;
    end(client, channel, id, due);
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

// --- Dues

std::uint32_t Topics::listen(std::uint32_t client, DataChannel channel, InstrumentId id,
                             bool by_name, Shape shape) {
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
    asking.dues[entry->second] = {};
  }
  const std::uint32_t number = entry->second;
  Due& due = asking.dues[number];
  (by_name ? due.by_name : due.by_wildcard) = true;
  (by_name ? due.name_shape : due.wildcard_shape) = shape;
  attach(client, channel, id, number);
  return number;
}

// The due listens to the stream of the shape that rules.
void Topics::attach(std::uint32_t client, DataChannel channel, InstrumentId id,
                    std::uint32_t number) {
  Due& due = clients_[client].dues[number];
  if (due.stream != no_stream && streams_.at(due.stream).shape == due.shape()) return;
  detach(client, number);
  due.stream = streams_.listen(channel, id, due.shape(), {client, number}, due.position);
  if (channel == DataChannel::ticker && due.shape().pace < widened_pace) ++clients_[client].fast;
}

void Topics::detach(std::uint32_t client, std::uint32_t number) {
  Due& due = clients_[client].dues[number];
  if (due.stream == no_stream) return;
  const Stream& stream = streams_.at(due.stream);
  if (stream.channel == DataChannel::ticker && stream.shape.pace < widened_pace) {
    --clients_[client].fast;
  }
  const Listener moved = streams_.unlisten(due.stream, due.position);
  clients_[moved.client].dues[moved.due].position = due.position;
  due.stream = no_stream;
}

void Topics::end(std::uint32_t client, DataChannel channel, InstrumentId id, std::uint32_t due) {
  detach(client, due);
  clients_[client].by_key.erase(key(channel, id));
  clients_[client].free.push_back(due);
}

// --- Wildcards and filters

void Topics::add_wildcard(std::uint32_t client, DataChannel channel, VenueId id, Shape shape) {
  clients_[client].wildcards.push_back({channel, id, shape});
  venue(id).wildcard_clients[static_cast<std::size_t>(channel)].push_back({client, shape});
}

Shape Topics::drop_wildcard(std::uint32_t client, DataChannel channel, VenueId id) {
  auto& mine = clients_[client].wildcards;
  const auto entry = std::ranges::find_if(mine, [&](const Wildcard& wildcard) {
    return wildcard.channel == channel && wildcard.venue == id;
  });
  const Shape shape = entry->shape;
  mine.erase(entry);
  std::erase_if(venue(id).wildcard_clients[static_cast<std::size_t>(channel)],
                [client](const WildcardClient& one) { return one.client == client; });
  return shape;
}

Topics::Venue& Topics::venue(VenueId id) {
  if (id >= venues_.size()) venues_.resize(id + 1);
  return venues_[id];
}

void Topics::use_filter(FieldMask fields) {
  if (fields != all_values && filter_uses_[fields]++ == 0) ++filter_count_;
}

void Topics::leave_filter(FieldMask fields) {
  if (planted(Bug::filter_kept)) return;
  if (fields != all_values && --filter_uses_[fields] == 0) --filter_count_;
}

}  // namespace ticker
