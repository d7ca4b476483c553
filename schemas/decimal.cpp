#include "schemas/decimal.hpp"

#include <cassert>
#include <charconv>
#include <cstring>

namespace ticker {
namespace {

constexpr std::int64_t mantissa_max = INT64_MAX;

__extension__ typedef __int128 wide;

constexpr std::int64_t pow10_table[19] = {1,
                                          10,
                                          100,
                                          1'000,
                                          10'000,
                                          100'000,
                                          1'000'000,
                                          10'000'000,
                                          100'000'000,
                                          1'000'000'000,
                                          10'000'000'000,
                                          100'000'000'000,
                                          1'000'000'000'000,
                                          10'000'000'000'000,
                                          100'000'000'000'000,
                                          1'000'000'000'000'000,
                                          10'000'000'000'000'000,
                                          100'000'000'000'000'000,
                                          1'000'000'000'000'000'000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Appends one digit; false when the mantissa would not fit.
bool append(std::int64_t& mantissa, int digit) {
  if (mantissa > (mantissa_max - digit) / 10) return false;
  mantissa = mantissa * 10 + digit;
  return true;
}

// Reads an exponent; false when malformed. Clamped: beyond ±1000 nothing fits anyway.
bool read_exponent(const char*& p, const char* end, int& exponent) {
  bool negative = false;
  if (p != end && (*p == '+' || *p == '-')) negative = *p++ == '-';
  if (p == end) return false;
  for (; p != end && is_digit(*p); ++p) {
    if (exponent < 1000) exponent = exponent * 10 + (*p - '0');
  }
  if (negative) exponent = -exponent;
  return true;
}

}  // namespace

Decimal::Parse Decimal::parse(std::string_view text, Decimal& out) {
  out = Decimal{};
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  if (p == end || !is_digit(*p)) return Parse::malformed;

  std::int64_t mantissa = 0;
  bool fits = true;
  for (; p != end && is_digit(*p); ++p) fits = fits && append(mantissa, *p - '0');

  int scale = 0;
  if (p != end && *p == '.') {
    const char* const first = ++p;
    while (p != end && is_digit(*p)) ++p;
    if (p == first) return Parse::malformed;
    const char* last = p;
    // Digits as they are, if they fit; else without the zeros at the end.
    const std::int64_t whole = mantissa;
    for (int attempt = 0; fits && attempt < 2; ++attempt) {
      mantissa = whole;
      scale = 0;
      bool ok = last - first <= scale_max;
      for (const char* q = first; ok && q != last; ++q, ++scale) ok = append(mantissa, *q - '0');
      if (ok) break;
      if (attempt == 1 || last[-1] != '0') fits = false;
      while (last != first && last[-1] == '0') --last;
    }
  }

  int exponent = 0;
  if (p != end && (*p == 'e' || *p == 'E')) {
    if (!read_exponent(++p, end, exponent)) return Parse::malformed;
  }
  if (p != end) return Parse::malformed;
  if (!fits) return Parse::overflow;

  scale -= exponent;
  for (; scale < 0 && mantissa != 0; ++scale) {
    if (!append(mantissa, 0)) return Parse::overflow;
  }
  if (scale < 0) scale = 0;  // zero has every exponent
  for (; scale > scale_max && mantissa % 10 == 0 && mantissa != 0; --scale) mantissa /= 10;
  if (scale > scale_max) {
    if (mantissa != 0) return Parse::overflow;
    scale = scale_max;
  }
  out.mantissa = negative ? -mantissa : mantissa;
  out.scale = static_cast<std::int8_t>(scale);
  return Parse::ok;
}

char* Decimal::format(char* out) const {
  assert(!is_null());
  std::uint64_t magnitude = static_cast<std::uint64_t>(mantissa);
  if (mantissa < 0) {
    *out++ = '-';
    magnitude = 0 - magnitude;
  }
  if (scale == 0) return std::to_chars(out, out + 20, magnitude).ptr;
  char digits[20];
  const int count = static_cast<int>(std::to_chars(digits, digits + 20, magnitude).ptr - digits);
  const int whole = count - scale;
  if (whole > 0) {
    std::memcpy(out, digits, static_cast<std::size_t>(whole));
    out[whole] = '.';
    std::memcpy(out + whole + 1, digits + whole, static_cast<std::size_t>(scale));
    return out + count + 1;
  }
  *out++ = '0';
  *out++ = '.';
  for (int zeros = -whole; zeros > 0; --zeros) *out++ = '0';
  std::memcpy(out, digits, static_cast<std::size_t>(count));
  return out + count;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.scale == b.scale)
    return a.is_null() ? std::strong_ordering::equal : a.mantissa <=> b.mantissa;
  if (a.is_null()) return std::strong_ordering::less;
  if (b.is_null()) return std::strong_ordering::greater;
  wide left = a.mantissa;
  wide right = b.mantissa;
  if (a.scale < b.scale) {
    left *= pow10_table[b.scale - a.scale];
  } else {
    right *= pow10_table[a.scale - b.scale];
  }
  return left < right
             ? std::strong_ordering::less
             : (left > right ? std::strong_ordering::greater : std::strong_ordering::equal);
}

}  // namespace ticker
