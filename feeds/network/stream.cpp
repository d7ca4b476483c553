#include "feeds/network/stream.hpp"

#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "feeds/base/clock.hpp"
#include "feeds/network/answer_head.hpp"

namespace ticker::feeds {
namespace {

constexpr std::size_t head_part_bytes = 512;

}  // namespace

// TLS reads records from here, and several messages out of one record: what counts is when the
// record came. Reads of nothing come as well, when a record at hand is enough.
class Stream::Timed {
 public:
  using executor_type = Executor;
  using lowest_layer_type = Socket::lowest_layer_type;

  explicit Timed(Stream& stream) : stream_(stream) {}
  executor_type get_executor() { return stream_.get_executor(); }
  lowest_layer_type& lowest_layer() { return stream_.socket_.lowest_layer(); }

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    stream_.socket_.async_read_some(buffers, [this, handler = std::forward<Handler>(handler)](
                                                 error_code error, std::size_t bytes) mutable {
      if (bytes > 0) stream_.received_ = clock_now();
      handler(error, bytes);
    });
  }
  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    stream_.socket_.async_write_some(buffers, std::forward<Handler>(handler));
  }

 private:
  Stream& stream_;
};

struct Stream::Tls {
  Tls(Stream& stream, net::ssl::context& context) : timed(stream), layer(timed, context) {}
  SSL* handle() { return layer.native_handle(); }

  Timed timed;
  net::ssl::stream<Timed&> layer;
};

Stream::Stream(Executor executor) : socket_(executor) {}
Stream::~Stream() = default;

bool Stream::start_tls(net::ssl::context& context, const std::string& host) {
  tls_ = std::make_unique<Tls>(*this, context);
  X509_VERIFY_PARAM* const rules = ::SSL_get0_param(tls_->handle());
  error_code not_an_address;
  static_cast<void>(net::ip::make_address(host, not_an_address));
  if (!not_an_address) return ::X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) == 1;
  ::X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return ::X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size()) == 1 &&
         ::SSL_set_tlsext_host_name(tls_->handle(), host.c_str()) == 1;
}

std::string Stream::certificate_error() const {
  const long result = tls_ ? ::SSL_get_verify_result(tls_->handle()) : X509_V_OK;
  return result == X509_V_OK ? "" : ::X509_verify_cert_error_string(result);
}

void Stream::start_handshake(Done handler) {
  tls_->layer.async_handshake(net::ssl::stream_base::client, std::move(handler));
}

void Stream::start_read(net::mutable_buffer into, Moved handler) {
  if (reading_head_) {
    if (refused()) {
      return net::post(get_executor(),
                       [handler = std::move(handler)]() mutable { handler(net::error::eof, 0); });
    }
    into = net::buffer(into, head_part_bytes);
  }
  auto came = [this, into, handler = std::move(handler)](error_code error,
                                                         std::size_t bytes) mutable {
    if (!tls_ && bytes > 0) received_ = clock_now();
    if (reading_head_ && head_.size() < head_bytes_max) {
      head_.append(static_cast<const char*>(into.data()), bytes);
    }
    handler(error, bytes);
  };
  if (tls_) return tls_->layer.async_read_some(into, std::move(came));
  socket_.async_read_some(into, std::move(came));
}

void Stream::start_write(std::string bytes, Moved handler) {
  writing_ = std::move(bytes);
  const auto from = net::buffer(std::as_const(writing_));
  if (tls_) return tls_->layer.async_write_some(from, std::move(handler));
  socket_.async_write_some(from, std::move(handler));
}

bool Stream::refused() const {
  static constexpr std::string_view version = "HTTP/1.1 ";
  const auto end = head_.find("\r\n\r\n");
  return end != std::string::npos && head_.compare(version.size(), 3, "101") != 0;
}

std::string Stream::head_read() {
  reading_head_ = false;
  return std::exchange(head_, {});
}

void Stream::close() {
  error_code ignored;
  socket_.close(ignored);
}

void teardown(beast::role_type, Stream& stream, error_code& error) {
  stream.close();
  error = {};
}

void beast_close_socket(Stream& stream) { stream.close(); }

}  // namespace ticker::feeds
