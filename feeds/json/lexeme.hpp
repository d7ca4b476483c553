// Lexemes of JSON as they lie in a frame: numbers by the grammar, where a string ends. Inline,
// because every value of every frame goes through here. Pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace ticker::feeds::lexeme {

inline bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

inline std::string_view trim_start(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

inline std::string_view trim_end(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

inline bool skip_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  text.remove_prefix(count);
  return count > 0;
}

// number = [ "-" ] int [ "." digits ] [ ( "e" / "E" ) [ "+" / "-" ] digits ]  (RFC 8259, 6)
inline bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const std::size_t size = text.size();
  if (!skip_digits(text) || (zero && size - text.size() > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (!skip_digits(text)) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (!skip_digits(text)) return false;
  }
  return text.empty();
}

// Eight bytes at a time: texts are short and of many lengths, and a branch a byte is guessed wrong
// at the end of nearly every one.
static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
constexpr std::uint64_t ones = 0x0101010101010101;

inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The bytes of a word that belong to a text of this size.
inline std::uint64_t mask(std::size_t size) {
  return size >= sizeof(std::uint64_t) ? ~std::uint64_t{0} : (std::uint64_t{1} << (size * 8)) - 1;
}

// The top bit of each byte that is `c`; right up to the first one, which is all that is asked for.
inline std::uint64_t find(std::uint64_t word, char c) {
  const std::uint64_t other = word ^ (ones * static_cast<unsigned char>(c));
  return (other - ones) & ~other & (ones << 7);
}

// Where a string's text ends: at the first quote or backslash. May look at bytes of the padding.
inline const char* end_of_plain(const char* at) {
  for (;; at += sizeof(std::uint64_t)) {
    const std::uint64_t word = load(at);
    const std::uint64_t found = find(word, '"') | find(word, '\\');
    if (found != 0) return at + std::countr_zero(found) / 8;
  }
}

}  // namespace ticker::feeds::lexeme
