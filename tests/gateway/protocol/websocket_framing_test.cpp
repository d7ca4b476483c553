// Frame headers against the bytes of RFC 6455, 5.2.
#include "gateway/protocol/websocket_framing.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ticker {
namespace {

std::string header(std::uint32_t payload_bytes) {
  std::string out(WebSocketFraming::header_max, '#');
  WebSocketFraming::write_header(out.data(), payload_bytes);
  EXPECT_EQ(out.substr(WebSocketFraming::header_size(payload_bytes)),
            std::string(WebSocketFraming::header_max - WebSocketFraming::header_size(payload_bytes),
                        '#'));
  out.resize(WebSocketFraming::header_size(payload_bytes));
  return out;
}

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

TEST(WebSocketFraming, AHeaderIsAsShortAsItsPayloadAllows) {
  EXPECT_EQ(header(0), bytes({0x81, 0}));
  EXPECT_EQ(header(125), bytes({0x81, 125}));
  EXPECT_EQ(header(126), bytes({0x81, 126, 0, 126}));
  EXPECT_EQ(header(0x1234), bytes({0x81, 126, 0x12, 0x34}));
  EXPECT_EQ(header(65'535), bytes({0x81, 126, 0xff, 0xff}));
  EXPECT_EQ(header(65'536), bytes({0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(header(0x12345678), bytes({0x81, 127, 0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78}));
}

TEST(WebSocketFraming, LengthOfAFrameIsHeaderAndPayload) {
  for (std::uint32_t size = 0; size < 70'000; ++size) {
    ASSERT_EQ(WebSocketFraming().frame_length(header(size)),
              WebSocketFraming::header_size(size) + size);
  }
  for (const std::uint32_t size : {0xff'ffffU, 0x100'0000U, 0x7fff'ffffU, 0xffff'fff5U}) {
    EXPECT_EQ(WebSocketFraming().frame_length(header(size)), 10 + size);
  }
}

TEST(WebSocketFraming, AFrameIsMadeAroundItsPayloadWhateverItsSize) {
  const WebSocketFraming framing;
  for (const std::uint32_t size : {0U, 1U, 125U, 126U, 300U, 65'535U, 65'536U}) {
    const std::string payload(size, 'p');
    std::string memory(framing.before() + size + framing.bytes_max(), '#');
    payload.copy(memory.data() + framing.before(), size);
    const std::uint32_t length = framing.enclose(memory.data(), size);
    EXPECT_LE(length, size + framing.bytes_max());
    EXPECT_EQ(memory.substr(0, length), header(size) + payload);
    EXPECT_EQ(framing.frame_length(memory), length);
  }
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  std::string out(WebSocketFraming::close_frame_max, '#');
  out.resize(WebSocketFraming::write_close_frame(out.data(), code, reason));
  return out;
}

TEST(WebSocketFraming, ACloseFrameHasItsCodeAndReasonOrNothing) {
  EXPECT_EQ(close_frame(0, "never said"), bytes({0x88, 0}));
  EXPECT_EQ(close_frame(1000, ""), bytes({0x88, 2, 0x03, 0xe8}));
  EXPECT_EQ(close_frame(4008, "slow"), bytes({0x88, 6, 0x0f, 0xa8}) + "slow");
  const std::string longest = close_frame(1011, std::string(200, 'x'));
  EXPECT_EQ(longest, bytes({0x88, 125, 0x03, 0xf3}) + std::string(123, 'x'));
  EXPECT_EQ(WebSocketFraming().frame_length(longest), longest.size());
}

}  // namespace
}  // namespace ticker
