// What is a level of a book and what is none.
#include "feeds/json/levels.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {
namespace {

constexpr std::string_view keys[] = {"b"};

class Levels : public testing::Test {
 protected:
  // Reads the value of `b`; numbers are strings.
  bool read(const std::string& value) {
    frame_ = R"({"b":)" + value + "}" + std::string(Adapter::padding_bytes, '\0');
    levels.clear();
    EXPECT_TRUE(reader_.read({frame_.data(), frame_.size() - Adapter::padding_bytes})) << value;
    NumberReader numbers(Value::Type::string);
    const bool ok = read_levels(reader_, reader_.head().at(0), numbers, levels);
    sink = {};
    if (ok) numbers.tell(sink);
    return ok;
  }
  [[nodiscard]] std::string heard() const { return HeardBook::text_of(levels); }

  std::vector<BookLevel> levels;
  RecordingSink sink;

 private:
  std::string frame_;
  FrameReader reader_{Layout{keys, {}, keys}};
};

TEST_F(Levels, KeepTheirDigitsAndTheirOrder) {
  EXPECT_TRUE(read(R"([["1.50","2.000"],["3","0"],["1.5","0.00000000","x",{}]])"));
  EXPECT_EQ(heard(), "1.50 2.000, 3 0, 1.5 0.00000000");
  EXPECT_TRUE(read("[]"));
  EXPECT_TRUE(levels.empty());
}

TEST_F(Levels, HaveANullSizeWhereItDoesNotFit) {
  EXPECT_TRUE(read(R"([["1","123456789012345678901234567890"],["2","3"]])"));
  EXPECT_EQ(heard(), "1 null, 2 3");
  EXPECT_EQ(sink.overflows, 1);
}

TEST_F(Levels, AreMalformedWhereThePriceDoesNotFitOrIsNone) {
  for (const char* value : {R"([["123456789012345678901234567890","1"]])", R"([["0","1"]])",
                            R"([["0.00","0"]])", R"([["-1","1"]])", R"([["x","1"]])"}) {
    EXPECT_FALSE(read(value)) << value;
  }
}

TEST_F(Levels, AreMalformedWhereOneOfThemIs) {
  for (const char* value :
       {R"([["1","2"],["1"]])", R"([["1","2"],[]])", R"([["1","2"],5])", R"([["1","2"],"1"])",
        R"([["1",2]])", R"([[1,"2"]])", R"([["1","0.-10000"]])", R"([["1","-2"]])",
        R"([["1",null]])", R"([["1",["2"]]])", R"([{"price":"1","qty":"2"}])"}) {
    EXPECT_FALSE(read(value)) << value;
  }
}

TEST_F(Levels, AreNoneWhereThereIsNoTable) {
  for (const char* value : {"null", "5", R"("x")", "{}", "true"}) EXPECT_FALSE(read(value));
}

}  // namespace
}  // namespace ticker::feeds
