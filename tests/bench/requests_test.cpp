// What the clients say, and what they understand of the answers.
#include "bench/load/requests.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "bench/load/answers.hpp"
#include "bench/load/scan.hpp"

namespace ticker::load {
namespace {

std::vector<std::string> names(std::size_t count, std::size_t size = 12) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = "sim:" + std::to_string(i);
    out.push_back(name + std::string(size > name.size() ? size - name.size() : 0, 'X'));
  }
  return out;
}

TEST(LoadSubscribeRequest, IsOneForFewSymbols) {
  const std::vector<std::string_view> symbols{"sim:BTC-USD", "sim:ETH-USD"};
  const auto requests = requests_for(Op::subscribe, {}, symbols, 1);
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].text, R"({"op":"subscribe","id":1,"channel":"ticker",)"
                              R"("symbols":["sim:BTC-USD","sim:ETH-USD"]})");
}

TEST(LoadSubscribeRequest, HoldsAtMostAThousandSymbolsAnd64KiB) {
  for (const std::size_t size : {12, 62}) {
    const auto all = names(2'500, size);
    std::size_t commas = 0;
    const std::vector<std::string_view> symbols(all.begin(), all.end());
    const auto requests = requests_for(Op::subscribe, {}, symbols, 1);
    std::size_t next = 0;
    for (const Request& request : requests) {
      EXPECT_LE(request.text.size(), 65'536U);
      EXPECT_EQ(request.first, next);
      next += request.count;
      const std::string list = request.text.substr(request.text.find('['));
      const auto here = static_cast<std::size_t>(std::count(list.begin(), list.end(), ','));
      EXPECT_LT(here, 1'000U);
      commas += here;
    }
    EXPECT_GE(requests.size(), 3U);
    EXPECT_EQ(commas + requests.size(), all.size()) << "every symbol is asked for once";
  }
}

TEST(LoadSubscribeRequest, NamesIntervalAndFieldsOfTheTickerOnly) {
  const Wish wish{.trades = true, .interval_ms = 250, .fields = {"bid", "ask"}};
  const std::vector<std::string_view> symbols{"a:b"};
  const auto requests = requests_for(Op::subscribe, wish, symbols, 7);
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].text, R"({"op":"subscribe","id":7,"channel":"ticker","interval_ms":250,)"
                              R"("fields":["bid","ask"],"symbols":["a:b"]})");
  EXPECT_EQ(requests[1].text, R"({"op":"subscribe","id":8,"channel":"trades","symbols":["a:b"]})");
  EXPECT_TRUE(requests[1].trades);
  EXPECT_EQ(requests_for(Op::unsubscribe, wish, symbols, 9)[0].text,
            R"({"op":"unsubscribe","id":9,"channel":"ticker","symbols":["a:b"]})");
}

TEST(LoadMaskedFrame, IsMaskedWithItsKeyAtEveryLength) {
  for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536}) {
    const std::string payload(size, 'p');
    const std::string frame = masked_frame(Opcode::text, payload, 0x04030201);
    const std::size_t header = size < 126 ? 2 : size <= 0xFFFF ? 4 : 10;
    ASSERT_EQ(frame.size(), header + 4 + size);
    EXPECT_EQ(frame[0], '\x81');
    EXPECT_NE(static_cast<unsigned char>(frame[1]) & 0x80U, 0U);
    EXPECT_EQ(frame.substr(header, 4), "\x01\x02\x03\x04");
    for (std::size_t i = 0; i < size; ++i) {
      ASSERT_EQ(frame[header + 4 + i] ^ frame[header + i % 4], 'p');
    }
  }
}

TEST(LoadUpgradeRequest, CarriesAKeyOf16Bytes) {
  const std::string request = upgrade_request("127.0.0.1:1", "/v1/ws", 0x123456789ABCDEF0);
  const std::size_t at = request.find("Sec-WebSocket-Key: ") + 19;
  const std::string key = request.substr(at, request.find('\r', at) - at);
  EXPECT_EQ(key.size(), 24U);
  EXPECT_TRUE(key.ends_with("=="));
  EXPECT_TRUE(request.ends_with("\r\n\r\n"));
}

TEST(LoadAnswers, ReadsWelcomeAckAndError) {
  EXPECT_EQ(read_answer(R"({"type":"welcome","version":1})").type, Answer::Type::welcome);
  const Answer ack = read_answer(
      R"({"type":"subscribed","id":3,"channel":"ticker","symbols":["a:b","a:c"],"interval_ms":0})");
  EXPECT_EQ(ack.type, Answer::Type::subscribed);
  EXPECT_EQ(ack.id, 3U);
  EXPECT_EQ(ack.symbols, 2U);
  const Answer error = read_answer(R"({"type":"error","id":1,"code":"unknown_symbol"})");
  EXPECT_EQ(error.type, Answer::Type::error);
  EXPECT_EQ(error.code, "unknown_symbol");
  EXPECT_EQ(read_answer("{").type, Answer::Type::malformed);
}

TEST(LoadAnswers, ReadsGapsWithAndWithoutANumber) {
  const Answer gap = read_answer(
      R"({"type":"gap","channel":"trades","symbol":"a:b","from":118,"to":129,"lost":12})");
  EXPECT_EQ(gap.type, Answer::Type::gap);
  EXPECT_EQ(gap.name_hash, hash_name("a:b"));
  EXPECT_EQ(gap.from, 118U);
  EXPECT_EQ(gap.seq, 129U);
  EXPECT_EQ(gap.lost, 12U);
  EXPECT_FALSE(gap.lost_unknown);
  const Answer upstream =
      read_answer(R"({"type":"gap","channel":"trades","symbol":"a:b","from":5,"to":5,"lost":null,)"
                  R"("reason":"upstream"})");
  EXPECT_EQ(upstream.type, Answer::Type::gap);
  EXPECT_EQ(upstream.seq, 5U);
  EXPECT_TRUE(upstream.lost_unknown);
  EXPECT_EQ(read_answer(R"({"type":"gap","symbol":"a:b","from":5})").type, Answer::Type::malformed);
}

TEST(LoadAnswers, ReadsASnapshotOfTradesByItsOwnSeq) {
  const Answer snapshot =
      read_answer(R"({"type":"snapshot","channel":"trades","symbol":"a:b","epoch":"77","trades":)"
                  R"([{"seq":1,"price":"1"}],"seq":9,"sent_ts":1712345678905678})");
  EXPECT_EQ(snapshot.type, Answer::Type::trades_snapshot);
  EXPECT_EQ(snapshot.seq, 9U);
  EXPECT_EQ(snapshot.epoch_hash, hash_name("77"));
}

TEST(LoadAnswers, ReadsTheListOfSymbols) {
  std::vector<std::string> out;
  ASSERT_TRUE(read_symbols(
      R"({"symbols":[{"symbol":"sim:B","venue":"sim","status":"live"},{"symbol":"sim:A"}]})", out));
  EXPECT_EQ(out, (std::vector<std::string>{"sim:A", "sim:B"}));
  EXPECT_FALSE(read_symbols(R"({"error":"no"})", out));
}

}  // namespace
}  // namespace ticker::load
