#include "gateway/fanout/requests.hpp"

#include <algorithm>
#include <unordered_map>

#include "gateway/base/planted.hpp"

namespace ticker {
namespace {

std::vector<ChannelTraits> traits_of(Channels channels) {
  std::vector<ChannelTraits> traits;
  for (const Channel* channel : channels) traits.push_back(channel->traits());
  return traits;
}

}  // namespace

Requests::Requests(ShardState& shard, Payments& payments)
    : shard_(shard), payments_(payments), parser_(shard.limits, traits_of(shard.served.channels)) {}

void Requests::serve(Client& client, std::uint32_t slot, std::string_view text) {
  shard_.counters.requests.add();
  auto parsed = parser_.parse(text);
  if (const auto* error = std::get_if<CommandError>(&parsed)) return refuse(client, *error);
  Command& command = std::get<Command>(parsed);
  switch (command.op) {
    case Command::Op::subscribe:
      return subscribe(client, slot, std::move(command));
    case Command::Op::unsubscribe:
      return unsubscribe(client, slot, command);
    case Command::Op::ping:
      return answer(client, messages(client).pong(command.id, shard_.time.now().wall_us));
  }
}

void Requests::subscribe(Client& client, std::uint32_t slot, Command command) {
  const Limits& limits = shard_.limits;
  Subscriptions& subscriptions = shard_.subscriptions;
  command.shape.format = client.format;
  Asked asked;
  for (const std::string& symbol : command.symbols) {
    const auto pattern = shard_.board.find(symbol);
    if (!pattern) {
      asked.rejected.push_back(shortened(symbol));
      continue;
    }
    asked.patterns.push_back(*pattern);
    asked.accepted.push_back(symbol);
  }
  const std::size_t cost = cost_of(asked.patterns, slot, command.channel);
  if (!asked.rejected.empty() && !command.partial && !planted(Bug::half_applied)) {
    return refuse(client, {command.id, "unknown_symbol", "no such symbol; nothing was changed"},
                  asked.rejected);
  }
  if (client.subscriptions + cost > limits.subscriptions_max) {
    return refuse(client, {command.id, "too_many_subscriptions",
                           "at most " + std::to_string(limits.subscriptions_max) + " a client"});
  }
  const FieldMask fields = command.shape.fields;
  if (!subscriptions.uses_filter(fields) && subscriptions.filter_count() >= limits.filters_max) {
    return refuse(client,
                  {command.id, "too_many_filters",
                   "at most " + std::to_string(limits.filters_max) +
                       " different lists of fields at a time; take one that others use, or all"});
  }
  if (!planted(Bug::snapshot_before_ack)) acknowledge(client, command, asked, "unknown_symbol");
  begun_.clear();
  for (const Pattern& pattern : asked.patterns) {
    subscriptions.subscribe(slot, command.channel, pattern, command.shape, begun_);
  }
  begin(client, slot, begun_, command.resume);
  if (planted(Bug::snapshot_before_ack)) {
    payments_.pay(client, slot);
    acknowledge(client, command, asked, "unknown_symbol");
  }
  count_subscriptions(client, slot);
}

void Requests::unsubscribe(Client& client, std::uint32_t slot, const Command& command) {
  Subscriptions& subscriptions = shard_.subscriptions;
  Asked asked;
  for (const std::string& symbol : command.symbols) {
    const auto pattern = shard_.board.find(symbol);
    if (pattern && subscriptions.has_entry(slot, command.channel, *pattern)) {
      asked.patterns.push_back(*pattern);
      asked.accepted.push_back(symbol);
    } else {
      asked.rejected.push_back(shortened(symbol));
    }
  }
  if (!asked.rejected.empty() && !command.partial) {
    return refuse(client,
                  {command.id, "not_subscribed", "no such subscription; nothing was changed"},
                  asked.rejected);
  }
  begun_.clear();
  ended_.clear();
  for (const Pattern& pattern : asked.patterns) {
    subscriptions.unsubscribe(slot, command.channel, pattern, begun_, ended_);
  }
  // What ended within this request must not begin again (an exact name and its wildcard, both
  // ended).
  std::erase_if(begun_, [this](std::uint32_t subscription) {
    return std::ranges::find(ended_, subscription) != ended_.end();
  });
  for (const std::uint32_t subscription : ended_) client.outbox->end(subscription);
  acknowledge(client, command, asked, "not_subscribed");
  begin(client, slot, begun_, {});
  count_subscriptions(client, slot);
}

// How many (channel, instrument) pairs a request would add; names that a wildcard of it covers
// count once.
std::size_t Requests::cost_of(const std::vector<Pattern>& patterns, std::uint32_t slot,
                              ChannelId channel) const {
  std::size_t cost = 0;
  for (const Pattern& pattern : patterns) {
    const bool covered =
        !pattern.wildcard && std::ranges::any_of(patterns, [&](const Pattern& other) {
          return other.wildcard && other.venue == shard_.board.at(pattern.instrument).venue;
        });
    if (!covered) cost += shard_.subscriptions.cost(slot, channel, pattern);
  }
  return cost;
}

void Requests::begin(Client& client, std::uint32_t slot,
                     const std::vector<std::uint32_t>& subscriptions,
                     const std::vector<ResumePoint>& resume) {
  std::unordered_map<std::string_view, const ResumePoint*> points;
  for (const ResumePoint& point : resume) points.emplace(point.symbol, &point);
  for (const std::uint32_t subscription : subscriptions) {
    const Stream& stream = shard_.streams.at(shard_.subscriptions.stream(slot, subscription));
    const auto point = points.find(shard_.board.at(stream.instrument).symbol);
    client.outbox->begin(subscription, point == points.end() ? Owed{Owed::Kind::first_snapshot}
                                                             : first_data(stream, *point->second));
  }
}

// Where a subscription goes on: after the client's own number, if it was counted here and is not
// from the future.
Owed Requests::first_data(const Stream& stream, const ResumePoint& point) const {
  const Channel& channel = shard_.channel(stream.channel);
  const std::uint64_t now = channel.seq(shard_.board.at(stream.instrument));
  const bool mine = point.epoch == shard_.encoder.epoch() || planted(Bug::resume_of_any_epoch);
  const bool can = channel.traits().resumes && mine && point.seq <= now;
  return can ? Owed::resume(point.seq) : Owed{Owed::Kind::failed_resume};
}

void Requests::count_subscriptions(Client& client, std::uint32_t slot) {
  const auto count = static_cast<std::uint32_t>(shard_.subscriptions.count(slot));
  shard_.counters.subscriptions.sub(client.subscriptions);
  shard_.counters.subscriptions.add(count);
  client.subscriptions = count;
  shard_.count_streams();
}

// --- Answers

void Requests::welcome(Client& client) {
  const Format& format = shard_.format(client.format);
  answer(client, format.messages.welcome(
                     {format.name, client.connection, shard_.encoder.epoch(), shard_.limits}));
}

void Requests::acknowledge(Client& client, const Command& command, const Asked& asked,
                           std::string_view rejected_code) {
  const ChannelTraits& channel = shard_.channel(command.channel).traits();
  answer(client, messages(client).acknowledged(
                     {command, channel, asked.accepted, asked.rejected, rejected_code}));
}

void Requests::refuse(Client& client, const CommandError& error,
                      const std::vector<std::string>& symbols) {
  shard_.counters.request_errors.add();
  answer(client, messages(client).refused({error, symbols}));
}

void Requests::answer(Client& client, std::string_view text) {
  const Framer framer = shard_.framer(client.format);
  const Piece piece = shard_.encoder.text(framer.format, text);
  // One answer at a time is under way (the next request is read when it has left), and the reserve
  // has room for the longest one, so this ends nobody who keeps to the protocol.
  if (!client.outbox->control(piece, shard_.time.us()) && !client.outbox->sealed()) {
    client.closing = true;
    client.handle->close(CloseReason::slow_consumer);
  }
}

}  // namespace ticker
