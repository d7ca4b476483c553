#include "gateway/command.hpp"

#include <simdjson.h>

#include <algorithm>
#include <unordered_set>

namespace ticker {
namespace {

namespace dom = simdjson::dom;

constexpr std::uint64_t id_max = (std::uint64_t{1} << 53) - 1;  // what a JavaScript number holds

using Result = std::variant<Command, CommandError>;

// One request on its way from a JSON object to a Command; the first mistake ends it.
class Reader {
 public:
  Reader(dom::object object, const Limits& limits) : object_(object), limits_(limits) {}

  Result read() {
    if (read_id() && read_op() && command_.op != Command::Op::ping) read_subscription();
    if (error_.code.empty()) return std::move(command_);
    error_.id = command_.id;
    return std::move(error_);
  }

 private:
  bool fail(std::string_view code, std::string message) {
    error_.code = code;
    error_.message = std::move(message);
    return false;
  }

  // False with `error_` set when the key stands twice; an absent key leaves `found` false.
  bool get(std::string_view key, dom::element& value, bool& found) {
    found = false;
    for (const auto field : object_) {
      if (field.key != key) continue;
      if (found) return fail("bad_request", "'" + std::string(key) + "' stands twice");
      value = field.value;
      found = true;
    }
    return true;
  }

  bool read_id() {
    dom::element value;
    bool found = false;
    if (!get("id", value, found) || !found) return error_.code.empty();
    std::uint64_t id = 0;
    if (value.get_uint64().get(id) != simdjson::SUCCESS || id > id_max) {
      return fail("bad_id", "'id' is an integer from 0 to 9007199254740991");
    }
    command_.id = id;
    return true;
  }

  bool read_op() {
    dom::element value;
    bool found = false;
    if (!get("op", value, found)) return false;
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

  bool read_subscription() {
    return read_channel() && read_partial() && read_interval() && note_unsupported("fields") &&
           note_unsupported("resume") && read_symbols();
  }

  bool read_channel() {
    dom::element value;
    bool found = false;
    if (!get("channel", value, found)) return false;
    std::string_view name;
    if (!found || value.get_string().get(name) != simdjson::SUCCESS) {
      return fail("bad_request", "'channel' is missing or not a string");
    }
    const auto* const known = std::find(std::begin(channel_names), std::end(channel_names), name);
    if (known == std::end(channel_names)) {
      return fail("unknown_channel", "'channel' is one of ticker, trades");
    }
    command_.channel = static_cast<DataChannel>(known - std::begin(channel_names));
    return true;
  }

  bool read_partial() {
    dom::element value;
    bool found = false;
    if (!get("partial", value, found)) return false;
    if (found && value.get_bool().get(command_.partial) != simdjson::SUCCESS) {
      return fail("bad_request", "'partial' is true or false");
    }
    return true;
  }

  bool read_interval() {
    dom::element value;
    bool found = false;
    if (!get("interval_ms", value, found)) return false;
    std::uint64_t interval_ms = 0;
    if (found && value.get_uint64().get(interval_ms) != simdjson::SUCCESS) {
      return fail("bad_request", "'interval_ms' is a whole number of milliseconds");
    }
    return true;  // every interval is granted as 0 (real time); the ack says so
  }

  bool note_unsupported(std::string_view key) {
    dom::element value;
    bool found = false;
    if (!get(key, value, found)) return false;
    if (found) command_.unsupported.emplace_back(key);
    return true;
  }

  bool read_symbols() {
    dom::element value;
    bool found = false;
    if (!get("symbols", value, found)) return false;
    dom::array symbols;
    if (!found || value.get_array().get(symbols) != simdjson::SUCCESS || symbols.size() == 0) {
      return fail("bad_request", "'symbols' is a list of at least one name or venue:*");
    }
    if (symbols.size() > limits_.symbols_per_request_max) {
      return fail("too_many_symbols", "at most " + std::to_string(limits_.symbols_per_request_max) +
                                          " symbols a request");
    }
    std::unordered_set<std::string_view> seen;
    for (const dom::element symbol : symbols) {
      std::string_view name;
      if (symbol.get_string().get(name) != simdjson::SUCCESS) {
        return fail("bad_request", "'symbols' holds strings only");
      }
      if (seen.insert(name).second) command_.symbols.emplace_back(name);
    }
    return true;
  }

  const dom::object object_;
  const Limits& limits_;
  Command command_;
  CommandError error_;
};

}  // namespace

struct CommandParser::Impl {
  explicit Impl(const Limits& given) : limits(given) {}
  const Limits& limits;
  dom::parser parser;
};

CommandParser::CommandParser(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
CommandParser::~CommandParser() = default;

std::variant<Command, CommandError> CommandParser::parse(std::string_view text) {
  dom::element document;
  // An empty message may have no address at all, which simdjson 3.0 does not expect.
  if (text.empty() ||
      impl_->parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS) {
    return CommandError{{}, "bad_json", "not a JSON text"};
  }
  dom::object object;
  if (document.get_object().get(object) != simdjson::SUCCESS) {
    return CommandError{{}, "bad_request", "a request is a JSON object"};
  }
  return Reader(object, impl_->limits).read();
}

}  // namespace ticker
