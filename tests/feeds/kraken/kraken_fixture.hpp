// Frames of Kraken, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <memory>
#include <string>

#include "feeds/kraken/kraken.hpp"
#include "tests/feeds/adapter_fixture.hpp"

namespace ticker::feeds::kraken {

inline constexpr FieldMask day_mask =
    bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);

inline const std::string ticker_row =
    R"({"symbol":"BTC/USD","bid":61999.90,"bid_qty":1.50000000,"ask":62000.00,)"
    R"("ask_qty":0.25000000,"last":61950.00,"volume":1800.25000000,"vwap":61500.10,)"
    R"("low":60000.00,"high":62500.00,"change":-350.00,"change_pct":-0.56,)"
    R"("timestamp":"2024-03-01T12:00:00.123456Z"})";
inline const std::string trade_row =
    R"({"symbol":"ETH/USD","side":"buy","price":3400.15,"qty":0.05000000,"ord_type":"market",)"
    R"("trade_id":40000001,"timestamp":"2024-03-01T12:00:02.000003Z"})";

inline std::string frame_of(const std::string& channel, const std::string& type,
                            const std::string& rows) {
  return R"({"channel":")" + channel + R"(","type":")" + type + R"(","data":[)" + rows + "]}";
}
inline const std::string ticker_frame = frame_of("ticker", "update", ticker_row);
inline const std::string trade_frame = frame_of("trade", "update", trade_row);

class Kraken : public AdapterTest {
 protected:
  Kraken() : AdapterTest(make_adapter({.quotes = "ticker"})) {}
};

/// Bid and ask are the book's.
class KrakenBook : public AdapterTest {
 protected:
  KrakenBook() : AdapterTest(make_adapter({.quotes = "book"})) {}
};

}  // namespace ticker::feeds::kraken
