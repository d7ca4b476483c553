#include "gateway/protocol/format.hpp"

#include "gateway/protocol/json_messages.hpp"
#include "gateway/protocol/websocket_framing.hpp"

namespace ticker {

Formats formats() {
  static const JsonMessages json;
  static const WebSocketFraming websocket;
  static const Format table[] = {
      {"ticker.v1.json", json, websocket},
  };
  return table;
}

}  // namespace ticker
