// Frames of OKX, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <memory>
#include <string>

#include "feeds/okx/okx.hpp"
#include "tests/feeds/adapter_fixture.hpp"

namespace ticker::feeds::okx {

inline constexpr FieldMask day_mask =
    bit(Field::open_24h) | bit(Field::high_24h) | bit(Field::low_24h) | bit(Field::volume_24h);

inline std::string frame_of(const std::string& channel, const std::string& rows,
                            const std::string& action = "") {
  const std::string middle = action.empty() ? "" : R"("action":")" + action + R"(",)";
  return R"({"arg":{"channel":")" + channel + R"(","instId":"BTC-USDT"},)" + middle +
         R"("data":[)" + rows + "]}";
}

inline const std::string quote_row =
    R"({"asks":[["62000.1","0.25","0","3"]],"bids":[["62000.0","1.50","0","7"]],)"
    R"("ts":"1709294400123","seqId":700001})";
inline const std::string ticker_row =
    R"({"instType":"SPOT","instId":"BTC-USDT","last":"61950.5","lastSz":"0.01",)"
    R"("askPx":"62000.3","askSz":"0.75","bidPx":"62000.2","bidSz":"0.125","open24h":"61000.5",)"
    R"("high24h":"62500","low24h":"60900.10","volCcy24h":"310000000.12","vol24h":"5021.73",)"
    R"("sodUtc0":"61200","sodUtc8":"61300","ts":"1709294400456"})";
inline const std::string trade_row =
    R"({"instId":"BTC-USDT","tradeId":"500000010","px":"62000.10","sz":"0.0200","side":"buy",)"
    R"("ts":"1709294400789","count":"3"})";
inline const std::string snapshot_row =
    R"({"asks":[["62000.1","0.25","0","3"],["62000.4","1","0","1"]],)"
    R"("bids":[["62000","1.50","0","7"]],"ts":"1709294400000","checksum":0,"prevSeqId":-1,)"
    R"("seqId":700001})";
inline const std::string update_row =
    R"({"asks":[["62000.1","0","0","0"]],"bids":[],"ts":"1709294400100","checksum":0,)"
    R"("prevSeqId":700001,"seqId":700024})";
inline const std::string quote_frame = frame_of("bbo-tbt", quote_row);
inline const std::string ticker_frame = frame_of("tickers", ticker_row);
inline const std::string trade_frame = frame_of("trades", trade_row);
inline const std::string snapshot_frame = frame_of("books", snapshot_row, "snapshot");
inline const std::string update_frame = frame_of("books", update_row, "update");

class Okx : public AdapterTest {
 protected:
  Okx() : AdapterTest(make_adapter({})) {}
  void own(const std::string& owner) { adapter = make_adapter({.quotes = owner}); }
};

}  // namespace ticker::feeds::okx
