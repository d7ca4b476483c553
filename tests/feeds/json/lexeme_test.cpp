// Numbers by JSON's grammar, and where a string ends, wherever it lies in a word of eight bytes.
#include "feeds/json/lexeme.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ticker::feeds {
namespace {

TEST(Lexeme, KnowsNumbersByTheGrammarOfJson) {
  for (const char* number :
       {"0", "-0", "10", "1.50", "0.00000001", "1e5", "1E+5", "-1.5e-7", "0e0"}) {
    EXPECT_TRUE(lexeme::is_number(number)) << number;
  }
  for (const char* other : {"", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e5", "0x1",
                            "1 ", "1,5", "NaN", "Infinity", "--1", "1-1"}) {
    EXPECT_FALSE(lexeme::is_number(other)) << other;
  }
}

TEST(Lexeme, FindsTheFirstQuoteOrBackslashAtEveryPlace) {
  for (std::size_t at = 0; at < 40; ++at) {
    for (const char end : {'"', '\\'}) {
      for (const char before : {'a', '\0', '!', '#', '[', ']', '\x80', '\xff'}) {
        std::string text(at, before);
        text += end;
        text += "\"\\\"";
        text.resize(64, before);
        EXPECT_EQ(lexeme::end_of_plain(text.data()), text.data() + at);
      }
    }
  }
}

TEST(Lexeme, TrimsTheSpaceOfJsonOnly) {
  EXPECT_EQ(lexeme::trim_start(" \t\r\n1 "), "1 ");
  EXPECT_EQ(lexeme::trim_end("1 \t\r\n"), "1");
  EXPECT_EQ(lexeme::trim_end("1\v"), "1\v");
  EXPECT_EQ(lexeme::trim_start("  "), "");
}

}  // namespace
}  // namespace ticker::feeds
