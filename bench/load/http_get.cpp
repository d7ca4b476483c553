// A blocking GET.
#include "bench/load/http_get.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bench/load/answers.hpp"

namespace ticker::load {

namespace {

constexpr std::size_t response_bytes_max = 64U << 20U;

/// Reads to the end of the stream; false when it fails or grows absurd.
bool read_all(int fd, std::string& response) {
  char block[65'536];
  for (;;) {
    const ssize_t got = ::recv(fd, block, sizeof block, 0);
    if (got == 0) return true;
    if (got < 0 || response.size() > response_bytes_max) return false;
    response.append(block, static_cast<std::size_t>(got));
  }
}

std::string ask(int fd, const Target& target, std::string_view path, std::string& response) {
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const auto* address = reinterpret_cast<const sockaddr*>(&target.address);
  if (::connect(fd, address, target.address_bytes) != 0) return std::strerror(errno);
  // HTTP/1.0: the answer is never chunked and ends with the connection.
  const std::string request =
      "GET " + std::string(path) + " HTTP/1.0\r\nHost: " + target.host + "\r\n\r\n";
  const ssize_t sent = ::send(fd, request.data(), request.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request.size())) return "the request could not be sent";
  return read_all(fd, response) ? "" : "the answer did not end";
}

}  // namespace

bool body_of(std::string_view response, std::string& body) {
  const std::size_t head_end = response.find("\r\n\r\n");
  const std::string_view line = response.substr(0, response.find("\r\n"));
  if (head_end == std::string_view::npos || line.find(" 200") == std::string_view::npos) {
    return false;
  }
  body = response.substr(head_end + 4);
  return true;
}

std::string http_get(const Target& target, std::string_view path, std::string& body) {
  const std::string what = "GET " + std::string(path) + " from " + target.host + ": ";
  const int fd = ::socket(target.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return what + std::strerror(errno);
  std::string response;
  const std::string mistake = ask(fd, target, path, response);
  ::close(fd);
  if (!mistake.empty()) return what + mistake;
  if (body_of(response, body)) return {};
  return what + "answered '" + response.substr(0, response.find("\r\n")) + "'";
}

std::string fetch_symbols(const Target& target, std::vector<std::string>& out) {
  std::string body;
  const std::string mistake = http_get(target, "/v1/symbols", body);
  if (!mistake.empty()) return mistake;
  if (!read_symbols(body, out)) return "the answer to /v1/symbols is not a list of symbols";
  return out.empty() ? "the list of symbols is empty" : "";
}

}  // namespace ticker::load
