#include "feeds/book/crc32.hpp"

#include <array>

namespace ticker::feeds {
namespace {

constexpr std::size_t lanes = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, lanes>;

// tables[k][b]: what byte b contributes k bytes later. Eight bytes then cost eight look-ups that do
// not wait for each other (M. Kounavis, F. Berry: «Slicing by 8», 2005).
consteval Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int i = 0; i < 8; ++i) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320U : 0U);
    tables[0][byte] = rest;
  }
  for (std::size_t lane = 1; lane < lanes; ++lane) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[lane - 1][byte];
      tables[lane][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr Tables tables = make_tables();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

}  // namespace

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t rest = ~0U;
  for (; bytes.size() >= lanes; bytes.remove_prefix(lanes)) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < lanes; ++i) {
      const std::uint32_t mixed = i < 4 ? rest >> (8 * i) & 0xFF : 0;
      next ^= tables[lanes - 1 - i][byte_at(bytes, i) ^ mixed];
    }
    rest = next;
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    rest = (rest >> 8) ^ tables[0][(rest ^ byte_at(bytes, i)) & 0xFF];
  }
  return ~rest;
}

}  // namespace ticker::feeds
