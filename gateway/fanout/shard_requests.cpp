// Requests of a shard's clients: checked whole, then applied whole or not at all, then answered.
#include <algorithm>
#include <unordered_map>

#include "feeds/base/json_text.hpp"
#include "gateway/base/planted.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker {
namespace {

void append_list(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
  out += ",\"";
  out += key;
  out += "\":[";
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, texts[i]);
  }
  out += ']';
}

}  // namespace

std::string ShardCore::welcome(std::string_view connection) const {
  const auto number = [](std::string_view key, std::uint64_t value) {
    return ",\"" + std::string(key) + "\":" + std::to_string(value);
  };
  std::string json = R"({"type":"welcome","protocol":"ticker.v1.json","connection":)";
  append_json_string(json, connection);
  json += ",\"epoch\":";
  append_json_string(json, encoder_.epoch());
  json += number("heartbeat_ms", limits_.idle_timeout_ms / 2);
  json += ",\"limits\":{\"message_bytes_max\":" + std::to_string(limits_.message_bytes_max);
  json += number("symbols_per_request_max", limits_.symbols_per_request_max);
  json += number("subscriptions_max", limits_.subscriptions_max);
  json += number("outbox_soft_bytes", limits_.outbox_soft_bytes);
  json += number("outbox_hard_bytes", limits_.outbox_hard_bytes);
  json += number("write_timeout_ms", limits_.write_timeout_ms);
  json += number("filters_max", limits_.filters_max);
  json += number("trades_kept", limits_.trades_kept);
  return json + "}}";
}

void ShardCore::request(ClientId id, std::string_view text) {
  owner_.check();
  Client* const client = find(id);
  if (client == nullptr) return;
  look_at_clock();
  counters_.requests.add();
  const auto parsed = commands_.parse(text);
  if (const auto* error = std::get_if<CommandError>(&parsed)) {
    refuse(*client, *error, {});
  } else {
    const Command& command = std::get<Command>(parsed);
    if (command.op == Command::Op::subscribe) subscribe(*client, id.slot, command);
    if (command.op == Command::Op::unsubscribe) unsubscribe(*client, id.slot, command);
    if (command.op == Command::Op::ping) {
      std::string json = R"({"type":"pong")";
      if (command.id) json += ",\"id\":" + std::to_string(*command.id);
      answer(*client, json + ",\"time\":" + std::to_string(now_.wall_us) + "}");
    }
  }
  touch(id.slot);
}

void ShardCore::subscribe(Client& client, std::uint32_t slot, const Command& command) {
  std::vector<Pattern> patterns;
  std::vector<std::string> accepted, unknown;
  for (const std::string& symbol : command.symbols) {
    const auto pattern = board_.find(symbol);
    if (!pattern) {
      unknown.push_back(shortened(symbol));
      continue;
    }
    patterns.push_back(*pattern);
    accepted.push_back(symbol);
  }
  const std::size_t cost = cost_of(patterns, slot, command.channel);
  if (!unknown.empty() && !command.partial && !planted(Bug::half_applied)) {
    return refuse(client, {command.id, "unknown_symbol", "no such symbol; nothing was changed"},
                  unknown);
  }
  if (client.subscriptions + cost > limits_.subscriptions_max) {
    return refuse(client,
                  {command.id, "too_many_subscriptions",
                   "at most " + std::to_string(limits_.subscriptions_max) + " a client"},
                  {});
  }
  if (!topics_.uses_filter(command.shape.fields) && topics_.filter_count() >= limits_.filters_max) {
    return refuse(client,
                  {command.id, "too_many_filters",
                   "at most " + std::to_string(limits_.filters_max) +
                       " different lists of fields at a time; take one that others use, or all"},
                  {});
  }
  if (!planted(Bug::snapshot_before_ack)) {
    acknowledge(client, command, accepted, unknown, "unknown_symbol");
  }
  begun_.clear();
  for (const Pattern& pattern : patterns) {
    topics_.subscribe(slot, command.channel, pattern, command.shape, begun_);
  }
  begin_dues(client, slot, begun_, command.resume);
  if (planted(Bug::snapshot_before_ack)) {
    pay_debts(client, slot);
    acknowledge(client, command, accepted, unknown, "unknown_symbol");
  }
  count_subscriptions(client, slot);
}

void ShardCore::count_subscriptions(Client& client, std::uint32_t slot) {
  const std::size_t count = topics_.due_count(slot);
  counters_.subscriptions.sub(client.subscriptions);
  counters_.subscriptions.add(count);
  client.subscriptions = count;
  counters_.streams.set(streams_.count());
  counters_.filters.set(topics_.filter_count());
}

// How many (channel, instrument) pairs a request would add; names that a wildcard of it covers
// count once.
std::size_t ShardCore::cost_of(const std::vector<Pattern>& patterns, std::uint32_t slot,
                               DataChannel channel) const {
  std::size_t cost = 0;
  for (const Pattern& pattern : patterns) {
    const bool covered =
        !pattern.wildcard &&
        std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& other) {
          return other.wildcard && other.venue == board_.at(pattern.instrument).venue;
        });
    if (!covered) cost += topics_.cost(slot, channel, pattern);
  }
  return cost;
}

