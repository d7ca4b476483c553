// Instruments: names of the form venue:BASE-QUOTE and the dense ids that stand for them inside the
// process. Feed threads add; every thread may read an id that it learnt from the ring. Records
// never move or change.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ticker {

using InstrumentId = std::uint32_t;

/// Hash that lets string maps be asked with a string_view, without allocating.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

struct Instrument {
  static constexpr std::size_t name_max = 62;

  char text[name_max];
  std::uint8_t size;
  std::uint8_t venue_size;

  [[nodiscard]] std::string_view name() const { return {text, size}; }
  [[nodiscard]] std::string_view venue() const { return {text, venue_size}; }
};
static_assert(sizeof(Instrument) == 64);

/// True for `venue:symbol`, both sides filled, UTF-8 bytes without white space, control characters,
/// and none of
/// `" \ * > ,` (they would need escaping in JSON, in patterns or in lists). At most
/// `Instrument::name_max` bytes.
[[nodiscard]] bool is_instrument_name(std::string_view name);

/// Append-only table of all instruments of the process.
class InstrumentTable {
 public:
  explicit InstrumentTable(std::size_t instruments_max);

  /// The id of `name`, a new one if the name is unknown; nothing if the name is malformed or the
  /// table is full.
  [[nodiscard]] std::optional<InstrumentId> add(std::string_view name);

  [[nodiscard]] const Instrument& at(InstrumentId id) const;
  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  const std::unique_ptr<Instrument[]> records_;
  std::atomic<std::size_t> size_{0};
  std::mutex mutex_;  // writers only; never on the data path once a feed knows its symbols
  std::unordered_map<std::string, InstrumentId, StringHash, std::equal_to<>> ids_;
};

}  // namespace ticker
