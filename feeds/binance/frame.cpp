#include "feeds/binance/frame.hpp"

#include <algorithm>
#include <array>

namespace ticker::feeds::binance {
namespace {

// Event types (`e`) that the venue documents and we have no use for.
constexpr std::string_view ignored_events[] = {
    "24hrMiniTicker",   "1hTicker",   "4hTicker",           "1dTicker",
    "avgPrice",         "kline",      "executionReport",    "outboundAccountPosition",
    "balanceUpdate",    "listStatus", "externalLockUpdate", "eventStreamTerminated",
    "listenKeyExpired",
};

bool has_quote(const Row& row) {
  return std::ranges::any_of(std::array{key("u"), key("b"), key("B"), key("a"), key("A")},
                             [&](std::size_t at) { return row.has(at); });
}

Kind kind_of_event(std::string_view event) {
  if (event == "bookTicker") return Kind::book_ticker;
  if (event == "aggTrade") return Kind::agg_trade;
  if (event == "trade") return Kind::trade;
  if (event == "24hrTicker") return Kind::day_ticker;
  if (event == "depthUpdate") return Kind::depth;
  if (event == "serverShutdown") return Kind::leaving;
  const bool listed = std::ranges::find(ignored_events, event) != std::end(ignored_events);
  return listed ? Kind::ignored : Kind::unknown;
}

}  // namespace

Kind kind_of(const Row& row, std::string_view stream_name) {
  const Value& event = row.at(key("e"));
  if (event.type != Value::Type::absent) {
    return event.type == Value::Type::string ? kind_of_event(event.text()) : Kind::unknown;
  }
  if (row.has(key("lastUpdateId"))) return Kind::ignored;  // `@depth5`: no symbol, no first number
  if (row.has(key("result")) || row.has(key("error")) || row.has(key("code"))) return Kind::answer;
  if (stream_name.ends_with("@bookTicker")) return Kind::book_ticker;
  if (stream_name.ends_with("@aggTrade")) return Kind::agg_trade;
  if (stream_name.ends_with("@trade")) return Kind::trade;
  if (stream_name.ends_with("@ticker")) return Kind::day_ticker;
  if (stream_name.ends_with("@depth") || stream_name.ends_with("@depth@100ms")) return Kind::depth;
  return has_quote(row) ? Kind::book_ticker : Kind::unknown;
}

}  // namespace ticker::feeds::binance
