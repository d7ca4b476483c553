#include "gateway/encode.hpp"

#include <cstring>

#include "gateway/frame.hpp"

namespace ticker {
namespace {

// Nearly every message needs a header of this size; others are moved by a few bytes.
constexpr std::uint32_t usual_header = 4;

}  // namespace

char* Encoder::begin(std::uint32_t payload_bytes_max) {
  return pool_.reserve(payload_bytes_max + frame_header_max) + usual_header;
}

Piece Encoder::finish(char* payload, char* end) {
  const auto size = static_cast<std::uint32_t>(end - payload);
  const std::uint32_t header = frame_header_size(size);
  char* const frame = payload - usual_header;
  if (header != usual_header) std::memmove(frame + header, payload, size);
  write_text_header(frame, size);
  counters_.encoded_frames.add();
  return pool_.commit(header + size);
}

Piece Encoder::finish_data(char* payload, char* end, const Event& event, const Receipt& now) {
  Piece piece = finish(payload, end);
  piece.frames = 1;
  piece.received_us = steady_us(event.received.steady_ns);
  counters_.received_to_encoded.observe_ns(now.steady_ns - event.received.steady_ns);
  return piece;
}

Piece Encoder::delta(std::string_view symbol, const Event& event, std::uint64_t prev,
                     const Receipt& now) {
  char* const out = begin(ticker_message_max);
  return finish_data(
      out,
      write_delta(out, symbol, event, event.ticker.changed, prev, event.seq - prev, now.wall_us),
      event, now);
}

Piece Encoder::trade(std::string_view symbol, const Event& event, const Receipt& now) {
  char* const out = begin(trade_message_max);
  return finish_data(out, write_trade(out, symbol, event, now.wall_us), event, now);
}

Piece Encoder::snapshot(std::string_view symbol, const Event& state, const Receipt& now) {
  char* const out = begin(ticker_message_max);
  return finish(out, write_snapshot(out, symbol, epoch_, state, now.wall_us));
}

Piece Encoder::gap(std::string_view symbol, std::uint64_t from, std::uint64_t to,
                   std::uint64_t lost, Reason reason) {
  char* const out = begin(gap_message_max);
  return finish(out, write_gap(out, symbol, from, to, lost, reason));
}

Piece Encoder::text(std::string_view json) {
  char* const out = begin(static_cast<std::uint32_t>(json.size()));
  std::memcpy(out, json.data(), json.size());
  return finish(out, out + json.size());
}

Piece Encoder::raw(std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(pool_.reserve(size), bytes.data(), size);
  return pool_.commit(size);
}

}  // namespace ticker
