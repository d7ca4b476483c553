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
inline constexpr std::uint32_t slow_message_max = 128;
constexpr std::uint32_t trades_snapshot_bytes_max(std::uint32_t trades) {
  return (trades + 1) * trade_message_max;
}

/// What a delta says besides the values.
struct DeltaHead {
  FieldMask mask = 0;  // the fields to write
  std::uint64_t prev = 0;
  std::uint64_t merged = 1;      // changes in it; 1 is not written
  bool resumed = false;          // the first message of a subscription that was resumed
  std::int64_t exchange_us = 0;  // 0: not written
  Receipt received;
};

/// {"type":"delta",…}: values from the state in `event`, whose seq it has.
char* write_delta(char* out, std::string_view symbol, const Event& event, const DeltaHead& head,
                  std::int64_t sent_us);

/// Of a snapshot: is it told that a wish to resume was not fulfilled?
enum class Resumed : std::uint8_t { not_asked, no };

/// {"type":"snapshot","channel":"ticker",…}: the fields of `mask`.
char* write_snapshot(char* out, std::string_view symbol, std::string_view epoch, const Event& state,
                     FieldMask mask, Resumed resumed, std::int64_t sent_us);

/// {"type":"trade",…}
char* write_trade(char* out, std::string_view symbol, const Event& event, std::int64_t sent_us);

/// {"type":"snapshot","channel":"trades",…,"trades":[ , then any number of past trades, then the
/// end.
char* write_trades_head(char* out, std::string_view symbol, std::string_view epoch,
                        std::uint64_t seq, Resumed resumed);
char* write_past_trade(char* out, const Event& event, bool first);
char* write_trades_tail(char* out, std::int64_t sent_us);

/// {"type":"gap",…}. `lost`: how many trades; unknown (null) when the reason is upstream.
char* write_gap(char* out, std::string_view symbol, std::uint64_t from, std::uint64_t to,
                std::uint64_t lost, Reason reason);

/// {"type":"slow",…}. `interval_ms`: what fast intervals are served at; 0: as they were granted.
char* write_slow(char* out, std::string_view state, std::uint64_t queued_bytes,
                 std::uint64_t interval_ms);

}  // namespace ticker
