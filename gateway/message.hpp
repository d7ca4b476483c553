// The text of every message that carries data: events in, JSON out (protocol ticker.v1.json, see
// README.md). Pure functions over memory the caller provides; no allocation. Symbols need no
// escaping (is_instrument_name).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "schemas/event.hpp"

namespace ticker {

/// Upper bounds of what the writers below write, in bytes.
inline constexpr std::uint32_t ticker_message_max = 1'024;
inline constexpr std::uint32_t trade_message_max = 768;
inline constexpr std::uint32_t gap_message_max = 384;
constexpr std::uint32_t trades_snapshot_bytes_max(std::uint32_t trades) {
  return (trades + 1) * trade_message_max;
}

/// {"type":"delta",…}: the fields of `mask`, from the state in `event`. `merged` 1 is not written.
char* write_delta(char* out, std::string_view symbol, const Event& event, FieldMask mask,
                  std::uint64_t prev, std::uint64_t merged, std::int64_t sent_us);

/// {"type":"snapshot","channel":"ticker",…}: every field.
char* write_snapshot(char* out, std::string_view symbol, std::string_view epoch, const Event& state,
                     std::int64_t sent_us);

/// {"type":"trade",…}
char* write_trade(char* out, std::string_view symbol, const Event& event, std::int64_t sent_us);

/// {"type":"snapshot","channel":"trades",…,"trades":[ , then any number of past trades, then the
/// end.
char* write_trades_head(char* out, std::string_view symbol, std::string_view epoch,
                        std::uint64_t seq);
char* write_past_trade(char* out, const Event& event, bool first);
char* write_trades_tail(char* out, std::int64_t sent_us);

/// {"type":"gap",…}. `lost`: how many trades; unknown (null) when the reason is upstream.
char* write_gap(char* out, std::string_view symbol, std::uint64_t from, std::uint64_t to,
                std::uint64_t lost, Reason reason);

/// Appends `text`, which is UTF-8, as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace ticker
