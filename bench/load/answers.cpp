// JSON of the rare messages.
#include "bench/load/answers.hpp"

#include <simdjson.h>

#include <algorithm>

#include "bench/load/scan.hpp"

namespace ticker::load {

namespace {

using simdjson::ondemand::object;

Answer::Type type_named(std::string_view name) {
  if (name == "welcome") return Answer::Type::welcome;
  if (name == "subscribed") return Answer::Type::subscribed;
  if (name == "unsubscribed") return Answer::Type::unsubscribed;
  if (name == "error") return Answer::Type::error;
  if (name == "slow") return Answer::Type::slow;
  if (name == "pong") return Answer::Type::pong;
  if (name == "gap") return Answer::Type::gap;
  if (name == "snapshot") return Answer::Type::trades_snapshot;  // others never come here
  return Answer::Type::other;
}

std::size_t size_of_array(object& message, std::string_view key) {
  simdjson::ondemand::array values;
  std::size_t count = 0;
  if (message.find_field_unordered(key).get_array().get(values) != simdjson::SUCCESS) return 0;
  return values.count_elements().get(count) == simdjson::SUCCESS ? count : 0;
}

bool number_of(object& message, std::string_view key, std::uint64_t& out) {
  return message.find_field_unordered(key).get_uint64().get(out) == simdjson::SUCCESS;
}

bool hash_of(object& message, std::string_view key, std::uint64_t& out) {
  std::string_view text;
  if (message.find_field_unordered(key).get_string().get(text) != simdjson::SUCCESS) return false;
  out = hash_name(text);
  return true;
}

/// False when the message lacks what its kind must have.
bool read_trades(object& message, Answer& out) {
  if (!hash_of(message, "symbol", out.name_hash)) return false;
  if (out.type == Answer::Type::trades_snapshot) {
    return hash_of(message, "epoch", out.epoch_hash) && number_of(message, "seq", out.seq);
  }
  if (!number_of(message, "from", out.from) || !number_of(message, "to", out.seq)) return false;
  out.lost_unknown = !number_of(message, "lost", out.lost);
  return true;
}

}  // namespace

Answer read_answer(std::string_view message) {
  const simdjson::padded_string text(message);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  object root;
  std::string_view value;
  Answer answer;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS) return answer;
  if (document.get_object().get(root) != simdjson::SUCCESS) return answer;
  if (root.find_field_unordered("type").get_string().get(value) != simdjson::SUCCESS) return answer;
  answer.type = type_named(value);
  if (answer.type == Answer::Type::gap || answer.type == Answer::Type::trades_snapshot) {
    if (!read_trades(root, answer)) answer.type = Answer::Type::malformed;
    return answer;
  }
  std::uint64_t id = 0;
  if (root.find_field_unordered("id").get_uint64().get(id) == simdjson::SUCCESS) answer.id = id;
  answer.symbols = size_of_array(root, "symbols");
  answer.rejected = size_of_array(root, "rejected");
  if (root.find_field_unordered("code").get_string().get(value) == simdjson::SUCCESS) {
    answer.code = value;
  }
  if (root.find_field_unordered("state").get_string().get(value) == simdjson::SUCCESS) {
    answer.conflating = value == "conflating";
  }
  return answer;
}

bool read_symbols(std::string_view body, std::vector<std::string>& out) {
  const simdjson::padded_string text(body);
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  simdjson::ondemand::array symbols;
  if (parser.iterate(text).get(document) != simdjson::SUCCESS) return false;
  if (document["symbols"].get_array().get(symbols) != simdjson::SUCCESS) return false;
  out.clear();
  for (auto entry : symbols) {
    std::string_view name;
    if (entry["symbol"].get_string().get(name) != simdjson::SUCCESS) return false;
    out.emplace_back(name);
  }
  std::sort(out.begin(), out.end());
  return true;
}

}  // namespace ticker::load
