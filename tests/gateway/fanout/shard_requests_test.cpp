// Requests to the shard core: acks, refusals that change nothing, wildcards against exact names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fanout/shard_core.hpp"
#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ShardRequests : public testing::Test {
 protected:
  explicit ShardRequests(const Limits& limits = small_limits())
      : world(limits), shard(world.shard()) {
    world.price("A-B", 1);
    world.price("C-D", 1);
    world.run();
    client = &shard.connect();
    world.run();
    greeting = client->read().take();
  }

  /// The messages that answer a request.
  std::vector<std::string> ask(const std::string& request) {
    shard.core.request(client->id, request);
    world.run();
    return client->read().take();
  }
  std::vector<std::string> after_change() {
    world.price("A-B", ++price);
    world.price("C-D", price);
    world.trade("A-B");
    world.run();
    return client->read().take();
  }

  World world;
  TestShard& shard;
  TestClient* client = nullptr;
  std::vector<std::string> greeting;
  std::int64_t price = 100;
};

std::string request(std::string_view op, std::string_view channel, std::string_view symbols,
                    std::string_view more = "") {
  return R"({"op":")" + std::string(op) + R"(","id":1,"channel":")" + std::string(channel) +
         R"(","symbols":)" + std::string(symbols) + std::string(more) + "}";
}

TEST_F(ShardRequests, WelcomeTellsProtocolConnectionEpochAndLimits) {
  ASSERT_EQ(greeting.size(), 1U);
  EXPECT_EQ(json_value(greeting[0], "type"), R"("welcome")");
  EXPECT_EQ(json_value(greeting[0], "protocol"), R"("ticker.v1.json")");
  EXPECT_EQ(json_value(greeting[0], "connection"), R"("1")");
  EXPECT_EQ(json_value(greeting[0], "epoch"), R"("e1")");
  EXPECT_EQ(json_value(greeting[0], "heartbeat_ms"), "30000");
  EXPECT_THAT(json_value(greeting[0], "limits"), HasSubstr(R"("message_bytes_max":65536)"));
}

TEST_F(ShardRequests, AckNamesTheSubscriptionAndTheIntervalGranted) {
  const auto answers =
      ask(request("subscribe", "ticker", R"(["sim:A-B"])", R"(,"interval_ms":120)"));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(
      answers[0],
      R"({"type":"subscribed","id":1,"channel":"ticker","symbols":["sim:A-B"],"interval_ms":250})");
  EXPECT_EQ(json_value(answers[1], "type"), R"("snapshot")");
}

TEST_F(ShardRequests, AnUnknownSymbolIsNamedAndNothingChanges) {
  const auto answers = ask(request("subscribe", "ticker", R"(["sim:A-B","sim:X-Y","nowhere:*"])"));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(json_value(answers[0], "type"), R"("error")");
  EXPECT_EQ(json_value(answers[0], "id"), "1");
  EXPECT_EQ(json_value(answers[0], "code"), R"("unknown_symbol")");
  EXPECT_EQ(json_value(answers[0], "symbols"), R"(["sim:X-Y","nowhere:*"])");
  EXPECT_THAT(after_change(), IsEmpty());
  EXPECT_EQ(shard.counters.subscriptions.get(), 0U);
  EXPECT_EQ(shard.counters.request_errors.get(), 1U);
}

TEST_F(ShardRequests, WhatCannotBeReadIsRefusedAndChangesNothing) {
  for (const std::string& text :
       {std::string("nonsense"), std::string("[]"), std::string(R"({"op":"fly","id":1})"),
        std::string(R"({"op":"subscribe","channel":"ticker","symbols":["sim:A-B"]})"),
        request("subscribe", "candles", R"(["sim:A-B"])"), request("subscribe", "ticker", "[]"),
        request("subscribe", "ticker", R"("sim:A-B")"),
        request("subscribe", "ticker", R"(["sim:A-B"])", R"(,"partial":1)")}) {
    const auto answers = ask(text);
    ASSERT_EQ(answers.size(), 1U) << text;
    EXPECT_EQ(json_value(answers[0], "type"), R"("error")") << text;
  }
  EXPECT_THAT(after_change(), IsEmpty());
  EXPECT_EQ(shard.counters.subscriptions.get(), 0U);
  EXPECT_EQ(shard.counters.requests.get(), 8U);
  EXPECT_EQ(shard.counters.request_errors.get(), 8U);
}

