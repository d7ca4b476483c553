// Answers as JSON. Made for one client at a time, so they may allocate.
#include "feeds/base/json_text.hpp"
#include "gateway/protocol/json_messages.hpp"

namespace ticker {
namespace {

void append_list(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
  ((out += ",\"") += key) += "\":[";
  for (const std::string& text : texts) append_element(out, text);
  out += ']';
}

std::string number(std::string_view key, std::uint64_t value) {
  return ",\"" + std::string(key) + "\":" + std::to_string(value);
}

}  // namespace

std::string JsonMessages::welcome(const Welcome& welcome) const {
  const Limits& limits = welcome.limits;
  std::string json = R"({"type":"welcome","protocol":)";
  append_json_string(json, welcome.protocol);
  json += ",\"connection\":";
  append_json_string(json, welcome.connection);
  json += ",\"epoch\":";
  append_json_string(json, welcome.epoch);
  json += number("heartbeat_ms", limits.idle_timeout_ms / 2);
  json += ",\"limits\":{\"message_bytes_max\":" + std::to_string(limits.message_bytes_max);
  json += number("symbols_per_request_max", limits.symbols_per_request_max);
  json += number("subscriptions_max", limits.subscriptions_max);
  json += number("outbox_soft_bytes", limits.outbox_soft_bytes);
  json += number("outbox_hard_bytes", limits.outbox_hard_bytes);
  json += number("write_timeout_ms", limits.write_timeout_ms);
  json += number("filters_max", limits.filters_max);
  json += number("trades_kept", limits.trades_kept);
  return json + "}}";
}

std::string JsonMessages::acknowledged(const Acknowledgement& done) const {
  const Command& command = done.command;
  const bool begins = command.op == Command::Op::subscribe;
  std::string json = begins ? R"({"type":"subscribed","id":)" : R"({"type":"unsubscribed","id":)";
  json += std::to_string(*command.id) + ",\"channel\":\"";
  (json += done.channel.name) += '"';
  append_list(json, "symbols", done.symbols);
  if (begins) {
    json += number("interval_ms", interval_classes_ms[command.shape.pace]);
    if (command.shape.fields != all_values) {
      append_list(json, "fields", field_list(command.shape.fields));
    }
  }
  if (command.partial) {
    json += ",\"rejected\":[";
    for (const std::string& symbol : done.rejected) {
      json += json.back() == '[' ? "{\"symbol\":" : ",{\"symbol\":";
      append_json_string(json, symbol);
      ((json += ",\"code\":\"") += done.rejected_code) += "\"}";
    }
    json += ']';
  }
  return json + '}';
}

std::string JsonMessages::refused(const Refusal& refusal) const {
  const CommandError& error = refusal.error;
  std::string json = R"({"type":"error","id":)";
  json += error.id ? std::to_string(*error.id) : "null";
  ((json += ",\"code\":\"") += error.code) += "\",\"message\":";
  append_json_string(json, error.message);
  if (!refusal.symbols.empty()) append_list(json, "symbols", refusal.symbols);
  return json + '}';
}

std::string JsonMessages::pong(std::optional<std::uint64_t> id, std::int64_t time_us) const {
  std::string json = R"({"type":"pong")";
  if (id) json += number("id", *id);
  return json + ",\"time\":" + std::to_string(time_us) + "}";
}

}  // namespace ticker
