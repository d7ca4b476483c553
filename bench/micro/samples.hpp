// What the micro-benches are fed with: names, quotes and trades of the shapes that venues send, the
// same in every run. Made before the timed loops; nothing here is measured.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "schemas/event.hpp"

namespace ticker::micro {

inline constexpr std::int64_t start_us = 1'763'881'200'000'000;  // times have 16 digits, as today
inline constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);

/// A venue's own spellings, `AAA-USDT` and so on.
inline std::vector<std::string> spellings(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const auto letter = [i](std::size_t weight) {
      return static_cast<char>('A' + i / weight % 26);
    };
    names.push_back(std::string{letter(26 * 26), letter(26), letter(1)} + "-USDT");
  }
  return names;
}

/// Quotes and 24 h values with the digits of a busy pair; each differs from the one before.
class Samples {
 public:
  Event ticker(InstrumentId id, std::uint64_t seq) {
    Event event = begin(Event::Kind::ticker, id, seq);
    event.ticker.status = Status::live;
    event.ticker.since_us = start_us;
    event.ticker.changed = quote_mask;
    Fields& fields = event.ticker.fields;
    const std::int64_t bid = next(6'300'000, 6'500'000);
    fields.set(Field::bid, {bid, 2});
    fields.set(Field::bid_size, {next(1'000, 900'000'000), 8});
    fields.set(Field::ask, {bid + next(1, 50), 2});
    fields.set(Field::ask_size, {next(1'000, 900'000'000), 8});
    fields.set(Field::last, {bid, 2});
    fields.set(Field::last_size, {next(1'000, 900'000'000), 8});
    fields.set(Field::open_24h, {6'350'000, 2});
    fields.set(Field::high_24h, {6'512'345, 2});
    fields.set(Field::low_24h, {6'298'765, 2});
    fields.set(Field::volume_24h, {next(1'000'000'000'000, 9'000'000'000'000), 8});
    return event;
  }

  Event trade(InstrumentId id, std::uint64_t seq) {
    Event event = begin(Event::Kind::trade, id, seq);
    event.trade = {{next(6'300'000, 6'500'000), 2}, {next(1'000, 900'000'000), 8}, {}, Side::buy};
    event.trade.side = random_() % 2 == 0 ? Side::buy : Side::sell;
    event.trade.id.assign(std::to_string(next(3'000'000'000, 4'000'000'000)));
    return event;
  }

 private:
  static Event begin(Event::Kind kind, InstrumentId id, std::uint64_t seq) {
    Event event;
    event.kind = kind;
    event.instrument = id;
    event.seq = seq;
    event.received = {start_us + static_cast<std::int64_t>(seq), 1'000'000'000};
    event.exchange_us = event.received.wall_us - 400;
    return event;
  }
  std::int64_t next(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(high - low));
  }

  std::mt19937_64 random_{7};
};

}  // namespace ticker::micro
