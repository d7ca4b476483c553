// The one table of the configuration: every key, its type, its allowed range and the member it
// sets. The TOML reader, the command line and the tests walk this table; none of them knows a key
// by heart. Used at start only.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/config/config.hpp"

namespace ticker {

/// Where a value goes; the type of the member is the type of the key.
using Target = std::variant<bool*, std::uint32_t*, std::uint64_t*, double*, std::string*, Address*,
                            feeds::SimulatedProfile*, feeds::Category*, std::vector<std::string>*>;

struct Setting {
  std::string_view key;  // dotted path: `limits.ring_slots`
  std::function<Target(Config&)> target;
  std::uint64_t min = 0;  // of numbers, both ends included
  std::uint64_t max = 0;
  std::span<const std::string_view> words = {};  // the texts allowed; empty: any
  bool is_path = false;  // texts are names of files; relative ones start at the config's folder
};

[[nodiscard]] std::span<const Setting> settings();

/// The setting of `key`, null if there is none.
[[nodiscard]] const Setting* find_setting(std::string_view key);

/// What the setting takes, in words: `a whole number from 1 to 256`.
[[nodiscard]] std::string allowed(const Setting& setting);

/// A scalar as it was written; a list is set by `append`.
using Scalar = std::variant<bool, std::int64_t, double, std::string>;

/// Sets one scalar. Returns what is wrong with it (`is 3; allowed: …`), nothing if it was set.
[[nodiscard]] std::optional<std::string> assign(const Setting& setting, const Scalar& value,
                                                Config& config);

/// Checks one more element of a list and appends it to `list`. Returns what is wrong with it.
[[nodiscard]] std::optional<std::string> append(const Setting& setting, std::string_view element,
                                                std::vector<std::string>& list);

}  // namespace ticker
