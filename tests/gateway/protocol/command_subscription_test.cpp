// Requests to subscribe and to unsubscribe: channel, symbols, and how the data should come.
#include "tests/gateway/protocol/command_fixture.hpp"

namespace ticker {
namespace {

using Names = std::vector<std::string>;

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

TEST_F(CommandTest, AnIntervalIsGrantedAsTheClassThatIsNotFaster) {
  const auto granted_ms = [this](std::string_view interval) {
    const Command command = accepted(request_with(R"("interval_ms":)" + std::string(interval)));
    return interval_classes_ms[command.shape.pace];
  };
  EXPECT_EQ(granted_ms("0"), 0U);
  EXPECT_EQ(granted_ms("1"), 100U);
  EXPECT_EQ(granted_ms("100"), 100U);
  EXPECT_EQ(granted_ms("101"), 250U);
  EXPECT_EQ(granted_ms("5000"), 5'000U);
  EXPECT_EQ(granted_ms("5001"), 5'000U);
  EXPECT_EQ(granted_ms("18446744073709551615"), 5'000U);
}

TEST_F(CommandTest, AnIntervalIsAWholeNumberOfMilliseconds) {
  for (const std::string_view channel : {"ticker", "trades"}) {
    for (const std::string_view interval :
         {"-1", "1.5", "100.0", "\"100\"", "null", "[]", "true"}) {
      EXPECT_EQ(refusal(request_with(R"("interval_ms":)" + std::string(interval), channel)),
                "bad_request 7")
          << channel << ' ' << interval;
    }
  }
}

TEST_F(CommandTest, TradesComeInRealTimeWhateverTheInterval) {
  EXPECT_EQ(accepted(request_with(R"("interval_ms":1000)", "trades")).shape, Shape{});
}

TEST_F(CommandTest, AFilterIsTheSetOfItsFields) {
  const auto fields = [this](std::string_view names) {
    return accepted(request_with(R"("fields":)" + std::string(names))).shape.fields;
  };
  EXPECT_EQ(fields(R"(["bid"])"), bit(Field::bid));
  EXPECT_EQ(fields(R"(["volume_24h","bid","bid","\u0062id"])"),
            bit(Field::bid) | bit(Field::volume_24h));
  EXPECT_EQ(fields(R"(["bid","bid_size","ask","ask_size","last","last_size","open_24h","high_24h",)"
                   R"("low_24h","volume_24h"])"),
            all_values);
}

TEST_F(CommandTest, StatusIsPartOfEveryFilterAndMayBeAllOfIt) {
  EXPECT_EQ(accepted(request_with(R"("fields":["status","ask"])")).shape.fields, bit(Field::ask));
  EXPECT_EQ(accepted(request_with(R"("fields":["status"])")).shape.fields, 0);
}

TEST_F(CommandTest, IntervalAndFilterAreIndependent) {
  const Command command = accepted(request_with(R"("fields":["last"],"interval_ms":250)"));
  EXPECT_EQ(command.shape, (Shape{.pace = pace_for(250), .fields = bit(Field::last)}));
}

TEST_F(CommandTest, AFilterIsAListOfAtLeastOneString) {
  for (const std::string_view fields :
       {"[]", "\"bid\"", "null", "{}", "1", "[1]", "[null]", "[\"bid\",[]]", "[[\"bid\"]]"}) {
    EXPECT_EQ(refusal(request_with(R"("fields":)" + std::string(fields))), "bad_request 7")
        << fields;
  }
}

TEST_F(CommandTest, AnUnknownFieldIsRefusedByItsName) {
  EXPECT_EQ(refusal(request_with(R"("fields":["bid","price"])")), "unknown_field 7");
  EXPECT_EQ(refusal(request_with(R"("fields":["Bid"])")), "unknown_field 7");
  EXPECT_EQ(refusal(request_with(R"("fields":["reason"])")), "unknown_field 7");
  EXPECT_EQ(refusal(request_with(R"("fields":[""])")), "unknown_field 7");
  EXPECT_THAT(refused(request_with(R"("fields":["bid","price"])")).message,
              testing::HasSubstr("price"));
}

TEST_F(CommandTest, ALongNameComesBackShortened) {
  std::string name;
  for (int i = 0; i < 100; ++i) name += "é";
  const std::string message = refused(request_with(R"("fields":["a)" + name + "\"]")).message;
  EXPECT_LT(message.size(), 100U);
  EXPECT_THAT(message, testing::EndsWith("é…"));  // 64 bytes would end within a character
}

TEST_F(CommandTest, TradesHaveNoFilter) {
  EXPECT_EQ(refusal(request_with(R"("fields":["bid"])", "trades")), "bad_request 7");
  EXPECT_EQ(refusal(request_with(R"("fields":["nonsense"])", "trades")), "bad_request 7");
}

TEST_F(CommandTest, ResumeSaysForASymbolWhereItEnded) {
  for (const std::string_view channel : {"ticker", "trades"}) {
    const Command command = accepted(request_with(
        R"("resume":{"v:A-B":{"epoch":"e1","seq":41},"w:C":{"seq":0,"epoch":""}})", channel));
    ASSERT_EQ(command.resume.size(), 2U);
    EXPECT_EQ(command.resume[0].symbol, "v:A-B");
    EXPECT_EQ(command.resume[0].epoch, "e1");
    EXPECT_EQ(command.resume[0].seq, 41U);
    EXPECT_EQ(command.resume[1].symbol, "w:C");
    EXPECT_EQ(command.resume[1].epoch, "");
    EXPECT_EQ(command.resume[1].seq, 0U);
  }
}

TEST_F(CommandTest, ResumeMayBeEmptyAndMayTellMore) {
  EXPECT_TRUE(accepted(request_with(R"("resume":{})")).resume.empty());
  const Command command = accepted(request_with(
      R"("resume":{"v:A-B":{"bid":"1","x":[1],"epoch":"e","x":2,"seq":9007199254740991}})"));
  ASSERT_EQ(command.resume.size(), 1U);
  EXPECT_EQ(command.resume[0].seq, 9'007'199'254'740'991U);
}

TEST_F(CommandTest, ResumeHoldsAnEpochAndASeqForEachSymbol) {
  for (const std::string_view resume :
       {"null", "[]", "1", "\"v:A-B\"", R"({"v:A-B":null})", R"({"v:A-B":41})",
        R"({"v:A-B":["e",41]})", R"({"v:A-B":{}})", R"({"v:A-B":{"epoch":"e"}})",
        R"({"v:A-B":{"seq":41}})", R"({"v:A-B":{"epoch":1,"seq":41}})",
        R"({"v:A-B":{"epoch":null,"seq":41}})", R"({"v:A-B":{"epoch":"e","seq":"41"}})",
        R"({"v:A-B":{"epoch":"e","seq":-1}})", R"({"v:A-B":{"epoch":"e","seq":1.5}})",
        R"({"v:A-B":{"epoch":"e","seq":null}})",
        R"({"v:A-B":{"epoch":"e","seq":9007199254740992}})",
        R"({"v:A-B":{"epoch":"e","seq":41},"w:C":{}})"}) {
    EXPECT_EQ(refusal(request_with(R"("resume":)" + std::string(resume))), "bad_request 7")
        << resume;
  }
}

TEST_F(CommandTest, ResumeNamesASymbolOnce) {
  const std::string point = R"({"epoch":"e","seq":41})";
  EXPECT_EQ(refusal(request_with(R"("resume":{"v:A":)" + point + R"(,"v:A":)" + point + "}")),
            "bad_request 7");
  EXPECT_EQ(refusal(request_with(R"("resume":{"v:A":)" + point + R"(,"v:\u0041":)" + point + "}")),
            "bad_request 7");
  EXPECT_EQ(refusal(request_with(R"("resume":{"v:A":{"epoch":"e","seq":1,"seq":1}})")),
            "bad_request 7");
  EXPECT_EQ(refusal(request_with(R"("resume":{"v:A":{"epoch":"e","epoch":"e","seq":1}})")),
            "bad_request 7");
}

TEST_F(CommandTest, ResumeNamesAsManySymbolsAsAClientMayHaveAndNotOneMore) {
  Limits limits;
  limits.subscriptions_max = 2;
  CommandParser parser(limits, traits_of_all());
  const std::string two = R"("a":{"epoch":"e","seq":1},"b":{"epoch":"e","seq":2})";
  const auto few = parser.parse(request_with(R"("resume":{)" + two + "}"));
  ASSERT_TRUE(std::holds_alternative<Command>(few));
  EXPECT_EQ(std::get<Command>(few).resume.size(), 2U);
  const auto many =
      parser.parse(request_with(R"("resume":{)" + two + R"(,"c":{"epoch":"e","seq":3}})"));
  ASSERT_TRUE(std::holds_alternative<CommandError>(many));
  EXPECT_EQ(std::get<CommandError>(many).code, "bad_request");
}

TEST_F(CommandTest, WhatSaysHowDataShouldComeIsIgnoredWhenItShouldEnd) {
  for (const std::string_view member :
       {R"("interval_ms":-1)", R"("interval_ms":100,"interval_ms":100)", R"("fields":["nonsense"])",
        R"("fields":[])", R"("resume":[])", R"("resume":{},"resume":{})"}) {
    const Command command = accepted(request_with(member, "ticker", "unsubscribe"));
    EXPECT_EQ(command.shape, Shape{}) << member;
    EXPECT_TRUE(command.resume.empty()) << member;
  }
}

}  // namespace
}  // namespace ticker