TEST_F(ShardRequests, PartialAppliesTheKnownAndListsTheRejected) {
  const auto answers =
      ask(request("subscribe", "ticker", R"(["sim:A-B","sim:X-Y"])", R"(,"partial":true)"));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(json_value(answers[0], "symbols"), R"(["sim:A-B"])");
  EXPECT_EQ(json_value(answers[0], "rejected"),
            R"([{"symbol":"sim:X-Y","code":"unknown_symbol"}])");
  EXPECT_EQ(json_value(answers[1], "symbol"), R"("sim:A-B")");
  EXPECT_EQ(after_change().size(), 1U);
}

TEST_F(ShardRequests, AWildcardListensToEveryInstrumentOfItsVenue) {
  const auto answers = ask(request("subscribe", "ticker", R"(["sim:*"])"));
  EXPECT_EQ(answers.size(), 3U);
  EXPECT_EQ(json_value(answers[0], "symbols"), R"(["sim:*"])");
  EXPECT_EQ(after_change().size(), 2U);
  expect_true_picture(shard, *client);
}

TEST_F(ShardRequests, AWildcardMayBeAskedForBeforeTheVenueHasData) {
  World empty(small_limits());
  TestShard& quiet = empty.shard();
  TestClient& early = quiet.connect();
  quiet.subscribe(early, "ticker", "sim:*");
  empty.run();
  EXPECT_THAT(early.read().types(), ElementsAre("welcome", "subscribed"));
}

TEST_F(ShardRequests, AnExactNameRulesOverAWildcardAndTheWildcardRulesAgainAfterwards) {
  ask(request("subscribe", "ticker", R"(["sim:*"])"));
  // The name begins anew, but there is one stream only.
  EXPECT_EQ(ask(request("subscribe", "ticker", R"(["sim:A-B"])")).size(), 2U);
  EXPECT_EQ(after_change().size(), 2U);
  EXPECT_EQ(shard.counters.subscriptions.get(), 2U);
  // The wildcard asked for again leaves the name's stream alone.
  const auto again = ask(request("subscribe", "ticker", R"(["sim:*"])"));
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(json_value(again[1], "symbol"), R"("sim:C-D")");
  const auto answers = ask(request("unsubscribe", "ticker", R"(["sim:A-B"])"));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(json_value(answers[0], "type"), R"("unsubscribed")");
  EXPECT_EQ(json_value(answers[1], "type"), R"("snapshot")");
  EXPECT_EQ(after_change().size(), 2U);
  expect_true_picture(shard, *client);
}

TEST_F(ShardRequests, AWildcardThatEndsLeavesTheExactNames) {
  ask(request("subscribe", "ticker", R"(["sim:A-B","sim:*"])"));
  EXPECT_EQ(shard.counters.subscriptions.get(), 2U);
  const auto answers = ask(request("unsubscribe", "ticker", R"(["sim:*"])"));
  ASSERT_EQ(answers.size(), 1U);
  const auto changes = after_change();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(json_value(changes[0], "symbol"), R"("sim:A-B")");
  EXPECT_EQ(json_value(changes[0], "type"), R"("delta")");
  EXPECT_EQ(shard.counters.subscriptions.get(), 1U);
}

