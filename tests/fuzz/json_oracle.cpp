#include "tests/fuzz/json_oracle.hpp"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/src.hpp>  // the library is built here
#include <cmath>
#include <cstdint>
#include <utility>

namespace ticker::fuzz {
namespace {

namespace json = boost::json;
using Error = json::error_code;

json::parse_options options() {
  json::parse_options options;
  options.max_depth = JsonFacts::depth_max;
  return options;
}

// Hears every token, keeps nothing but the facts (Boost.JSON, «basic_parser»).
struct Handler {
  static constexpr std::size_t max_object_size = SIZE_MAX;
  static constexpr std::size_t max_array_size = SIZE_MAX;
  static constexpr std::size_t max_key_size = SIZE_MAX;
  static constexpr std::size_t max_string_size = SIZE_MAX;

  JsonFacts facts;
  std::size_t depth = 0;
  std::string key;    // as far as it was read
  bool whole = true;  // the number that is being read has neither point nor exponent

  bool begin() {
    facts.depth = std::max(facts.depth, ++depth);
    return true;
  }
  bool end() {
    --depth;
    return true;
  }
  bool number(json::string_view text) {
    whole = whole && text.find_first_of(".eE") == json::string_view::npos;
    return true;
  }

  static bool on_document_begin(Error&) { return true; }
  static bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) { return begin(); }
  bool on_object_end(std::size_t, Error&) { return end(); }
  bool on_array_begin(Error&) { return begin(); }
  bool on_array_end(std::size_t, Error&) { return end(); }
  bool on_key_part(json::string_view part, std::size_t, Error&) {
    if (depth == 1) key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t size, Error& error) {
    on_key_part(part, size, error);
    if (depth == 1) facts.keys.push_back(std::exchange(key, {}));
    return true;
  }
  static bool on_string_part(json::string_view, std::size_t, Error&) { return true; }
  static bool on_string(json::string_view, std::size_t, Error&) { return true; }
  bool on_number_part(json::string_view text, Error&) { return number(text); }
  bool on_int64(std::int64_t, json::string_view, Error&) { return whole = true; }
  bool on_uint64(std::uint64_t, json::string_view, Error&) { return whole = true; }
  bool on_double(double value, json::string_view text, Error&) {
    number(text);
    facts.big_number |= whole || !std::isfinite(value);
    return whole = true;
  }
  static bool on_bool(bool, Error&) { return true; }
  static bool on_null(Error&) { return true; }
  static bool on_comment_part(json::string_view, Error&) { return true; }
  static bool on_comment(json::string_view, Error&) { return true; }
};

}  // namespace

JsonFacts look_at_json(std::string_view text) {
  json::basic_parser<Handler> parser(options());
  Error error;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), error);
  JsonFacts facts = parser.handler().facts;
  using Form = JsonFacts::Form;
  if (error == json::error::exponent_overflow || error == json::error::too_deep) {
    facts.form = Form::undecided;
  } else {
    facts.form = !error && read == text.size() ? Form::well_formed : Form::malformed;
  }
  return facts;
}

std::optional<std::string> unescaped(std::string_view json_text) {
  Error error;
  const json::value value = json::parse({json_text.data(), json_text.size()}, error);
  if (error || !value.is_string()) return std::nullopt;
  return std::string(value.get_string().data(), value.get_string().size());
}

bool is_utf8(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    // Whatever a JSON string must escape is ASCII, and no flaw.
    quoted += static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' ? ' ' : c;
  }
  return unescaped(quoted + '"').has_value();
}

}  // namespace ticker::fuzz
