#include "feeds/json/levels.hpp"

namespace ticker::feeds {

bool read_level(const Value& price, const Value& size, NumberReader& numbers, BookLevel& out) {
  return numbers.read_traded(price, out.price) && !out.price.is_null() &&
         numbers.read(size, out.size);
}

bool read_levels(const FrameReader& reader, const Value& value, NumberReader& numbers,
                 std::vector<BookLevel>& out) {
  if (value.type != Value::Type::table) return false;
  for (const Cells& cells : reader.table(value)) {
    if (!read_level(cells[0], cells[1], numbers, out.emplace_back())) return false;
  }
  return true;
}

}  // namespace ticker::feeds
