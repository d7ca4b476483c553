// Frames of Bybit, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <memory>
#include <string>

#include "feeds/bybit/bybit.hpp"
#include "tests/feeds/adapter_fixture.hpp"

namespace ticker::feeds::bybit {

inline constexpr FieldMask day_mask =
    bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);

inline const std::string best_frame =
    R"({"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1709294400125,"data":{"s":"BTCUSDT",)"
    R"("b":[["62000.00","1.500"]],"a":[["62000.01","0.25"]],"u":9000001,"seq":81000001},)"
    R"("cts":1709294400123})";
inline const std::string snapshot_frame =
    R"({"topic":"orderbook.50.BTCUSDT","ts":1709294400125,"type":"snapshot",)"
    R"("data":{"s":"BTCUSDT","b":[["62000.00","1.500"],["61999.90","0.3"]],)"
    R"("a":[["62000.01","0.25"]],"u":501,"seq":81000001},"cts":1709294400123})";
inline const std::string delta_frame =
    R"({"topic":"orderbook.50.BTCUSDT","ts":1709294400145,"type":"delta",)"
    R"("data":{"s":"BTCUSDT","b":[["61999.90","0"]],"a":[],"u":502,"seq":81000005},)"
    R"("cts":1709294400143})";
inline const std::string spot_ticker_frame =
    R"({"topic":"tickers.BTCUSDT","ts":1709294400456,"type":"snapshot","cs":2588407389,)"
    R"("data":{"symbol":"BTCUSDT","lastPrice":"62109.77","highPrice24h":"62426.99",)"
    R"("lowPrice24h":"60575","prevPrice24h":"60704.93","volume24h":"6780.866843",)"
    R"("turnover24h":"141946527.22907118","price24hPcnt":"0.0196","usdIndexPrice":"62120.24"}})";
inline const std::string linear_ticker_frame =
    R"({"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT",)"
    R"("bid1Price":"62000.20","bid1Size":"6.054","ask1Price":"62000.30","ask1Size":"10.486",)"
    R"("volume24h":"17573.9120"},"cs":753843907770,"ts":1709294400456})";
inline const std::string trade_row =
    R"({"T":1709294400789,"s":"BTCUSDT","S":"Buy","v":"0.0010","p":"62000.10","L":"PlusTick",)"
    R"("i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"RPI":false,"seq":1783284617})";

inline std::string trades_of(const std::string& rows) {
  return R"({"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1709294400790,"data":[)" + rows +
         "]}";
}
inline const std::string trade_frame = trades_of(trade_row);

class Bybit : public AdapterTest {
 protected:
  Bybit() : AdapterTest(make_adapter({})) {}
  void own(const std::string& owner) { adapter = make_adapter({.quotes = owner}); }
};

}  // namespace ticker::feeds::bybit
