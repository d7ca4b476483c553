// Reads a venue's list of instruments: a large JSON answer of which a few texts a line are wanted.
// For the `read_list` of dialects; runs at start and now and then, never for a frame.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace ticker::feeds {

/// The wanted texts of one line, in the order of the keys; those that are absent or no
/// texts are empty. A boolean is `true` or `false`.
using ListLine = std::span<const std::string_view>;

/// Calls `line` for each element of the list (or each value of the object) at the JSON pointer
/// `place` (`""`: the outermost value). False when the body is not JSON or has nothing there.
[[nodiscard]] bool read_listing(std::string_view body, std::string_view place,
                                std::span<const std::string_view> keys,
                                const std::function<void(ListLine)>& line);

/// The text at a JSON pointer; empty where there is none.
[[nodiscard]] std::string text_at(std::string_view body, std::string_view place);

}  // namespace ticker::feeds
