// Frames of Coinbase Exchange, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <memory>
#include <string>

#include "feeds/coinbase/coinbase.hpp"
#include "tests/feeds/adapter_fixture.hpp"

namespace ticker::feeds::coinbase {

inline constexpr FieldMask day_mask =
    bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);

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

inline const std::string last_match_frame =
    replaced(match_frame, R"("type":"match")", R"("type":"last_match")");

class Coinbase : public AdapterTest {
 protected:
  Coinbase() : AdapterTest(make_adapter({.quotes = "ticker"})) {}
};

/// Bid and ask are the book's.
class CoinbaseBook : public AdapterTest {
 protected:
  CoinbaseBook() : AdapterTest(make_adapter({.quotes = "level2_batch"})) {}
};

}  // namespace ticker::feeds::coinbase
