// How a subscription wants its data: how often, which fields, in which format. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/event.hpp"

namespace ticker {

/// Intervals that are served, in milliseconds; 0 is real time.
inline constexpr std::array<std::uint32_t, 6> interval_classes_ms = {0,   100,   250,
                                                                     500, 1'000, 5'000};

/// An interval class: index into `interval_classes_ms`.
using Pace = std::uint8_t;
inline constexpr std::size_t pace_count = interval_classes_ms.size();
inline constexpr Pace real_time = 0;
/// What faster classes are served at while the shard is overloaded.
inline constexpr Pace widened_pace = 2;

/// The class that serves an interval: never faster than asked for, but for the slowest class.
constexpr Pace pace_for(std::uint64_t interval_ms) {
  Pace pace = 0;
  while (pace + 1U < pace_count && interval_classes_ms[pace] < interval_ms) ++pace;
  return pace;
}

/// All values; `status_bit` is part of every filter and stands in none.
inline constexpr FieldMask all_values = (1U << field_count) - 1;

/// A place in the table of formats that a shard serves (format.hpp).
using FormatId = std::uint8_t;

struct Shape {
  Pace pace = real_time;
  FormatId format = 0;  // that of the connection
  FieldMask fields = all_values;
  bool operator==(const Shape&) const = default;
};

/// What a filter may name besides the values, for a client that wants none of them.
inline constexpr std::string_view status_name = "status";

/// What a name of a filter stands for; nothing for `status_name`, which every filter has anyway.
[[nodiscard]] std::optional<FieldMask> field_named(std::string_view name);

/// The names of a filter in the order of the wire; `status_name` for one without values.
[[nodiscard]] std::vector<std::string> field_list(FieldMask fields);

}  // namespace ticker
