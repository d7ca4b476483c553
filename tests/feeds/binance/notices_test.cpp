// What Binance says of the conversation: every such frame is `ignored`, and told as a notice.
#include <gtest/gtest.h>

#include "tests/feeds/binance/binance_fixture.hpp"

namespace ticker::feeds {
namespace {

using enum Notice::Kind;

TEST_F(Binance, TellsThatARequestWasGranted) {
  expect_notice(R"({"result":null,"id":1})", {subscribed, "", "", 0});
  expect_notice(R"({"id":"a1","result":null,"error":null})", {subscribed, "", "", 0});
}

TEST_F(Binance, TellsWhyARequestWasNot) {
  expect_notice(R"({"code":2,"msg":"Invalid request: no such \"x\"","id":1})",
                {error, "", R"(Invalid request: no such "x")", 0});
  expect_notice(R"({"error":{"code":3,"msg":"Invalid JSON"},"id":1})",
                {error, "", "Invalid JSON", 0});
  expect_notice(R"({"error":"too many requests"})", {error, "", "too many requests", 0});
  expect_notice(R"({"code":0})", {error, "", "", 0});
}

TEST_F(Binance, TellsThatTheServerIsAboutToLeave) {
  expect_notice(R"({"e":"serverShutdown","E":1770123456789})", {leaving, "", "serverShutdown", 0});
  expect_notice(R"({"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}})",
                {leaving, "", "serverShutdown", 0});
}

TEST_F(Binance, TellsNothingOfListsOfSubscriptions) {
  expect_no_notice(R"({"result":["btcusdt@aggTrade"],"id":3})");
  expect_no_notice(R"({"result":true,"id":4})");
  expect_no_notice(R"([{"e":"serverShutdown","E":1770123456789}])");
}

TEST_F(Binance, CountsItsTrades) {
  EXPECT_EQ(parse(trade), Verdict::data);
  adapter = binance::make_adapter({.trades = "trade"});
  EXPECT_EQ(parse(one_trade), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 2U);
  for (const HeardTrade& heard : sink.trades) EXPECT_TRUE(heard.update.counted);
}

}  // namespace
}  // namespace ticker::feeds
