// A parser with the default limits, asked in a line: what it accepts, or the code it refuses with.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "gateway/protocol/command.hpp"

#include "tests/gateway/fanout/channel_ids.hpp"

namespace ticker {

class CommandTest : public testing::Test {
 protected:
  Command accepted(std::string_view text) {
    auto result = parser_.parse(text);
    if (auto* const command = std::get_if<Command>(&result)) return std::move(*command);
    ADD_FAILURE() << text << " was refused: " << std::get<CommandError>(result).message;
    return {};
  }
  CommandError refused(std::string_view text) {
    auto result = parser_.parse(text);
    if (auto* const error = std::get_if<CommandError>(&result)) {
      EXPECT_FALSE(error->message.empty()) << text;
      return std::move(*error);
    }
    ADD_FAILURE() << text << " was accepted";
    return {};
  }
  // The code, and the id where it could be read: `bad_request 7`.
  std::string refusal(std::string_view text) {
    const CommandError error = refused(text);
    std::string answer(error.code);
    if (error.id) answer += ' ' + std::to_string(*error.id);
    return answer;
  }

  const Limits limits_;
  CommandParser parser_{limits_, traits_of_all()};
};

/// A subscribe request with `members` besides op and id.
inline std::string subscribe(std::string_view members) {
  return R"({"op":"subscribe","id":7,)" + std::string(members) + "}";
}

/// A whole request but for one more member.
inline std::string request_with(std::string_view member, std::string_view channel = "ticker",
                                std::string_view op = "subscribe") {
  return R"({"op":")" + std::string(op) + R"(","id":7,)" + std::string(member) + R"(,"channel":")" +
         std::string(channel) + R"(","symbols":["v:A-B"]})";
}

}  // namespace ticker
