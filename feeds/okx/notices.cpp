#include "feeds/okx/notices.hpp"

#include <algorithm>

namespace ticker::feeds::okx {
namespace {

// Events of no use: the answer to `unsubscribe`, and how many connections a channel has.
constexpr std::string_view ignored_events[] = {"unsubscribe", "login", "channel-conn-count"};

}  // namespace

// Wrong URL or channel:trades,instId:BTC-USDX doesn't exist. Please use the correct URL, channel
// and parameters referring to API document.
// Only code 60018 speaks of one subscription; others quote the whole request back (docs-v5,
// «Error Code», «WebSocket»).
std::string_view refused_symbol(std::string_view code, std::string_view message) {
  constexpr std::string_view before = "instId:";
  constexpr std::string_view behind = " doesn't exist";
  const auto begin = message.find(before);
  if (code != "60018" || begin == std::string_view::npos) return {};
  message.remove_prefix(begin + before.size());
  const auto end = message.find(behind);
  if (end == std::string_view::npos) return {};
  const std::string_view symbol = message.substr(0, end);
  const bool plain = std::ranges::all_of(symbol, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
  return plain ? symbol : std::string_view{};
}

// {"id":"1512","event":"subscribe","arg":{"channel":"tickers","instId":"BTC-USDT"},
//  "connId":"a4d3ae55"}: one for each of a request's `args`
// {"event":"error","code":"60012","msg":"Invalid request: …","connId":"a4d3ae55"}
// {"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade.
//  Please reconnect.","connId":"a4d3ae55"}: about half a minute before
// {"event":"channel-conn-count-error","channel":"orders","connCount":"31","connId":"a4d3ae55"}
// (docs-v5, «WebSocket», «Subscribe», «Notification»)
Verdict hear_event(const Event& event, Sink& sink) {
  Notice notice{.symbol = event.symbol, .text = event.message};
  if (event.name == "subscribe") {
    notice.kind = Notice::Kind::subscribed;
  } else if (event.name == "error") {
    notice.kind = Notice::Kind::refused;
    if (notice.symbol.empty()) notice.symbol = refused_symbol(event.code, event.message);
  } else if (event.name == "channel-conn-count-error") {
    notice.kind = Notice::Kind::error;
    notice.text = event.name;
  } else if (event.name == "notice") {
    if (event.code != "64008") return Verdict::ignored;
    notice.kind = Notice::Kind::leaving;
  } else {
    const bool listed = std::ranges::find(ignored_events, event.name) != std::end(ignored_events);
    return listed ? Verdict::ignored : Verdict::unknown;
  }
  sink.notice(notice);
  return Verdict::ignored;
}

}  // namespace ticker::feeds::okx
