#include "gateway/server/http_reader.hpp"

#include <algorithm>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>
#include <vector>

namespace ticker {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using Parser = http::request_parser<http::string_body>;

constexpr std::size_t read_bytes = 1'536;

HttpAnswer refusal_of(const error_code& error) {
  if (error == http::error::header_limit) {
    return http_error(431, "headers_too_large", "request headers too large");
  }
  if (error == http::error::body_limit) {
    return http_error(413, "body_too_large", "no body is expected");
  }
  return http_error(400, "bad_request", error.message());
}

}  // namespace

struct HttpReader::Impl {
  explicit Impl(const HttpOptions& given)
      : options(given), buffer(std::size_t{given.header_bytes_max} + given.body_bytes_max) {}

  State parse() {
    while (buffer.size() > 0 && !parser->is_done()) {
      buffer.consume(parser->put(buffer.data(), error));
      if (error == http::error::need_more) break;
      if (error) return State::refused;
    }
    error = {};
    if (parser->is_done()) return State::whole;
    if (buffer.size() < buffer.max_size()) return State::reading;
    error = http::error::header_limit;
    return State::refused;
  }

  const HttpOptions options;
  boost::beast::flat_buffer buffer;
  std::optional<Parser> parser;
  error_code error;
  std::vector<HttpHeader> headers;
};

HttpReader::HttpReader(const HttpOptions& options) : impl_(std::make_unique<Impl>(options)) {}
HttpReader::~HttpReader() = default;

HttpReader::State HttpReader::next() {
  Parser& parser = impl_->parser.emplace();
  parser.header_limit(impl_->options.header_bytes_max);
  parser.body_limit(impl_->options.body_bytes_max);
  parser.eager(true);
  return impl_->parse();
}

std::span<char> HttpReader::room() {
  auto& buffer = impl_->buffer;
  const auto room = buffer.prepare(std::min(read_bytes, buffer.max_size() - buffer.size()));
  return {static_cast<char*>(room.data()), room.size()};
}

HttpReader::State HttpReader::came(std::size_t bytes) {
  impl_->buffer.commit(bytes);
  if (bytes > 0) return impl_->parse();
  if (idle()) return State::ended;
  return State::cut;
}

bool HttpReader::idle() const { return !impl_->parser->got_some() && impl_->buffer.size() == 0; }

HttpRequest HttpReader::request() {
  const Parser::value_type& message = impl_->parser->get();
  impl_->headers.clear();
  for (const auto& field : message) impl_->headers.push_back({field.name_string(), field.value()});
  HttpRequest request;
  request.method = message.method_string();
  request.set_target(message.target());
  request.version = message.version();
  request.headers = impl_->headers;
  request.body = message.body();
  request.bytes_behind = impl_->buffer.size() > 0;
  return request;
}

bool HttpReader::keep_alive() const { return impl_->parser->get().keep_alive(); }

HttpAnswer HttpReader::refusal() { return refusal_of(impl_->error); }

}  // namespace ticker
