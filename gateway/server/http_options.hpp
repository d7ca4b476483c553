// Limits and times of HTTP, where ports differ. A plain value.
#pragma once

#include <cstdint>
#include <span>

#include "gateway/http/request.hpp"

namespace ticker {

struct HttpOptions {
  std::uint32_t header_bytes_max = 8'192;
  std::uint32_t body_bytes_max = 1'024;      // no path wants a body
  std::uint32_t request_timeout_ms = 5'000;  // from the end of the answer before, or the accept
  std::uint32_t answer_timeout_ms = 5'000;   // to take it all, or
  bool answer_by_progress = false;           // to take any of it
  std::span<const HttpHeader> headers = {};  // of every answer; static
};

}  // namespace ticker
