#include "gateway/protocol/shape.hpp"

#include <algorithm>

namespace ticker {

std::optional<FieldMask> field_named(std::string_view name) {
  if (name == status_name) return FieldMask{0};
  const auto* const known = std::find(field_names.begin(), field_names.end(), name);
  if (known == field_names.end()) return std::nullopt;
  return bit(static_cast<Field>(known - field_names.begin()));
}

std::vector<std::string> field_list(FieldMask fields) {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < field_count; ++i) {
    if ((fields & bit(static_cast<Field>(i))) != 0) list.emplace_back(field_names[i]);
  }
  if (list.empty()) list.emplace_back(status_name);
  return list;
}

}  // namespace ticker
