// Requests as clients send them: every field, every refusal, and bytes that are no request at all.
#include "gateway/command.hpp"

#include <gtest/gtest.h>

#include <random>

namespace ticker {
namespace {

using Op = Command::Op;
using Names = std::vector<std::string>;

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
  CommandParser parser_{limits_};
};

// A subscribe request with `members` besides op and id.
std::string subscribe(std::string_view members) {
  return R"({"op":"subscribe","id":7,)" + std::string(members) + "}";
}

TEST_F(CommandTest, ASubscriptionNamesChannelAndSymbols) {
  const Command command = accepted(
      R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["binance:BTC-USDT","kraken:*"]})");
  EXPECT_EQ(command.op, Op::subscribe);
  EXPECT_EQ(command.id, 1U);
  EXPECT_EQ(command.channel, DataChannel::ticker);
  EXPECT_EQ(command.symbols, (Names{"binance:BTC-USDT", "kraken:*"}));
  EXPECT_FALSE(command.partial);
  EXPECT_TRUE(command.unsupported.empty());
}

TEST_F(CommandTest, KeysMayStandInAnyOrderAndUnknownOnesAreIgnored) {
  const Command command = accepted(
      " {\"symbols\" : [\"v:A-B\"], \"future\":{\"op\":[1,{}]}, \"channel\":\"trades\",\n"
      "\"id\":2, \"op\":\"unsubscribe\" } ");
  EXPECT_EQ(command.op, Op::unsubscribe);
  EXPECT_EQ(command.id, 2U);
  EXPECT_EQ(command.channel, DataChannel::trades);
  EXPECT_EQ(command.symbols, Names{"v:A-B"});
}

TEST_F(CommandTest, APingNeedsNoId) {
  EXPECT_EQ(accepted(R"({"op":"ping"})").op, Op::ping);
  EXPECT_EQ(accepted(R"({"op":"ping"})").id, std::nullopt);
  EXPECT_EQ(accepted(R"({"op":"ping","id":0})").id, 0U);
}

