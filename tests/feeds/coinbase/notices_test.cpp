// What Coinbase says of the conversation: every such frame is `ignored`, and told as a notice.
#include <gtest/gtest.h>

#include "tests/feeds/coinbase/coinbase_fixture.hpp"

namespace ticker::feeds::coinbase {
namespace {

using enum Notice::Kind;

TEST_F(CoinbaseBook, TellsWhatIsSubscribedToAsOneNotice) {
  expect_notice(R"({"type":"subscriptions","channels":[{"name":"level2_batch",)"
                R"("product_ids":["ETH-USD","ETH-EUR"],"account_ids":null}]})",
                {subscribed, "", "", 0});
}

TEST_F(CoinbaseBook, TellsHeartbeatsWithTheLastTrade) {
  expect_notice(R"({"type":"heartbeat","sequence":90,"last_trade_id":20,"product_id":"BTC-USD",)"
                R"("time":"2014-11-07T08:19:28.464459Z"})",
                {heartbeat, "BTC-USD", "", 20});
  expect_notice(R"({"type":"heartbeat","last_trade_id":"x","product_id":"BTC-USD"})",
                {heartbeat, "BTC-USD", "", 0});
  expect_no_notice(R"({"type":"heartbeat","last_trade_id":20})");
}

TEST_F(CoinbaseBook, TellsRefusalsAndErrorsWithTheirReason) {
  expect_notice(R"({"type":"error","message":"Failed to subscribe","reason":"XX-YY is not valid"})",
                {refused, "", "Failed to subscribe: XX-YY is not valid", 0});
  expect_notice(
      R"({"type":"error","message":"Failed to subscribe","reason":"XX-YY is not a valid product"})",
      {refused, "XX-YY", "Failed to subscribe: XX-YY is not a valid product", 0});
  expect_notice(R"({"type":"error","message":"Malformed JSON"})", {error, "", "Malformed JSON", 0});
  expect_notice(R"({"type":"error","reason":"slow consumer"})", {error, "", "slow consumer", 0});
  expect_notice(R"({"type":"error"})", {error, "", "", 0});
}

TEST_F(CoinbaseBook, TellsNothingOfWhatItHasNoUseFor) {
  expect_no_notice(R"({"type":"status","products":[]})");
  expect_no_notice(R"({"type":"received","product_id":"BTC-USD"})");
}

TEST_F(CoinbaseBook, CountsItsTrades) {
  EXPECT_EQ(parse(match_frame), Verdict::data);
  ASSERT_EQ(sink.trades.size(), 1U);
  EXPECT_TRUE(sink.trades[0].update.counted);
  EXPECT_EQ(parse(last_match_frame), Verdict::data);
  EXPECT_EQ(sink.trades.size(), 1U);
}

}  // namespace
}  // namespace ticker::feeds::coinbase
