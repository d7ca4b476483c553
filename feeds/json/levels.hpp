// Levels of a book as venues send them: rows of a table, a price and a size each. One way for all
// adapters to read them. Pure functions.
#pragma once

#include <span>
#include <vector>

#include "feeds/json/frame_reader.hpp"
#include "feeds/json/values.hpp"

namespace ticker::feeds {

/// A price, never zero, that fits; and a size. A size that does not fit becomes null and counts as
/// overflow: the price stands there all the same. False: the frame is malformed.
[[nodiscard]] bool read_level(const Value& price, const Value& size, NumberReader& numbers,
                              BookLevel& out);

/// Appends the rows of a table to `out`, in their order. False when `value` is no table or one of
/// its rows is no level.
[[nodiscard]] bool read_levels(const FrameReader& reader, const Value& value, NumberReader& numbers,
                               std::vector<BookLevel>& out);

}  // namespace ticker::feeds
