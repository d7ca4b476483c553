// Texts of ours as JSON strings: what dialects say to venues, what clients and operators are
// answered. Pure.
#pragma once

#include <string>
#include <string_view>

namespace ticker {

/// Appends `text`, UTF-8, as a JSON string, quotes included (RFC 8259, 7). The short escapes
/// matter: no text grows beyond what a client needed to write it in a request.
inline void append_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  static constexpr std::string_view controls = "\b\f\n\r\t";
  static constexpr char letters[] = "bfnrt";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (const auto known = controls.find(c); known != std::string_view::npos) {
      out += '\\';
      out += letters[known];
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// Appends `text` as an element of a list that has begun: a comma before all but the first.
inline void append_element(std::string& out, std::string_view text) {
  if (!out.empty() && out.back() != '[') out += ',';
  append_json_string(out, text);
}

}  // namespace ticker
