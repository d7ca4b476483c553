// Two texts, a line each, as numbers; and any bytes as mantissa and scale. Checked against a reader
// that works on digits as text, and against arithmetic in 128 bits.
#include <algorithm>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "schemas/decimal.hpp"
#include "tests/fuzz/expect.hpp"

namespace ticker::fuzz {
namespace {

using Parse = Decimal::Parse;
__extension__ typedef __int128 wide;

constexpr std::string_view mantissa_max_text = "9223372036854775807";
constexpr std::size_t text_bytes_max = 1'000;  // longer ones are overflows, whatever their value

// A number as it stands there: digits × 10^exponent.
struct Written {
  std::string digits;
  long exponent = 0;
  bool negative = false;
};

std::string_view take_digits(std::string_view& text) {
  const auto count = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, count);
  text.remove_prefix(count);
  return digits;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
}

std::optional<Written> read(std::string_view text) {
  Written out;
  out.negative = take(text, "-");
  const std::string_view whole = take_digits(text);
  if (whole.empty()) return std::nullopt;
  out.digits = whole;
  if (take(text, ".")) {
    const std::string_view fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
    out.digits += fraction;
    out.exponent = -static_cast<long>(fraction.size());
  }
  if (take(text, "eE")) {
    const bool negative = !text.empty() && text.front() == '-';
    take(text, "+-");
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    const std::string_view significant = without_leading_zeros(digits);
    const long shift = significant.size() > 6 ? 1'000'000 : std::atol(std::string(digits).c_str());
    out.exponent += negative ? -shift : shift;
  }
  if (!text.empty()) return std::nullopt;
  out.digits = without_leading_zeros(out.digits);
  return out;
}

bool fits(std::string_view digits) {
  return digits.size() < mantissa_max_text.size() ||
         (digits.size() == mantissa_max_text.size() && digits <= mantissa_max_text);
}

// No zero at the end: equal values are written alike. Zero has no digits.
Written shortest(Written value) {
  const auto size = value.digits.find_last_not_of('0') + 1;  // npos + 1 is 0
  value.exponent += static_cast<long>(value.digits.size() - size);
  value.digits.resize(size);
  if (size == 0) value = Written{};
  return value;
}

bool is_representable(const Written& shortest_value) {
  const auto& [digits, exponent, negative] = shortest_value;
  if (exponent < -Decimal::scale_max) return false;
  if (exponent <= 0) return fits(digits);
  if (exponent > Decimal::scale_max) return false;
  return fits(digits + std::string(static_cast<std::size_t>(exponent), '0'));
}

std::string format(const Decimal& value) {
  char buffer[Decimal::text_max];  // AddressSanitizer sees a text that is longer
  char* const end = value.format(buffer);
  expect(end > buffer && end <= buffer + Decimal::text_max, "a text has at most text_max bytes");
  return {buffer, end};
}

void check_format(const Decimal& value) {
  const std::string text = format(value);
  Decimal again;
  const Parse result = Decimal::parse(text, again);
  if (value.mantissa == INT64_MIN) {
    expect(result == Parse::overflow, "the one mantissa beyond what texts may say is an overflow");
    return;
  }
  expect(result == Parse::ok, "what was written can be read");
  expect(again.mantissa == value.mantissa && again.scale == value.scale,
         "what was written is read with every digit");
  expect(format(again) == text, "what was read is written the same");
}

Decimal check_text(std::string_view text) {
  Decimal value{77, 3};
  const Parse result = Decimal::parse(text, value);
  const std::optional<Written> written = read(text);
  expect((result == Parse::malformed) == !written, "what is a number is told by its grammar");
  expect((result == Parse::ok) == !value.is_null(), "only what was read has a value");
  if (!written) return value;
  const Written truth = shortest(*written);
  const bool representable = text.size() <= text_bytes_max && is_representable(truth);
  expect((result == Parse::ok) == representable, "a number is read if and only if 64 bits hold it");
  if (!representable) return value;
  expect(value.scale <= Decimal::scale_max, "a scale is at most scale_max");
  check_format(value);
  const Written said = shortest(*read(format(value)));
  expect(said.digits == truth.digits && said.exponent == truth.exponent &&
             (said.negative == truth.negative || truth.digits.empty()),
         "a number is read exactly");
  const bool as_written =
      written->exponent <= 0 && written->exponent >= -Decimal::scale_max && fits(written->digits);
  expect(!as_written || value.scale == -written->exponent, "digits are kept as they are");
  return value;
}

wide at_largest_scale(const Decimal& value) {
  wide number = value.mantissa;
  for (int scale = value.scale; scale < Decimal::scale_max; ++scale) number *= 10;
  return number;  // below 2^63 × 10^18 < 2^123
}

std::strong_ordering truth(const Decimal& a, const Decimal& b) {
  if (a.is_null() || b.is_null()) return !a.is_null() <=> !b.is_null();
  const wide left = at_largest_scale(a);
  const wide right = at_largest_scale(b);
  if (left == right) return std::strong_ordering::equal;
  return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
}

void check_order(const Decimal& a, const Decimal& b) {
  expect((a <=> b) == truth(a, b), "numbers compare as their values do");
  expect((b <=> a) == truth(b, a), "numbers compare as their values do, the other way round");
  expect((a == b) == (truth(a, b) == 0), "equal is what compares equal");
  expect(a == a && b == b, "a number equals itself");
}

Decimal from_bytes(std::string_view bytes) {
  Decimal value;
  std::memcpy(&value.mantissa, bytes.data(), sizeof value.mantissa);
  const auto scale = static_cast<unsigned char>(bytes[sizeof value.mantissa]);
  value.scale = static_cast<std::int8_t>(scale % (Decimal::scale_max + 1));
  return value;
}

void check(std::string_view input) {
  const auto line = std::min(input.find('\n'), input.size());
  const Decimal a = check_text(input.substr(0, line));
  const Decimal b = check_text(input.substr(std::min(line + 1, input.size())));
  check_order(a, b);

  constexpr std::size_t value_bytes = sizeof(std::int64_t) + 1;
  if (input.size() < 2 * value_bytes) return;
  const Decimal c = from_bytes(input);
  const Decimal d = from_bytes(input.substr(value_bytes));
  check_format(c);
  check_format(d);
  check_order(c, d);
  check_order(a, c);
}

}  // namespace
}  // namespace ticker::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ticker::fuzz::check({reinterpret_cast<const char*>(data), size});
  return 0;
}
