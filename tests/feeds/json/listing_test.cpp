// What a list of instruments is read for, whatever its form, and what is no list.
#include "feeds/json/listing.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ticker::feeds {
namespace {

constexpr std::string_view keys[] = {"symbol", "status"};

// The lines as "symbol status"; nothing where the body is no list.
bool lines_of(std::string_view body, std::string_view place, std::vector<std::string>& out) {
  out.clear();
  return read_listing(body, place, keys, [&out](ListLine line) {
    out.push_back(std::string(line[0]) + " " + std::string(line[1]));
  });
}

using Lines = std::vector<std::string>;

TEST(Listing, ReadsAListAtItsPlaceInItsOrder) {
  Lines lines;
  EXPECT_TRUE(lines_of(R"([{"status":"on","symbol":"A"},{"symbol":"B","x":[1]}])", "", lines));
  EXPECT_EQ(lines, (Lines{"A on", "B "}));
  EXPECT_TRUE(
      lines_of(R"({"result":{"list":[{"symbol":"C","status":"off"}]}})", "/result/list", lines));
  EXPECT_EQ(lines, (Lines{"C off"}));
}

TEST(Listing, ReadsTheValuesOfAnObject) {
  Lines lines;
  EXPECT_TRUE(lines_of(R"({"result":{"k1":{"symbol":"A"},"k2":{"symbol":"B","status":"on"}}})",
                       "/result", lines));
  EXPECT_EQ(lines, (Lines{"A ", "B on"}));
}

TEST(Listing, SaysBooleansAsWordsAndNothingOfOtherValues) {
  Lines lines;
  EXPECT_TRUE(
      lines_of(R"([{"symbol":true,"status":false},{"symbol":null,"status":5},{"symbol":["A"]}])",
               "", lines));
  EXPECT_EQ(lines, (Lines{"true false", " ", " "}));
}

TEST(Listing, UnescapesTextsAndKeepsUtf8) {
  Lines lines;
  EXPECT_TRUE(lines_of(R"([{"symbol":"\u5e01\/USD","status":"币"}])", "", lines));
  EXPECT_EQ(lines, (Lines{"币/USD 币"}));
}

TEST(Listing, PassesOverElementsThatAreNoObjects) {
  Lines lines;
  EXPECT_TRUE(lines_of(R"([1,"x",{"symbol":"A"},[{"symbol":"B"}],null])", "", lines));
  EXPECT_EQ(lines, (Lines{"A "}));
}

TEST(Listing, IsEmptyWhereTheListIsEmpty) {
  Lines lines;
  EXPECT_TRUE(lines_of("[]", "", lines));
  EXPECT_TRUE(lines_of(R"({"result":{}})", "/result", lines));
  EXPECT_TRUE(lines.empty());
}

TEST(Listing, IsNoneWhereTheBodyIsNoJsonOrNothingIsThere) {
  Lines lines;
  for (const char* body : {"", "<html>", "[", R"([{"symbol":"A"})", R"([{"symbol":"A"}]])"}) {
    EXPECT_FALSE(lines_of(body, "", lines)) << body;
  }
  EXPECT_FALSE(lines_of(R"({"result":[]})", "/list", lines));
  EXPECT_FALSE(lines_of(R"({"result":"x"})", "/result", lines));
  EXPECT_FALSE(lines_of("5", "", lines));
  EXPECT_TRUE(lines.empty());
}

TEST(Listing, FindsATextByItsPlace) {
  const std::string_view body = R"({"code":0,"result":{"next":"p\u0032","more":true}})";
  EXPECT_EQ(text_at(body, "/result/next"), "p2");
  EXPECT_EQ(text_at(body, "/result/more"), "true");
  EXPECT_EQ(text_at(body, "/code"), "");
  EXPECT_EQ(text_at(body, "/result/none"), "");
  EXPECT_EQ(text_at("no json", "/result"), "");
}

}  // namespace
}  // namespace ticker::feeds
