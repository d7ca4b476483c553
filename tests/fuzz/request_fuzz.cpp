// Any bytes as a client's request. What is accepted keeps to the limits and is what Boost.JSON
// reads there too; what is refused has one of the documented codes, for a reason that Boost.JSON
// confirms; whatever goes back to the client is JSON in UTF-8.
#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "feeds/base/json_text.hpp"
#include "gateway/protocol/command.hpp"
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
constexpr std::array<std::string_view, 7> codes = {
    "bad_json",        "bad_request",   "bad_id",          "unknown_op",
    "unknown_channel", "unknown_field", "too_many_symbols"};
constexpr std::array<std::string_view, 3> ops = {"subscribe", "unsubscribe", "ping"};
constexpr std::array<std::uint64_t, 6> classes_ms = {0, 100, 250, 500, 1'000, 5'000};
constexpr std::array<std::string_view, 10> fields = {"bid",     "bid_size",  "ask",      "ask_size",
                                                     "last",    "last_size", "open_24h", "high_24h",
                                                     "low_24h", "volume_24h"};

// Those that a request is asked for; others may stand as often as they like.
std::span<const std::string_view> known_keys(Command::Op op) {
  static constexpr std::string_view keys[] = {"op",      "id",          "channel", "partial",
                                              "symbols", "interval_ms", "fields",  "resume"};
  static constexpr std::size_t counts[] = {std::size(keys), 5, 2};  // in the order of Op
  return std::span(keys).first(counts[static_cast<std::size_t>(op)]);
}

constexpr ChannelId ticker_id = 0;
constexpr ChannelId trades_id = 1;

// As the product has them (README.md, «Channels»); the table itself stands with the fan-out.
const std::vector<ChannelTraits>& channels() {
  static const std::vector<ChannelTraits> all = {
      {.name = "ticker", .on_full = OnFull::merge, .paced = true, .has_fields = true},
      {.name = "trades", .on_full = OnFull::lose}};
  return all;
}

const Limits& limits() {
  static const Limits limits = [] {
    Limits small;
    small.symbols_per_request_max = 8;  // within a fuzzer's reach
    small.subscriptions_max = 4;
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

// A whole number that is not negative; nothing for every other value.
std::optional<std::uint64_t> whole_number(const json::value* value) {
  if (value == nullptr) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (!value->is_int64() || value->get_int64() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(value->get_int64());
}

void check_interval(const json::object& object, const Command& command) {
  const json::value* const asked = object.if_contains("interval_ms");
  const std::uint64_t granted = classes_ms.at(command.shape.pace);
  if (asked != nullptr) expect(whole_number(asked).has_value(), "an interval is a whole number");
  if (asked == nullptr || command.channel == trades_id) {
    expect(granted == 0, "real time is what nobody asked otherwise for, and all trades");
    return;
  }
  const std::uint64_t wanted = std::min(*whole_number(asked), classes_ms.back());
  expect(granted >= wanted, "an interval is never granted faster than asked for");
  for (const std::uint64_t other : classes_ms) {
    expect(other < wanted || granted <= other, "an interval is granted as fast as it may be");
  }
}

void check_fields(const json::object& object, const Command& command) {
  const json::value* const list = object.if_contains("fields");
  FieldMask truth = 0;
  if (list == nullptr) {
    truth = (1U << fields.size()) - 1;
  } else {
    expect(command.channel == ticker_id, "trades have no filter");
    expect(list->is_array() && !list->get_array().empty(), "a filter is a list with a name");
    for (const json::value& name : list->get_array()) {
      expect(name.is_string(), "names are strings");
      if (name == "status") continue;
      const auto* const known = std::ranges::find_if(
          fields, [&](std::string_view field) { return name == json::string_view(field); });
      expect(known != fields.end(), "a field is one of ten");
      truth = static_cast<FieldMask>(truth | 1U << (known - fields.begin()));
    }
  }
  expect(command.shape.fields == truth, "a filter is the set of its names");
}

void check_resume(const json::object& object, const Command& command) {
  const json::value* const points = object.if_contains("resume");
  if (points == nullptr) return expect(command.resume.empty(), "nobody resumes unasked");
  expect(points->is_object(), "resume is an object");
  expect(points->get_object().size() == command.resume.size(), "every point is taken, each once");
  expect(command.resume.size() <= limits().subscriptions_max, "points are bounded");
  for (const ResumePoint& point : command.resume) {
    const json::value* const asked = points->get_object().if_contains(point.symbol);
    expect(asked != nullptr && asked->is_object(), "a point is one that was asked for");
    expect(string_at(asked->get_object(), "epoch") == point.epoch, "epoch is as asked");
    expect(whole_number(asked->get_object().if_contains("seq")) == point.seq, "seq is as asked");
    expect(point.seq <= id_max, "seq is what a JavaScript number holds");
  }
}

void check_shape(const json::object& object, const Command& command) {
  if (command.op == Command::Op::subscribe) {
    check_interval(object, command);
    check_fields(object, command);
    check_resume(object, command);
  } else {
    expect(command.shape == Shape{} && command.resume.empty(), "only who subscribes says how");
  }
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
  check_shape(object, command);
  if (command.op == Command::Op::ping) {
    expect(command.symbols.empty(), "a ping asks for nothing else");
    return;
  }
  expect(command.id.has_value(), "a subscription has an id");
  expect(string_at(object, "channel") == channels()[command.channel].name, "channel is as asked");
  const json::value* const partial = object.if_contains("partial");
  expect(command.partial == (partial != nullptr && *partial == true), "partial is as asked");
  check_symbols(object, command);
}

bool same(const ResumePoint& a, const ResumePoint& b) {
  return a.symbol == b.symbol && a.epoch == b.epoch && a.seq == b.seq;
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
         one.symbols == other.symbols && one.partial == other.partial && one.shape == other.shape &&
         std::ranges::equal(one.resume, other.resume,
                            [](const auto& x, const auto& y) { return same(x, y); });
}

void check(std::string_view text) {
  // A block of exactly this size: AddressSanitizer sees every byte beyond.
  const std::vector<char> bytes(text.begin(), text.end());
  const std::string_view request(bytes.data(), bytes.size());
  CommandParser parser(limits(), channels());
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
