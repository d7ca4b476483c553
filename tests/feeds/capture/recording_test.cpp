// Capture files: wire text sliced out, times exact, bad lines counted and passed over.
#include "feeds/capture/recording.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "feeds/contract/adapter.hpp"

namespace ticker::feeds {
namespace {

using Kind = RecordedLine::Kind;

std::int64_t time_of(const std::string& ts) {
  const std::string line = R"({"ts":)" + ts + R"(,"dir":"recv","conn":"c","msg":{}})";
  const RecordedLine read = read_line(line);
  return read.kind == Kind::malformed ? -2 : read.received_us;
}

class File {
 public:
  explicit File(std::string_view text)
      : path_(testing::TempDir() + "capture_" + std::to_string(getpid()) + ".ndjson") {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { std::filesystem::remove(path_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Recording, SlicesTheWireTextAsItWasSent) {
  const RecordedLine read = read_line(
      R"({"ts":1628952397.523639,"dir":"recv","conn":"wss://x.y/z","msg":{ "a" : 1.50 , "b":{}}})");
  EXPECT_EQ(read.kind, Kind::received);
  EXPECT_EQ(read.received_us, 1'628'952'397'523'639);
  EXPECT_EQ(read.endpoint, "wss://x.y/z");
  EXPECT_EQ(read.frame, R"({ "a" : 1.50 , "b":{}})");
}

TEST(Recording, TakesTextsThatAreNoJson) {
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"recv","conn":"c","msg":pong})").frame, "pong");
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"recv","conn":"c","msg":})").frame, "");
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"recv","conn":"c","msg":{"msg":"}"}})").frame,
            R"({"msg":"}"})");
}

TEST(Recording, ReadsTheTimeToTheMicrosecond) {
  EXPECT_EQ(time_of("1628952397.523639"), 1'628'952'397'523'639);
  EXPECT_EQ(time_of("1628952397"), 1'628'952'397'000'000);
  EXPECT_EQ(time_of("1628952397.5"), 1'628'952'397'500'000);
  EXPECT_EQ(time_of("1628952397.000001"), 1'628'952'397'000'001);
  EXPECT_EQ(time_of("1628952397.5236201"), 1'628'952'397'523'620);
  EXPECT_EQ(time_of("1628952397.5236199"), 1'628'952'397'523'620);
  EXPECT_EQ(time_of("1628952397.9999999"), 1'628'952'398'000'000);
  EXPECT_EQ(time_of("0"), 0);
  EXPECT_EQ(time_of("null"), RecordedLine::no_time);
}

TEST(Recording, RefusesTimesThatAreNone) {
  for (const char* bad : {"", "-1", "1.", ".5", "1e9", "\"1\"", "1.5.5", "nul", "nullx", "1x",
                          "1234567890123", "99999999999999999999999"}) {
    EXPECT_EQ(time_of(bad), -2) << bad;
  }
}

TEST(Recording, TellsReceivedFramesFromTheRest) {
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"send","conn":"c","msg":{}})").kind, Kind::other);
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"http","conn":"rest","url":"https://u?a=b","msg":{}})").kind,
            Kind::answered);
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"http","conn":"rest","url":"https://u?a=b","msg":{}})").url,
            "https://u?a=b");
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"http","conn":"rest","msg":{}})").kind, Kind::other);
  EXPECT_EQ(read_line(R"({"ts":1,"dir":"recv","conn":"c","url":"u","msg":{}})").kind,
            Kind::received);
  EXPECT_EQ(read_line(R"({"ts": 1, "dir": "recv", "conn": "c", "msg": {}})").frame, "{}");
}

TEST(Recording, RefusesEveryLineCutShort) {
  const std::string line =
      R"({"ts":1628952397.5,"dir":"recv","conn":"wss://x.y","msg":{"u":1,"s":"A"}})";
  ASSERT_EQ(read_line(line).kind, Kind::received);
  for (std::size_t size = 0; size + 1 < line.size(); ++size) {
    EXPECT_EQ(read_line(std::string_view(line).substr(0, size)).kind, Kind::malformed) << size;
  }
}

TEST(Recording, RefusesLinesOfAnotherForm) {
  for (const char* bad :
       {"", "{}", "[]", "hello", R"({"ts":1,"dir":"up","conn":"c","msg":{}})",
        R"({"dir":"recv","ts":1,"conn":"c","msg":{}})", R"({"ts":1,"dir":"recv","msg":{}})",
        R"({"ts":1,"dir":"recv","conn":"c","msg":{}} trailing)",
        R"({"ts":1,"dir":"recv","conn":"a\"b","msg":{}})"}) {
    EXPECT_EQ(read_line(bad).kind, Kind::malformed) << bad;
  }
}

TEST(Recording, RefusesALineLongerThanItsLimit) {
  const auto line = [](std::size_t bytes) {
    std::string text = R"({"ts":1,"dir":"recv","conn":"c","msg":{"x":"")";
    text.insert(text.size() - 1, std::string(bytes - text.size() - 2, 'x'));
    return text + "}}";
  };
  EXPECT_EQ(read_line(line(Recording::line_bytes_max)).kind, Kind::received);
  EXPECT_EQ(read_line(line(Recording::line_bytes_max + 1)).kind, Kind::malformed);
}

TEST(Recording, CountsBadLinesAndReadsOn) {
  const File file(
      "{\"ts\":1,\"dir\":\"recv\",\"conn\":\"c\",\"msg\":{\"n\":1}}\r\n"
      "\n"
      "rubbish\n"
      "{\"ts\":2,\"dir\":\"recv\",\"conn\":\"c\",\"msg\":{\"n\":2}}");
  std::string error;
  const auto recording = Recording::load(file.path(), error);
  ASSERT_TRUE(recording) << error;
  ASSERT_EQ(recording->lines().size(), 4U);
  EXPECT_EQ(recording->malformed(), 2U);
  EXPECT_EQ(recording->first_malformed(), 2U);
  EXPECT_EQ(recording->lines()[0].frame, "{\"n\":1}");
  EXPECT_EQ(recording->lines()[3].frame, "{\"n\":2}");
}

TEST(Recording, LeavesPaddingBehindItsLastFrameAndSurvivesAMove) {
  const File file("{\"ts\":1,\"dir\":\"recv\",\"conn\":\"c\",\"msg\":{}}");
  std::string error;
  auto recording = Recording::load(file.path(), error);
  ASSERT_TRUE(recording);
  const Recording moved = std::move(*recording);
  const std::string_view frame = moved.lines()[0].frame;
  EXPECT_EQ(frame, "{}");
  int sum = 0;  // read under a sanitizer: every padding byte is ours
  for (std::size_t i = 0; i < Adapter::padding_bytes; ++i) sum += frame.data()[frame.size() + i];
  EXPECT_EQ(sum, '}');
}

TEST(Recording, SaysWhichFileCannotBeReadAndWhy) {
  std::string error;
  EXPECT_FALSE(Recording::load("/nonexistent/a.ndjson", error));
  EXPECT_EQ(error, "/nonexistent/a.ndjson: No such file or directory");
  EXPECT_FALSE(Recording::load(testing::TempDir(), error));
  EXPECT_NE(error.find("directory"), std::string::npos) << error;
}

TEST(Recording, TakesAnEmptyFileAsNoLines) {
  const File file("");
  std::string error;
  const auto recording = Recording::load(file.path(), error);
  ASSERT_TRUE(recording);
  EXPECT_TRUE(recording->lines().empty());
}

}  // namespace
}  // namespace ticker::feeds
