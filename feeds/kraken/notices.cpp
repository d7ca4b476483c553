#include "feeds/kraken/notices.hpp"

namespace ticker::feeds::kraken {
namespace {

std::string_view text_of(const Value& value) {
  return value.type == Value::Type::string ? value.text() : std::string_view{};
}

}  // namespace

// {"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD","snapshot":true},
//  "success":true,"time_in":"2023-09-25T09:04:31.742599Z","time_out":…,"req_id":1}
// {"error":"Currency pair not supported NONE/USD","method":"subscribe","req_id":2,"success":false,
//  "symbol":"NONE/USD","time_in":…,"time_out":…}
// One for each symbol of a request (spot-websocket-v2). `pong` is an answer too: it says that the
// connection lives, and nothing of what was subscribed to.
void NoticeReader::answer(std::string_view frame, Sink& sink) {
  if (!answers_.read(frame)) return;
  const Row head = answers_.head();
  const bool subscribe = head.at(key("method")).is("subscribe");
  const bool failed = head.at(key("success")).type == Value::Type::no ||
                      head.at(key("error")).type == Value::Type::string;
  if (failed) {
    sink.notice({.kind = subscribe ? Notice::Kind::refused : Notice::Kind::error,
                 .symbol = text_of(head.at(key("symbol"))),
                 .text = text_of(head.at(key("error")))});
    return;
  }
  if (!subscribe || head.at(key("success")).type != Value::Type::yes) return;
  Notice notice{.kind = Notice::Kind::subscribed};
  if (answers_.rows() == 1) notice.symbol = text_of(answers_.at(0).at(key("symbol")));
  sink.notice(notice);
}

// {"channel":"status","data":[{"api_version":"v2","connection_id":13834774380200032777,
//  "system":"online","version":"2.0.0"}],"type":"update"}
// `cancel_only` and `post_only`: orders are limited, the market data goes on (spot-websocket-v2,
// «Status»).
void NoticeReader::status(const Row& row, Sink& sink) {
  const Value& system = row.at(key("system"));
  if (system.is("maintenance")) {
    sink.notice({.kind = Notice::Kind::maintenance, .text = system.text()});
  } else if (system.is("online") || system.is("cancel_only") || system.is("post_only")) {
    sink.notice({.kind = Notice::Kind::online, .text = system.text()});
  }
}

}  // namespace ticker::feeds::kraken
