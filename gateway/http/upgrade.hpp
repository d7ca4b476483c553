// The opening handshake of a WebSocket (RFC 6455, 4.2.1): what a request for it must bring along.
// All of it is checked here, so that nobody below refuses in a form of its own. Pure.
#pragma once

#include <optional>

#include "gateway/http/answer.hpp"
#include "gateway/http/request.hpp"

namespace ticker {

/// GET, HTTP/1.1, and the tokens of `Connection` and `Upgrade`.
[[nodiscard]] bool asks_for_websocket(const HttpRequest& request);

/// Why the request is not a handshake that can be accepted; nothing: it is one.
[[nodiscard]] std::optional<HttpAnswer> refuse_handshake(const HttpRequest& request);

}  // namespace ticker
