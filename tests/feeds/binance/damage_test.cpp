// Broken, cut and hostile frames: refused whole, whatever lies behind them in memory.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "feeds/json/frame_reader.hpp"
#include "tests/feeds/binance/binance_fixture.hpp"

namespace ticker::feeds {
namespace {

using BinanceDamage = Binance;

TEST_F(BinanceDamage, RefusesEveryFrameCutShort) {
  const std::vector<std::string> frames = {
      book,
      trade,
      wrap("bnbusdt@bookTicker", book),
      wrap("ftmusdt@aggTrade", trade),
      wrap("a@b", replaced(book, "BNBUSDT", "币安")),
      R"({"e":"depthUpdate","s":"A","b":[["1","2"],["3","4"]],"a":[]})",
      R"([{"e":"24hrMiniTicker","s":"A"}])",
      R"({"result":null,"id":1})"};
  for (const std::string& frame : frames) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      expect_silence(std::string_view(frame).substr(0, size), Verdict::malformed);
    }
  }
}

TEST_F(BinanceDamage, RefusesWhatIsNotOneJsonValue) {
  const std::vector<std::string> frames = {std::string(),
                                           std::string(" "),
                                           std::string("\n\n"),
                                           std::string("pong"),
                                           std::string("\0", 1),
                                           std::string("\"open"),
                                           std::string("tru"),
                                           std::string("01"),
                                           std::string("{,}"),
                                           std::string("[1,]"),
                                           std::string("{\"a\"}"),
                                           std::string("{\"a\":}"),
                                           std::string("{a:1}"),
                                           std::string("{\"a\":1,}"),
                                           std::string("[}"),
                                           std::string("{]"),
                                           std::string("{\"x\":[}}"),
                                           std::string("{\"x\":tru}"),
                                           std::string("{\"x\":01}"),
                                           std::string("{\"x\":\"\\q\"}"),
                                           std::string("{\"x\":1 2}"),
                                           std::string("{'x':1}"),
                                           std::string("{\"x\":\"\xff\"}"),
                                           std::string("{\"x\":\"\n\"}"),
                                           std::string("}{"),
                                           book + book,
                                           book + ",",
                                           book + "}",
                                           "[" + book,
                                           book + " x",
                                           trade + "]",
                                           std::string("\"a\" \"b\""),
                                           wrap("a@bookTicker", book) + "{}"};
  for (const std::string& frame : frames) {
    expect_silence(frame, Verdict::malformed);
  }
}

TEST_F(BinanceDamage, SurvivesHostileDepth) {
  const auto nested = [](std::size_t depth) {
    return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  expect_silence(nested(8), Verdict::unknown);
  expect_silence(nested(1'000), Verdict::malformed);
  expect_silence(nested(100'000), Verdict::malformed);
  expect_silence(std::string(100'000, '['), Verdict::malformed);
  std::string objects;
  for (int i = 0; i < 20'000; ++i) objects += R"({"data":)";
  expect_silence(objects, Verdict::malformed);
  expect_silence(objects + "1" + std::string(20'000, '}'), Verdict::malformed);
}

TEST_F(BinanceDamage, RefusesFramesBeyondTheirLimit) {
  EXPECT_EQ(parse(R"({"x":")" + std::string(FrameReader::frame_bytes_max, 'x') + R"("})"),
            Verdict::malformed);
  EXPECT_EQ(parse(book), Verdict::data);
}

TEST_F(BinanceDamage, StaysSaneUnderRandomDamage) {
  const std::size_t refused = parse_damaged({wrap("bnbusdt@bookTicker", book), trade}, 11);
  for (const HeardTicker& heard : sink.tickers) {
    ASSERT_TRUE(heard.update.mask == quote_mask || heard.update.mask == last_mask);
    ASSERT_FALSE(heard.symbol.empty());
  }
  EXPECT_GT(refused, 10'000U);
  EXPECT_GT(sink.tickers.size(), 1'000U);
}

}  // namespace
}  // namespace ticker::feeds
