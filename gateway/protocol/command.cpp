#include "gateway/protocol/command.hpp"

#include "gateway/protocol/command_reader.hpp"

namespace ticker {

std::variant<Command, CommandError> CommandReader::read() {
  if (read_id() && read_op() && command_.op != Command::Op::ping) read_subscription();
  if (error_.code.empty()) return std::move(command_);
  error_.id = command_.id;
  return std::move(error_);
}

bool CommandReader::fail(std::string_view code, std::string message) {
  error_.code = code;
  error_.message = std::move(message);
  return false;
}

bool CommandReader::get(dom::object object, std::string_view key, dom::element& value,
                        bool& found) {
  found = false;
  for (const auto field : object) {
    if (field.key != key) continue;
    if (found) return fail("bad_request", "'" + std::string(key) + "' stands twice");
    value = field.value;
    found = true;
  }
  return true;
}

bool CommandReader::read_id() {
  dom::element value;
  bool found = false;
  if (!get(object_, "id", value, found) || !found) return error_.code.empty();
  std::uint64_t id = 0;
  if (value.get_uint64().get(id) != simdjson::SUCCESS || id > exact_integer_max) {
    return fail("bad_id", "'id' is an integer from 0 to 9007199254740991");
  }
  command_.id = id;
  return true;
}

bool CommandReader::read_op() {
  dom::element value;
  bool found = false;
  if (!get(object_, "op", value, found)) return false;
  std::string_view op;
  if (!found || value.get_string().get(op) != simdjson::SUCCESS) {
    return fail("bad_request", "'op' is missing or not a string");
  }
  if (op == "ping") {
    command_.op = Command::Op::ping;
    return true;
  }
  if (op == "subscribe") {
    command_.op = Command::Op::subscribe;
  } else if (op == "unsubscribe") {
    command_.op = Command::Op::unsubscribe;
  } else {
    return fail("unknown_op", "'op' is one of subscribe, unsubscribe, ping");
  }
  return command_.id || fail("bad_id", "'id' is missing");
}

struct CommandParser::Impl {
  Impl(const Limits& given, std::vector<ChannelTraits> served)
      : limits(given), channels(std::move(served)) {}
  const Limits& limits;
  const std::vector<ChannelTraits> channels;
  dom::parser parser;
};

CommandParser::CommandParser(const Limits& limits, std::vector<ChannelTraits> channels)
    : impl_(std::make_unique<Impl>(limits, std::move(channels))) {}
CommandParser::~CommandParser() = default;

std::variant<Command, CommandError> CommandParser::parse(std::string_view text) {
  dom::element document;
  // simdjson 3.0 does not expect an empty message without an address; newer versions skip a byte
  // order mark.
  if (text.empty() || text.starts_with("\xef\xbb\xbf") ||
      impl_->parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) {
    return CommandError{{}, "bad_json", "not a JSON text"};
  }
  dom::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) {
    return CommandError{{}, "bad_request", "a request is a JSON object"};
  }
  return CommandReader(object, impl_->limits, impl_->channels).read();
}

std::string shortened(std::string_view text) {
  constexpr std::size_t bytes_max = 64;
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace ticker
