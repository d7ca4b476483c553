// What OKX says of the conversation itself: frames with an `event`. Pure functions; belongs to the
// adapter's feed thread.
#pragma once

#include <string_view>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds::okx {

/// Texts of a frame with an event; empty where there are none. `symbol`: of its `arg`.
struct Event {
  std::string_view name;
  std::string_view code;
  std::string_view message;
  std::string_view symbol;
};

/// Tells the sink what it means: `ignored`, or `unknown` for an event that nobody has heard of.
[[nodiscard]] Verdict hear_event(const Event& event, Sink& sink);

/// The symbol that a refusal names; empty where it is not certain.
[[nodiscard]] std::string_view refused_symbol(std::string_view code, std::string_view message);

}  // namespace ticker::feeds::okx
