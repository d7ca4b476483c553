// An answer as handlers give it: whole, streamed, or the connection itself handed over. How it
// reaches the client is decided by the connection alone. Pure; no Asio, no sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/request.hpp"

namespace ticker {

/// A connection that stops being one of HTTP (gateway/server/takeover.hpp).
struct Takeover;

struct HttpAnswer {
  /// Appends the next part of a streamed body, not an empty one; false: that was the last. Called
  /// whenever the client has taken the part before.
  using Producer = std::function<bool(std::string& out)>;

  unsigned status = 200;
  std::string_view content_type = "application/json";
  std::vector<HttpHeader> headers;  // further ones; of static text
  std::string body;                 // all of it, or
  Producer producer;                // where it comes from
  /// The connection is handed over instead of answered.
  std::function<void(Takeover&)> takeover;
  bool close = false;  // the connection ends with this answer
};

/// {"error":{"code":…,"message":…}}
[[nodiscard]] HttpAnswer http_error(unsigned status, std::string_view code,
                                    std::string_view message);

/// How the bytes of an answer follow each other.
struct HttpFraming {
  unsigned version = 11;  // of the request
  bool keep_alive = true;
  bool chunked = false;  // a streamed body, part by part; else it is whole or ends the connection
};

/// Status line and headers, to the empty line; `common`: those of every answer of a port.
[[nodiscard]] std::string http_head(const HttpAnswer& answer, const HttpFraming& framing,
                                    std::span<const HttpHeader> common);

/// What stands before a part of a chunked body (RFC 9112, 7.1); `chunk_end` stands behind it.
[[nodiscard]] std::string chunk_begin(std::size_t bytes);
inline constexpr std::string_view chunk_end = "\r\n";
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace ticker
