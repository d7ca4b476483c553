// What a client says: its HTTP upgrade, subscribe requests and masked WebSocket frames. Pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/frame_stream.hpp"

namespace ticker::load {

/// The upgrade request; `nonce` makes its key.
[[nodiscard]] std::string upgrade_request(std::string_view host, std::string_view path,
                                          std::uint64_t nonce);

/// One whole frame, masked with `mask` as every client frame must be.
[[nodiscard]] std::string masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);

/// The subscribe requests for these symbols, ids from 1: each within the gateway's default limits
/// of 1000 symbols and 64 KiB a request.
[[nodiscard]] std::vector<std::string> subscribe_requests(
    const std::vector<std::string_view>& symbols);

}  // namespace ticker::load
