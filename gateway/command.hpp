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

#include "gateway/limits.hpp"
#include "gateway/topics.hpp"

namespace ticker {

struct Command {
  enum class Op : std::uint8_t { subscribe, unsubscribe, ping };
  Op op = Op::ping;
  std::optional<std::uint64_t> id;  // always there but for ping
  DataChannel channel = DataChannel::ticker;
  std::vector<std::string> symbols;  // as asked for, each once
  bool partial = false;
  std::vector<std::string> unsupported;  // options of the protocol that have no effect yet
};

/// Why a request was refused; `code` is stable and documented, `message` is for people.
struct CommandError {
  std::optional<std::uint64_t> id;
  std::string_view code;
  std::string message;
};

/// Reads requests, one after another; keeps its buffers. Not thread-safe.
class CommandParser {
 public:
  explicit CommandParser(const Limits& limits);
  ~CommandParser();

  /// Never throws. A request that is refused says why, with its id where that could be read.
  [[nodiscard]] std::variant<Command, CommandError> parse(std::string_view text);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
