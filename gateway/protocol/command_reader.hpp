// Inside of the command parser: one request on its way from a JSON object to a Command. The first
// mistake ends it. Here only for the two files that implement it; nobody else sees simdjson.
#pragma once

#include <simdjson.h>

#include <span>

#include "gateway/protocol/command.hpp"

namespace ticker {

namespace dom = simdjson::dom;

/// What a JavaScript number holds exactly.
inline constexpr std::uint64_t exact_integer_max = (std::uint64_t{1} << 53) - 1;

class CommandReader {
 public:
  CommandReader(dom::object object, const Limits& limits, std::span<const ChannelTraits> channels)
      : object_(object), limits_(limits), channels_(channels) {}

  std::variant<Command, CommandError> read();

 private:
  // Each is false with `error_` set at a mistake.
  bool fail(std::string_view code, std::string message);
  // A key that stands twice is a mistake; an absent one leaves `found` false.
  bool get(dom::object object, std::string_view key, dom::element& value, bool& found);
  bool read_id();
  bool read_op();

  // command_subscription.cpp
  bool read_subscription();
  // The names of the channels for which `wanted` holds, for messages.
  template <typename Wanted>
  [[nodiscard]] std::string names(Wanted wanted) const;
  [[nodiscard]] const ChannelTraits& channel() const { return channels_[command_.channel]; }
  bool read_channel();
  bool read_partial();
  bool read_interval();
  bool read_fields();
  bool read_resume();
  bool read_resume_point(std::string_view symbol, dom::element value);
  bool read_symbols();

  const dom::object object_;
  const Limits& limits_;
  const std::span<const ChannelTraits> channels_;
  Command command_;
  CommandError error_;
};

}  // namespace ticker
