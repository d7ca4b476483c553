#include "feeds/binance/notices.hpp"

#include "feeds/binance/frame.hpp"

namespace ticker::feeds::binance {

// {"result":null,"id":1}                                  to SUBSCRIBE and UNSUBSCRIBE alike
// {"result":["btcusdt@aggTrade"],"id":3}                  to LIST_SUBSCRIPTIONS
// {"code":2,"msg":"Invalid request: property name must be a string","id":1}
// {"error":{"code":2,"msg":"Invalid request: …"},"id":1}
// No answer names a stream: it stands for the whole request (web-socket-streams.md, «Live
// Subscribing/Unsubscribing to streams», «Error Messages»).
void NoticeReader::answer(const Row& row, std::string_view frame, Sink& sink) {
  const Value& error = row.at(key("error"));
  const bool failed = row.has(key("code")) ||
                      (error.type != Value::Type::absent && error.type != Value::Type::null);
  if (!failed) {
    if (row.at(key("result")).type == Value::Type::null) {
      sink.notice({.kind = Notice::Kind::subscribed});
    }
    return;
  }
  std::string_view text = row.at(key("msg")).text();
  if (text.empty()) text = error.text();
  if (text.empty() && !frame.empty() && errors_.read(frame) && errors_.rows() == 1) {
    text = errors_.at(0).at(0).text();
  }
  sink.notice({.kind = Notice::Kind::error, .text = text});
}

}  // namespace ticker::feeds::binance
