// Texts of ours as JSON strings, for what dialects say to venues. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ticker::feeds {

/// Appends `text`, UTF-8, as a JSON string, quotes included (RFC 8259, 7).
inline void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20) {
      ((out += "\\u00") += hex_digits[byte >> 4]) += hex_digits[byte & 15];
      continue;
    }
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

/// Appends `text` as an element of a list that has begun: a comma before all but the first.
inline void append_element(std::string& out, std::string_view text) {
  if (!out.empty() && out.back() != '[') out += ',';
  append_quoted(out, text);
}

}  // namespace ticker::feeds
