// What Bybit says of the conversation itself: answers to requests. Pure functions; belongs to the
// adapter's feed thread.
#pragma once

#include <string_view>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds::bybit {

/// What an answer says; texts are empty where there are none.
struct Answered {
  std::string_view op;
  std::string_view message;  // `ret_msg`
  bool success = false;
  bool judged = false;            // it has a `success`
  std::string_view request = {};  // `req_id`: the symbol that was asked for, empty if not repeated
};

/// Tells the sink what it means: `ignored`, or `unknown` for what is no answer.
[[nodiscard]] Verdict hear_answer(const Answered& answer, Sink& sink);

/// The symbol that a refusal names; empty where it is not certain.
[[nodiscard]] std::string_view refused_symbol(std::string_view message);

}  // namespace ticker::feeds::bybit
