#include "schemas/decimal.hpp"

#include <cassert>
#include <charconv>
#include <cstring>

namespace ticker {
namespace {

constexpr std::int64_t mantissa_max = INT64_MAX;
constexpr std::size_t digits_max = 1'000;  // no number of a venue is that long; keeps ints small

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

// Appends `digit` behind `zeros` zeros; false when the mantissa would not fit.
bool append(std::int64_t& mantissa, int zeros, int digit) {
  if (mantissa != 0) {
    for (; zeros > 0; --zeros) {
      if (mantissa > mantissa_max / 10) return false;
      mantissa *= 10;
    }
  }
  // The first test is against a constant; only at the edge does the digit itself matter.
  if (mantissa >= mantissa_max / 10 && mantissa > (mantissa_max - digit) / 10) return false;
  mantissa = mantissa * 10 + digit;
  return true;
}

// Multiplies by 10^zeros; false, and unchanged, when that would not fit.
bool shift(std::int64_t& mantissa, int zeros) {
  if (mantissa == 0 || zeros == 0) return true;
  if (zeros > Decimal::scale_max || mantissa > mantissa_max / pow10_table[zeros]) return false;
  mantissa *= pow10_table[zeros];
  return true;
}

// The digits of a number, zeros at the end held back: they may have to go.
struct Digits {
  std::int64_t mantissa = 0;
  int zeros = 0;
  bool fits = true;

  void read(std::string_view text) {
    for (const char c : text) {
      if (c == '0') {
        ++zeros;
      } else {
        fits = fits && append(mantissa, zeros, c - '0');
        zeros = 0;
      }
    }
  }
};

std::string_view read_digits(const char*& p, const char* end) {
  const char* const first = p;
  while (p != end && is_digit(*p)) ++p;
  return {first, static_cast<std::size_t>(p - first)};
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

// Nearly every number of a venue: up to 18 digits without exponent fit as they are written. False
// when the number is of another form, or none.
bool parse_short(std::string_view text, Decimal& out) {
  constexpr std::size_t size_max = 19;  // 18 digits and a point
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.size() > size_max || text.empty() || !is_digit(text.back())) return false;
  std::uint64_t mantissa = 0;  // 19 digits, of a text refused below, fit too
  std::size_t point = text.size() - 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) {
      mantissa = mantissa * 10 + static_cast<std::uint64_t>(text[i] - '0');
    } else if (text[i] == '.' && i > 0 && point == text.size() - 1) {
      point = i;
    } else {
      return false;
    }
  }
  const std::size_t scale = text.size() - 1 - point;
  if (scale == 0 && text.size() == size_max) return false;  // 19 digits
  if (scale > static_cast<std::size_t>(Decimal::scale_max)) return false;
  const auto magnitude = static_cast<std::int64_t>(mantissa);
  out.mantissa = negative ? -magnitude : magnitude;
  out.scale = static_cast<std::int8_t>(scale);
  return true;
}

}  // namespace

Decimal::Parse Decimal::parse(std::string_view text, Decimal& out) {
  if (parse_short(text, out)) return Parse::ok;
  out = Decimal{};
  const char* p = text.data();
  const char* const end = p + text.size();
  const bool negative = p != end && *p == '-';
  if (negative) ++p;
  const std::string_view whole = read_digits(p, end);
  if (whole.empty()) return Parse::malformed;
  std::string_view fraction;
  if (p != end && *p == '.') {
    fraction = read_digits(++p, end);
    if (fraction.empty()) return Parse::malformed;
  }
  int exponent = 0;
  if (p != end && (*p == 'e' || *p == 'E')) {
    if (!read_exponent(++p, end, exponent)) return Parse::malformed;
  }
  if (p != end) return Parse::malformed;
  if (text.size() > digits_max) return Parse::overflow;

  Digits digits;
  digits.read(whole);
  digits.read(fraction);
  if (!digits.fits) return Parse::overflow;

  // As written, if that fits; else without the zeros at the end.
  int scale = static_cast<int>(fraction.size()) - exponent;
  std::int64_t mantissa = digits.mantissa;
  const bool as_written = scale <= scale_max && shift(mantissa, digits.zeros);
  if (!as_written) scale -= digits.zeros;
  if (mantissa == 0) {
    scale = as_written && scale > 0 ? scale : 0;  // zero has every exponent
  } else if (scale < 0) {
    if (!shift(mantissa, -scale)) return Parse::overflow;
    scale = 0;
  }
  if (scale > scale_max) return Parse::overflow;
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
