#include "feeds/network/rest_call.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "feeds/base/clock.hpp"
#include "feeds/contract/adapter.hpp"
#include "feeds/contract/limits.hpp"
#include "feeds/network/answer_head.hpp"

namespace ticker::feeds {
namespace {

namespace http = beast::http;

constexpr std::uint32_t header_bytes_max = 32 * 1024;  // cookies of a venue's front door

class Call final : public RestCall, public std::enable_shared_from_this<Call> {
 public:
  Call(Executor executor, std::shared_ptr<Trust> trust, const Endpoint& endpoint,
       std::function<void(const Answer&)> done)
      : executor_(executor),
        line_(executor, std::move(trust), endpoint),
        timer_(executor),
        done_(std::move(done)) {}

  void start(std::chrono::milliseconds timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([self = shared_from_this(), timeout](error_code cancelled) {
      if (cancelled) return;
      self->fail("no answer within " + std::to_string(timeout.count()) + " ms");
    });
    net::post(executor_, [self = shared_from_this()] {
      // What `done` throws comes out of the context.
      net::co_spawn(self->executor_, self->run(), [self](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
      });
    });
  }

  void abandon() override {
    done_ = nullptr;
    timer_.cancel();
    line_.close();
  }

 private:
  Awaitable<void> run() {
    if (!done_) co_return;
    Failure failure = co_await line_.resolve();
    if (failure.text.empty() && done_) failure = co_await line_.connect();
    if (failure.text.empty() && done_ && line_.endpoint().tls) failure = co_await line_.secure();
    if (!done_) co_return;
    if (!failure.text.empty()) co_return finish({.failure = failure, .received = clock_now()});
    co_await ask();
  }

  Awaitable<void> ask() {
    const std::string request = "GET " + line_.endpoint().target +
                                " HTTP/1.1\r\nHost: " + host_header(line_.endpoint()) +
                                "\r\nUser-Agent: " + std::string(user_agent) +
                                "\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n"
                                "Connection: close\r\n\r\n";
    const auto [unsent, sent] =
        co_await net::async_write(line_.stream(), net::buffer(request), as_result);
    if (unsent) co_return fail("answer: " + printable(unsent.message()));
    http::response_parser<http::string_body> parser;
    parser.header_limit(header_bytes_max);
    parser.body_limit(feed_answer_bytes_max);
    beast::flat_buffer buffer;
    const auto [error, bytes] =
        co_await http::async_read(line_.stream(), buffer, parser, as_result);
    answer(error, parser.is_header_done(), parser.get());
  }

  // A status other than 200 counts, whatever became of its body.
  void answer(error_code error, bool has_head, http::response<http::string_body>& response) {
    const int status = static_cast<int>(response.result_int());
    const bool refused = has_head && status != 200;
    if (error == http::error::body_limit && !refused) {
      return fail("answer: above " + std::to_string(feed_answer_bytes_max) + " bytes");
    }
    if (error && !refused) return fail("answer: " + printable(error.message()));
    Answer answer{.status = status, .received = line_.stream().received()};
    if (refused) {
      const auto wait = response[http::field::retry_after];
      answer.failure =
          failure_of("answer", status, {wait.data(), wait.size()}, answer.received.wall_us);
    }
    std::string& body = response.body();
    const std::size_t size = body.size();
    body.append(Adapter::padding_bytes, '\0');
    answer.body = std::string_view(body).substr(0, size);
    finish(answer);
  }

  void fail(std::string text) { finish({.failure = {std::move(text)}, .received = clock_now()}); }

  void finish(const Answer& answer) {
    const auto done = std::exchange(done_, nullptr);
    timer_.cancel();
    line_.close();
    if (done) done(answer);
  }

  const Executor executor_;
  Line line_;
  Timer timer_;
  std::function<void(const Answer&)> done_;  // null: answered or abandoned
};

}  // namespace

std::weak_ptr<RestCall> start_rest_call(Executor executor, std::shared_ptr<Trust> trust,
                                        const Endpoint& endpoint, std::chrono::milliseconds timeout,
                                        std::function<void(const Answer&)> done) {
  const auto call = std::make_shared<Call>(executor, std::move(trust), endpoint, std::move(done));
  call->start(timeout);
  return call;
}

}  // namespace ticker::feeds
