// What a reader of frames takes, what it refuses, and that nothing stays from one frame to the
// next.
#include "feeds/json/frame_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {
namespace {

constexpr std::string_view keys[] = {"type", "price", "size", "symbol", "bid_qty", "best_bid_size"};
consteval std::size_t key(std::string_view name) { return key_index(keys, name); }

using Body = FrameReader::Body;

class Message : public testing::Test {
 protected:
  // Alone in an allocation of its own, so that a sanitizer sees every byte read beyond the padding.
  bool read(std::string_view frame, char padding = '\0') {
    bytes_ = std::make_unique<char[]>(frame.size() + Adapter::padding_bytes);
    std::copy(frame.begin(), frame.end(), bytes_.get());
    std::fill_n(bytes_.get() + frame.size(), Adapter::padding_bytes, padding);
    return reader.read({bytes_.get(), frame.size()});
  }
  std::string text(const Row& row, std::size_t at) { return std::string(row.at(at).text()); }

  FrameReader reader{Layout{keys, "data"}};

 private:
  std::unique_ptr<char[]> bytes_;
};

TEST_F(Message, KeepsTheValuesOfWantedKeysInAnyOrder) {
  ASSERT_TRUE(read(R"({"symbol":"A/B","x":1,"bid_qty":0.10000000,"type":"t","price":null})"));
  EXPECT_EQ(text(reader.head(), key("symbol")), "A/B");
  EXPECT_EQ(text(reader.head(), key("type")), "t");
  EXPECT_EQ(reader.head().at(key("price")).type, Value::Type::null);
  EXPECT_FALSE(reader.head().has(key("size")));
  EXPECT_EQ(reader.body(), Body::none);
  EXPECT_EQ(reader.rows(), 0U);
}

TEST_F(Message, KeepsTheExactDigitsOfANumber) {
  for (const std::string number :
       {"0.10000000", "1e-7", "1.50E+3", "-0.0", "18446744073709551616", "105944.20",
        "0.000000000000000000000000000000000000001", "340282366920938463463374607431768211456"}) {
    ASSERT_TRUE(read(R"({"price":)" + number + " \n}"));
    EXPECT_EQ(text(reader.head(), key("price")), number);
    EXPECT_EQ(reader.head().at(key("price")).type, Value::Type::number);
  }
}

TEST_F(Message, TellsKeysApartByEveryByte) {
  for (const std::string_view name : {"best_bid_sizes", "best_bid_siz", "best_bid_dize", "best_bid",
                                      "bezt_bid_size", "bid_qt", "bid_qty_", "bad_qty", "tzpe"}) {
    ASSERT_TRUE(read("{\"" + std::string(name) + "\":1}"));
    for (std::size_t at = 0; at < std::size(keys); ++at)
      EXPECT_FALSE(reader.head().has(at)) << name;
  }
  ASSERT_TRUE(read(R"({"best_bid_size":1})"));
  EXPECT_EQ(text(reader.head(), key("best_bid_size")), "1");
}

TEST_F(Message, ReadsEscapesOfKeysAndValues) {
  ASSERT_TRUE(read(R"({"pr\u0069ce":"1\u00e9\"\\\/\n","size":"币"})"));
  EXPECT_EQ(text(reader.head(), key("price")), "1é\"\\/\n");
  EXPECT_EQ(text(reader.head(), key("size")), "币");
}

TEST_F(Message, TellsTheTypesOfValuesApart) {
  ASSERT_TRUE(
      read(R"({"type":true,"price":false,"size":[{}],"symbol":{"price":"9"},"bid_qty":""})"));
  const Row head = reader.head();
  EXPECT_EQ(head.at(key("type")).type, Value::Type::yes);
  EXPECT_EQ(head.at(key("price")).type, Value::Type::no);
  EXPECT_EQ(head.at(key("size")).type, Value::Type::container);
  EXPECT_EQ(head.at(key("symbol")).type, Value::Type::container);
  EXPECT_EQ(head.at(key("bid_qty")).type, Value::Type::string);
}

TEST_F(Message, FindsRowsBeforeAndBehindTheKeysOfTheHead) {
  for (const char* frame : {R"({"type":"t","data":[{"price":1,"size":2},{"size":4,"price":3}]})",
                            R"({"data":[{"price":1,"size":2},{"size":4,"price":3}],"type":"t"})"}) {
    ASSERT_TRUE(read(frame));
    EXPECT_EQ(reader.body(), Body::list);
    EXPECT_EQ(text(reader.head(), key("type")), "t");
    EXPECT_FALSE(reader.head().has(key("price")));
    ASSERT_EQ(reader.rows(), 2U);
    EXPECT_EQ(text(reader.at(0), key("price")), "1");
    EXPECT_EQ(text(reader.at(1), key("price")), "3");
    EXPECT_EQ(text(reader.at(1), key("size")), "4");
  }
}

TEST_F(Message, TakesAnObjectForOneRowAndAnOutermostListForRows) {
  ASSERT_TRUE(read(R"({"data":{"price":1,"data":{"price":2}}})"));
  EXPECT_EQ(reader.body(), Body::object);
  ASSERT_EQ(reader.rows(), 1U);
  EXPECT_EQ(text(reader.at(0), key("price")), "1");
  ASSERT_TRUE(read(R"([{"price":7},5,[{"price":8}],{"size":9}])"));
  EXPECT_EQ(reader.body(), Body::list);
  ASSERT_EQ(reader.rows(), 4U);
  EXPECT_EQ(text(reader.at(0), key("price")), "7");
  EXPECT_FALSE(reader.at(1).has(key("price")));
  EXPECT_FALSE(reader.at(2).has(key("price")));
  EXPECT_EQ(text(reader.at(3), key("size")), "9");
}

TEST_F(Message, SaysWhenTheRowsKeyHoldsNoRows) {
  for (const char* frame : {R"({"data":null})", R"({"data":5})", R"({"data":"[]"})"}) {
    ASSERT_TRUE(read(frame));
    EXPECT_EQ(reader.body(), Body::other);
    EXPECT_EQ(reader.rows(), 0U);
  }
  ASSERT_TRUE(read(R"({"data":[]})"));
  EXPECT_EQ(reader.body(), Body::list);
}

TEST_F(Message, LetsTheLastOfTwoEqualKeysCount) {
  ASSERT_TRUE(
      read(R"({"price":"1","price":[2],"data":[{"size":1},{"size":2}],"data":[{"size":3}]})"));
  EXPECT_EQ(reader.head().at(key("price")).type, Value::Type::container);
  EXPECT_EQ(text(reader.head(), key("price")), "");
  ASSERT_EQ(reader.rows(), 1U);
  EXPECT_EQ(text(reader.at(0), key("size")), "3");
}

TEST_F(Message, RemembersNothingOfTheFrameBefore) {
  ASSERT_TRUE(read(R"({"type":"t","data":[{"price":1},{"price":2}]})"));
  ASSERT_TRUE(read("{}"));
  EXPECT_FALSE(reader.head().has(key("type")));
  EXPECT_EQ(reader.rows(), 0U);
  EXPECT_EQ(reader.body(), Body::none);
}

TEST_F(Message, RefusesWhatIsNotOneJsonValue) {
  for (const std::string frame : {"",
                                  " ",
                                  "pong",
                                  "\"open",
                                  "tru",
                                  "01",
                                  "-",
                                  "1.",
                                  "1e",
                                  "\xef\xbb\xbf{}",
                                  "{,}",
                                  "[1,]",
                                  "{\"a\"}",
                                  "{\"a\":}",
                                  "{a:1}",
                                  "{\"a\":1,}",
                                  "[}",
                                  "{]",
                                  "{\"x\":[}}",
                                  "{\"x\":tru}",
                                  "{\"x\":truefalse}",
                                  "{\"price\":01}",
                                  "{\"price\":1.}",
                                  "{\"price\":.5}",
                                  "{\"price\":+1}",
                                  "{\"price\":1e+}",
                                  "{\"price\":0x1}",
                                  "{\"price\":1 2}",
                                  "{\"price\":\"a\"\"b\"}",
                                  "{\"price\":\"a\"b}",
                                  "{\"price\":\"\\q\"}",
                                  "{\"price\":\"\\ud800\"}",
                                  "{\"pr\\qice\":1}",
                                  "{'x':1}",
                                  "{\"x\":\"y\":1}}",
                                  "{\"price\":\"y\":1}",
                                  "[\"x\":1]",
                                  "{\"x\":\"\xff\"}",
                                  "{\"x\":\"\n\"}",
                                  "{\"x\":nul}",
                                  "}{",
                                  "{}{}",
                                  "{},",
                                  "[] x",
                                  "1 1",
                                  "\"a\" \"b\"",
                                  R"([{"type":"x","k":[1,["t"],2]},"time":{"a":1}}])",
                                  R"({"k":["q":1]})",
                                  R"({"data":["type":"q","x"]})"}) {
    for (const char padding : {'\0', '}', ']', '"', ',', '0'}) {
      EXPECT_FALSE(read(frame, padding)) << frame << " padded with " << padding;
    }
  }
}

TEST_F(Message, RefusesEveryFrameCutShort) {
  const std::string frame =
      R"({"type":"t\u0041","n":[1,{"a":null}],"data":[{"price":1.50,"size":"2"}]})";
  ASSERT_TRUE(read(frame));
  for (std::size_t size = 0; size < frame.size(); ++size) {
    for (const char padding : {'\0', '}', ']', '"', ',', '0', '{'}) {
      EXPECT_FALSE(read(std::string_view(frame).substr(0, size), padding)) << size << padding;
    }
  }
}

TEST_F(Message, RefusesWhatIsTooDeepTooLongOrTooMuch) {
  const auto nested = [](std::size_t depth) {
    return R"({"x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_TRUE(read(nested(FrameReader::depth_max - 1)));
  EXPECT_FALSE(read(nested(FrameReader::depth_max)));
  EXPECT_FALSE(read(nested(100'000)));
  EXPECT_FALSE(read(R"({"x":")" + std::string(FrameReader::frame_bytes_max, 'x') + R"("})"));
  std::string rows = "[1";
  for (std::size_t i = 1; i < FrameReader::rows_max; ++i) rows += ",1";
  EXPECT_TRUE(read(rows + "]"));
  EXPECT_FALSE(read(rows + ",1]"));
  EXPECT_TRUE(read("{}"));
}

// {"arg":{"channel":"trades","instId":"X"},"data":[…]}: what stands inside belongs to the head.
constexpr std::string_view inner_keys[] = {"channel", "instId", "id"};

TEST(MessageInner, IsReadAsAPartOfTheHead) {
  FrameReader reader(Layout{inner_keys, "data", {}, {}, "arg"});
  std::string kept;
  const auto read = [&](const std::string& bytes) {
    kept = bytes + std::string(Adapter::padding_bytes, '\0');
    return reader.read({kept.data(), bytes.size()});
  };
  ASSERT_TRUE(read(R"({"id":1,"arg":{"channel":"a","x":[{}],"instId":"X"},"data":[{"id":2}]})"));
  EXPECT_EQ(reader.head().at(0).text(), "a");
  EXPECT_EQ(reader.head().at(1).text(), "X");
  EXPECT_EQ(reader.head().at(2).text(), "1");
  ASSERT_EQ(reader.rows(), 1U);
  EXPECT_FALSE(reader.at(0).has(0));
  ASSERT_TRUE(read(R"({"data":[{"arg":{"channel":"b"}}],"arg":{"instId":"Y"}})"));
  EXPECT_FALSE(reader.at(0).has(0));  // only that of the outermost object
  EXPECT_EQ(reader.head().at(1).text(), "Y");
  for (const char* other : {R"({"arg":[{"channel":"a"}]})", R"({"arg":"a"})", R"({"arg":null})",
                            R"({"arg":{"arg":{"channel":"a"}}})", "{}"}) {
    ASSERT_TRUE(read(other)) << other;
    EXPECT_FALSE(reader.head().has(0)) << other;
  }
  for (const char* broken : {R"({"arg":{"channel":"a"})", R"({"arg":{"channel"}})",
                             R"({"arg":{"channel":"a",}})", R"({"arg":{"x":01}})", R"({"arg":{)"}) {
    EXPECT_FALSE(read(broken)) << broken;
  }
}

}  // namespace
}  // namespace ticker::feeds
