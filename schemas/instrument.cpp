#include "schemas/instrument.hpp"

#include <cassert>
#include <cstring>

namespace ticker {

bool is_instrument_name(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size()) return false;
  if (name.size() > Instrument::name_max) return false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return false;
    if (c == '"' || c == '\\' || c == '*' || c == '>' || c == ',') return false;
  }
  return true;
}

InstrumentTable::InstrumentTable(std::size_t instruments_max)
    : capacity_(instruments_max), records_(std::make_unique<Instrument[]>(instruments_max)) {}

std::optional<InstrumentId> InstrumentTable::add(std::string_view name) {
  if (!is_instrument_name(name)) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (const auto known = ids_.find(name); known != ids_.end()) return known->second;
  const auto count = size_.load(std::memory_order_relaxed);
  if (count == capacity_) return std::nullopt;
  Instrument& record = records_[count];
  std::memcpy(record.text, name.data(), name.size());
  record.size = static_cast<std::uint8_t>(name.size());
  record.venue_size = static_cast<std::uint8_t>(name.find(':'));
  const auto id = static_cast<InstrumentId>(count);
  ids_.emplace(name, id);
  size_.store(count + 1, std::memory_order_release);
  return id;
}

const Instrument& InstrumentTable::at(InstrumentId id) const {
  assert(id < size());
  return records_[id];
}

}  // namespace ticker
