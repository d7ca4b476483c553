// What the clients say, and which symbols they choose.
#include "bench/load/requests.hpp"

#include <gtest/gtest.h>

#include <set>

#include "bench/load/answers.hpp"
#include "bench/load/choice.hpp"

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
  const auto requests = subscribe_requests({"sim:BTC-USD", "sim:ETH-USD"});
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0], R"({"op":"subscribe","id":1,"channel":"ticker",)"
                         R"("symbols":["sim:BTC-USD","sim:ETH-USD"]})");
}

TEST(LoadSubscribeRequest, HoldsAtMostAThousandSymbolsAnd64KiB) {
  for (const std::size_t size : {12, 62}) {
    const auto all = names(2'500, size);
    std::size_t commas = 0;
    const auto requests = subscribe_requests({all.begin(), all.end()});
    for (const std::string& request : requests) {
      EXPECT_LE(request.size(), 65'536U);
      const std::string list = request.substr(request.find('['));
      const auto here = static_cast<std::size_t>(std::count(list.begin(), list.end(), ','));
      EXPECT_LT(here, 1'000U);
      commas += here;
    }
    EXPECT_GE(requests.size(), 3U);
    EXPECT_EQ(commas + requests.size(), all.size()) << "every symbol is asked for once";
  }
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

TEST(LoadSymbolChoice, IsTheSameForTheSameSeedAndNeverRepeatsASymbol) {
  const auto all = names(100);
  SymbolChoice one(all, 10, 42, false);
  SymbolChoice two(all, 10, 42, false);
  std::set<std::set<std::string_view>> different;
  for (int client = 0; client < 50; ++client) {
    const auto chosen = one.next();
    EXPECT_EQ(chosen, two.next());
    const std::set<std::string_view> distinct(chosen.begin(), chosen.end());
    EXPECT_EQ(distinct.size(), 10U);
    different.insert(distinct);
  }
  EXPECT_GT(different.size(), 40U);
}

TEST(LoadSymbolChoice, GivesAllClientsTheSameWhenAsked) {
  const auto all = names(100);
  SymbolChoice choice(all, 10, 42, true);
  EXPECT_EQ(choice.next(), choice.next());
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

TEST(LoadAnswers, ReadsTheListOfSymbols) {
  std::vector<std::string> out;
  ASSERT_TRUE(read_symbols(
      R"({"symbols":[{"symbol":"sim:B","venue":"sim","status":"live"},{"symbol":"sim:A"}]})", out));
  EXPECT_EQ(out, (std::vector<std::string>{"sim:A", "sim:B"}));
  EXPECT_FALSE(read_symbols(R"({"error":"no"})", out));
}

}  // namespace
}  // namespace ticker::load
