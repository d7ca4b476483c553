// Requests as clients send them: op and id, what any request may do wrong, and bytes that are none.
#include "gateway/protocol/command.hpp"

#include <random>

#include "tests/gateway/protocol/command_fixture.hpp"

namespace ticker {
namespace {

using Op = Command::Op;
using Names = std::vector<std::string>;

TEST_F(CommandTest, ASubscriptionNamesChannelAndSymbols) {
  const Command command = accepted(
      R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["binance:BTC-USDT","kraken:*"]})");
  EXPECT_EQ(command.op, Op::subscribe);
  EXPECT_EQ(command.id, 1U);
  EXPECT_EQ(command.channel, ticker_id);
  EXPECT_EQ(command.symbols, (Names{"binance:BTC-USDT", "kraken:*"}));
  EXPECT_FALSE(command.partial);
  EXPECT_EQ(command.shape, Shape{});
  EXPECT_TRUE(command.resume.empty());
}

TEST_F(CommandTest, KeysMayStandInAnyOrderAndUnknownOnesAreIgnored) {
  const Command command = accepted(
      " {\"symbols\" : [\"v:A-B\"], \"future\":{\"op\":[1,{}]}, \"channel\":\"trades\",\n"
      "\"id\":2, \"op\":\"unsubscribe\" } ");
  EXPECT_EQ(command.op, Op::unsubscribe);
  EXPECT_EQ(command.id, 2U);
  EXPECT_EQ(command.channel, trades_id);
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

TEST_F(CommandTest, AKeyThatStandsTwiceIsRefusedWhicheverItIs) {
  const std::string whole =
      R"("channel":"ticker","symbols":["v:A-B"],"partial":true,"interval_ms":0,"fields":["bid"],)"
      R"("resume":{})";
  ASSERT_EQ(accepted(subscribe(whole)).symbols, Names{"v:A-B"});
  for (const std::string_view again :
       {R"("op":"subscribe")", R"("channel":"ticker")", R"("symbols":["v:A-B"])",
        R"("partial":true)", R"("interval_ms":0)", R"("fields":["bid"])", R"("resume":{})"}) {
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
      R"("channel":"ticker","symbols":["v:A-B","é\u0041"],"partial":true,"interval_ms":100,)"
      R"("fields":["bid","status"],"resume":{"v:A-B":{"epoch":"e","seq":41}})");
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
  EXPECT_EQ(refusal(request_with(
                R"("interval_ms":250,"fields":["bid","x"],"resume":{"v:A":{"epoch":"","seq":1}})")),
            "unknown_field 7");
  const Command command = accepted(subscribe(R"("channel":"ticker","symbols":["v:A-B"])"));
  EXPECT_EQ(command.id, 7U);
  EXPECT_FALSE(command.partial);
  EXPECT_EQ(command.shape, Shape{});
  EXPECT_TRUE(command.resume.empty());
}

TEST_F(CommandTest, BinaryGarbageIsAlwaysAnswered) {
  std::mt19937 random(11);
  const std::string whole = request_with(
      R"("interval_ms":100,"fields":["bid"],"resume":{"v:A-B":{"epoch":"e","seq":41}})");
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