TEST_F(CommandTest, AnIdIsWhatAJavaScriptNumberHoldsExactly) {
  EXPECT_EQ(accepted(R"({"op":"ping","id":9007199254740991})").id, 9'007'199'254'740'991U);
  for (const std::string_view id :
       {"9007199254740992", "18446744073709551615", "-1", "-9223372036854775808", "1.5", "1.0",
        "1e3", "\"1\"", "null", "true", "[1]", "{}"}) {
    EXPECT_EQ(refusal(R"({"op":"ping","id":)" + std::string(id) + "}"), "bad_id") << id;
  }
}

TEST_F(CommandTest, NumbersThatNoJsonReaderHoldsAreNoJson) {
  for (const std::string_view id :
       {"18446744073709551616", "-9223372036854775809", "1e999", "NaN", "Infinity", "-", "01",
        "0x1", "1.", ".5", "+1", "99999999999999999999999999999999999999999999999999"}) {
    EXPECT_EQ(refusal(R"({"op":"ping","id":)" + std::string(id) + "}"), "bad_json") << id;
  }
}

TEST_F(CommandTest, ASubscriptionNeedsAnId) {
  EXPECT_EQ(refusal(R"({"op":"subscribe","channel":"ticker","symbols":["v:A-B"]})"), "bad_id");
  EXPECT_EQ(refusal(R"({"op":"unsubscribe","channel":"ticker","symbols":["v:A-B"]})"), "bad_id");
}

TEST_F(CommandTest, TheOpIsOneOfThree) {
  EXPECT_EQ(refusal(R"({"id":7})"), "bad_request 7");
  EXPECT_EQ(refusal(R"({"id":7,"op":1})"), "bad_request 7");
  EXPECT_EQ(refusal(R"({"id":7,"op":null})"), "bad_request 7");
  EXPECT_EQ(refusal(R"({"id":7,"op":"Subscribe"})"), "unknown_op 7");
  EXPECT_EQ(refusal(R"({"op":""})"), "unknown_op");
}

TEST_F(CommandTest, TheChannelIsOneOfTwo) {
  EXPECT_EQ(refusal(subscribe(R"("symbols":["v:A-B"])")), "bad_request 7");
  EXPECT_EQ(refusal(subscribe(R"("channel":1,"symbols":["v:A-B"])")), "bad_request 7");
  EXPECT_EQ(refusal(subscribe(R"("channel":"book","symbols":["v:A-B"])")), "unknown_channel 7");
}

TEST_F(CommandTest, SymbolsAreAListOfAtLeastOneString) {
  for (const std::string_view symbols :
       {"[]", "\"v:A-B\"", "null", "{}", "1", "[1]", "[null]", "[\"v:A-B\",[]]", "[[\"v:A-B\"]]"}) {
    EXPECT_EQ(refusal(subscribe(R"("channel":"ticker","symbols":)" + std::string(symbols))),
              "bad_request 7")
        << symbols;
  }
  EXPECT_EQ(refusal(subscribe(R"("channel":"ticker")")), "bad_request 7");
}

TEST_F(CommandTest, ARequestHoldsAThousandSymbolsAndNotOneMore) {
  std::string list;
  for (int i = 0; i < 1'000; ++i) {
    list += (list.empty() ? "\"v:" : ",\"v:") + std::to_string(i) + "\"";
  }
  const std::string head = R"("channel":"ticker","symbols":[)";
  const Command command = accepted(subscribe(head + list + "]"));
  ASSERT_EQ(command.symbols.size(), 1'000U);
  EXPECT_EQ(command.symbols[999], "v:999");
  EXPECT_EQ(refusal(subscribe(head + list + ",\"v:1000\"]")), "too_many_symbols 7");
}

TEST_F(CommandTest, ASymbolAskedForTwiceIsTakenOnceInItsFirstPlace) {
  const Command command =
      accepted(subscribe(R"("channel":"ticker","symbols":["v:B","v:A","v:B","v:\u0041","v:C"])"));
  EXPECT_EQ(command.symbols, (Names{"v:B", "v:A", "v:C"}));
}

TEST_F(CommandTest, SymbolsMayBeAnyText) {
  const Command command =
      accepted(subscribe(R"("channel":"ticker","symbols":["","é€","a\u0000b","\"\\"])"));
  EXPECT_EQ(command.symbols, (Names{"", "é€", std::string("a\0b", 3), "\"\\"}));
}

TEST_F(CommandTest, PartialIsTrueOrFalse) {
  const std::string rest = R"(,"channel":"ticker","symbols":["v:A-B"])";
  EXPECT_TRUE(accepted(subscribe(R"("partial":true)" + rest)).partial);
  EXPECT_FALSE(accepted(subscribe(R"("partial":false)" + rest)).partial);
  EXPECT_EQ(refusal(subscribe(R"("partial":1)" + rest)), "bad_request 7");
  EXPECT_EQ(refusal(subscribe(R"("partial":null)" + rest)), "bad_request 7");
}

TEST_F(CommandTest, AnIntervalIsAWholeNumberOfMilliseconds) {
  const std::string rest = R"(,"channel":"ticker","symbols":["v:A-B"])";
  EXPECT_EQ(accepted(subscribe(R"("interval_ms":100)" + rest)).id, 7U);
  for (const std::string_view interval : {"-1", "1.5", "\"100\"", "null"}) {
    EXPECT_EQ(refusal(subscribe(R"("interval_ms":)" + std::string(interval) + rest)),
              "bad_request 7")
        << interval;
  }
}

TEST_F(CommandTest, OptionsWithoutEffectAreNoted) {
  const Command command = accepted(subscribe(
      R"("resume":{},"fields":["bid"],"channel":"ticker","symbols":["v:A-B"],"other":1)"));
  EXPECT_EQ(command.unsupported, (Names{"fields", "resume"}));
}

TEST_F(CommandTest, AKeyThatStandsTwiceIsRefusedWhicheverItIs) {
  const std::string whole =
      R"("channel":"ticker","symbols":["v:A-B"],"partial":true,"interval_ms":0,"fields":[],)"
      R"("resume":{})";
  ASSERT_EQ(accepted(subscribe(whole)).symbols, Names{"v:A-B"});
  for (const std::string_view again :
       {R"("op":"subscribe")", R"("channel":"ticker")", R"("symbols":["v:A-B"])",
        R"("partial":true)", R"("interval_ms":0)", R"("fields":[])", R"("resume":{})"}) {
    EXPECT_EQ(refusal(subscribe(whole + "," + std::string(again))), "bad_request 7") << again;
  }
  EXPECT_EQ(refusal(R"({"op":"ping","id":7,"id":7})"), "bad_request");
  EXPECT_EQ(refusal(R"({"op":"ping","id":7,"\u0069d":8})"), "bad_request");  // the same key
}

TEST_F(CommandTest, WhatIsNoObjectIsNoRequest) {
  for (const std::string_view text :
       {"[]", "1", "\"ping\"", "null", "true", R"([{"op":"ping"}])"}) {
    EXPECT_EQ(refusal(text), "bad_request") << text;
  }
}

TEST_F(CommandTest, WhatIsNoJsonIsRefused) {
  for (const std::string_view text :
       {"", " ", "{", "}", "ping", "{\"op\":\"ping\"}}", "{\"op\":\"ping\"}{\"op\":\"ping\"}",
        "{'op':'ping'}", "{op:\"ping\"}", "{\"op\":\"ping\",}", "{\"op\":\"ping\"//\n}",
        "\xef\xbb\xbf{\"op\":\"ping\"}", "{\"op\":\"p\xffng\"}", "{\"op\":\"pi\nng\"}",
        "{\"op\":\"ping\",\"x\":\"\\ud800\"}"}) {
    EXPECT_EQ(refusal(text), "bad_json") << text;
  }
  EXPECT_EQ(refusal(std::string_view("{\"op\":\"ping\"}\0", 14)), "bad_json");
  EXPECT_EQ(refusal({}), "bad_json");  // an empty message, without an address
}

TEST_F(CommandTest, DeepNestingIsRefusedHoweverDeep) {
  EXPECT_EQ(accepted(R"({"op":"ping","x":[[[[[[[[]]]]]]]]})").op, Op::ping);
  for (const std::size_t depth : {2'000U, 30'000U}) {
    const std::string open(depth, '[');
    EXPECT_EQ(refusal(open), "bad_json");
    EXPECT_EQ(refusal(open + std::string(depth, ']')), "bad_json");
    EXPECT_EQ(refusal(R"({"op":"ping","x":)" + open + std::string(depth, ']') + "}"), "bad_json");
  }
}

TEST_F(CommandTest, ARequestCutOffAtAnyByteIsRefused) {
  const std::string whole = subscribe(
      R"("channel":"ticker","symbols":["v:A-B","é\u0041"],"partial":true,"interval_ms":100)");
  static_cast<void>(accepted(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    // A copy of exactly this size: reading behind it is a sanitizer's finding.
    const std::vector<char> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(refusal({cut.data(), cut.size()}), "bad_json") << size;
  }
}

TEST_F(CommandTest, ARefusalLeavesNothingBehindForTheNextRequest) {
  EXPECT_EQ(refusal(R"({"op":"subscribe","id":5,"partial":true,"channel":"book"})"),
            "unknown_channel 5");
  const Command command = accepted(subscribe(R"("channel":"ticker","symbols":["v:A-B"])"));
  EXPECT_EQ(command.id, 7U);
  EXPECT_FALSE(command.partial);
}

TEST_F(CommandTest, BinaryGarbageIsAlwaysAnswered) {
  std::mt19937 random(11);
  const std::string whole = subscribe(R"("channel":"ticker","symbols":["v:A-B","w:*"])");
  int refusals = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::vector<char> bytes(whole.begin(), whole.end());
    if (round % 2 == 0) {
      bytes.resize(random() % 300);
      for (char& byte : bytes) byte = static_cast<char>(random());
    } else {
      for (auto hits = 1 + random() % 3; hits > 0; --hits) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
    }
    const auto result = parser_.parse({bytes.data(), bytes.size()});
    if (const auto* const error = std::get_if<CommandError>(&result)) {
      ++refusals;
      ASSERT_FALSE(error->code.empty());
      ASSERT_FALSE(error->message.empty());
    }
  }
  EXPECT_GT(refusals, 10'000);  // half is pure garbage, most of the rest is broken
}

}  // namespace
}  // namespace ticker
