#include "schemas/instrument.hpp"

#include <cassert>
#include <cstring>

namespace ticker {
namespace {

/// Bytes of the UTF-8 character that `text` begins with (RFC 3629, table in section 4); 0 if it
/// is none. One bad byte in a name would make a text frame that every browser must refuse.
std::size_t utf8_character_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const std::size_t bytes = first < 0xe0 ? 2U : (first < 0xf0 ? 3U : 4U);
  if (text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  }
  const bool overlong = (first == 0xe0 && byte(1) < 0xa0) || (first == 0xf0 && byte(1) < 0x90);
  const bool surrogate = first == 0xed && byte(1) > 0x9f;
  const bool beyond_unicode = first == 0xf4 && byte(1) > 0x8f;
  return overlong || surrogate || beyond_unicode ? 0 : bytes;
}

}  // namespace

bool is_instrument_name(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size()) return false;
  if (name.size() > Instrument::name_max) return false;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte == 0x7f) return false;
    if (c == '"' || c == '\\' || c == '*' || c == '>' || c == ',') return false;
  }
  for (std::size_t at = 0; at < name.size();) {
    const std::size_t bytes = utf8_character_bytes(name.substr(at));
    if (bytes == 0) return false;
    at += bytes;
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
