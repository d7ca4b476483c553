// What Kraken says of the conversation: every such frame is `ignored`, and told as a notice.
#include <gtest/gtest.h>

#include "tests/feeds/kraken/kraken_fixture.hpp"

namespace ticker::feeds::kraken {
namespace {

using enum Notice::Kind;

TEST_F(KrakenBook, TellsEachSymbolThatIsSubscribedTo) {
  const std::string granted =
      R"({"method":"subscribe","result":{"channel":"ticker","symbol":"BTC/USD","snapshot":true},)"
      R"("success":true,"time_in":"2023-09-25T09:04:31.742599Z","req_id":1})";
  expect_notice(granted, {subscribed, "BTC/USD", "", 0});
  expect_notice(replaced(granted, R"("symbol":"BTC/USD",)", ""), {subscribed, "", "", 0});
  expect_no_notice(replaced(granted, R"("subscribe")", R"("unsubscribe")"));
  expect_no_notice(replaced(granted, "true,\"time_in\"", "null,\"time_in\""));
}

TEST_F(KrakenBook, TellsWhichSymbolWasRefusedAndWhy) {
  expect_notice(R"({"error":"Currency pair not supported NONE/USD","method":"subscribe",)"
                R"("req_id":2,"success":false,"symbol":"NONE/USD"})",
                {refused, "NONE/USD", "Currency pair not supported NONE/USD", 0});
  expect_notice(R"({"error":"Already subscribed","method":"subscribe","success":false})",
                {refused, "", "Already subscribed", 0});
}

TEST_F(KrakenBook, TellsOtherErrors) {
  expect_notice(R"({"error":"Malformed request","success":false})",
                {error, "", "Malformed request", 0});
  expect_notice(R"({"error":"Subscription Not Found","method":"unsubscribe","success":false,)"
                R"("symbol":"BTC/USD"})",
                {error, "BTC/USD", "Subscription Not Found", 0});
  expect_notice(R"({"success":false})", {error, "", "", 0});
}

TEST_F(KrakenBook, TellsHeartbeatsOfTheConnection) {
  expect_notice(R"({"channel":"heartbeat"})", {heartbeat, "", "", 0});
}

// A pong proves the connection, not the stream (dialect: `pong_is_life` is false).
TEST_F(KrakenBook, TellsNothingOfAPong) {
  expect_no_notice(R"({"method":"pong","req_id":101,"time_in":"x","time_out":"y"})");
}

TEST_F(KrakenBook, TellsTheStateOfTheTradingEngine) {
  const std::string status =
      R"({"channel":"status","data":[{"api_version":"v2","connection_id":13834774380200032777,)"
      R"("system":"online","version":"2.0.0"}],"type":"update"})";
  expect_notice(status, {online, "", "online", 0});
  for (const char* limited : {"cancel_only", "post_only"}) {
    expect_notice(replaced(status, R"("online")", '"' + std::string(limited) + '"'),
                  {online, "", limited, 0});
  }
  expect_notice(replaced(status, R"("online")", R"("maintenance")"),
                {maintenance, "", "maintenance", 0});
  expect_no_notice(replaced(status, R"("online")", R"("of another kind")"));
  expect_no_notice(R"({"channel":"status","data":[]})");
  expect_no_notice(R"({"channel":"status"})");
}

TEST_F(KrakenBook, CountsItsTradesAndNeverTellsThoseOfASnapshot) {
  EXPECT_EQ(parse(trade_frame), Verdict::data);
  EXPECT_EQ(parse(frame_of("trade", "snapshot", trade_row)), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1U);
  EXPECT_TRUE(sink.trades[0].update.counted);
}

}  // namespace
}  // namespace ticker::feeds::kraken
