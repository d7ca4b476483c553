// Frames of Binance, and an adapter that hears them with every kind of padding behind.
#pragma once

#include <memory>
#include <string>

#include "feeds/binance/binance.hpp"
#include "tests/feeds/adapter_fixture.hpp"

namespace ticker::feeds {

inline const std::string book =
    R"({"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000",)"
    R"("A":"40.66000000"})";
inline const std::string trade =
    R"({"e":"aggTrade","E":1628952397571,"s":"FTMUSDT","a":29211290,"p":"0.34012000",)"
    R"("q":"703.00000000","f":41229104,"l":41229106,"T":1628952397570,"m":false,"M":true})";
inline const std::string one_trade =
    R"({"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100",)"
    R"("T":1672515782136,"m":true,"M":true})";
inline const std::string day =
    R"({"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.0015","P":"250.00","w":"0.0018",)"
    R"("x":"0.0009","c":"0.0025","Q":"10","b":"0.0024","B":"10","a":"0.0026","A":"100",)"
    R"("o":"0.0010","h":"0.0025","l":"0.0009","v":"10000","q":"18","O":0,"C":86400000,"F":0,)"
    R"("L":18150,"n":18151})";
inline std::string wrap(const std::string& stream, const std::string& data) {
  return R"({"stream":")" + stream + R"(","data":)" + data + "}";
}

class Binance : public AdapterTest {
 protected:
  Binance() : AdapterTest(binance::make_adapter({})) {}
};

/// Bid and ask are the book's.
class BinanceDepth : public AdapterTest {
 protected:
  BinanceDepth() : AdapterTest(binance::make_adapter({.quotes = "depth"})) {}
};

}  // namespace ticker::feeds
