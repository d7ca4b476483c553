// Exact decimal numbers: what every price and size in the house is made of. No double ever touches
// one. Plain values without an owner; any thread may use them.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace ticker {

/// mantissa × 10^-scale. A null Decimal is a field without a value (JSON `null`).
struct Decimal {
  static constexpr std::int8_t null_scale = -1;
  static constexpr int scale_max = 18;
  /// Longest text: sign, 19 digits, point, or sign "0." and 18 digits.
  static constexpr std::size_t text_max = 24;

  std::int64_t mantissa = 0;
  std::int8_t scale = null_scale;

  [[nodiscard]] constexpr bool is_null() const { return scale < 0; }

  /// What became of a text. `overflow`: a number, but more digits than 64 bits hold; the value is
  /// null then.
  enum class Parse : std::uint8_t { ok, overflow, malformed };

  /// Reads `-?digits[.digits][(e|E)[+-]digits]`, the number of JSON and of every venue's strings,
  /// digits kept as they are ("1.50" keeps its scale of 2); trailing zeros after the point go only
  /// when that avoids an overflow.
  [[nodiscard]] static Parse parse(std::string_view text, Decimal& out);

  /// Writes the number without exponent, at most `text_max` bytes; returns the end. Null must not
  /// be written.
  char* format(char* out) const;

  /// Numeric: 1.5 equals 1.50. Two nulls are equal; null is below every number.
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend bool operator==(const Decimal& a, const Decimal& b) {
    if (a.scale == b.scale) return a.mantissa == b.mantissa || a.is_null();
    return (a <=> b) == 0;
  }
};

}  // namespace ticker
