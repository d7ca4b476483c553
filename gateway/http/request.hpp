// A request as handlers see it, whatever it came by. Views into memory of its connection, good for
// as long as it is answered. Pure; no Asio, no sockets.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ticker {

/// Who asks and what that allows; made at the door. Nobody makes one yet.
struct Identity;

struct HttpHeader {
  std::string_view name = {};
  std::string_view value = {};
};

struct HttpRequest {
  std::string_view method = {};
  std::string_view path = {};   // of the target, escapes as they came
  std::string_view query = {};  // behind its `?`, without it
  unsigned version = 11;        // of HTTP, times ten
  std::span<const HttpHeader> headers = {};
  std::string_view body = {};
  std::string_view peer = {};          // the client's address, without its port
  const Identity* identity = nullptr;  // null: nobody in particular
  bool bytes_behind = false;           // more came before this was answered

  /// Splits the target of a request line into path and query.
  void set_target(std::string_view target);

  /// The first header of this name, in whatever case; nothing: there is none.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;
  /// Does a list of tokens (RFC 9110, 5.6.1), over all headers of this name, hold `token`?
  [[nodiscard]] bool has_token(std::string_view name, std::string_view token) const;
  /// The value of `key` in the query, without its escapes; nothing: it is not there.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view key) const;
};

/// Same letters, in whatever case (ASCII)?
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

}  // namespace ticker
