#include "feeds/bybit/notices.hpp"

#include <algorithm>

namespace ticker::feeds::bybit {
namespace {

// Topics of ours, up to the symbol.
constexpr std::string_view topics[] = {"orderbook.1.", "orderbook.50.", "orderbook.200.",
                                       "publicTrade.", "tickers."};

bool in_symbol(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

// Spot:   Invalid symbol :[tickers.NOPEUSDT]
// Linear: error:handler not found,topic:orderbook.1.NOPEUSDT
// Both as seen by others who recorded them; what does not name exactly one topic of ours in this
// way tells no symbol.
std::string_view refused_symbol(std::string_view message) {
  std::string_view found;
  if (message.starts_with("Invalid symbol :[") && message.ends_with(']')) {
    found = message.substr(17, message.size() - 18);
  } else if (message.starts_with("error:handler not found,topic:")) {
    found = message.substr(30);
  }
  for (const std::string_view topic : topics) {
    if (!found.starts_with(topic)) continue;
    found.remove_prefix(topic.size());
    return std::ranges::all_of(found, in_symbol) ? found : std::string_view{};
  }
  return {};
}

// {"success":true,"ret_msg":"","conn_id":"d8bu…","req_id":"","op":"subscribe"}: to all topics of
//  the request (linear; spot has "ret_msg":"subscribe" and no req_id)
// {"success":false,"ret_msg":"Invalid symbol :[tickers.NOPEUSDT]","conn_id":"…","op":"subscribe"}
// {"success":true,"ret_msg":"pong","conn_id":"…","op":"ping"}: spot; linear adds "req_id":""
// {"args":["1672916271846"],"op":"pong"}: options
// (docs v5, «Connect»). To ask for a topic a second time is refused as «already subscribed»: that
// takes nothing away.
Verdict hear_answer(const Answered& answer, Sink& sink) {
  if (answer.op == "pong" || (answer.op == "ping" && answer.success)) {
    sink.notice({.kind = Notice::Kind::heartbeat});
    return Verdict::ignored;
  }
  if (!answer.judged) return Verdict::unknown;
  if (answer.success) {
    if (answer.op == "subscribe") sink.notice({.kind = Notice::Kind::subscribed});
    return Verdict::ignored;
  }
  const bool refused =
      answer.op == "subscribe" && !answer.message.starts_with("error:already subscribed");
  Notice notice{.kind = refused ? Notice::Kind::refused : Notice::Kind::error,
                .text = answer.message};
  if (refused) notice.symbol = refused_symbol(answer.message);
  if (refused && notice.symbol.empty()) notice.symbol = answer.request;
  sink.notice(notice);
  return Verdict::ignored;
}

}  // namespace ticker::feeds::bybit
