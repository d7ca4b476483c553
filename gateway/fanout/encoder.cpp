#include "gateway/fanout/encoder.hpp"

#include <cstring>

namespace ticker {

Piece Encoder::finish(const Format& format, char* payload, const char* end) {
  const auto size = static_cast<std::uint32_t>(end - payload);
  counters_.encoded_frames.add();
  return pool_.commit(format.framing.enclose(payload - format.framing.before(), size));
}

void Encoder::note_age(Piece& piece, const Receipt& received, const Receipt& now) {
  piece.received_us = steady_us(received.steady_ns);
  counters_.received_to_encoded.observe_ns(now.steady_ns - received.steady_ns);
}

Piece Encoder::text(const Format& format, std::string_view text) {
  return frame(format, static_cast<std::uint32_t>(text.size()), [text](char* out) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
  });
}

Piece Encoder::raw(std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(pool_.reserve(size), bytes.data(), size);
  return pool_.commit(size);
}

}  // namespace ticker
