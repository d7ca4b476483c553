#include "gateway/server/http_connection.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <exception>

#include "feeds/base/clock.hpp"
#include "gateway/server/http_reader.hpp"
#include "gateway/server/takeover.hpp"

namespace ticker {
namespace {

using Outcome = Transport::Outcome;
using State = HttpReader::State;

constexpr std::size_t discard_bytes = 1'024;

std::int64_t now_ns() { return clock_now().steady_ns; }

class HttpConnection final : public Connection,
                             public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(Socket socket, std::unique_ptr<Transport> transport, std::string peer,
                 std::string name, HttpPort& port)
      : port_(port),
        options_(port.options),
        socket_(std::move(socket)),
        transport_(std::move(transport)),
        peer_(std::move(peer)),
        name_(std::move(name)),
        reader_(options_) {}

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
    if (asked_ && !answering_ && reader_.idle()) return close();  // it was kept alive long enough
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
      const State state = co_await read_request();
      if (state == State::ended) co_return co_await finish();
      if (state == State::cut) co_return abort();
      HttpRequest request{.method = "GET"};
      HttpAnswer given;
      if (state == State::refused) {
        given = reader_.refusal();
        given.close = true;
      } else {
        request = reader_.request();
        request.peer = peer_;
        given = answer(port_.routes, request);
        if (given.takeover) co_return hand_over(given, request);
        given.close = given.close || !reader_.keep_alive();
      }
      goes_on = co_await write_answer(given, request);
      asked_ = true;
    }
  }

  void hand_over(const HttpAnswer& given, const HttpRequest& request) {
    taken_over_ = true;
    Takeover takeover{std::move(socket_), std::move(transport_), std::move(name_), request};
    given.takeover(takeover);
  }

  // --- Reading

  Awaitable<State> read_request() {
    State state = reader_.next();
    while (state == State::reading) {
      // Who says nothing yet costs no buffer.
      if (transport_ != nullptr && transport_->drained()) {
        co_await wait(Transport::WaitsFor::readable);
      }
      const auto [error, bytes] = co_await read_some(reader_.room());
      if (error) co_return State::cut;
      state = reader_.came(bytes);
    }
    co_return state;
  }

  // 0 bytes: the peer's end of stream.
  Awaitable<std::tuple<error_code, std::size_t>> read_some(std::span<char> into) {
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
  Awaitable<bool> write_answer(const HttpAnswer& given, const HttpRequest& request) {
    answering_ = true;
    deadline_.set(now_ns(), options_.answer_timeout_ms);
    HttpFraming framing{.version = request.version, .keep_alive = !given.close};
    if (given.producer) {
      framing.chunked = request.version >= 11;
      framing.keep_alive = framing.keep_alive && framing.chunked;
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

  void note(const Transport::WriteResult& result) {
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
    std::string discarded(discard_bytes, '\0');
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

  // An error is found by whoever tries again.
  Awaitable<std::tuple<error_code>> wait(Transport::WaitsFor what) {
    const bool reads = what == Transport::WaitsFor::readable;
    return socket_.async_wait(reads ? Socket::wait_read : Socket::wait_write, as_result);
  }

  Awaitable<std::tuple<>> let_others() { return net::post(socket_.get_executor(), as_result); }

  HttpPort& port_;
  const HttpOptions& options_;
  Socket socket_;
  std::unique_ptr<Transport> transport_;  // null: the connection is gone
  const std::string peer_;
  std::string name_;
  HttpReader reader_;
  Deadline deadline_;
  bool asked_ = false;  // one request at least
  bool answering_ = false, ending_ = false, taken_over_ = false;
};

}  // namespace

std::shared_ptr<Connection> start_http_connection(Socket socket,
                                                  std::unique_ptr<Transport> transport,
                                                  std::string peer, std::string name,
                                                  HttpPort& port) {
  auto connection = std::make_shared<HttpConnection>(std::move(socket), std::move(transport),
                                                     std::move(peer), std::move(name), port);
  connection->start();
  return connection;
}

}  // namespace ticker
