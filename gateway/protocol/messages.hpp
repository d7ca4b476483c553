// The text of messages in one language, without what frames them. Pure functions over memory that
// the caller provides; no allocation where data is written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/protocol/answers.hpp"
#include "gateway/protocol/lost_range.hpp"
#include "schemas/event.hpp"

namespace ticker {

/// Upper bounds of what the writers below write, in bytes, in any format.
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

/// Of a snapshot: is it told that a wish to resume was not fulfilled?
enum class Resumed : std::uint8_t { not_asked, no };

/// What a snapshot says besides the values.
struct SnapshotHead {
  std::string_view symbol;
  std::string_view epoch;
  std::uint64_t seq = 0;
  Resumed resumed = Resumed::not_asked;
};

class Messages {
 public:
  virtual ~Messages() = default;

  // --- Data and notices. Each returns the end of what it wrote. Symbols need no escaping
  // (is_instrument_name).

  /// Values from the state in `event`, whose seq it has.
  virtual char* delta(char* out, std::string_view symbol, const Event& event, const DeltaHead& head,
                      std::int64_t sent_us) const = 0;
  /// The fields of `mask` as they are.
  virtual char* snapshot(char* out, const SnapshotHead& head, const Event& state, FieldMask mask,
                         std::int64_t sent_us) const = 0;
  virtual char* trade(char* out, std::string_view symbol, const Event& event,
                      std::int64_t sent_us) const = 0;
  /// A snapshot of trades: its beginning, then any number of past trades, then its end.
  virtual char* trades_begin(char* out, const SnapshotHead& head) const = 0;
  virtual char* past_trade(char* out, const Event& event, bool first) const = 0;
  virtual char* trades_end(char* out, std::int64_t sent_us) const = 0;
  /// `channel`: whose numbers are lost. How many is unknown when the reason is upstream.
  virtual char* gap(char* out, std::string_view channel, std::string_view symbol,
                    const LostRange& lost) const = 0;
  virtual char* slow(char* out, const SlowNotice& notice) const = 0;

  // --- Answers

  [[nodiscard]] virtual std::string welcome(const Welcome& welcome) const = 0;
  [[nodiscard]] virtual std::string acknowledged(const Acknowledgement& done) const = 0;
  [[nodiscard]] virtual std::string refused(const Refusal& refusal) const = 0;
  /// `time_us`: wall time.
  [[nodiscard]] virtual std::string pong(std::optional<std::uint64_t> id,
                                         std::int64_t time_us) const = 0;
};

}  // namespace ticker
