// Tables that a reader hands out: the levels of a book, as lists or as objects.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "feeds/contract/adapter.hpp"
#include "feeds/json/frame_reader.hpp"

namespace ticker::feeds {
namespace {

constexpr std::string_view book_keys[] = {"s", "b", "a"};
constexpr std::string_view book_tables[] = {"b", "a"};
constexpr std::string_view book_cells[] = {"price", "qty"};

class MessageTable : public testing::Test {
 protected:
  bool read_tables(const std::string& frame) {
    bytes_ = frame + std::string(Adapter::padding_bytes, '\0');
    return tables->read({bytes_.data(), frame.size()});
  }
  // Texts of the cells, a row in brackets; absent cells are `-`.
  std::string text_of(const Value& value) {
    std::string all;
    for (const Cells& cells : tables->table(value)) {
      all += '[';
      for (const Value& cell : cells) {
        (all += cell.type == Value::Type::absent ? "-" : cell.text()) += ' ';
      }
      all.back() = ']';
    }
    return all;
  }

  const std::unique_ptr<FrameReader> tables =
      std::make_unique<FrameReader>(Layout{book_keys, "data", book_tables, book_cells});

 private:
  std::string bytes_;
};

TEST_F(MessageTable, HandsOutTheFirstCellsOfShortLists) {
  ASSERT_TRUE(read_tables(
      R"({"s":"X","b":[["1.50","2",true,"4"],[3.0],[]],"a":[],"data":{"a":[["5","6"]],"b":7}})"));
  EXPECT_EQ(text_of(tables->head().at(1)), "[1.50 2 ][3.0 - -][- - -]");
  EXPECT_EQ(tables->table(tables->head().at(1))[0][2].type, Value::Type::yes);
  EXPECT_EQ(tables->table(tables->head().at(1))[1][0].type, Value::Type::number);
  EXPECT_EQ(tables->head().at(2).type, Value::Type::table);
  EXPECT_TRUE(tables->table(tables->head().at(2)).empty());
  EXPECT_EQ(text_of(tables->at(0).at(2)), "[5 6 -]");
  EXPECT_EQ(tables->at(0).at(1).text(), "7");  // no table: read as any value
  EXPECT_EQ(tables->head().at(1).text(), "");  // a table has no text
}

TEST_F(MessageTable, FindsTheCellsOfObjectsByTheirKeys) {
  ASSERT_TRUE(read_tables(
      R"({"b":[{"qty":1.0,"x":{"qty":9},"price":2},{"price":3,"price":"4"},{"qty":5}],"s":"X"})"));
  EXPECT_EQ(text_of(tables->head().at(1)), "[2 1.0 -][4 - -][- 5 -]");
}

TEST_F(MessageTable, CountsRowsThatAreNoRowsWithTheirCellsAbsent) {
  ASSERT_TRUE(read_tables(R"({"b":[5,"x",null,["1"]]})"));
  EXPECT_EQ(text_of(tables->head().at(1)), "[- - -][- - -][- - -][1 - -]");
}

TEST_F(MessageTable, KeepsCellsThatAreListsOrObjectsAsContainers) {
  ASSERT_TRUE(read_tables(R"({"b":[[["1"],{"price":2}]]})"));
  const auto rows = tables->table(tables->head().at(1));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0][0].type, Value::Type::container);
  EXPECT_EQ(rows[0][1].type, Value::Type::container);
}

TEST_F(MessageTable, LetsTheLastOfTwoEqualTablesCountAndForgetsThoseOfTheFrameBefore) {
  ASSERT_TRUE(read_tables(R"({"b":[["1"],["2"]],"b":[["3"]]})"));
  EXPECT_EQ(text_of(tables->head().at(1)), "[3 - -]");
  ASSERT_TRUE(read_tables(R"({"a":[["4"]],"s":["5"]})"));
  EXPECT_FALSE(tables->head().has(1));
  EXPECT_EQ(text_of(tables->head().at(2)), "[4 - -]");
  EXPECT_EQ(tables->head().at(0).type, Value::Type::container);  // a list, but of no table's key
  ASSERT_TRUE(read_tables(R"({"b":[["1"]],"b":null})"));
  EXPECT_EQ(tables->head().at(1).type, Value::Type::null);
}

TEST_F(MessageTable, RefusesBrokenTables) {
  const std::string frame = R"({"s":"X","b":[["1","2"],{"price":3,"qty":4}],"a":[]})";
  ASSERT_TRUE(read_tables(frame));
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_FALSE(read_tables(frame.substr(0, size))) << size;
  }
  for (const char* broken : {R"({"b":[["1":"2"]]})", R"({"b":[["1",]]})", R"({"b":[["1"]})",
                             R"({"b":[["1"],]})", R"({"b":[["\q"]]})", R"({"b":[{"price"}]})",
                             R"({"b":[{"price":01}]})", R"({"b":[[01]]})"}) {
    EXPECT_FALSE(read_tables(broken)) << broken;
  }
}

TEST_F(MessageTable, RefusesTablesTooLongOrTooDeep) {
  std::string rows = "[]";
  for (std::size_t i = 1; i < FrameReader::table_rows_max; ++i) rows += ",[]";
  EXPECT_TRUE(read_tables(R"({"b":[)" + rows + "]}"));
  EXPECT_FALSE(read_tables(R"({"b":[)" + rows + ",[]]}"));
  // The object, the table and its row are three deep already.
  const auto nested = [](std::size_t depth) {
    return R"({"b":[[)" + std::string(depth, '[') + std::string(depth, ']') + "]]}";
  };
  EXPECT_TRUE(read_tables(nested(FrameReader::depth_max - 3)));
  EXPECT_FALSE(read_tables(nested(FrameReader::depth_max - 2)));
}

}  // namespace
}  // namespace ticker::feeds