TEST_F(ShardRequests, ANameAndItsWildcardMayEndInOneRequestInAnyOrder) {
  for (const char* const symbols : {R"(["sim:A-B","sim:*"])", R"(["sim:*","sim:A-B"])"}) {
    ask(request("subscribe", "ticker", R"(["sim:*","sim:A-B"])"));
    const auto answers = ask(request("unsubscribe", "ticker", symbols));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_THAT(after_change(), IsEmpty());
    EXPECT_EQ(shard.counters.subscriptions.get(), 0U);
  }
}

TEST_F(ShardRequests, UnsubscribeEndsTheDataOfThatChannelOnly) {
  ask(request("subscribe", "ticker", R"(["sim:A-B"])"));
  ask(request("subscribe", "trades", R"(["sim:A-B"])"));
  EXPECT_EQ(after_change().size(), 2U);
  const auto answers = ask(request("unsubscribe", "ticker", R"(["sim:A-B"])"));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0],
            R"({"type":"unsubscribed","id":1,"channel":"ticker","symbols":["sim:A-B"]})");
  const auto changes = after_change();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(json_value(changes[0], "type"), R"("trade")");
}

TEST_F(ShardRequests, UnsubscribingWhatWasNotSubscribedIsRefusedAndChangesNothing) {
  ask(request("subscribe", "ticker", R"(["sim:A-B"])"));
  for (const char* const symbols : {R"(["sim:A-B","sim:C-D"])", R"(["sim:*"])"}) {
    const auto answers = ask(request("unsubscribe", "ticker", symbols));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(json_value(answers[0], "code"), R"("not_subscribed")");
  }
  EXPECT_EQ(after_change().size(), 1U);
}

TEST_F(ShardRequests, PingGetsAPongWithItsIdAndTheTime) {
  EXPECT_THAT(ask(R"({"op":"ping","id":9})"),
              ElementsAre(R"({"type":"pong","id":9,"time":1700000000000000})"));
  EXPECT_THAT(ask(R"({"op":"ping"})"), ElementsAre(R"({"type":"pong","time":1700000000000000})"));
}

TEST_F(ShardRequests, SubscribingAgainBeginsWithASnapshotAgain) {
  for (int i = 0; i < 2; ++i) {
    const auto answers = ask(request("subscribe", "trades", R"(["sim:A-B"])"));
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(json_value(answers[1], "type"), R"("snapshot")");
    EXPECT_EQ(after_change().size(), 1U);
    EXPECT_EQ(shard.counters.subscriptions.get(), 1U);
  }
  EXPECT_THAT(client->view.violations, IsEmpty());
}

TEST_F(ShardRequests, ARequestOfAClientThatIsGoneDoesNothing) {
  const ClientId old = client->id;
  shard.disconnect(*client);
  TestClient& next = shard.connect();
  ASSERT_EQ(next.id.slot, old.slot);
  shard.core.request(old, request("subscribe", "ticker", R"(["sim:A-B"])"));
  world.run();
  EXPECT_THAT(next.read().types(), ElementsAre("welcome"));
  EXPECT_EQ(shard.counters.requests.get(), 0U);
}

Limits three_subscriptions() {
  Limits limits = small_limits();
  limits.subscriptions_max = 3;
  return limits;
}

class ShardRequestsBounded : public ShardRequests {
 protected:
  ShardRequestsBounded() : ShardRequests(three_subscriptions()) {}
};

TEST_F(ShardRequestsBounded, MoreSubscriptionsThanAllowedAreRefusedWhole) {
  ask(request("subscribe", "ticker", R"(["sim:*"])"));
  const auto answers = ask(request("subscribe", "trades", R"(["sim:A-B","sim:C-D"])"));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(json_value(answers[0], "code"), R"("too_many_subscriptions")");
  EXPECT_EQ(shard.counters.subscriptions.get(), 2U);
  EXPECT_EQ(ask(request("subscribe", "trades", R"(["sim:A-B"])")).size(), 2U);
}

}  // namespace
}  // namespace ticker
