// What OKX says of the conversation: answers, refusals, pongs and the notice before it leaves.
#include "feeds/okx/notices.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/feeds/okx/okx_fixture.hpp"

namespace ticker::feeds::okx {
namespace {

using Kind = Notice::Kind;

class OkxNotices : public Okx {
 protected:
  // The one notice of a frame that is of no other use.
  HeardNotice hear(const std::string& frame) {
    sink = {};
    EXPECT_EQ(parse(frame), Verdict::ignored) << frame;
    EXPECT_EQ(sink.calls, std::vector<std::string>{"notice"}) << frame;
    return sink.notices.empty() ? HeardNotice{} : sink.notices[0];
  }
};

TEST_F(OkxNotices, TellThatASymbolIsSubscribed) {
  EXPECT_EQ(hear(R"({"id":"1512","event":"subscribe","arg":{"channel":"tickers",)"
                 R"("instId":"BTC-USDT"},"connId":"a4d3ae55"})"),
            (HeardNotice{Kind::subscribed, "BTC-USDT", "", 0}));
}

// Words of 60018 as users of several libraries saw them.
TEST_F(OkxNotices, NameTheSymbolOfARefusalWhereItIsCertain) {
  const std::string words =
      "Wrong URL or channel:trades,instId:BTC-USDX doesn't exist. Please use the correct URL, "
      "channel and parameters referring to API document.";
  EXPECT_EQ(
      hear(R"({"event":"error","code":"60018","msg":")" + words + R"(","connId":"a4d3ae55"})"),
      (HeardNotice{Kind::refused, "BTC-USDX", words, 0}));
  EXPECT_EQ(refused_symbol("60018", "channel:tickers,instId:LTC-USD doesn't exist"), "LTC-USD");
  const std::string request = R"(Invalid request: {\"args\":[{\"instId\" : \"LTC-USDT\"}]})";
  EXPECT_EQ(hear(R"({"event":"error","code":"60012","msg":")" + request + R"("})").symbol, "");
  EXPECT_EQ(refused_symbol("60012", "instId:LTC-USD doesn't exist"), "");
  EXPECT_EQ(refused_symbol("60018", "instId:LTC-USD,instId:A doesn't exist"), "");
  EXPECT_EQ(refused_symbol("60018", "instId:LTC-USD"), "");
  EXPECT_EQ(refused_symbol("60018", ""), "");
}

TEST_F(OkxNotices, TakeThePongForASignOfLife) {
  EXPECT_EQ(hear("pong"), (HeardNotice{Kind::heartbeat, "", "", 0}));
  EXPECT_EQ(hear(" pong\n").kind, Kind::heartbeat);
  expect_silence("ping", Verdict::malformed);
  expect_silence("pongs", Verdict::malformed);
}

TEST_F(OkxNotices, TellThatTheVenueIsLeaving) {
  const std::string words =
      "The connection will soon be closed for a service upgrade. Please reconnect.";
  const std::string frame =
      R"({"event":"notice","code":"64008","msg":")" + words + R"(","connId":"a4d3ae55"})";
  EXPECT_EQ(hear(frame), (HeardNotice{Kind::leaving, "", words, 0}));
  expect_silence(replaced(frame, "64008", "64009"), Verdict::ignored);
}

TEST_F(OkxNotices, TellThatThereAreTooManyConnections) {
  EXPECT_EQ(hear(R"({"event":"channel-conn-count-error","channel":"books","connCount":"31"})").kind,
            Kind::error);
  expect_silence(R"({"event":"channel-conn-count","channel":"books","connCount":"2"})",
                 Verdict::ignored);
  expect_silence(R"({"event":"unsubscribe","arg":{"channel":"books","instId":"A-B"}})",
                 Verdict::ignored);
}

}  // namespace
}  // namespace ticker::feeds::okx
