// Bytes in, requests out: what of HTTP is parsed, within limits. No sockets; whoever has them feeds
// it. The only part that knows Beast's parser. Owned by one connection; never blocks.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "gateway/http/answer.hpp"
#include "gateway/http/request.hpp"
#include "gateway/server/http_options.hpp"

namespace ticker {

class HttpReader {
 public:
  enum class State : std::uint8_t {
    reading,  // a request is not whole yet
    whole,    // see `request`
    refused,  // it cannot be read; see `refusal`
    ended,    // the peer said that nothing more comes, between two requests
    cut,      // it ended within one
  };

  explicit HttpReader(const HttpOptions& options);
  ~HttpReader();

  /// Turns to the next request, of which some may be there already.
  State next();
  /// Where further bytes go; never empty while `reading`.
  [[nodiscard]] std::span<char> room();
  /// `bytes` of them came; 0: the end of the stream.
  State came(std::size_t bytes);

  /// Has nothing come since `next`?
  [[nodiscard]] bool idle() const;

  /// Good until `next`. Its peer and identity are left to others.
  [[nodiscard]] HttpRequest request();
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] HttpAnswer refusal();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ticker
