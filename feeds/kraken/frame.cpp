#include "feeds/kraken/frame.hpp"

#include <algorithm>

namespace ticker::feeds::kraken {
namespace {

// Channels that the venue documents and we have no use for.
constexpr std::string_view ignored_channels[] = {
    "ohlc", "instrument", "level3", "executions", "balances",
};

// Answers name the method of their request (spot-websocket-v2); `success` or `error` alone say as
// much.
bool is_answer(const Row& head) {
  return head.at(key("method")).type == Value::Type::string || head.has(key("success")) ||
         head.has(key("error"));
}

Kind kind_of_type(const Value& type, Kind update, Kind snapshot) {
  if (type.type != Value::Type::string) return Kind::malformed;
  if (type.is("update")) return update;
  return type.is("snapshot") ? snapshot : Kind::unknown;
}

}  // namespace

Kind kind_of(const Row& head) {
  const Value& channel = head.at(key("channel"));
  const Value& type = head.at(key("type"));
  if (channel.type == Value::Type::absent) return is_answer(head) ? Kind::answer : Kind::unknown;
  if (channel.type != Value::Type::string) return Kind::unknown;
  if (channel.is("ticker")) return kind_of_type(type, Kind::ticker, Kind::ticker);
  if (channel.is("book")) return kind_of_type(type, Kind::book, Kind::book_snapshot);
  if (channel.is("trade")) return kind_of_type(type, Kind::trade, Kind::trade_snapshot);
  if (channel.is("heartbeat")) return Kind::heartbeat;
  if (channel.is("status")) return Kind::status;
  const bool listed =
      std::ranges::find(ignored_channels, channel.text()) != std::end(ignored_channels);
  return listed ? Kind::ignored : Kind::unknown;
}

}  // namespace ticker::feeds::kraken
