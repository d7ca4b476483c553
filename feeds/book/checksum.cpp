#include "feeds/book/checksum.hpp"

#include <algorithm>
#include <charconv>

#include "feeds/book/crc32.hpp"

namespace ticker::feeds {
namespace {

constexpr std::size_t kraken_ranks = 10;
constexpr std::size_t okx_ranks = 25;

// A sign that no venue sends, 19 digits, and up to 18 zeros behind them.
constexpr std::size_t digits_max = 20 + static_cast<std::size_t>(Decimal::scale_max);

char* write_digits(const Decimal& value, int scale, char* out) {
  if (value.mantissa == 0) return out;  // nothing but leading zeros
  out = std::to_chars(out, out + 20, value.mantissa).ptr;
  return std::fill_n(out, scale - value.scale, '0');
}

}  // namespace

std::optional<std::uint32_t> kraken_checksum(const BookSide& bids, const BookSide& asks,
                                             int price_scale, int size_scale) {
  char text[2 * kraken_ranks * 2 * digits_max];
  char* end = text;
  for (const BookSide* const side : {&asks, &bids}) {
    for (std::size_t rank = 0; rank < std::min(side->size(), kraken_ranks); ++rank) {
      const auto& [price, size] = side->ranked(rank);
      if (size.is_null()) return std::nullopt;
      end = write_digits(price, price_scale, end);
      end = write_digits(size, size_scale, end);
    }
  }
  return crc32({text, end});
}

std::optional<std::uint32_t> okx_checksum(const BookSide& bids, const BookSide& asks) {
  char text[2 * okx_ranks * 2 * (Decimal::text_max + 1)];
  char* end = text;
  for (std::size_t rank = 0; rank < okx_ranks; ++rank) {
    for (const BookSide* const side : {&bids, &asks}) {
      if (rank >= side->size()) continue;
      const auto& [price, size] = side->ranked(rank);
      if (size.is_null()) return std::nullopt;
      end = price.format(end);
      *end++ = ':';
      end = size.format(end);
      *end++ = ':';
    }
  }
  if (end != text) --end;  // the last colon
  return crc32({text, end});
}

}  // namespace ticker::feeds
