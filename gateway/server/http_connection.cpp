#include "gateway/server/http_connection.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <exception>
#include <optional>
#include <vector>

#include "feeds/base/clock.hpp"
#include "gateway/server/takeover.hpp"

namespace ticker {
namespace {

namespace http = beast::http;
using Parser = http::request_parser<http::string_body>;
using Outcome = ByteTransport::Outcome;

constexpr std::size_t read_bytes = 1'536;
constexpr std::size_t discard_bytes = 1'024;

std::int64_t now_ns() { return clock_now().steady_ns; }

// What is to be told to a client whose request could not be read, where it still can be told.
std::optional<HttpAnswer> refusal_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return http_error(431, "headers_too_large", "request headers too large");
  }
  if (error == http::error::body_limit) {
    return http_error(413, "body_too_large", "no body is expected");
  }
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    return http_error(400, "bad_request", error.message());
  }
  return std::nullopt;
}

class HttpConnection final : public Connection,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Socket socket, std::unique_ptr<ByteTransport> transport, std::string peer,
                 std::string name, HttpPort& port)
      : port_(port),
        options_(port.options),
        socket_(std::move(socket)),
        transport_(std::move(transport)),
        peer_(std::move(peer)),
        name_(std::move(name)),
        buffer_(std::size_t{options_.header_bytes_max} + options_.body_bytes_max) {}

  void start() { net::co_spawn(socket_.get_executor(), run(shared_from_this()), net::detached); }

  // --- Connection
  void end(CloseReason) override { abort(); }
  void abort() override {
    if (transport_ == nullptr) return;
    error_code ignored;
    socket_.set_option(net::socket_base::linger(true, 0), ignored);
    close();
  }
  void excuse(std::int64_t late_ns) override { deadline_.excuse(late_ns); }
  void tick(std::int64_t now) override {
    if (!deadline_.runs_out(now)) return;
    const auto reason = answering_ ? CloseReason::slow_consumer : CloseReason::handshake_timeout;
    if (port_.counters != nullptr && !ending_) {
      port_.counters->closed[static_cast<std::size_t>(reason)].add();
    }
    abort();
  }

 private:
  Awaitable<void> run([[maybe_unused]] std::shared_ptr<HttpConnection> self) {
    try {
      co_await serve();
    } catch (const std::exception&) {  // such as a producer that fails half-way
      abort();
    }
    close();
    port_.ended(this, taken_over_);
  }

  Awaitable<void> serve() {
    bool goes_on = true;
    while (goes_on) {
      deadline_.set(now_ns(), options_.request_timeout_ms);
      Parser parser;
      parser.header_limit(options_.header_bytes_max);
      parser.body_limit(options_.body_bytes_max);
      parser.eager(true);
      const error_code error = co_await read_request(parser);
      HttpAnswer given;
      HttpRequest request{.method = "GET"};
      if (!error) {
        read_off(parser.get(), request);
        given = answer(port_.routes, request);
        if (given.takeover) co_return hand_over(given, request);
      } else if (auto refusal = refusal_of(error)) {
        given = std::move(*refusal);
      } else {
        if (error == http::error::end_of_stream) co_await finish();
        co_return abort();
      }
      goes_on = co_await write_answer(given, request,
                                      !error && !given.close && parser.get().keep_alive());
    }
  }

  void hand_over(const HttpAnswer& given, const HttpRequest& request) {
    taken_over_ = true;
    Takeover takeover{std::move(socket_), std::move(transport_), std::move(name_), request};
    given.takeover(takeover);
  }

  void read_off(const Parser::value_type& message, HttpRequest& request) {
    headers_.clear();
    for (const auto& field : message) headers_.push_back({field.name_string(), field.value()});
    request.method = message.method_string();
    request.set_target(message.target());
    request.version = message.version();
    request.headers = headers_;
    request.body = message.body();
    request.peer = peer_;
    request.bytes_behind = buffer_.size() > 0;
  }

  // --- Reading

  Awaitable<error_code> read_request(Parser& parser) {
    while (true) {
      error_code error;
      while (buffer_.size() > 0 && !error && !parser.is_done()) {
        buffer_.consume(parser.put(buffer_.data(), error));
      }
      if (parser.is_done() || (error && error != http::error::need_more)) co_return error;
      if (buffer_.size() == buffer_.max_size()) co_return http::error::buffer_overflow;
      const auto room = buffer_.prepare(std::min(read_bytes, buffer_.max_size() - buffer_.size()));
      const auto [failed, bytes] =
          co_await read_some({static_cast<char*>(room.data()), room.size()});
      if (failed) co_return failed;
      buffer_.commit(bytes);
      if (bytes > 0) continue;
      if (!parser.got_some()) co_return http::error::end_of_stream;
      parser.put_eof(error);
      co_return error;
    }
  }

  // 0 bytes: the peer's end of stream.
  Awaitable<std::tuple<error_code, std::size_t>> read_some(std::span<char> into) {
    if (transport_ != nullptr && transport_->drained()) {
      co_await wait(ByteTransport::WaitsFor::readable);
    }
    while (true) {
      if (transport_ == nullptr) co_return std::tuple(aborted(), std::size_t{0});
      const auto result = transport_->read(into);
      if (result.outcome == Outcome::done) co_return std::tuple(error_code(), result.bytes);
      if (result.outcome == Outcome::failed) {
        co_return std::tuple(error_code(result.error, boost::system::system_category()),
                             std::size_t{0});
      }
      co_await wait(result.waits_for);
    }
  }

  // --- Writing

  // True: the next request may come.
  Awaitable<bool> write_answer(HttpAnswer& given, const HttpRequest& request, bool keep_alive) {
    answering_ = true;
    deadline_.set(now_ns(), options_.answer_timeout_ms);
    HttpFraming framing{.version = request.version, .keep_alive = keep_alive};
    if (given.producer) {
      framing.chunked = request.version >= 11;
      framing.keep_alive = keep_alive && framing.chunked;
    }
    const bool head_only = request.method == "HEAD";
    const std::string head = http_head(given, framing, options_.headers);
    bool written =
        co_await write({head, head_only ? std::string_view() : std::string_view(given.body), {}});
    if (written && given.producer && !head_only) {
      written = co_await write_parts(given.producer, framing.chunked);
    }
    answering_ = false;
    if (!written) abort();
    if (written && !framing.keep_alive) co_await finish();
    if (written && framing.keep_alive) co_await let_others();
    co_return written&& framing.keep_alive&& transport_ != nullptr;
  }

  Awaitable<bool> write_parts(const HttpAnswer::Producer& producer, bool chunked) {
    std::string part;
    for (bool more = true; more;) {
      part.clear();
      more = producer(part);
      const std::string begin = chunked && !part.empty() ? chunk_begin(part.size()) : "";
      const std::string_view end = !begin.empty() ? chunk_end : std::string_view();
      const bool written = co_await write({begin, part, end});
      if (!written) co_return false;
      co_await let_others();
    }
    const bool written = co_await write({chunked ? last_chunk : std::string_view(), {}, {}});
    co_return written;
  }

  // All that is left is offered each time, so what a transport pins comes first again.
  Awaitable<bool> write(std::array<std::string_view, 3> bytes) {
    while (true) {
      std::array<iovec, 3> parts;
      int count = 0;
      for (const std::string_view part : bytes) {
        // iovec is not const; a transport only reads
        if (!part.empty()) parts[count++] = {const_cast<char*>(part.data()), part.size()};
      }
      if (count == 0) co_return true;
      if (transport_ == nullptr) co_return false;
      const auto result = transport_->write(parts.data(), count);
      note(result);
      if (result.outcome == Outcome::failed) co_return false;
      std::size_t taken = result.taken;
      for (std::string_view& part : bytes) {
        const std::size_t of_this = std::min(taken, part.size());
        part.remove_prefix(of_this);
        taken -= of_this;
      }
      if (result.outcome == Outcome::again) co_await wait(result.waits_for);
    }
  }

  void note(const ByteTransport::WriteResult& result) {
    if (options_.answer_by_progress && result.taken > 0) {
      deadline_.set(now_ns(), options_.answer_timeout_ms);
    }
    if (port_.counters == nullptr) return;
    port_.counters->flushes.add();
    port_.counters->bytes_sent.add(result.taken);
    if (result.outcome == Outcome::again) port_.counters->would_block.add();
  }

  // --- The end

  // Bytes unread at close would reset the connection and take our last answer with them.
  Awaitable<void> finish() {
    ending_ = true;
    if (transport_ == nullptr) co_return;
    transport_->shutdown();
    std::array<char, discard_bytes> discarded;
    while (true) {
      const auto [error, bytes] = co_await read_some(discarded);
      if (error || bytes == 0) break;
      co_await let_others();
    }
    close();
  }

  // Without a reset: what the kernel still has goes out.
  void close() {
    transport_.reset();  // before its socket: another connection may get the descriptor
    error_code ignored;
    if (socket_.is_open()) socket_.close(ignored);
  }

  static error_code aborted() { return net::error::operation_aborted; }

  Awaitable<void> wait(ByteTransport::WaitsFor what) {
    const bool reads = what == ByteTransport::WaitsFor::readable;
    // An error is found by whoever tries again.
    co_await socket_.async_wait(reads ? Socket::wait_read : Socket::wait_write, as_result);
  }

  Awaitable<void> let_others() { co_await net::post(socket_.get_executor(), as_result); }

  HttpPort& port_;
  const HttpOptions& options_;
  Socket socket_;
  std::unique_ptr<ByteTransport> transport_;  // null: the connection is gone
  const std::string peer_;
  std::string name_;
  beast::flat_buffer buffer_;
  std::vector<HttpHeader> headers_;
  Deadline deadline_;
  bool answering_ = false, ending_ = false, taken_over_ = false;
};

}  // namespace

std::shared_ptr<Connection> start_http_connection(Socket socket,
                                                  std::unique_ptr<ByteTransport> transport,
                                                  std::string peer, std::string name,
                                                  HttpPort& port) {
  auto connection = std::make_shared<HttpConnection>(std::move(socket), std::move(transport),
                                                     std::move(peer), std::move(name), port);
  connection->start();
  return connection;
}

}  // namespace ticker
