// A client's request: parsed and checked, before anything is done. Pure over bytes; knows no
// client.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/protocol/channel.hpp"
#include "gateway/protocol/shape.hpp"

namespace ticker {

/// What a client has of an instrument, by its own account: it wants what came after.
struct ResumePoint {
  std::string symbol;
  std::string epoch;
  std::uint64_t seq = 0;
};

struct Command {
  enum class Op : std::uint8_t { subscribe, unsubscribe, ping };
  Op op = Op::ping;
  std::optional<std::uint64_t> id;  // always there but for ping
  ChannelId channel = 0;
  std::vector<std::string> symbols;  // as asked for, each once
  bool partial = false;
  // Of a subscription; what its channel cannot serve is as if it was not asked for.
  Shape shape;
  std::vector<ResumePoint> resume;  // a symbol once; it need not be one that is subscribed
};

/// Why a request was refused; `code` is stable and documented, `message` is for people.
struct CommandError {
  std::optional<std::uint64_t> id;
  std::string_view code;
  std::string message;
};

/// What a client wrote, as it comes back to it: cut to 64 bytes, never within a character.
[[nodiscard]] std::string shortened(std::string_view text);

/// Reads requests, one after another; keeps its buffers. Not thread-safe.
class CommandParser {
 public:
  /// `channels`: what there is to subscribe to; `Command::channel` is a place in it.
  CommandParser(const Limits& limits, std::vector<ChannelTraits> channels);
  ~CommandParser();

  /// Never throws. A request that is refused says why, with its id where that could be read.
  [[nodiscard]] std::variant<Command, CommandError> parse(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
