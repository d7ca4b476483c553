// Frames of Kraken, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "feeds/kraken/kraken.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds::kraken {

inline constexpr FieldMask quote_mask =
    bit(Field::bid) | bit(Field::bid_size) | bit(Field::ask) | bit(Field::ask_size);
inline constexpr FieldMask day_mask =
    bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);
inline constexpr FieldMask last_mask = bit(Field::last) | bit(Field::last_size);

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

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

class Kraken : public testing::Test {
 protected:
  // The frame stands alone in an allocation of its own, so that a sanitizer sees every byte read
  // beyond the padding. What the padding holds must not matter.
  Verdict parse(std::string_view frame, char padding = '\0') {
    const auto bytes = std::make_unique<char[]>(frame.size() + Adapter::padding_bytes);
    std::copy(frame.begin(), frame.end(), bytes.get());
    std::fill_n(bytes.get() + frame.size(), Adapter::padding_bytes, padding);
    return adapter->parse({bytes.get(), frame.size()}, sink);
  }
  void expect_silence(std::string_view frame, Verdict verdict) {
    sink.calls.clear();
    for (const char padding : {'\0', '}', ']', '"', ',', '0'}) {
      EXPECT_EQ(parse(frame, padding), verdict) << frame << " padded with " << padding;
    }
    EXPECT_TRUE(sink.calls.empty()) << frame;
  }

  std::unique_ptr<Adapter> adapter = make_adapter({});
  RecordingSink sink;
};

}  // namespace ticker::feeds::kraken
