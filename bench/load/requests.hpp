// The text that clients send: upgrade, subscribe requests and masked WebSocket frames. Pure
// functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/load/frame_stream.hpp"

namespace ticker::load {

/// What every client of a run asks for, besides its symbols.
struct Wish {
  bool ticker = true;
  bool trades = false;
  std::uint32_t interval_ms = 0;
  std::vector<std::string> fields;  // of the ticker; empty: all
};

/// The upgrade request; `nonce` makes its key.
[[nodiscard]] std::string upgrade_request(std::string_view host, std::string_view path,
                                          std::uint64_t nonce);

/// One whole frame, masked with `mask` as every client frame must be.
[[nodiscard]] std::string masked_frame(Opcode opcode, std::string_view payload, std::uint32_t mask);

enum class Op : std::uint8_t { subscribe, unsubscribe };

/// One request: its text, and what it is about.
struct Request {
  Op op = Op::subscribe;
  bool trades = false;    // else ticker
  std::size_t first = 0;  // of the client's symbols
  std::size_t count = 0;
  std::uint64_t id = 0;
  std::string text;
};

/// The requests for these symbols on every channel of the wish, ids from `id` on: each within the
/// gateway's default limits of 1000 symbols and 64 KiB a request.
[[nodiscard]] std::vector<Request> requests_for(Op op, const Wish& wish,
                                                std::span<const std::string_view> symbols,
                                                std::uint64_t id);

}  // namespace ticker::load
