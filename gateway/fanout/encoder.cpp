#include "gateway/fanout/encoder.hpp"

#include <cstring>

namespace ticker {

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
