#include "feeds/network/socket_wire.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket.hpp>
#include <cstring>
#include <deque>
#include <optional>

#include "feeds/base/clock.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/contract/limits.hpp"
#include "feeds/network/answer_head.hpp"

namespace ticker::feeds {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

constexpr auto close_time = std::chrono::seconds(1);
constexpr auto let_go_time = std::chrono::milliseconds(100);

// The end of a connection in words; the peer's own are cut.
std::string end_text(error_code error, const websocket::close_reason& reason) {
  if (error == websocket::error::closed) {
    std::string text = "closed by the venue";
    if (reason.code == websocket::close_code::none) return text;
    text += ": " + std::to_string(reason.code);
    if (!reason.reason.empty())
      text += " " + printable({reason.reason.data(), reason.reason.size()});
    return text;
  }
  if (error == websocket::error::message_too_big) {
    return "a message above " + std::to_string(feed_frame_bytes_max) + " bytes";
  }
  return "connection lost: " + printable(error.message());
}

// Why an upgrade failed, by the head of the answer as it was read: Beast tells nothing of an answer
// whose body it did not get.
Failure upgrade_failure(error_code error, const std::string& head) {
  http::response_parser<http::empty_body> parser;
  parser.skip(true);
  error_code bad;
  parser.put(net::buffer(head), bad);
  if (parser.is_header_done() && parser.get().result() != http::status::switching_protocols) {
    const auto wait = parser.get()[http::field::retry_after];
    return failure_of("upgrade", static_cast<int>(parser.get().result_int()),
                      {wait.data(), wait.size()}, clock_now().wall_us);
  }
  return {"upgrade: " + printable(error.message())};
}

// What of a wire outlives it: pending operations hold it until the connection is closed.
class Conversation final : public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(Executor executor, std::shared_ptr<Trust> trust, const Endpoint& endpoint,
               WireListener& listener)
      : executor_(executor),
        line_(executor, std::move(trust), endpoint),
        close_timer_(executor),
        listener_(&listener) {}

  void begin(Step step) {
    net::post(executor_, [self = shared_from_this(), step] { self->start(self->run(step)); });
  }

  bool send(std::string text) {
    if (!open_ || waiting_.size() >= feed_sends_max) return false;
    waiting_.push_back(std::move(text));
    if (waiting_.size() == 1) write_first();
    return true;
  }

  void ping() {
    if (!open_ || pinging_) return;
    pinging_ = true;
    ws_->async_ping({}, [self = shared_from_this()](error_code) { self->pinging_ = false; });
  }

  /// The wire is gone. Posted: this may be called from within Beast (a ping was heard).
  void leave() {
    listener_ = nullptr;
    net::post(executor_, [self = shared_from_this()] { self->close(); });
  }

 private:
  // What a listener throws comes out of the context.
  void start(Awaitable<void> task) {
    net::co_spawn(executor_, std::move(task),
                  [self = shared_from_this()](std::exception_ptr error) {
                    if (error) std::rethrow_exception(error);
                  });
  }

  Awaitable<void> run(Step step) {
    if (listener_ == nullptr) co_return;
    Failure failure;
    switch (step) {
      case Step::resolve:
        failure = co_await line_.resolve();
        break;
      case Step::connect:
        failure = co_await line_.connect();
        break;
      case Step::secure:
        failure = co_await line_.secure();
        break;
      case Step::upgrade:
        failure = co_await upgrade();
        break;
    }
    if (listener_ == nullptr) co_return;
    if (!failure.text.empty()) co_return fail(failure, clock_now());
    open_ = step == Step::upgrade;
    listener_->stepped(clock_now());
    if (open_) co_await read();
  }

