// What a peer's answer says of itself, made fit for people and for a back-off. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "feeds/contract/wire.hpp"

namespace ticker::feeds {

inline constexpr std::size_t head_bytes_max = 8 * 1024;  // header of an answer that is kept
inline constexpr std::int64_t retry_after_max_ms = 24 * 60 * 60 * 1'000;  // longer ones are cut

/// A peer's words in one short line: cut, and what cannot be printed replaced by `?`.
[[nodiscard]] std::string printable(std::string_view text);

/// Retry-After: seconds, or a date («Wed, 21 Oct 2015 07:28:00 GMT»), RFC 9110, 10.2.3. 0: none.
[[nodiscard]] std::int64_t read_retry_after(std::string_view value, std::int64_t now_us);

/// A failure by an answer of this status. `retry_after`: value of that header, empty if absent;
/// believed with 418 (Binance's ban), 429 and 503.
[[nodiscard]] Failure failure_of(std::string_view step, int status, std::string_view retry_after,
                                 std::int64_t now_us);

}  // namespace ticker::feeds
