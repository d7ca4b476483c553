// File descriptors: each connection takes one, and the system's default allows few. Asked once, at
// start.
#pragma once

#include <cstdint>

namespace ticker {

/// Kept back for listeners, wake-ups, the admin port and its connections, libraries.
inline constexpr std::uint32_t descriptors_reserved = 128;

/// Raises this process's limit as far as the system lets it, for `connections_max` connections.
/// Returns how many connections the limit then has room for, at most `connections_max`.
[[nodiscard]] std::uint32_t allow_connections(std::uint32_t connections_max);

}  // namespace ticker
