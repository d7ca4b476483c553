// Frames of Coinbase Exchange, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "feeds/coinbase/coinbase.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds::coinbase {

inline constexpr FieldMask price_mask = bit(Field::bid) | bit(Field::ask);
inline constexpr FieldMask quote_mask = price_mask | bit(Field::bid_size) | bit(Field::ask_size);
inline constexpr FieldMask day_mask =
    bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);
inline constexpr FieldMask last_mask = bit(Field::last) | bit(Field::last_size);

inline const std::string ticker_frame =
    R"({"type":"ticker","sequence":50978628538,"product_id":"BTC-USD","price":"17165.16",)"
    R"("open_24h":"16437.94","volume_24h":"42492.05081975","low_24h":"16423.37",)"
    R"("high_24h":"17259.370","volume_30d":"1093827.95195495","best_bid":"17165.15",)"
    R"("best_bid_size":"0.61540890","best_ask":"17167.76","best_ask_size":"0.18528568",)"
    R"("side":"sell","time":"2022-12-01T00:00:00.122581Z","trade_id":463751434,)"
    R"("last_size":"0.05"})";
inline const std::string match_frame =
    R"({"type":"match","trade_id":216544,"maker_order_id":"4c2a","taker_order_id":"247a",)"
    R"("side":"buy","size":"0.97133855","price":"4.97800000","product_id":"ETC-GBP",)"
    R"("sequence":253395153,"time":"2019-08-01T00:00:03.816000Z"})";

inline std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}
inline const std::string last_match_frame =
    replaced(match_frame, R"("type":"match")", R"("type":"last_match")");

class Coinbase : public testing::Test {
 protected:
  // The frame stands alone in an allocation of its own, so that a sanitizer sees every byte read
  // beyond the padding. What the padding holds must not matter.
  Verdict parse(std::string_view frame, char padding = '\0') {
    return parse_into(sink, frame, padding);
  }
  Verdict parse_into(Sink& into, std::string_view frame, char padding = '\0') {
    const auto bytes = std::make_unique<char[]>(frame.size() + Adapter::padding_bytes);
    std::copy(frame.begin(), frame.end(), bytes.get());
    std::fill_n(bytes.get() + frame.size(), Adapter::padding_bytes, padding);
    return adapter->parse({bytes.get(), frame.size()}, into);
  }
  void expect_silence(std::string_view frame, Verdict verdict) {
    for (const char padding : {'\0', '}', ']', '"', ',', '0'}) {
      EXPECT_EQ(parse(frame, padding), verdict) << frame << " padded with " << padding;
    }
    EXPECT_TRUE(sink.calls.empty()) << frame;
  }

  std::unique_ptr<Adapter> adapter = make_adapter({});
  RecordingSink sink;
};

}  // namespace ticker::feeds::coinbase
