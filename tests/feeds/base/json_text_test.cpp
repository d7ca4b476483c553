#include "feeds/base/json_text.hpp"

#include <gtest/gtest.h>

namespace ticker {
namespace {

TEST(JsonText, AStringIsEscapedAsJsonDemands) {
  std::string out = "x";
  append_json_string(out, std::string_view("a\"b\\c\n\0\x1f é €", 15));
  EXPECT_EQ(out, std::string("x\"a\\\"b\\\\c\\n\\u0000\\u001f é €\""));
}

TEST(JsonText, NoTextGrowsByEscapingBeyondItsShortestJson) {
  std::string out;
  append_json_string(out, "\b\f\n\r\t\"\\");
  EXPECT_EQ(out, "\"\\b\\f\\n\\r\\t\\\"\\\\\"");
}

}  // namespace
}  // namespace ticker
