#include "gateway/http/answer.hpp"

#include <cstdio>

#include "feeds/base/json_text.hpp"

namespace ticker {
namespace {

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Payload Too Large";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

HttpAnswer http_error(unsigned status, std::string_view code, std::string_view message) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":";
  append_json_string(answer.body, message);
  answer.body += "}}";
  return answer;
}

std::string http_head(const HttpAnswer& answer, const HttpFraming& framing,
                      std::span<const HttpHeader> common) {
  std::string out = framing.version < 11 ? "HTTP/1.0 " : "HTTP/1.1 ";
  out.append(std::to_string(answer.status)).append(" ").append(reason_of(answer.status));
  out += "\r\n";
  append_header(out, "Content-Type", answer.content_type);
  for (const HttpHeader& header : common) append_header(out, header.name, header.value);
  for (const HttpHeader& header : answer.headers) append_header(out, header.name, header.value);
  if (!framing.keep_alive) append_header(out, "Connection", "close");
  if (framing.keep_alive && framing.version < 11) append_header(out, "Connection", "keep-alive");
  if (framing.chunked) append_header(out, "Transfer-Encoding", "chunked");
  if (!answer.producer) append_header(out, "Content-Length", std::to_string(answer.body.size()));
  return out += "\r\n";
}

std::string chunk_begin(std::size_t bytes) {
  char text[24];
  const int length = std::snprintf(text, sizeof text, "%zx\r\n", bytes);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace ticker
