// What a shard answers to one client, before it is put into words: plain values. A format makes the
// text of them (messages.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/protocol/channel.hpp"
#include "gateway/protocol/command.hpp"
#include "gateway/protocol/shape.hpp"

namespace ticker {

/// The first message of a connection.
struct Welcome {
  std::string_view protocol;    // name of the format
  std::string_view connection;  // for logs
  std::string_view epoch;
  const Limits& limits;
};

/// A request was carried out.
struct Acknowledgement {
  const Command& command;
  const ChannelTraits& channel;
  const std::vector<std::string>& symbols;   // those that were accepted, as asked for
  const std::vector<std::string>& rejected;  // with `partial`: the others
  std::string_view rejected_code;
};

/// A request was not carried out; nothing was changed.
struct Refusal {
  const CommandError& error;
  const std::vector<std::string>& symbols;  // those that it is about; may be empty
};

/// How a client is served changed.
struct SlowNotice {
  bool conflating = false;         // updates are merged for it
  std::uint64_t queued_bytes = 0;  // that wait for it
  std::uint32_t interval_ms = 0;   // what fast intervals are served at; 0: as they were granted
};

}  // namespace ticker
