#include "feeds/capture/recorder.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "feeds/capture/recording.hpp"

namespace ticker::feeds {
namespace {

class RecorderTest : public testing::Test {
 protected:
  ~RecorderTest() override { std::remove(path.c_str()); }
  Recording read() {
    std::string error;
    auto recording = Recording::load(path, error);
    EXPECT_TRUE(recording) << error;
    return std::move(*recording);
  }

  const std::string path = testing::TempDir() + "recorder_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name() +
                           ".ndjson";
};

TEST_F(RecorderTest, WritesWhatARecordingReads) {
  const std::string kraken = R"({"channel":"book","data":[{"price":45283.50,"qty":0.10000000}]})";
  {
    Recorder recorder(path);
    recorder.sent("wss://ws.kraken.com/v2", R"({"method":"subscribe"})",
                  {1'628'952'397'000'001, 0});
    recorder.received("wss://ws.kraken.com/v2", kraken, {1'628'952'397'523'639, 5});
    recorder.received("wss://ws.okx.com:8443/ws/v5/public", "pong", {1'628'952'398'000'000, 6});
    recorder.answered("https://api.binance.com/api/v3/depth?symbol=BTCUSDT", R"({"bids":[]})",
                      {1'628'952'399'000'000, 7});
    EXPECT_TRUE(recorder.flush());
    EXPECT_EQ(recorder.frames(), 2U);
  }
  const Recording recording = read();
  ASSERT_EQ(recording.lines().size(), 4U);
  EXPECT_EQ(recording.malformed(), 0U);
  const RecordedLine& line = recording.lines()[1];
  EXPECT_EQ(line.kind, RecordedLine::Kind::received);
  EXPECT_EQ(line.received_us, 1'628'952'397'523'639);
  EXPECT_EQ(line.endpoint, "wss://ws.kraken.com/v2");
  EXPECT_EQ(line.frame, kraken);
  EXPECT_EQ(recording.lines()[2].frame, "pong");
  EXPECT_EQ(recording.lines()[3].kind, RecordedLine::Kind::answered);
  EXPECT_EQ(recording.lines()[3].url, "https://api.binance.com/api/v3/depth?symbol=BTCUSDT");
}

TEST_F(RecorderTest, KeepsAFrameWithLineFeedsOnOneLine) {
  {
    Recorder recorder(path);
    recorder.received("wss://v", "{\n\"a\":1\r\n}", {1, 0});
  }
  const Recording recording = read();
  ASSERT_EQ(recording.lines().size(), 1U);
  EXPECT_EQ(recording.lines()[0].frame, "{ \"a\":1  }");
  EXPECT_EQ(recording.lines()[0].received_us, 1);
}

TEST_F(RecorderTest, LeavesOutWhatNoLineCanHold) {
  Recorder recorder(path);
  recorder.received("wss://v", '"' + std::string(Recording::line_bytes_max, 'x') + '"', {1, 0});
  EXPECT_EQ(recorder.frames(), 0U);
  EXPECT_EQ(recorder.too_long(), 1U);
  EXPECT_FALSE(recorder.full());
}

TEST(Recorder, SaysWhereItCannotWrite) {
  EXPECT_THROW(Recorder("/nowhere/at/all.ndjson"), std::runtime_error);
}

TEST(Recorder, NoticesThatTheDiskIsFull) {
  Recorder recorder("/dev/full");
  recorder.received("wss://v", "{}", {1, 0});
  EXPECT_FALSE(recorder.flush());
  EXPECT_TRUE(recorder.full());
}

}  // namespace
}  // namespace ticker::feeds
