// Frame headers against the bytes of RFC 6455, 5.2.
#include "gateway/protocol/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ticker {
namespace {

std::string header(std::uint32_t payload_bytes) {
  std::string out(frame_header_max, '#');
  write_text_header(out.data(), payload_bytes);
  EXPECT_EQ(out.substr(frame_header_size(payload_bytes)),
            std::string(frame_header_max - frame_header_size(payload_bytes), '#'));
  out.resize(frame_header_size(payload_bytes));
  return out;
}

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

TEST(Frame, AHeaderIsAsShortAsItsPayloadAllows) {
  EXPECT_EQ(header(0), bytes({0x81, 0}));
  EXPECT_EQ(header(125), bytes({0x81, 125}));
  EXPECT_EQ(header(126), bytes({0x81, 126, 0, 126}));
  EXPECT_EQ(header(0x1234), bytes({0x81, 126, 0x12, 0x34}));
  EXPECT_EQ(header(65'535), bytes({0x81, 126, 0xff, 0xff}));
  EXPECT_EQ(header(65'536), bytes({0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(header(0x12345678), bytes({0x81, 127, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78}));
}

TEST(Frame, LengthOfAFrameIsHeaderAndPayload) {
  for (std::uint32_t size = 0; size < 70'000; ++size) {
    ASSERT_EQ(frame_length(header(size).data()), frame_header_size(size) + size);
  }
  for (const std::uint32_t size : {0xff'ffffU, 0x100'0000U, 0x7fff'ffffU, 0xffff'fff5U}) {
    EXPECT_EQ(frame_length(header(size).data()), 10 + size);
  }
}

}  // namespace
}  // namespace ticker
