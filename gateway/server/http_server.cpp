#include "gateway/server/http_server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <chrono>
#include <set>
#include <system_error>
#include <thread>

#include "feeds/base/clock.hpp"
#include "gateway/base/thread_name.hpp"
#include "gateway/server/http_connection.hpp"

namespace ticker {
namespace {

using Acceptor = net::basic_socket_acceptor<tcp, Executor>;
using namespace std::chrono_literals;

constexpr int backlog = 64;
constexpr auto accept_pause = 100ms;  // after an accept failed, say for want of descriptors
constexpr auto sweep_interval = 100ms;

// Who looks on must not delay data.
void yield_to_data() {
  constexpr int niceness = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);  // of a thread, on Linux
}

// Opens and binds at once, so that a wrong address is told before anything starts.
void listen(Acceptor& acceptor, const HttpServerParts& parts) {
  try {
    const tcp::endpoint endpoint(net::ip::make_address(parts.address.host), parts.address.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(net::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(backlog);
  } catch (const boost::system::system_error& error) {
    throw std::system_error(error.code(), "cannot listen on " + parts.address.host + ":" +
                                              std::to_string(parts.address.port) + " for " +
                                              parts.name +
                                              ", choose another address or stop who has it");
  }
}

}  // namespace

struct HttpServer::Impl {
  explicit Impl(HttpServerParts given) : parts(std::move(given)) {
    listen(acceptor, parts);
    port.routes = std::move(parts.routes);
    port.options = parts.options;
    port.ended = [this](Connection* ended, bool) {
      connections.erase(ended);
      accept();
    };
  }

  ~Impl() {
    stopping = true;
    context.stop();
    if (thread.joinable()) thread.join();
    // The context goes last and takes its connections along.
  }

  void accept() {
    if (stopping || accepting || connections.size() == parts.connections_max) return;
    accepting = true;
    acceptor.async_accept(peer, [this](error_code failed, Socket socket) {
      accepting = false;
      if (failed) return pause();
      auto transport = make_plain_transport(socket.native_handle());
      connections.insert(start_http_connection(std::move(socket), std::move(transport),
                                               peer.address().to_string(), parts.name, port)
                             .get());
      accept();
    });
  }

  // Out of descriptors, most likely: trying again at once would only burn the core.
  void pause() {
    timer.expires_after(accept_pause);
    timer.async_wait([this](error_code cancelled) {
      if (!cancelled) accept();
    });
  }

  void sweep() {
    sweep_timer.expires_after(sweep_interval);
    sweep_timer.async_wait([this](error_code cancelled) {
      if (cancelled) return;
      const std::int64_t now = clock_now().steady_ns;
      for (Connection* connection : connections) connection->tick(now);
      sweep();
    });
  }

  HttpServerParts parts;
  HttpPort port;
  std::atomic<bool> stopping{false};
  bool accepting = false;
  std::set<Connection*> connections;
  net::io_context context{1};
  Acceptor acceptor{context};
  tcp::endpoint peer;  // of the connection that is accepted
  Timer timer{context};
  Timer sweep_timer{context};
  std::thread thread;
};

HttpServer::HttpServer(HttpServerParts parts) : impl_(std::make_unique<Impl>(std::move(parts))) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->acceptor.local_endpoint().port(); }

void HttpServer::start() {
  impl_->accept();
  impl_->sweep();
  impl_->thread = std::thread([impl = impl_.get()] {
    name_thread(impl->parts.name);
    yield_to_data();
    impl->context.run();
  });
}

}  // namespace ticker
