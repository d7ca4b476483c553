// The exact text of every message that carries data.
#include "gateway/protocol/json_messages.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/gateway/events.hpp"

namespace ticker {
namespace {

const JsonMessages json;

// What `write` writes, which must stay within `bytes_max`.
template <typename Write>
std::string text(std::uint32_t bytes_max, Write write) {
  std::string out(bytes_max + 1'000, '#');
  const char* const end = write(out.data());
  const auto size = static_cast<std::size_t>(end - out.data());
  EXPECT_LE(size, bytes_max);
  EXPECT_EQ(out.find_first_not_of('#', size), std::string::npos) << "written behind its end";
  out.resize(size);
  return out;
}

std::string delta(const Event& event, FieldMask mask, std::uint64_t prev, std::uint64_t merged) {
  return text(ticker_message_max, [&](char* out) {
    const DeltaHead head{.mask = mask,
                         .prev = prev,
                         .merged = merged,
                         .exchange_us = event.exchange_us,
                         .received = event.received};
    return json.delta(out, "v:A-B", event, head, 300);
  });
}

Event received(Event event, std::int64_t wall_us, std::int64_t exchange_us) {
  event.received.wall_us = wall_us;
  event.exchange_us = exchange_us;
  return event;
}

TEST(JsonMessages, ADeltaHoldsTheChangedFieldsAndItsNumbers) {
  const Event event = received(
      ticker_event(0, 44, {{Field::bid, "64123.46"}, {Field::ask_size, "0.500"}}), 200, 100);
  EXPECT_EQ(delta(event, event.ticker.changed, 43, 1),
            R"({"type":"delta","symbol":"v:A-B","seq":44,"prev":43,"bid":"64123.46",)"
            R"("ask_size":"0.500","exchange_ts":100,"recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, ADeltaTellsHowManyChangesItFolds) {
  const Event event = received(ticker_event(0, 44, {{Field::bid, "1"}}), 200, 100);
  EXPECT_EQ(delta(event, bit(Field::bid), 41, 3),
            R"({"type":"delta","symbol":"v:A-B","seq":44,"prev":41,"bid":"1","merged":3,)"
            R"("exchange_ts":100,"recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, AnExchangeTimeThatTheVenueDidNotGiveIsAbsent) {
  const Event event = received(ticker_event(0, 2, {{Field::last, "1"}}), 200, 0);
  EXPECT_EQ(delta(event, bit(Field::last), 1, 1),
            R"({"type":"delta","symbol":"v:A-B","seq":2,"prev":1,"last":"1","recv_ts":200,)"
            R"("sent_ts":300})");
}

TEST(JsonMessages, AFieldThatLostItsValueIsNull) {
  const Event event = received(ticker_event(0, 2, {{Field::bid, ""}}), 200, 0);
  EXPECT_EQ(delta(event, bit(Field::bid), 1, 1),
            R"({"type":"delta","symbol":"v:A-B","seq":2,"prev":1,"bid":null,"recv_ts":200,)"
            R"("sent_ts":300})");
}

TEST(JsonMessages, AChangeOfStatusBringsReasonAndSince) {
  Event event = received(ticker_event(0, 2, {{Field::bid, "1"}}), 200, 0);
  event.ticker.status = Status::stale;
  event.ticker.reason = Reason::feed_silent;
  event.ticker.since_us = 199;
  EXPECT_EQ(delta(event, status_bit, 1, 1),
            R"({"type":"delta","symbol":"v:A-B","seq":2,"prev":1,"status":"stale",)"
            R"("reason":"feed_silent","since":199,"recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, ASnapshotHoldsEveryFieldWithOrWithoutValue) {
  Event event = received(ticker_event(0, 41,
                                      {{Field::bid, "64123.45"},
                                       {Field::bid_size, "1.20"},
                                       {Field::last, "-0.5"},
                                       {Field::volume_24h, "1234567.000"}}),
                         200, 100);
  event.ticker.since_us = 50;
  const std::string snapshot = text(ticker_message_max, [&](char* out) {
    return json.snapshot(out, {"v:A-B", "e1", event.seq, Resumed::not_asked}, event, all_fields,
                         300);
  });
  EXPECT_EQ(snapshot,
            R"({"type":"snapshot","channel":"ticker","symbol":"v:A-B","epoch":"e1","seq":41,)"
            R"("status":"live","reason":null,"since":50,"bid":"64123.45","bid_size":"1.20",)"
            R"("ask":null,"ask_size":null,"last":"-0.5","last_size":null,"open_24h":null,)"
            R"("high_24h":null,"low_24h":null,"volume_24h":"1234567.000","exchange_ts":100,)"
            R"("recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, ASnapshotUnderAFilterHoldsItsFieldsAndTheStatus) {
  const Event event = received(ticker_event(0, 41, {{Field::bid, "1"}, {Field::ask, "2"}}), 200, 0);
  const auto mask = static_cast<FieldMask>(bit(Field::ask) | status_bit);
  EXPECT_EQ(
      text(ticker_message_max,
           [&](char* out) {
             return json.snapshot(out, {"v:A-B", "e1", event.seq, Resumed::no}, event, mask, 300);
           }),
      R"({"type":"snapshot","channel":"ticker","symbol":"v:A-B","epoch":"e1","seq":41,)"
      R"("resumed":false,"status":"live","reason":null,"since":0,"ask":"2",)"
      R"("recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, SlowTellsStateQueueAndInterval) {
  const SlowNotice notice{.conflating = true, .queued_bytes = UINT64_MAX, .interval_ms = 250};
  EXPECT_EQ(text(slow_message_max, [&](char* out) { return json.slow(out, notice); }),
            R"({"type":"slow","state":"conflating","queued_bytes":18446744073709551615,)"
            R"("interval_ms":250})");
}

TEST(JsonMessages, AResumedDeltaSaysSoAndMayHoldNothing) {
  const Event event = received(ticker_event(0, 41, {}), 200, 0);
  EXPECT_EQ(text(ticker_message_max,
                 [&](char* out) {
                   const DeltaHead head{.prev = 41, .resumed = true, .received = event.received};
                   return json.delta(out, "v:A-B", event, head, 300);
                 }),
            R"({"type":"delta","symbol":"v:A-B","seq":41,"prev":41,"resumed":true,)"
            R"("recv_ts":200,"sent_ts":300})");
}

std::string trade(const Event& event) {
  return text(trade_message_max, [&](char* out) { return json.trade(out, "v:A-B", event, 300); });
}

TEST(JsonMessages, ATradeHoldsPriceSizeSideAndId) {
  const Event event =
      received(trade_event(0, 9, "64123.450", "0.001", Side::buy, "4711"), 200, 100);
  EXPECT_EQ(trade(event),
            R"({"type":"trade","symbol":"v:A-B","seq":9,"price":"64123.450","size":"0.001",)"
            R"("side":"buy","trade_id":"4711","exchange_ts":100,"recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, ATradeWithoutSideAndIdHasNulls) {
  const Event event = received(trade_event(0, 9, "1", "2", Side::unknown, ""), 200, 0);
  EXPECT_EQ(trade(event),
            R"({"type":"trade","symbol":"v:A-B","seq":9,"price":"1","size":"2","side":null,)"
            R"("trade_id":null,"recv_ts":200,"sent_ts":300})");
}

TEST(JsonMessages, WhatWouldNeedEscapingIsLeftOutOfATradeId) {
  const Event event = received(trade_event(0, 9, "1", "2", Side::sell,
                                           "a\"b\\c\n\xff \x7f"
                                           "d"),
                               200, 0);
  EXPECT_NE(trade(event).find(R"("side":"sell","trade_id":"abcd",)"), std::string::npos);
}

std::string trades(const std::vector<Event>& events) {
  return text(10'000, [&](char* out) {
    out = json.trades_begin(out, {"v:A-B", "e1", 9, Resumed::not_asked});
    bool first = true;
    for (const Event& event : events) {
      out = json.past_trade(out, event, first);
      first = false;
    }
    return json.trades_end(out, 300);
  });
}

TEST(JsonMessages, ATradesSnapshotListsPastTradesInTheOrderGiven) {
  EXPECT_EQ(trades({received(trade_event(0, 8, "1", "2", Side::buy, "x"), 200, 100),
                    received(trade_event(0, 9, "3", "4", Side::sell, "y"), 201, 0)}),
            R"({"type":"snapshot","channel":"trades","symbol":"v:A-B","epoch":"e1","seq":9,)"
            R"("trades":[{"seq":8,"price":"1","size":"2","side":"buy","trade_id":"x",)"
            R"("exchange_ts":100,"recv_ts":200},{"seq":9,"price":"3","size":"4","side":"sell",)"
            R"("trade_id":"y","recv_ts":201}],"sent_ts":300})");
}

TEST(JsonMessages, ATradesSnapshotMayBeEmpty) {
  EXPECT_EQ(trades({}),
            R"({"type":"snapshot","channel":"trades","symbol":"v:A-B","epoch":"e1","seq":9,)"
            R"("trades":[],"sent_ts":300})");
}

std::string gap(std::uint64_t from, std::uint64_t to, std::uint64_t lost, Reason reason) {
  return text(gap_message_max, [&](char* out) {
    return json.gap(out, "trades", "v:A-B", {from, to, lost, reason});
  });
}

TEST(JsonMessages, AGapNamesExactlyWhatWasLost) {
  EXPECT_EQ(gap(12, 20, 9, Reason::none),
            R"({"type":"gap","channel":"trades","symbol":"v:A-B","from":12,"to":20,"lost":9})");
}

TEST(JsonMessages, AGapFromUpstreamDoesNotKnowHowMany) {
  EXPECT_EQ(gap(12, 12, 1, Reason::upstream),
            R"({"type":"gap","channel":"trades","symbol":"v:A-B","from":12,"to":12,)"
            R"("reason":"upstream","lost":null})");
}

// Every number as long as it can be, the longest names: what is promised to whoever reserves room.
TEST(JsonMessages, TheLongestMessagesFitTheirBounds) {
  const std::string symbol(Instrument::name_max, 's');
  const std::string epoch(32, 'e');
  const Decimal longest{INT64_MIN, Decimal::scale_max};
  Event event;
  event.seq = UINT64_MAX;
  event.received.wall_us = event.exchange_us = INT64_MIN;
  event.ticker.since_us = INT64_MIN;
  event.ticker.status = Status::resyncing;
  event.ticker.reason = Reason::replay_ended;
  for (std::size_t i = 0; i < field_count; ++i) {
    event.ticker.fields.set(static_cast<Field>(i), longest);
  }
  text(ticker_message_max, [&](char* out) {
    const DeltaHead head{.mask = all_fields,
                         .prev = UINT64_MAX,
                         .merged = UINT64_MAX,
                         .resumed = true,
                         .exchange_us = INT64_MIN,
                         .received = event.received};
    return json.delta(out, symbol, event, head, INT64_MIN);
  });
  text(ticker_message_max, [&](char* out) {
    return json.snapshot(out, {symbol, epoch, event.seq, Resumed::no}, event, all_fields,
                         INT64_MIN);
  });
  text(gap_message_max, [&](char* out) {
    return json.gap(out, "trades", symbol, {UINT64_MAX, UINT64_MAX, UINT64_MAX, Reason::none});
  });
  event.trade = {longest, longest, {}, Side::sell};
  event.trade.id.assign(std::string(TradeId::text_max, 'i'));
  text(trade_message_max, [&](char* out) { return json.trade(out, symbol, event, INT64_MIN); });
  text(trade_message_max, [&](char* out) {
    return json.trades_end(json.trades_begin(out, {symbol, epoch, UINT64_MAX, Resumed::no}),
                           INT64_MIN);
  });
  text(trade_message_max, [&](char* out) { return json.past_trade(out, event, false); });
}

}  // namespace
}  // namespace ticker
