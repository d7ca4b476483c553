// Sockets for live feeds: WebSockets and REST requests over TCP and TLS, through a proxy where one
// is named. The only room of feeds/ that does I/O. Belongs to the feed thread that runs the
// io_context; never blocks it and calls nobody from another thread.
#pragma once

#include <memory>

#include "feeds/contract/wire.hpp"

namespace boost::asio {
class io_context;
}  // namespace boost::asio

namespace ticker::feeds {

/// `context` must outlive the network and its wires. What a listener throws comes out of the
/// context's `run`.
[[nodiscard]] std::unique_ptr<Network> make_network(boost::asio::io_context& context);

}  // namespace ticker::feeds
