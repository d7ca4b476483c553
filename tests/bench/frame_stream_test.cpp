// The frame cutter: where frames are cut must not matter.
#include "bench/load/frame_stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ticker::load {
namespace {

std::string server_frame(unsigned first_byte, const std::string& payload) {
  std::string frame(1, static_cast<char>(first_byte));
  const std::size_t size = payload.size();
  const unsigned length_bytes = size < 126 ? 0 : size <= 0xFFFF ? 2 : 8;
  frame += static_cast<char>(length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127);
  for (unsigned i = length_bytes; i-- > 0;) frame += static_cast<char>(size >> (8 * i) & 0xFFU);
  return frame + payload;
}

/// Gives `bytes` to a stream in the pieces told and collects the payloads that come out.
std::vector<std::string> payloads_of(const std::string& bytes, std::size_t cut_at) {
  ReceiveBuffer buffer;
  FrameStream stream;
  std::vector<std::string> out;
  const auto feed = [&](std::string_view piece) {
    const std::span<char> room = stream.prepare(buffer);
    std::memcpy(room.data(), piece.data(), piece.size());
    stream.take(buffer, piece.size(), [&out](const char* data, std::size_t size) {
      std::size_t used = 0;
      Frame frame{};
      while (cut_frame(data + used, size - used, frame) == Cut::frame) {
        out.emplace_back(frame.payload);
        used += frame.size_bytes;
      }
      return used;
    });
  };
  feed(std::string_view(bytes).substr(0, cut_at));
  feed(std::string_view(bytes).substr(cut_at));
  return out;
}

TEST(LoadFrames, FindsTheSameFramesWhereverTheBytesAreCut) {
  const std::vector<std::string> payloads = {
      "", "short", std::string(125, 'a'), std::string(126, 'b'), std::string(300, 'c'), "end"};
  std::string bytes;
  for (const std::string& payload : payloads) bytes += server_frame(0x81, payload);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    ASSERT_EQ(payloads_of(bytes, cut), payloads) << "cut at " << cut;
  }
}

TEST(LoadFrames, FindsFramesThatComeByteByByte) {
  const std::string bytes = server_frame(0x81, std::string(200, 'x')) + server_frame(0x89, "ping");
  ReceiveBuffer buffer;
  FrameStream stream;
  std::vector<std::size_t> sizes;
  for (const char byte : bytes) {
    *stream.prepare(buffer).data() = byte;
    stream.take(buffer, 1, [&sizes](const char* data, std::size_t size) -> std::size_t {
      Frame frame{};
      if (cut_frame(data, size, frame) != Cut::frame) return 0;
      sizes.push_back(frame.payload.size());
      return frame.size_bytes;
    });
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{200, 4}));
}

TEST(LoadFrames, ReadsA64BitLength) {
  const std::vector<std::string> payloads = {std::string(70'000, 'y'), "next"};
  const std::string bytes = server_frame(0x81, payloads[0]) + server_frame(0x81, payloads[1]);
  for (const std::size_t cut : {1, 5, 9, 10, 11, 65'000, 70'010, 70'011}) {
    EXPECT_EQ(payloads_of(bytes, cut), payloads) << "cut at " << cut;
  }
}

TEST(LoadFrames, TellsOpcodeAndFin) {
  Frame frame{};
  const std::string last = server_frame(0x88, "\x03\xE8");
  ASSERT_EQ(cut_frame(last.data(), last.size(), frame), Cut::frame);
  EXPECT_EQ(frame.opcode, Opcode::close);
  EXPECT_TRUE(frame.fin);
  const std::string first = server_frame(0x01, "part");
  ASSERT_EQ(cut_frame(first.data(), first.size(), frame), Cut::frame);
  EXPECT_EQ(frame.opcode, Opcode::text);
  EXPECT_FALSE(frame.fin);
}

TEST(LoadFrames, RefusesMaskedReservedAndAbsurdFrames) {
  Frame frame{};
  EXPECT_EQ(cut_frame("\x81\x85", 2, frame), Cut::malformed) << "masked";
  EXPECT_EQ(cut_frame("\xC1\x05", 2, frame), Cut::malformed) << "RSV1";
  const std::string absurd("\x81\x7F\x80\0\0\0\0\0\0\0", 10);
  EXPECT_EQ(cut_frame(absurd.data(), absurd.size(), frame), Cut::malformed) << "2^63 bytes";
}

}  // namespace
}  // namespace ticker::load
