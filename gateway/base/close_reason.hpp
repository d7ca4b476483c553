// Every reason to end a client: WebSocket close code, text, metric label. One table for code,
// metrics and docs.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace ticker {

enum class CloseReason : std::uint8_t {
  client_closed,      // the client said goodbye
  connection_lost,    // reset or end of stream without a close frame
  going_away,         // we stop
  protocol_error,     // malformed frames
  bad_data,           // a binary message, or text that is not UTF-8
  policy,             // broke a rule of the service
  too_big,            // message over message_bytes_max
  slow_consumer,      // write_timeout_ms without progress
  idle,               // idle_timeout_ms without a byte
  overloaded,         // no room
  handshake_timeout,  // never finished its request
  internal_error,     // our fault
};
inline constexpr std::size_t close_reason_count = 12;

struct CloseReasonInfo {
  std::uint16_t code;      // WebSocket close code sent or seen; 0: the connection just ends
  std::string_view text;   // reason text of the close frame
  std::string_view label;  // value of the metric label `reason`
  bool may_reconnect;      // is trying again at once sensible for the client?
};

[[nodiscard]] inline const CloseReasonInfo& info(CloseReason reason) {
  static constexpr std::array<CloseReasonInfo, close_reason_count> table = {{
      {1000, "bye", "client_closed", true},
      {0, "connection lost", "connection_lost", true},
      {1001, "going away", "going_away", true},
      {1002, "protocol error", "protocol_error", false},
      {1007, "text only, UTF-8", "bad_data", false},
      {1008, "policy violation", "policy", false},
      {1009, "message too big", "too_big", false},
      {4008, "slow consumer", "slow_consumer", true},
      {0, "idle", "idle", true},
      {4013, "overloaded", "overloaded", true},
      {0, "handshake timeout", "handshake_timeout", true},
      {1011, "internal error", "internal_error", true},
  }};
  return table[static_cast<std::size_t>(reason)];
}

}  // namespace ticker
