// Events for the tests of this room, built from texts.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string_view>
#include <utility>

#include "schemas/event.hpp"

namespace ticker {

/// The number of a text; the empty text is null.
inline Decimal decimal(std::string_view text) {
  Decimal value;
  if (!text.empty()) {
    EXPECT_EQ(Decimal::parse(text, value), Decimal::Parse::ok) << text;
  }
  return value;
}

using FieldTexts = std::initializer_list<std::pair<Field, std::string_view>>;

/// A live ticker; its change touched the fields given.
inline Event ticker_event(InstrumentId id, std::uint64_t seq, FieldTexts fields) {
  Event event;
  event.kind = Event::Kind::ticker;
  event.instrument = id;
  event.seq = seq;
  event.ticker.status = Status::live;
  for (const auto& [field, text] : fields) {
    event.ticker.fields.set(field, decimal(text));
    event.ticker.changed = static_cast<FieldMask>(event.ticker.changed | bit(field));
  }
  return event;
}

inline Event trade_event(InstrumentId id, std::uint64_t seq, std::string_view price,
                         std::string_view size, Side side, std::string_view trade_id) {
  Event event;
  event.kind = Event::Kind::trade;
  event.instrument = id;
  event.seq = seq;
  event.trade = {decimal(price), decimal(size), {}, side};
  event.trade.id.assign(trade_id);
  return event;
}

}  // namespace ticker
