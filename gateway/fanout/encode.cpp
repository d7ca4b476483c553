#include "gateway/fanout/encode.hpp"

#include <cstring>

#include "gateway/protocol/frame.hpp"

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

void Encoder::note_age(Piece& piece, const Receipt& received, const Receipt& now) {
  piece.received_us = steady_us(received.steady_ns);
  counters_.received_to_encoded.observe_ns(now.steady_ns - received.steady_ns);
}

Piece Encoder::delta(std::string_view symbol, const Event& state, const DeltaHead& head,
                     bool age_counts, const Receipt& now) {
  char* const out = begin(ticker_message_max);
  Piece piece = finish(out, write_delta(out, symbol, state, head, now.wall_us));
  if (age_counts) note_age(piece, head.received, now);
  return piece;
}

Piece Encoder::trade(std::string_view symbol, const Event& event, bool age_counts,
                     const Receipt& now) {
  char* const out = begin(trade_message_max);
  Piece piece = finish(out, write_trade(out, symbol, event, now.wall_us));
  piece.frames = 1;
  if (age_counts) note_age(piece, event.received, now);
  return piece;
}

Piece Encoder::snapshot(std::string_view symbol, const Event& state, FieldMask mask,
                        Resumed resumed, const Receipt& now) {
  char* const out = begin(ticker_message_max);
  return finish(out, write_snapshot(out, symbol, epoch_, state, mask, resumed, now.wall_us));
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
