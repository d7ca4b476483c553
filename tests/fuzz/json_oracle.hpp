// A second opinion on what is JSON: Boost.JSON, which shares no line with the readers of the house.
// Pure over bytes.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ticker::fuzz {

struct JsonFacts {
  /// `undecided`: beyond what the oracle itself reads (an exponent of ten digits, a depth beyond
  /// `depth_max`).
  enum class Form { well_formed, malformed, undecided };
  static constexpr std::size_t depth_max = 2'000;

  Form form = Form::malformed;
  std::size_t depth = 0;          // of nested objects and arrays
  bool big_number = false;        // an integer beyond 64 bits, or a number beyond a double
  std::vector<std::string> keys;  // of an outermost object, in their order
};

[[nodiscard]] JsonFacts look_at_json(std::string_view text);

/// The text that a JSON string, with its quotes, stands for; nothing if it is none or not UTF-8.
[[nodiscard]] std::optional<std::string> unescaped(std::string_view json);

/// True for UTF-8 without a flaw.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace ticker::fuzz
