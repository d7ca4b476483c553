// CRC-32 of IEEE 802.3 (polynomial 0x04c11db7 reflected, as in zlib and PNG), for the sums that
// venues send with their books. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace ticker::feeds {

[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

}  // namespace ticker::feeds
