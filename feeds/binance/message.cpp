#include "feeds/binance/message.hpp"

#include <simdjson.h>

#include "feeds/binance/binance.hpp"
#include "schemas/decimal.hpp"

namespace ticker::feeds::binance {
namespace {

namespace json = simdjson::ondemand;

std::string_view trim(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto first = text.find_first_not_of(space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

// The grammar of a Decimal is that of a JSON number but for zeros in front.
bool is_number(std::string_view text) {
  Decimal ignored;
  if (Decimal::parse(text, ignored) == Decimal::Parse::malformed) return false;
  if (text.front() == '-') text.remove_prefix(1);
  return text.size() < 2 || text[0] != '0' || text[1] < '0' || text[1] > '9';
}

}  // namespace

// On-Demand checks what is asked for and little else. A frame cut short or spliced must not pass as
// data, so every value is asked for, those that nobody needs as well.
struct MessageReader::Parser {
  json::parser parser{frame_bytes_max};

  bool read(json::value value, Value& out, int depth) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    switch (type) {
      case json::json_type::object: {
        out.type = Value::Type::container;
        json::object object;
        return depth < depth_max && value.get_object().get(object) == simdjson::SUCCESS &&
               check(object, depth + 1);
      }
      case json::json_type::array: {
        out.type = Value::Type::container;
        json::array array;
        return depth < depth_max && value.get_array().get(array) == simdjson::SUCCESS &&
               check(array, depth + 1);
      }
      case json::json_type::string:
        out.type = Value::Type::string;
        return value.get_string().get(out.text) == simdjson::SUCCESS;
      case json::json_type::number:
        out.type = Value::Type::number;
        out.text = trim(value.raw_json_token());  // the token runs up to the next one
        return is_number(out.text);
      case json::json_type::boolean: {
        bool yes = false;
        if (value.get_bool().get(yes) != simdjson::SUCCESS) return false;
        out.type = yes ? Value::Type::yes : Value::Type::no;
        return true;
      }
      case json::json_type::null: {
        out.type = Value::Type::null;
        bool null = false;
        return value.is_null().get(null) == simdjson::SUCCESS && null;
      }
    }
    return false;
  }

  bool check(json::array array, int depth) {
    for (auto element : array) {
      json::value value;
      Value ignored;
      if (element.get(value) != simdjson::SUCCESS || !read(value, ignored, depth)) return false;
    }
    return true;
  }

  bool check(json::object object, int depth) {
    return each(object, [&](std::string_view, json::value value) {
      Value ignored;
      return read(value, ignored, depth);
    });
  }

  template <typename Take>
  static bool each(json::object object, Take take) {
    for (auto entry : object) {
      json::field field;
      std::string_view key;
      if (std::move(entry).get(field) != simdjson::SUCCESS) return false;
      if (field.unescaped_key().get(key) != simdjson::SUCCESS) return false;
      if (!take(key, field.value())) return false;
    }
    return true;
  }

  // A raw frame, or what the wrapper holds.
  bool payload(json::object object, Message& message, int depth) {
    return each(object, [&](std::string_view key, json::value value) {
      return take(key, value, message, depth);
    });
  }

  bool take(std::string_view key, json::value value, Message& message, int depth) {
    if (key.size() == 1) {
      if (const auto at = key_letters.find(key[0]); at != std::string_view::npos) {
        message.values[at] = {};
        return read(value, message.values[at], depth);
      }
    }
    message.has_snapshot |= key == "lastUpdateId";
    message.has_answer |= key == "result" || key == "error" || key == "code";
    Value ignored;
    return read(value, ignored, depth);
  }

  // The outermost object: a raw frame, or {"stream":…,"data":…} with its keys in any order.
  bool outer(json::object object, Message& message) {
    Message wrapped;
    bool is_wrapper = false;
    const bool ok = each(object, [&](std::string_view key, json::value value) {
      if (key == "stream") {
        Value stream;
        if (!read(value, stream, 1)) return false;
        if (stream.type == Value::Type::string) message.stream = stream.text;
        return true;
      }
      if (key != "data") return take(key, value, message, 1);
      is_wrapper = true;
      wrapped = {};
      return data(value, wrapped);
    });
    if (!ok) return false;
    if (is_wrapper) {
      wrapped.stream = message.stream;
      // Without its stream's name it is no wrapper that we know.
      message = message.stream.empty() ? Message{} : wrapped;
    }
    return true;
  }

  bool data(json::value value, Message& message) {
    json::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    json::object object;
    json::array array;
    Value ignored;
    if (type == json::json_type::object) {
      return value.get_object().get(object) == simdjson::SUCCESS && payload(object, message, 2);
    }
    if (type == json::json_type::array) {
      return value.get_array().get(array) == simdjson::SUCCESS && list(array, message, 2);
    }
    return read(value, ignored, 2);
  }

  bool list(json::array array, Message& message, int depth) {
    message.is_array = true;
    bool first = true;
    for (auto element : array) {
      json::value value;
      if (element.get(value) != simdjson::SUCCESS) return false;
      json::json_type type{};
      if (value.type().get(type) != simdjson::SUCCESS) return false;
      Value ignored;
      json::object object;
      const bool capture = first && type == json::json_type::object;
      first = false;
      if (!capture) {
        if (!read(value, ignored, depth)) return false;
      } else if (value.get_object().get(object) != simdjson::SUCCESS ||
                 !payload(object, message, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  // A frame that is a single value: nothing that we know, but well-formed or not all the same.
  static bool scalar(json::document& document, std::string_view text) {
    std::string_view ignored;
    if (text.starts_with('"')) return document.get_string().get(ignored) == simdjson::SUCCESS;
    return text == "true" || text == "false" || text == "null" || is_number(text);
  }
};

MessageReader::MessageReader() : parser_(std::make_unique<Parser>()) {}
MessageReader::~MessageReader() = default;

bool MessageReader::read(std::string_view frame, Message& message) {
  const std::string_view text = trim(frame);
  if (text.empty() || frame.size() > frame_bytes_max) return false;
  json::document document;
  const simdjson::padded_string_view padded(frame.data(), frame.size(),
                                            frame.size() + Adapter::padding_bytes);
  if (parser_->parser.iterate(padded).get(document) != simdjson::SUCCESS) return false;
  bool ok = false;
  if (text.front() == '{') {
    json::object object;
    ok = document.get_object().get(object) == simdjson::SUCCESS && parser_->outer(object, message);
  } else if (text.front() == '[') {
    json::array array;
    ok = document.get_array().get(array) == simdjson::SUCCESS && parser_->list(array, message, 1);
  } else {
    ok = Parser::scalar(document, text);
    if (text.front() != '"') return ok;
  }
  // Nothing may follow the outermost value.
  return ok && document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

}  // namespace ticker::feeds::binance
