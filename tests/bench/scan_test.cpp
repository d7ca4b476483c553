// The scanner: the fast way and the slow way must read the same.
#include "bench/load/scan.hpp"

#include <gtest/gtest.h>

#include <string>

#include "bench/load/frame_stream.hpp"

namespace ticker::load {
namespace {

/// A text with what the scanners need behind it; the padding is hostile.
class Message {
 public:
  explicit Message(const std::string& text)
      : padded_(text + std::string(padding_bytes, '7')), size_(text.size()) {}
  [[nodiscard]] std::string_view view() const { return {padded_.data(), size_}; }

 private:
  std::string padded_;
  std::size_t size_;
};

std::string delta_text(const std::string& symbol, std::uint64_t seq, std::uint64_t prev,
                       const std::string& more = "") {
  return R"({"type":"delta","symbol":")" + symbol + R"(","seq":)" + std::to_string(seq) +
         R"(,"prev":)" + std::to_string(prev) + R"(,"bid":"64123.46","ask":null)" + more +
         R"(,"recv_ts":1712345678901234,"sent_ts":1712345678905678})";
}

TEST(LoadScan, ReadsADeltaAsTheGatewayWritesIt) {
  const Message message(delta_text("sim:BTC-USD", 44, 43));
  ASSERT_EQ(classify(message.view()), Kind::delta);
  Delta delta;
  ASSERT_TRUE(scan(message.view(), delta));
  EXPECT_EQ(delta.name_hash, hash_name("sim:BTC-USD"));
  EXPECT_EQ(delta.seq, 44U);
  EXPECT_EQ(delta.prev, 43U);
  EXPECT_EQ(delta.merged, 1U);
  EXPECT_EQ(delta.recv_us, 1712345678901234);
  EXPECT_EQ(delta.sent_us, 1712345678905678);
}

TEST(LoadScan, FindsMergedBeforeAndAfterTheExchangeTime) {
  for (const char* more : {R"(,"merged":3,"exchange_ts":1712345678900000)", R"(,"merged":3)",
                           R"(,"exchange_ts":1712345678900000,"merged":3)"}) {
    const Message message(delta_text("sim:BTC-USD", 44, 41, more));
    Delta delta;
    ASSERT_TRUE(scan(message.view(), delta));
    EXPECT_EQ(delta.merged, 3U) << more;
  }
}

TEST(LoadScan, ReadsNumbersOfEveryLength) {
  std::uint64_t seq = 0;
  for (int digits = 1; digits <= 19; ++digits) {
    seq = seq * 10 + static_cast<std::uint64_t>(digits % 10);
    const Message message(delta_text("sim:BTC-USD", seq, seq - 1));
    Delta delta;
    ASSERT_TRUE(scan(message.view(), delta));
    EXPECT_EQ(delta.seq, seq);
    EXPECT_EQ(delta.prev, seq - 1);
  }
}

TEST(LoadScan, HashesNamesOfEveryLengthAlikeInAndOutsideAMessage) {
  std::string name = "x:";
  for (int size = 3; size <= 62; ++size) {
    name += static_cast<char>('A' + size % 26);
    const Message message(delta_text(name, 2, 1));
    Delta delta;
    ASSERT_TRUE(scan(message.view(), delta));
    EXPECT_EQ(delta.name_hash, hash_name(name)) << name;
    EXPECT_NE(delta.name_hash, hash_name(name + "A"));
  }
}

TEST(LoadScan, ReadsADeltaWhoseKeysComeInAnotherOrder) {
  const Message message(
      R"({"sent_ts":1712345678905678, "recv_ts" : 1712345678901234,"prev":41,"merged":3,)"
      R"("seq":44,"symbol": "sim:BTC-USD","type": "delta"})");
  ASSERT_EQ(classify(message.view()), Kind::delta);
  Delta delta;
  ASSERT_TRUE(scan(message.view(), delta));
  EXPECT_EQ(delta.name_hash, hash_name("sim:BTC-USD"));
  EXPECT_EQ(delta.seq, 44U);
  EXPECT_EQ(delta.prev, 41U);
  EXPECT_EQ(delta.merged, 3U);
  EXPECT_EQ(delta.recv_us, 1712345678901234);
  EXPECT_EQ(delta.sent_us, 1712345678905678);
}

TEST(LoadScan, SaysWhenADeltaLacksItsNumbers) {
  const Message no_prev(R"({"type":"delta","symbol":"sim:BTC-USD","seq":44})");
  const Message no_symbol(R"({"type":"delta","seq":44,"prev":43})");
  Delta delta;
  EXPECT_FALSE(scan(no_prev.view(), delta));
  EXPECT_FALSE(scan(no_symbol.view(), delta));
}

TEST(LoadScan, LeavesTimesAtZeroWhereNoneAreTold) {
  const Message message(R"({"type":"delta","symbol":"sim:BTC-USD","seq":44,"prev":43})");
  Delta delta;
  ASSERT_TRUE(scan(message.view(), delta));
  EXPECT_EQ(delta.recv_us, 0);
  EXPECT_EQ(delta.sent_us, 0);
}

TEST(LoadScan, ReadsASnapshotWithAndWithoutTimes) {
  const std::string head =
      R"({"type":"snapshot","channel":"ticker","symbol":"sim:ETH-USD","epoch":"0a1b2c",)"
      R"("seq":41,"status":"live","bid":"64123.45","reason":null,"since":1712345678900000)";
  for (const char* times : {"}", R"(,"recv_ts":1712345678901234,"sent_ts":1712345678905678})"}) {
    const Message message(head + times);
    ASSERT_EQ(classify(message.view()), Kind::snapshot);
    Snapshot snapshot;
    ASSERT_TRUE(scan(message.view(), snapshot));
    EXPECT_EQ(snapshot.name_hash, hash_name("sim:ETH-USD"));
    EXPECT_EQ(snapshot.epoch_hash, hash_name("0a1b2c"));
    EXPECT_EQ(snapshot.seq, 41U);
    EXPECT_EQ(snapshot.sent_us, times[0] == '}' ? 0 : 1712345678905678);
  }
}

TEST(LoadScan, ReadsATradeInAnyOrderOfKeys) {
  for (const char* text :
       {R"({"type":"trade","symbol":"sim:BTC-USD","seq":2,"price":"63884.95","size":"0.43603516",)"
        R"("side":"buy","trade_id":"67","exchange_ts":1735689600279787,)"
        R"("recv_ts":1735689600280306,"sent_ts":1735689600280327})",
        R"({"sent_ts":1735689600280327,"seq": 2,"symbol":"sim:BTC-USD","type":"trade",)"
        R"("recv_ts":1735689600280306})"}) {
    const Message message(text);
    ASSERT_EQ(classify(message.view()), Kind::trade);
    Trade trade;
    ASSERT_TRUE(scan(message.view(), trade));
    EXPECT_EQ(trade.name_hash, hash_name("sim:BTC-USD"));
    EXPECT_EQ(trade.seq, 2U);
    EXPECT_EQ(trade.recv_us, 1735689600280306);
    EXPECT_EQ(trade.sent_us, 1735689600280327);
  }
}

TEST(LoadScan, TellsTheKindsApart) {
  const auto kind = [](const char* text) { return classify(Message(text).view()); };
  EXPECT_EQ(kind(R"({"type":"trade","symbol":"sim:BTC-USD","seq":1})"), Kind::trade);
  EXPECT_EQ(kind(R"({"type":"snapshot","channel":"trades","symbol":"a:b"})"), Kind::other);
  EXPECT_EQ(kind(R"({"type":"welcome"})"), Kind::other);
  EXPECT_EQ(kind(R"({"type":"error","message":"type"})"), Kind::other);
  EXPECT_EQ(kind("{}"), Kind::other);
  EXPECT_EQ(kind(""), Kind::other);
}

}  // namespace
}  // namespace ticker::load
