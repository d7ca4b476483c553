// Plain Beast for `make bench-compare`: a broadcaster as Beast's own example teaches it
// (example/websocket/server/chat-multi): a shared state that knows the sessions, messages as shared
// strings, a strand and a queue for each session, one async_write at a time. Bench material.
//
// As in the example the queue has no bound: a client that reads slowly makes it grow. Three things
// are kinder than the example: a deque instead of a vector whose front is erased, TCP_NODELAY
// (without it messages wait for acknowledgements), and sessions kept by symbol.
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_set>

#include "bench/peers/market.hpp"
#include "feeds/base/clock.hpp"

namespace ticker::peers {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace net = boost::asio;
namespace websocket = beast::websocket;
using tcp = net::ip::tcp;
using Message = std::shared_ptr<const std::string>;

class Session;

/// Who listens to what. The example locks, because there may be several threads; so does this.
class SharedState {
 public:
  explicit SharedState(const Settings& settings) : market(settings), sessions_(market.symbols()) {}

  void join(Session* session, std::uint32_t symbol);
  void leave(Session* session);
  void send(std::uint32_t symbol, std::string_view text);

  Market market;

 private:
  std::mutex mutex_;
  std::vector<std::unordered_set<Session*>> sessions_;  // by symbol
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, SharedState& state) : ws_(std::move(socket)), state_(state) {}
  ~Session() { state_.leave(this); }

  void run(const http::request<http::string_body>& upgrade) {
    ws_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
    ws_.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
      response.set(http::field::sec_websocket_protocol,
                   "ticker.v1.json");  // ticker-load asks for it
    }));
    ws_.text(true);
    ws_.async_accept(upgrade, beast::bind_front_handler(&Session::on_accept, shared_from_this()));
  }

  void send(const Message& message) {
    net::post(ws_.get_executor(),
              beast::bind_front_handler(&Session::on_send, shared_from_this(), message));
  }

 private:
  void on_accept(beast::error_code error) {
    if (error) return;
    say(state_.market.welcome());
    read();
  }

  void read() {
    ws_.async_read(buffer_, beast::bind_front_handler(&Session::on_read, shared_from_this()));
  }

  void on_read(beast::error_code error, std::size_t) {
    if (error) return;
    const std::string text = beast::buffers_to_string(buffer_.data());
    const Request request = state_.market.read_request(text);
    buffer_.consume(buffer_.size());
    say(state_.market.answer(request));
    const Receipt now = clock_now();
    for (const std::uint32_t symbol : request.symbols) {
      say(state_.market.snapshot(symbol, now));
      state_.join(this, symbol);
    }
    read();
  }

  void say(std::string text) { on_send(std::make_shared<const std::string>(std::move(text))); }

  void on_send(const Message& message) {
    queue_.push_back(message);
    if (queue_.size() == 1) write();
  }

  void write() {
    ws_.async_write(net::buffer(*queue_.front()),
                    beast::bind_front_handler(&Session::on_write, shared_from_this()));
  }

  void on_write(beast::error_code error, std::size_t) {
    if (error) return;
    queue_.pop_front();
    if (!queue_.empty()) write();
  }

  websocket::stream<beast::tcp_stream> ws_;
  SharedState& state_;
  beast::flat_buffer buffer_;
  std::deque<Message> queue_;
};

void SharedState::join(Session* session, std::uint32_t symbol) {
  const std::lock_guard lock(mutex_);
  sessions_[symbol].insert(session);
}

void SharedState::leave(Session* session) {
  const std::lock_guard lock(mutex_);
  for (auto& listening : sessions_) listening.erase(session);
}

void SharedState::send(std::uint32_t symbol, std::string_view text) {
  const auto message = std::make_shared<const std::string>(text);
  // The lock is not held while sessions are told, nor are they kept alive by the list.
  std::vector<std::weak_ptr<Session>> listening;
  {
    const std::lock_guard lock(mutex_);
    listening.reserve(sessions_[symbol].size());
    for (Session* const session : sessions_[symbol]) {
      listening.push_back(session->weak_from_this());
    }
  }
  for (const auto& weak : listening) {
    if (const auto session = weak.lock()) session->send(message);
  }
}

/// Answers GET with the list of symbols; an upgrade makes it a session.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(tcp::socket socket, SharedState& state) : stream_(std::move(socket)), state_(state) {}

  void run() {
    stream_.expires_after(std::chrono::seconds(30));
    http::async_read(stream_, buffer_, request_,
                     beast::bind_front_handler(&HttpSession::on_read, shared_from_this()));
  }

 private:
  void on_read(beast::error_code error, std::size_t) {
    if (error) return;
    if (websocket::is_upgrade(request_)) {
      return std::make_shared<Session>(stream_.release_socket(), state_)->run(request_);
    }
    response_.set(http::field::content_type, "application/json");
    response_.keep_alive(false);
    response_.body() = state_.market.listing();
    response_.prepare_payload();
    http::async_write(stream_, response_,
                      [self = shared_from_this()](beast::error_code, std::size_t) {
                        beast::error_code ignored;
                        self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      });
  }

  beast::tcp_stream stream_;
  SharedState& state_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

class Server {
 public:
  Server(net::io_context& io, const Settings& settings)
      : io_(io),
        state_(settings),
        acceptor_(io, {net::ip::address_v4::loopback(), settings.port}),
        timer_(io) {
    acceptor_.listen(net::socket_base::max_listen_connections);
    say_listening(acceptor_.local_endpoint().port());
    accept();
    wait();
  }

 private:
  void accept() {
    acceptor_.async_accept(net::make_strand(io_), [this](beast::error_code error, auto socket) {
      if (!error) {
        socket.set_option(tcp::no_delay(true), error);
        std::make_shared<HttpSession>(std::move(socket), state_)->run();
      }
      accept();
    });
  }

  void wait() {
    timer_.expires_at(
        std::chrono::steady_clock::time_point(std::chrono::nanoseconds(state_.market.next_ns())));
    timer_.async_wait([this](beast::error_code) {
      const Receipt now = clock_now();
      for (Market::Told told; state_.market.next(now, told);) state_.send(told.symbol, told.text);
      wait();
    });
  }

  net::io_context& io_;
  SharedState state_;
  tcp::acceptor acceptor_;
  net::steady_timer timer_;
};

}  // namespace

}  // namespace ticker::peers

int main(int argc, char** argv) {
  try {
    const auto settings = ticker::peers::read_settings(argc, argv);
    boost::asio::io_context io(1);
    const ticker::peers::Server server(io, settings);
    io.run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "peer-beast: %s\n", error.what());
    return 1;
  }
}
