// What Bybit says of the conversation: answers to requests, refusals, and pongs of three shapes.
#include "feeds/bybit/notices.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/feeds/bybit/bybit_fixture.hpp"

namespace ticker::feeds::bybit {
namespace {

using Kind = Notice::Kind;

class BybitNotices : public Bybit {
 protected:
  // The one notice of a frame that is of no other use.
  HeardNotice hear(const std::string& frame) {
    sink = {};
    EXPECT_EQ(parse(frame), Verdict::ignored) << frame;
    EXPECT_EQ(sink.calls, std::vector<std::string>{"notice"}) << frame;
    return sink.notices.empty() ? HeardNotice{} : sink.notices[0];
  }
  HeardNotice hear_refused(const std::string& words) {
    return hear(R"({"success":false,"ret_msg":")" + words + R"(","op":"subscribe"})");
  }
};

TEST_F(BybitNotices, TellThatARequestIsGrantedWithoutASymbol) {
  for (const char* frame :
       {R"({"success":true,"ret_msg":"","conn_id":"c","req_id":"","op":"subscribe"})",
        R"({"success":true,"ret_msg":"subscribe","conn_id":"c","op":"subscribe"})"}) {
    EXPECT_EQ(hear(frame), (HeardNotice{Kind::subscribed, "", "", 0}));
  }
  expect_silence(R"({"success":true,"ret_msg":"","conn_id":"c","op":"unsubscribe"})",
                 Verdict::ignored);
}

TEST_F(BybitNotices, TakePongsOfEveryMarketForSignsOfLife) {
  for (const char* frame :
       {R"({"success":true,"ret_msg":"pong","conn_id":"c","op":"ping"})",
        R"({"success":true,"ret_msg":"pong","conn_id":"c","req_id":"","op":"ping"})",
        R"({"args":["1672916271846"],"op":"pong"})"}) {
    EXPECT_EQ(hear(frame), (HeardNotice{Kind::heartbeat, "", "", 0}));
  }
}

// Words as users of several libraries saw them.
TEST_F(BybitNotices, NameTheSymbolOfARefusalWhereItIsCertain) {
  EXPECT_EQ(hear_refused("Invalid symbol :[tickers.NOPEUSDT]"),
            (HeardNotice{Kind::refused, "NOPEUSDT", "Invalid symbol :[tickers.NOPEUSDT]", 0}));
  EXPECT_EQ(hear_refused("error:handler not found,topic:orderbook.1.NOPEUSDT").symbol, "NOPEUSDT");
  EXPECT_EQ(hear_refused("Invalid symbol :[publicTrade.BTC-26DEC25]").symbol, "BTC-26DEC25");
  for (const char* words :
       {"", "args size >10", "Invalid topic: invalid.topic.BTCUSDT", "Invalid symbol :[X",
        "Invalid symbol :[kline.1.BTCUSDT]", "Invalid symbol :[tickers.A,tickers.B]",
        "error:handler not found,topic:orderbook.500.BTCUSDT",
        "error:handler not found,topic:tickers.A B"}) {
    EXPECT_EQ(hear_refused(words), (HeardNotice{Kind::refused, "", words, 0}));
  }
}

TEST_F(BybitNotices, NameTheSymbolOfTheRequestThatTheAnswerRepeats) {
  const auto notice = hear(R"({"success":false,"ret_msg":"args size >10","conn_id":"c",)"
                           R"("req_id":"BTCUSDT","op":"subscribe"})");
  EXPECT_EQ(notice, (HeardNotice{Kind::refused, "BTCUSDT", "args size >10", 0}));
}

TEST_F(BybitNotices, TakeARepeatedSubscriptionForNoRefusal) {
  const std::string words = "error:already subscribed,topic:tickers.BTCUSDT";
  EXPECT_EQ(hear_refused(words), (HeardNotice{Kind::error, "", words, 0}));
}

TEST_F(BybitNotices, TellWhatElseIsWrong) {
  EXPECT_EQ(hear(R"({"success":false,"ret_msg":"error:invalid op","conn_id":"c","op":"nope"})"),
            (HeardNotice{Kind::error, "", "error:invalid op", 0}));
  EXPECT_EQ(hear(R"({"success":false,"ret_msg":"x","op":"unsubscribe"})").kind, Kind::error);
  EXPECT_EQ(hear(R"({"success":false,"op":"ping"})").kind, Kind::error);
}

}  // namespace
}  // namespace ticker::feeds::bybit
