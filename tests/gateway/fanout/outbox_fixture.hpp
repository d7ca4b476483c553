// One outbox and its client's end of the wire, for the tests of outbox. Frames are named by their
// payloads and padded with dots to a given length.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "gateway/fanout/outbox.hpp"
#include "gateway/protocol/websocket_framing.hpp"
#include "tests/gateway/fanout/frames.hpp"

namespace ticker {

class OutboxTest : public testing::Test {
 protected:
  using Kind = Owed::Kind;
  using Names = std::vector<std::string>;

  explicit OutboxTest(std::uint32_t slab_bytes = 8'192) : pool_(slab_bytes, 64, counters_) {}

  static Limits small_limits() {
    Limits limits;
    limits.outbox_soft_bytes = 1'000;
    limits.outbox_soft_ms = 500;
    limits.outbox_hard_bytes = 2'000;
    limits.control_reserve_bytes = 500;
    return limits;
  }

  /// A frame of `length` bytes in all, counted by the ledger or not.
  Piece frame(std::string name, std::uint32_t length = 100, std::uint32_t frames = 1) {
    const std::uint32_t header = length < 128 ? 2 : 4;
    EXPECT_EQ(WebSocketFraming::header_size(length - header), header) << "no frame is this long";
    name.resize(length - header, '.');
    char* const out = pool_.reserve(length);
    WebSocketFraming::write_header(out, length - header);
    std::memcpy(out + header, name.data(), name.size());
    Piece piece = pool_.commit(length);
    piece.frames = frames;
    return piece;
  }
  Piece control_frame(const std::string& name, std::uint32_t length = 100) {
    return frame(name, length, 0);
  }

  Push ticker(std::uint32_t subscription, const std::string& name, std::uint32_t length = 100) {
    return outbox_.offer(subscription, frame(name, length), now_us_);
  }
  Push trade(std::uint32_t subscription, std::uint64_t seq, std::uint32_t length = 100) {
    return outbox_.offer_numbered(subscription, frame("trade" + std::to_string(seq), length), seq,
                                  now_us_);
  }
  bool control(const std::string& name, std::uint32_t length = 100) {
    return outbox_.control(control_frame(name, length), now_us_);
  }

  /// Subscriptions 0 … count-1, each with its first snapshot sent.
  void open(std::uint32_t count) {
    for (std::uint32_t subscription = 0; subscription < count; ++subscription) {
      outbox_.begin(subscription, {Kind::first_snapshot});
      ASSERT_EQ(outbox_.next_owed(), subscription);
      outbox_.pay_snapshot(control_frame("first"), now_us_);
      drain();
    }
    stream_.clear();
  }
  /// Fills the queue with 100-byte frames that no subscription knows.
  void fill(std::uint32_t bytes) {
    for (std::uint32_t i = 0; i < bytes / 100; ++i) ASSERT_TRUE(control("fill"));
  }

  /// The socket takes `count` bytes, as they lie in the pieces. Returns the frames that finished.
  std::uint64_t pull(std::size_t count) {
    std::size_t left = count;
    for (std::size_t i = 0; left > 0; ++i) {
      const std::string_view bytes = outbox_.bytes_at(i).substr(0, left);
      stream_ += bytes;
      left -= bytes.size();
    }
    return outbox_.consume(count);
  }
  void drain() { pull(outbox_.bytes()); }

  /// Names of the frames the client got so far.
  [[nodiscard]] Names received() const {
    auto payloads = text_frames(stream_);
    EXPECT_TRUE(payloads) << "the stream ends inside a frame";
    if (!payloads) return {};
    for (std::string& name : *payloads) name.erase(name.find_last_not_of('.') + 1);
    return *payloads;
  }
  [[nodiscard]] const Ledger& ledger() const { return outbox_.ledger(); }
  [[nodiscard]] bool balanced() const {
    const Ledger& a = ledger();
    return a.offered == a.sent + a.merged + a.lost + a.abandoned + a.queued;
  }

  ShardCounters counters_;
  SlabPool pool_;
  const Limits limits_ = small_limits();
  const WebSocketFraming framing_;
  Outbox outbox_{pool_, limits_, framing_};
  std::uint32_t now_us_ = 1'000'000;
  std::string stream_;  // all bytes that the socket took
};

}  // namespace ticker
