// Frames as they lie in the slab: header and payload right for every size, parsed as a client does.
#include "gateway/fanout/channel.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>
#include <vector>

#include "tests/gateway/events.hpp"
#include "tests/gateway/fanout/frames.hpp"

namespace ticker {
namespace {

class EncoderTest : public testing::Test {
 protected:
  // The payload of the one frame that the piece must be.
  [[nodiscard]] std::string payload(const Piece& piece) const {
    const auto frames = text_frames({pool_.bytes(piece), piece.length});
    EXPECT_TRUE(frames && frames->size() == 1);
    return frames && frames->size() == 1 ? frames->front() : std::string();
  }

  // As a shard makes them: by the channels' rows.

  /// A delta that says what `event` changed.
  Piece delta(const Event& event, std::uint64_t prev, std::uint32_t merged, bool age_counts) {
    return ticker_.delta(framer_, view_of(event),
                         {.mask = event.ticker.changed,
                          .prev = prev,
                          .merged = merged,
                          .exchange_us = event.exchange_us,
                          .received = event.received,
                          .in_time = age_counts});
  }
  Piece snapshot(const Event& state) {
    return ticker_.snapshot(framer_, view_of(state), all_fields, Resumed::not_asked);
  }
  Piece trade(std::string_view symbol, const Event& event) {
    View view;
    view.symbol = symbol;
    return trades_.entry(framer_, view, event, true);
  }
  Piece trades_snapshot(std::uint64_t seq, const std::vector<Event>& past) {
    View view;
    view.symbol = "v:A-B";
    view.trade_seq = seq;
    view.trades = TradeHistory(100);
    for (const Event& event : past) view.trades.push(event);
    return trades_.snapshot(framer_, view, all_fields, Resumed::not_asked);
  }
  Piece gap() {
    View view;
    view.symbol = "v:A-B";
    return trades_.gap(framer_, view, {1, 2, 2, Reason::none});
  }
  Piece text(std::string_view text) { return encoder_.text(framer_.format, text); }

  static View view_of(const Event& state) {
    View view;
    view.symbol = "v:A-B";
    view.ticker = state;
    return view;
  }

