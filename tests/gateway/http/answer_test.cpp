#include "gateway/http/answer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace ticker {
namespace {

constexpr std::array<HttpHeader, 1> common = {{{"Cache-Control", "no-cache"}}};

TEST(HttpAnswer, AHeadTellsTypeLengthAndHeadersOfPortAndAnswer) {
  HttpAnswer answer;
  answer.body = "{}";
  answer.headers.push_back({"Retry-After", "1"});
  EXPECT_EQ(http_head(answer, {}, common),
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-cache\r\n"
            "Retry-After: 1\r\nContent-Length: 2\r\n\r\n");
}

TEST(HttpAnswer, AHeadTellsWhetherTheConnectionStays) {
  const HttpAnswer answer;
  const auto head = [&](HttpFraming framing) { return http_head(answer, framing, {}); };
  const std::string rest = "Content-Length: 0\r\n\r\n";
  const std::string type = "Content-Type: application/json\r\n";
  EXPECT_EQ(head({.keep_alive = false}),
            "HTTP/1.1 200 OK\r\n" + type + "Connection: close\r\n" + rest);
  EXPECT_EQ(head({.version = 10, .keep_alive = false}),
            "HTTP/1.0 200 OK\r\n" + type + "Connection: close\r\n" + rest);
  EXPECT_EQ(head({.version = 10}),
            "HTTP/1.0 200 OK\r\n" + type + "Connection: keep-alive\r\n" + rest);
}

TEST(HttpAnswer, AStreamedBodyHasNoLength) {
  HttpAnswer answer;
  answer.producer = [](std::string&) { return false; };
  const std::string begin = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  EXPECT_EQ(http_head(answer, {.chunked = true}, {}), begin + "Transfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(http_head(answer, {.keep_alive = false}, {}), begin + "Connection: close\r\n\r\n");
}

TEST(HttpAnswer, ChunksBeginWithTheirLengthInHex) {
  EXPECT_EQ(chunk_begin(1), "1\r\n");
  EXPECT_EQ(chunk_begin(65'535), "ffff\r\n");
}

TEST(HttpAnswer, AnErrorIsJsonWhateverItSays) {
  const HttpAnswer answer = http_error(404, "not_found", "no \"such\" path");
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.body, R"({"error":{"code":"not_found","message":"no \"such\" path"}})");
}

}  // namespace
}  // namespace ticker
