// Any bytes as a client's request. What is accepted keeps to the limits and is what Boost.JSON
// reads there too; what is refused has one of the documented codes, for a reason that Boost.JSON
// confirms; whatever goes back to the client is JSON in UTF-8.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/command.hpp"
#include "gateway/message.hpp"
#include "tests/fuzz/expect.hpp"
#include "tests/fuzz/json_oracle.hpp"

namespace ticker::fuzz {
namespace {

namespace json = boost::json;
using Form = JsonFacts::Form;
using Result = std::variant<Command, CommandError>;

constexpr std::uint64_t id_max = 9'007'199'254'740'991;  // 2^53 - 1
constexpr std::size_t readable_depth = 1'000;            // the reader stops a little beyond

// README.md, «Error codes»: those that need no knowledge of instruments or clients.
constexpr std::array<std::string_view, 6> codes = {
    "bad_json", "bad_request", "bad_id", "unknown_op", "unknown_channel", "too_many_symbols"};
constexpr std::array<std::string_view, 3> ops = {"subscribe", "unsubscribe", "ping"};
constexpr std::array<std::string_view, 2> options = {"fields", "resume"};

// Those that a request is asked for; others may stand as often as they like.
std::span<const std::string_view> known_keys(Command::Op op) {
  static constexpr std::string_view keys[] = {"op",          "id",     "channel", "partial",
                                              "interval_ms", "fields", "resume",  "symbols"};
  return std::span(keys).first(op == Command::Op::ping ? 2 : std::size(keys));
}

const Limits& limits() {
  static const Limits limits = [] {
    Limits small;
    small.symbols_per_request_max = 8;  // within a fuzzer's reach
    return small;
  }();
  return limits;
}

void check_text_back(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  expect(unescaped(quoted) == std::string(text), "what goes back is the same text, as JSON");
}

void check_refused(const CommandError& error, std::string_view text) {
  expect(std::ranges::find(codes, error.code) != codes.end(), "a code is a documented one");
  expect(!error.message.empty(), "a refusal says why");
  expect(error.id.value_or(0) <= id_max, "an id is what a JavaScript number holds");
  check_text_back(error.message);
  const JsonFacts facts = look_at_json(text);
  if (error.code != "bad_json") {
    expect(facts.form != Form::malformed, "what is no JSON is refused as bad_json");
  } else if (facts.form == Form::well_formed && facts.depth <= readable_depth) {
    expect(facts.big_number, "JSON whose numbers fit is not bad_json");
  }
}

std::string_view string_at(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains({key.data(), key.size()});
  expect(value != nullptr && value->is_string(), "an accepted request has its strings");
  const json::string& text = value->get_string();
  return {text.data(), text.size()};
}

void check_id(const json::object& object, const Command& command) {
  const json::value* const id = object.if_contains("id");
  expect((id != nullptr) == command.id.has_value(), "an id is taken if and only if it is there");
  if (id == nullptr) return;
  const bool same = (id->is_int64() && id->get_int64() >= 0 &&
                     static_cast<std::uint64_t>(id->get_int64()) == *command.id);
  expect(same && *command.id <= id_max, "an id is taken as it is, up to 2^53 - 1");
}

void check_symbols(const json::object& object, const Command& command) {
  const json::value* const list = object.if_contains("symbols");
  expect(list != nullptr && list->is_array(), "a subscription has a list of symbols");
  std::vector<std::string> truth;
  for (const json::value& symbol : list->get_array()) {
    expect(symbol.is_string(), "symbols are strings");
    std::string name(symbol.get_string().data(), symbol.get_string().size());
    if (std::ranges::find(truth, name) == truth.end()) truth.push_back(std::move(name));
  }
  expect(command.symbols == truth, "symbols are taken as asked for, each once");
  expect(list->get_array().size() <= limits().symbols_per_request_max && !truth.empty(),
         "symbols are at least one and at most symbols_per_request_max");
  for (const std::string& symbol : command.symbols) check_text_back(symbol);
}

void check_accepted(const Command& command, std::string_view text) {
  json::error_code error;
  json::parse_options parse_options;
  parse_options.max_depth = JsonFacts::depth_max;
  const json::value value = json::parse({text.data(), text.size()}, error, {}, parse_options);
  if (error == json::error::exponent_overflow) return;  // the oracle reads no such number
  expect(!error && value.is_object(), "a request is a JSON object");
  const json::object& object = value.get_object();
  const std::vector<std::string> keys = look_at_json(text).keys;
  for (const std::string_view key : known_keys(command.op)) {
    expect(std::ranges::count(keys, key) <= 1, "no key that matters stands twice");
  }
  expect(string_at(object, "op") == ops[static_cast<std::size_t>(command.op)], "op is as asked");
  check_id(object, command);
  if (command.op == Command::Op::ping) {
    expect(command.symbols.empty() && command.unsupported.empty(), "a ping asks for nothing else");
    return;
  }
  expect(command.id.has_value(), "a subscription has an id");
  expect(string_at(object, "channel") == channel_names[static_cast<std::size_t>(command.channel)],
         "channel is as asked");
  const json::value* const partial = object.if_contains("partial");
  expect(command.partial == (partial != nullptr && *partial == true), "partial is as asked");
  std::vector<std::string> unsupported;
  for (const std::string_view option : options) {
    if (object.contains({option.data(), option.size()})) unsupported.emplace_back(option);
  }
  expect(command.unsupported == unsupported, "options without effect are told");
  check_symbols(object, command);
}

bool same(const Result& a, const Result& b) {
  if (a.index() != b.index()) return false;
  if (const auto* const error = std::get_if<CommandError>(&a)) {
    const auto& other = std::get<CommandError>(b);
    return error->id == other.id && error->code == other.code && error->message == other.message;
  }
  const Command& one = std::get<Command>(a);
  const Command& other = std::get<Command>(b);
  return one.op == other.op && one.id == other.id && one.channel == other.channel &&
         one.symbols == other.symbols && one.partial == other.partial &&
         one.unsupported == other.unsupported;
}

void check(std::string_view text) {
  // A block of exactly this size: AddressSanitizer sees every byte beyond.
  const std::vector<char> bytes(text.begin(), text.end());
  const std::string_view request(bytes.data(), bytes.size());
  CommandParser parser(limits());
  const Result result = parser.parse(request);
  if (const auto* const error = std::get_if<CommandError>(&result)) {
    check_refused(*error, text);
  } else {
    check_accepted(std::get<Command>(result), text);
  }
  static_cast<void>(parser.parse(request.substr(0, request.size() / 2)));
  expect(same(parser.parse(request), result), "the same request gets the same answer");
}

}  // namespace
}  // namespace ticker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ticker::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