void ShardCore::unsubscribe(Client& client, std::uint32_t slot, const Command& command) {
  std::vector<Pattern> patterns;
  std::vector<std::string> accepted, unknown;
  for (const std::string& symbol : command.symbols) {
    const auto pattern = board_.find(symbol);
    if (pattern && topics_.has_entry(slot, command.channel, *pattern)) {
      patterns.push_back(*pattern);
      accepted.push_back(symbol);
    } else {
      unknown.push_back(shortened(symbol));
    }
  }
  if (!unknown.empty() && !command.partial) {
    return refuse(client,
                  {command.id, "not_subscribed", "no such subscription; nothing was changed"},
                  unknown);
  }
  begun_.clear();
  ended_.clear();
  for (const Pattern& pattern : patterns) {
    topics_.unsubscribe(slot, command.channel, pattern, begun_, ended_);
  }
  // What ended within this request must not begin again (an exact name and its wildcard, both
  // ended).
  std::erase_if(begun_, [this](std::uint32_t due) {
    return std::find(ended_.begin(), ended_.end(), due) != ended_.end();
  });
  end_dues(client, ended_);
  acknowledge(client, command, accepted, unknown, "not_subscribed");
  begin_dues(client, slot, begun_, {});
  count_subscriptions(client, slot);
}

void ShardCore::begin_dues(Client& client, std::uint32_t slot,
                           const std::vector<std::uint32_t>& dues,
                           const std::vector<ResumePoint>& resume) {
  std::unordered_map<std::string_view, const ResumePoint*> points;
  for (const ResumePoint& point : resume) points.emplace(point.symbol, &point);
  for (const std::uint32_t due : dues) {
    const Stream& stream = streams_.at(topics_.stream(slot, due));
    const auto point = points.find(board_.at(stream.instrument).symbol);
    client.outbox->open_due(
        due, point == points.end() ? Outbox::from_snapshot : begin_of(stream, *point->second));
  }
}

// Where a subscription goes on: after the client's own number, if it was counted here and is not
// from the future.
std::uint64_t ShardCore::begin_of(const Stream& stream, const ResumePoint& point) const {
  const View& view = board_.at(stream.instrument);
  const bool is_ticker = stream.channel == DataChannel::ticker;
  const std::uint64_t now = is_ticker ? view.ticker.seq : view.trade_seq;
  const bool mine = point.epoch == encoder_.epoch() || planted(Bug::resume_of_any_epoch);
  return mine && point.seq <= now ? point.seq : Outbox::not_resumed;
}

void ShardCore::end_dues(Client& client, const std::vector<std::uint32_t>& dues) {
  for (const std::uint32_t due : dues) client.outbox->close_due(due);
}

void ShardCore::acknowledge(Client& client, const Command& command,
                            const std::vector<std::string>& symbols,
                            const std::vector<std::string>& rejected,
                            std::string_view rejected_code) {
  const bool begins = command.op == Command::Op::subscribe;
  std::string json = begins ? R"({"type":"subscribed","id":)" : R"({"type":"unsubscribed","id":)";
  json += std::to_string(*command.id) + ",\"channel\":\"";
  json += channel_names[static_cast<std::size_t>(command.channel)];
  json += '"';
  append_list(json, "symbols", symbols);
  if (begins) {
    json += ",\"interval_ms\":" + std::to_string(interval_classes_ms[command.shape.pace]);
    if (command.shape.fields != all_values) {
      append_list(json, "fields", field_list(command.shape.fields));
    }
  }
  if (command.partial) {
    json += ",\"rejected\":[";
    for (std::size_t i = 0; i < rejected.size(); ++i) {
      json += i > 0 ? ",{\"symbol\":" : "{\"symbol\":";
      append_json_string(json, rejected[i]);
      json += ",\"code\":\"" + std::string(rejected_code) + "\"}";
    }
    json += ']';
  }
  answer(client, json + '}');
}

void ShardCore::refuse(Client& client, const CommandError& error,
                       const std::vector<std::string>& symbols) {
  counters_.request_errors.add();
  std::string json = R"({"type":"error","id":)";
  json += error.id ? std::to_string(*error.id) : "null";
  json += ",\"code\":\"" + std::string(error.code) + "\",\"message\":";
  append_json_string(json, error.message);
  if (!symbols.empty()) append_list(json, "symbols", symbols);
  answer(client, json + '}');
}

void ShardCore::answer(Client& client, std::string_view json) {
  make_room();
  // One answer at a time is under way (the next request is read when it has left), and the reserve
  // has room for the longest one, so this ends nobody who keeps to the protocol.
  if (!client.outbox->control(encoder_.text(json), now_us_) && !client.outbox->sealed()) {
    client.closing = true;
    client.transport->close(CloseReason::slow_consumer);
  }
}

}  // namespace ticker
