// One WebSocket over a line. Internal to `network`.
#pragma once

#include <memory>

#include "feeds/contract/wire.hpp"
#include "feeds/network/line.hpp"

namespace ticker::feeds {

[[nodiscard]] std::unique_ptr<Wire> make_socket_wire(Executor executor,
                                                     std::shared_ptr<Trust> trust,
                                                     const Endpoint& endpoint,
                                                     WireListener& listener);

}  // namespace ticker::feeds
