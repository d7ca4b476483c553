// HTTP for operations on a thread of its own: a bounded number of connections, each one request at
// a time with a deadline. The only file of this room that knows Boost; errors of a connection end
// that connection and nothing else.
#include "gateway/ops/admin.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <system_error>
#include <thread>

#include "gateway/base/thread_name.hpp"

namespace ticker {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;
using Stream = beast::basic_stream<tcp, Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
using beast::error_code;

constexpr std::size_t connections_max = 16;  // further ones wait in the backlog
constexpr int backlog = 64;
constexpr std::uint32_t header_bytes_max = 8'192;
constexpr std::uint64_t body_bytes_max = 1'024;
constexpr std::chrono::seconds request_timeout{5};  // to read one, and again to answer it
constexpr std::chrono::milliseconds accept_pause{100};

constexpr const char* json_type = "application/json";
constexpr const char* metrics_type = "text/plain; version=0.0.4; charset=utf-8";

Response respond(http::status status, std::string body, const char* type = json_type) {
  Response response(status, 11);
  response.set(http::field::content_type, type);
  response.set(http::field::cache_control, "no-store");
  response.body() = std::move(body);
  return response;
}

Response respond_error(http::status status, const std::string& code, const std::string& message) {
  return respond(status, R"({"error":{"code":")" + code + R"(","message":")" + message + R"("}})");
}

/// Answers by path; `target` without its query.
std::optional<Response> route(std::string_view path, const AdminSources& sources) {
  if (path == "/metrics") return respond(http::status::ok, sources.metrics(), metrics_type);
  if (path == "/healthz") return respond(http::status::ok, R"({"status":"ok"})");
  if (path == "/v1/status") return respond(http::status::ok, sources.status());
  if (path != "/readyz") return std::nullopt;
  return sources.ready() ? respond(http::status::ok, R"({"status":"ready"})")
                         : respond(http::status::service_unavailable, R"({"status":"not_ready"})");
}

Response answer(const Request& request, const AdminSources& sources) {
  const std::string_view target{request.target().data(), request.target().size()};
  try {
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      auto response = respond_error(http::status::method_not_allowed, "method_not_allowed",
                                    "only GET and HEAD are served here");
      response.set(http::field::allow, "GET, HEAD");
      return response;
    }
    auto response = route(target.substr(0, target.find('?')), sources);
    if (response) return std::move(*response);
    return respond_error(http::status::not_found, "not_found",
                         "served here: /metrics, /healthz, /readyz, /v1/status");
  } catch (const std::exception&) {
    return respond_error(http::status::internal_server_error, "internal_error",
                         "the answer could not be made");
  }
}

/// What a request that cannot be read deserves; nothing if the peer just went away.
std::optional<Response> respond_unreadable(const error_code& failed) {
  if (failed == http::error::header_limit) {
    return respond_error(http::status::request_header_fields_too_large, "headers_too_large",
                         "the header may have 8192 bytes");
  }
  if (failed == http::error::body_limit) {
    return respond_error(http::status::payload_too_large, "body_too_large",
                         "the body may have 1024 bytes");
  }
  if (failed == http::error::end_of_stream || failed == http::error::partial_message) {
    return std::nullopt;
  }
  if (failed.category() == http::make_error_code(http::error::bad_method).category()) {
    return respond_error(http::status::bad_request, "bad_request", "this is not HTTP/1.1");
  }
  return std::nullopt;
}

/// One connection; lives as long as a handler of it is pending.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Stream stream, const AdminSources& sources, std::function<void()> closed)
      : stream_(std::move(stream)), sources_(sources), closed_(std::move(closed)) {}
  ~Connection() { closed_(); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void read() {
    parser_.emplace();
    parser_->header_limit(header_bytes_max);
    parser_->body_limit(body_bytes_max);
    stream_.expires_after(request_timeout);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code failed, std::size_t) { self->on_read(failed); });
  }

 private:
  void on_read(error_code failed) {
    if (failed) {
      auto response = respond_unreadable(failed);
      if (response) write(std::move(*response), false, false);
      return;
    }
    const auto request = parser_->release();
    write(answer(request, sources_), request.keep_alive(), request.method() == http::verb::head);
  }

  void write(Response response, bool keep_alive, bool head) {
    response_ = std::move(response);
    response_.keep_alive(keep_alive);
    response_.prepare_payload();
    if (head) response_.body().clear();  // the length stays that of the body GET would get
    stream_.expires_after(request_timeout);
    http::async_write(
        stream_, response_,
        [self = shared_from_this()](error_code failed, std::size_t) { self->on_written(failed); });
  }

  void on_written(error_code failed) {
    if (failed) return;
    if (response_.keep_alive()) return read();
    stream_.socket().shutdown(tcp::socket::shutdown_send, failed);
    drain();
  }

  /// Closing with bytes unread would reset the connection and could cost the peer our answer: read
  /// until it has closed too, or the deadline of the answer ends this.
  void drain() {
    stream_.async_read_some(asio::buffer(drained_),
                            [self = shared_from_this()](error_code failed, std::size_t) {
                              if (!failed) self->drain();
                            });
  }

  Stream stream_;
  const AdminSources& sources_;
  const std::function<void()> closed_;
  beast::flat_buffer buffer_{header_bytes_max + body_bytes_max + 1'024};
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
  std::array<char, 1'024> drained_{};
};

/// Who looks on must not delay data: where this thread shares a core with a shard, it waits.
void yield_to_data() {
  constexpr int niceness = 10;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness);  // of a thread, on Linux
}

/// Opens and binds at once, so that a wrong address is told before anything starts.
void listen(Acceptor& acceptor, const Address& address) {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen(backlog);
  } catch (const boost::system::system_error& error) {
    throw std::system_error(
        error.code(), "cannot listen on " + address.host + ":" + std::to_string(address.port) +
                          " for admin, choose another address or stop who has it");
  }
}

}  // namespace

struct Admin::Impl {
  Impl(const Address& address, AdminSources given) : sources(std::move(given)) {
    listen(acceptor, address);
  }

  ~Impl() {
    stopping = true;
    context.stop();
    if (thread.joinable()) thread.join();
    // The context goes last and takes its connections along: they find `stopping` set.
  }

  void accept() {
    if (stopping || accepting || connections == connections_max) return;
    accepting = true;
    acceptor.async_accept([this](error_code failed, Socket socket) {
      accepting = false;
      if (failed) return pause();
      ++connections;
      std::make_shared<Connection>(Stream(std::move(socket)), sources, [this] {
        --connections;
        accept();
      })->read();
      accept();
    });
  }

  /// Out of descriptors, most likely: trying again at once would only burn the core.
  void pause() {
    timer.expires_after(accept_pause);
    timer.async_wait([this](error_code cancelled) {
      if (!cancelled) accept();
    });
  }

  const AdminSources sources;
  std::atomic<bool> stopping{false};
  bool accepting = false;
  std::size_t connections = 0;
  asio::io_context context{1};
  Acceptor acceptor{context};
  Timer timer{context};
  std::thread thread;
};

Admin::Admin(const Address& address, AdminSources sources)
    : impl_(std::make_unique<Impl>(address, std::move(sources))) {}

Admin::~Admin() = default;

std::uint16_t Admin::port() const { return impl_->acceptor.local_endpoint().port(); }

void Admin::start() {
  impl_->accept();
  impl_->thread = std::thread([impl = impl_.get()] {
    name_thread("admin");
    yield_to_data();
    impl->context.run();
  });
}

}  // namespace ticker