  Awaitable<Failure> upgrade() {
    ws_.emplace(line_.stream());
    ws_->auto_fragment(false);
    ws_->read_message_max(feed_frame_bytes_max);
    ws_->text(true);
    ws_->set_option(websocket::stream_base::decorator([](websocket::request_type& request) {
      request.set(http::field::user_agent,
                  beast::string_view(user_agent.data(), user_agent.size()));
    }));
    ws_->control_callback([this](websocket::frame_type kind, beast::string_view) {
      if (kind != websocket::frame_type::close && listener_ != nullptr) {
        listener_->pinged(line_.stream().received());
      }
    });
    line_.stream().read_head();
    const auto [error] = co_await ws_->async_handshake(host_header(line_.endpoint()),
                                                       line_.endpoint().target, as_result);
    const std::string head = line_.stream().head_read();
    if (error) co_return upgrade_failure(error, head);
    co_return Failure{};
  }

  Awaitable<void> read() {
    beast::flat_buffer buffer;
    while (listener_ != nullptr) {
      const auto [error, bytes] = co_await ws_->async_read(buffer, as_result);
      if (listener_ == nullptr) co_return;
      const Receipt receipt = line_.stream().received();
      if (error) co_return fail({end_text(error, ws_->reason())}, clock_now());
      if (!ws_->got_text())
        co_return fail({"a binary message, which this venue never sends"}, receipt);
      const std::size_t size = buffer.size();
      std::memset(buffer.prepare(Adapter::padding_bytes).data(), 0, Adapter::padding_bytes);
      listener_->heard({static_cast<const char*>(buffer.data().data()), size}, receipt);
      buffer.consume(size);
    }
  }

  void write_first() {
    ws_->async_write(net::buffer(waiting_.front()),
                     [self = shared_from_this()](error_code error, std::size_t) {
                       // The reader hears of an error.
                       if (error || !self->open_) return;
                       self->waiting_.pop_front();
                       if (!self->waiting_.empty()) self->write_first();
                     });
  }

  void fail(const Failure& failure, const Receipt& now) {
    WireListener* const listener = std::exchange(listener_, nullptr);
    const bool polite = open_ && ws_->is_open();
    if (!polite) {
      open_ = false;
      line_.close();
    }
    listener->failed(failure, now);
  }

  // A close frame, and the peer's answer to it, if both pass within `close_time`. Beast's reader
  // and closer can wait for each other for ever, so in the end it is taken away from them.
  void close() {
    if (closing_) return;
    closing_ = true;
    const bool polite = open_ && ws_->is_open();
    open_ = false;
    if (!polite) return line_.close();
    close_timer_.expires_after(close_time);
    close_timer_.async_wait([self = shared_from_this()](error_code cancelled) {
      self->line_.close();
      if (!cancelled) self->let_go();
    });
    ws_->async_close(websocket::close_code::normal,
                     [self = shared_from_this()](error_code) { self->close_timer_.cancel(); });
  }

  // When what was under way on the socket has ended.
  void let_go() {
    close_timer_.expires_after(let_go_time);
    close_timer_.async_wait([self = shared_from_this()](error_code) { self->ws_.reset(); });
  }

  const Executor executor_;
  Line line_;
  // Refers to the line's stream, which pending operations keep; they survive without this.
  std::optional<websocket::stream<Stream&, false>> ws_;
  Timer close_timer_;
  WireListener* listener_;           // null: nothing is told any more
  std::deque<std::string> waiting_;  // the first is being written
  bool open_ = false;
  bool pinging_ = false;
  bool closing_ = false;
};

class SocketWire final : public Wire {
 public:
  explicit SocketWire(std::shared_ptr<Conversation> conversation)
      : conversation_(std::move(conversation)) {}
  ~SocketWire() override { conversation_->leave(); }
  SocketWire(const SocketWire&) = delete;
  SocketWire& operator=(const SocketWire&) = delete;

  void begin(Step step) override { conversation_->begin(step); }
  bool send(std::string text) override { return conversation_->send(std::move(text)); }
  void ping() override { conversation_->ping(); }

 private:
  const std::shared_ptr<Conversation> conversation_;
};

}  // namespace

std::unique_ptr<Wire> make_socket_wire(Executor executor, std::shared_ptr<Trust> trust,
                                       const Endpoint& endpoint, WireListener& listener) {
  return std::make_unique<SocketWire>(
      std::make_shared<Conversation>(executor, std::move(trust), endpoint, listener));
}

}  // namespace ticker::feeds
