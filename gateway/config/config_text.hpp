// Texts of the configuration: addresses, and which word was meant. Pure functions, used at start.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "gateway/config/config.hpp"

namespace ticker {

/// `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080` (which stands for 127.0.0.1). The host is
/// kept as a plain IP address, without brackets.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// The word of `words` that `word` was probably meant to be; empty if none is near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> words);

}  // namespace ticker
