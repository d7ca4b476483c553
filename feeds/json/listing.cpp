#include "feeds/json/listing.hpp"

#include <simdjson.h>

#include <vector>

namespace ticker::feeds {
namespace {

namespace json = simdjson::dom;

std::string_view text_of(const json::element& value) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return text;
  bool flag = false;
  if (value.get_bool().get(flag) == simdjson::SUCCESS) return flag ? "true" : "false";
  return {};
}

void read_line(const json::element& element, std::span<const std::string_view> keys,
               std::vector<std::string_view>& texts, const std::function<void(ListLine)>& line) {
  json::object object;
  if (element.get_object().get(object) != simdjson::SUCCESS) return;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    json::element value;
    texts[i] = object.at_key(keys[i]).get(value) == simdjson::SUCCESS ? text_of(value)
                                                                      : std::string_view{};
  }
  line(texts);
}

bool find(json::parser& parser, std::string_view body, std::string_view place, json::element& out) {
  json::element document;
  if (parser.parse(body.data(), body.size()).get(document) != simdjson::SUCCESS) return false;
  return document.at_pointer(place).get(out) == simdjson::SUCCESS;
}

}  // namespace

bool read_listing(std::string_view body, std::string_view place,
                  std::span<const std::string_view> keys,
                  const std::function<void(ListLine)>& line) {
  json::parser parser;
  json::element found;
  if (!find(parser, body, place, found)) return false;
  std::vector<std::string_view> texts(keys.size());
  json::array array;
  json::object object;
  if (found.get_array().get(array) == simdjson::SUCCESS) {
    for (const json::element element : array) read_line(element, keys, texts, line);
    return true;
  }
  if (found.get_object().get(object) != simdjson::SUCCESS) return false;
  for (const json::key_value_pair entry : object) read_line(entry.value, keys, texts, line);
  return true;
}

std::string text_at(std::string_view body, std::string_view place) {
  json::parser parser;
  json::element found;
  return find(parser, body, place, found) ? std::string(text_of(found)) : std::string();
}

}  // namespace ticker::feeds
