// Small pieces of text that the reports share. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ticker::load {

[[nodiscard]] std::string fixed(double value, int digits);
[[nodiscard]] std::string per_second(std::uint64_t count, double seconds);
/// A JSON string; control characters are left out, they help nobody.
[[nodiscard]] std::string quoted(std::string_view text);
/// Text for HTML, also inside of an attribute.
[[nodiscard]] std::string escaped(std::string_view text);
/// 1234567 as 1,234,567.
[[nodiscard]] std::string grouped(std::uint64_t value);

}  // namespace ticker::load