  static constexpr Receipt now{300, 5'000'000};
  ShardCounters counters_;
  SlabPool pool_{262'144, 8, counters_};
  Encoder encoder_{pool_, "e1", counters_};
  const Limits limits_;
  const Framer framer_{encoder_, formats().front(), now, limits_};
  const Channel& ticker_ = *channels()[0];
  const Channel& trades_ = *channels()[1];
};

TEST_F(EncoderTest, ADeltaCarriesTheTimesOfItsData) {
  Event event = ticker_event(3, 44, {{Field::bid, "1.5"}});
  event.received = {200, 2'000'000};
  const Piece piece = delta(event, 41, 3, true);
  EXPECT_EQ(payload(piece),
            R"({"type":"delta","symbol":"v:A-B","seq":44,"prev":41,"bid":"1.5","merged":3,)"
            R"("recv_ts":200,"sent_ts":300})");
  EXPECT_EQ(piece.received_us, 2'000U);
  EXPECT_EQ(counters_.encoded_frames.get(), 1U);
  EXPECT_EQ(counters_.received_to_encoded.sum_ns(), 3'000'000U);
}

TEST_F(EncoderTest, WhatWaitedForItsTickIsNotMeasured) {
  Event event = ticker_event(3, 44, {{Field::bid, "1.5"}});
  event.received = {200, 2'000'000};
  EXPECT_EQ(delta(event, 41, 3, false).received_us, 0U);
  EXPECT_EQ(counters_.received_to_encoded.sum_ns(), 0U);
}

TEST_F(EncoderTest, ATradeIsOneFrameOfTheLedger) {
  const Piece piece = trade("v:A-B", trade_event(3, 9, "1", "2", Side::buy, "x"));
  EXPECT_EQ(payload(piece),
            R"({"type":"trade","symbol":"v:A-B","seq":9,"price":"1","size":"2","side":"buy",)"
            R"("trade_id":"x","recv_ts":0,"sent_ts":300})");
  EXPECT_EQ(piece.frames, 1U);
}

TEST_F(EncoderTest, SnapshotsGapsAndTextsAreNotCountedByThemselves) {
  const Event state = ticker_event(3, 44, {{Field::bid, "1.5"}});
  const std::vector<Event> past = {trade_event(3, 9, "1", "2", Side::buy, "x")};
  for (const Piece& piece : {snapshot(state), gap(), trades_snapshot(9, past), text("{}")}) {
    EXPECT_EQ(piece.frames, 0U);
    EXPECT_EQ(piece.received_us, 0U);
  }
  EXPECT_EQ(counters_.encoded_frames.get(), 4U);
}

TEST_F(EncoderTest, SnapshotsCarryTheEpoch) {
  const Event state = ticker_event(3, 44, {});
  EXPECT_NE(payload(snapshot(state)).find(R"("epoch":"e1","seq":44)"), std::string::npos);
  EXPECT_EQ(payload(trades_snapshot(0, {})),
            R"({"type":"snapshot","channel":"trades","symbol":"v:A-B","epoch":"e1","seq":0,)"
            R"("trades":[],"sent_ts":300})");
}

TEST_F(EncoderTest, HeaderAndPayloadAreRightForEverySize) {
  for (const std::size_t size :
       {0U, 1U, 124U, 125U, 126U, 127U, 1'000U, 65'534U, 65'535U, 65'536U, 65'537U, 262'134U}) {
    std::string text(size, 'x');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
    const Piece piece = this->text(text);
    ASSERT_EQ(payload(piece), text) << size;
  }
}

TEST_F(EncoderTest, FramesOfAllSizesLieSideBySideUnharmed) {
  const std::vector<std::size_t> sizes = {10, 300, 0, 70'000, 125, 126, 65'536, 5};
  std::vector<std::string> expected;
  Piece all;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    expected.emplace_back(sizes[i], static_cast<char>('a' + i));
    const Piece piece = text(expected.back());
    if (i == 0) all = piece;
    ASSERT_EQ(piece.slab, all.slab);
    ASSERT_EQ(piece.offset, i == 0 ? all.offset : all.offset + all.length);
    if (i != 0) all.length += piece.length;
  }
  EXPECT_EQ(text_frames({pool_.bytes(all), all.length}), expected);
}

TEST_F(EncoderTest, RawBytesAreLeftAsTheyAre) {
  const std::string bytes("\x89\x00HTTP/1.1 101", 14);
  const Piece piece = encoder_.raw(bytes);
  EXPECT_EQ(std::string(pool_.bytes(piece), piece.length), bytes);
  EXPECT_EQ(piece.frames, 0U);
}

TEST_F(EncoderTest, SymbolsInUtf8PassThrough) {
  const std::string symbol = "v:币安人生-USDT";
  ASSERT_TRUE(is_instrument_name(symbol));
  const Piece piece = trade(symbol, trade_event(0, 1, "1", "2", Side::buy, "x"));
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  ASSERT_EQ(parser.parse(payload(piece)).get(document), simdjson::SUCCESS);
  EXPECT_EQ(std::string_view(document["symbol"]), symbol);
}

Decimal random_decimal(std::mt19937_64& random) {
  if (random() % 5 == 0) return {};
  return {static_cast<std::int64_t>(random()) >> (random() % 64),
          static_cast<std::int8_t>(random() % (Decimal::scale_max + 1))};
}

// The value of a JSON field as a Decimal; null for `null`.
Decimal value(const simdjson::dom::element& field) {
  return field.is_null() ? Decimal{} : decimal(std::string_view(field));
}

TEST_F(EncoderTest, RandomTickersAreValidJsonWithTheValuesGiven) {
  std::mt19937_64 random(7);
  simdjson::dom::parser parser;
  for (int round = 0; round < 2'000; ++round) {
    Event event = ticker_event(0, 1 + random() % 1'000'000, {});
    event.received = {static_cast<std::int64_t>(random() >> 2), 1};
    event.exchange_us = static_cast<std::int64_t>(random() % 3 == 0 ? 0 : random() >> 2);
    event.ticker.changed = static_cast<FieldMask>(random() & all_fields);
    for (std::size_t i = 0; i < field_count; ++i) {
      event.ticker.fields.set(static_cast<Field>(i), random_decimal(random));
    }
    const bool whole = round % 2 == 0;
    const Piece piece = whole ? snapshot(event) : delta(event, event.seq - 1, 1, true);
    simdjson::dom::element document;
    ASSERT_EQ(parser.parse(payload(piece)).get(document), simdjson::SUCCESS);
    ASSERT_EQ(std::uint64_t(document["seq"]), event.seq);
    ASSERT_EQ(std::int64_t(document["recv_ts"]), event.received.wall_us);
    ASSERT_EQ(document["exchange_ts"].error() == simdjson::SUCCESS, event.exchange_us != 0);
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      const bool there = whole || (event.ticker.changed & bit(field)) != 0;
      simdjson::dom::element found;
      ASSERT_EQ(document[field_names[i]].get(found) == simdjson::SUCCESS, there);
      if (there) {
        ASSERT_EQ(value(found), event.ticker.fields.get(field));
      }
    }
  }
}

TEST_F(EncoderTest, RandomTradesAreValidJsonWithTheValuesGiven) {
  std::mt19937_64 random(8);
  simdjson::dom::parser parser;
  for (int round = 0; round < 200; ++round) {
    std::vector<Event> past(random() % 51);
    for (Event& event : past) {
      event = trade_event(0, random() % 1'000'000, "1", "2", Side::sell, "");
      event.trade.price = random_decimal(random);
      std::string id(random() % 45, ' ');
      for (char& c : id) c = static_cast<char>(random());
      event.trade.id.assign(id);
    }
    const Piece piece = trades_snapshot(9, past);
    simdjson::dom::element document;
    ASSERT_EQ(parser.parse(payload(piece)).get(document), simdjson::SUCCESS);
    const simdjson::dom::array listed = document["trades"].get_array();
    ASSERT_EQ(listed.size(), past.size());
    std::size_t i = 0;
    for (const simdjson::dom::element trade : listed) {
      ASSERT_EQ(std::uint64_t(trade["seq"]), past[i].seq);
      ASSERT_EQ(value(trade["price"]), past[i++].trade.price);
    }
  }
}

}  // namespace
}  // namespace ticker
