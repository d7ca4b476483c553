// The rare messages, parsed properly: welcome, acks, errors, gaps, notices and snapshots of trades,
// and the list of symbols. Not on the data path. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ticker::load {

struct Answer {
  enum class Type : std::uint8_t {
    welcome,
    subscribed,
    unsubscribed,
    error,
    slow,
    pong,
    gap,
    trades_snapshot,
    other,
    malformed,
  };
  Type type = Type::malformed;
  std::uint64_t id = 0;      // of the request that it answers
  std::size_t symbols = 0;   // in an ack
  std::size_t rejected = 0;  // in an ack
  std::string code;          // of an error
  bool conflating = false;   // in a notice `slow`
  // Of a gap or a snapshot of trades:
  std::uint64_t name_hash = 0;
  std::uint64_t epoch_hash = 0;
  std::uint64_t seq = 0;  // a gap's `to`
  std::uint64_t from = 0;
  std::uint64_t lost = 0;
  bool lost_unknown = false;  // the feed itself was interrupted
};

[[nodiscard]] Answer read_answer(std::string_view message);

/// The names in the body of GET /v1/symbols, sorted; false when it is not that.
[[nodiscard]] bool read_symbols(std::string_view body, std::vector<std::string>& out);

}  // namespace ticker::load
