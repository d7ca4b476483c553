// Values in messages: what a JSON value must be to be one.
#pragma once

#include <simdjson.h>

#include <algorithm>
#include <string_view>

namespace ticker::sim {

inline bool decimal_text(std::string_view text) {
  if (text.empty()) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == '-'; });
}

// The value of a field: a number as a string, or null.
inline bool read_value(const simdjson::dom::element& value, std::string_view& out) {
  if (value.is_null()) {
    out = "null";
    return true;
  }
  return value.get(out) == simdjson::SUCCESS && decimal_text(out);
}

inline bool read_name(const simdjson::dom::element& value, std::string_view& out) {
  out = "null";
  return value.is_null() || value.get(out) == simdjson::SUCCESS;
}

}  // namespace ticker::sim
