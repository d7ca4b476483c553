#include "gateway/server/http_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace ticker {
namespace {

using State = HttpReader::State;

constexpr HttpOptions options = {.header_bytes_max = 400, .body_bytes_max = 50};

// Feeds all of it, or as much as is wanted; at most `step` bytes at a time.
State feed(HttpReader& reader, std::string_view bytes, std::size_t step = SIZE_MAX) {
  State state = State::reading;
  while (state == State::reading && !bytes.empty()) {
    const std::span<char> room = reader.room();
    EXPECT_FALSE(room.empty());
    const std::size_t count = std::min({room.size(), bytes.size(), step});
    std::memcpy(room.data(), bytes.data(), count);
    bytes.remove_prefix(count);
    state = reader.came(count);
  }
  return state;
}

unsigned refused(std::string_view bytes, std::size_t step = SIZE_MAX) {
  HttpReader reader(options);
  EXPECT_EQ(reader.next(), State::reading);
  if (feed(reader, bytes, step) != State::refused) return 0;
  const HttpAnswer answer = reader.refusal();
  EXPECT_THAT(answer.body, testing::StartsWith(R"({"error":{"code":")"));
  return answer.status;
}

TEST(HttpReader, ReadsARequestInWhateverPiecesItComes) {
  const std::string text =
      "POST /v1/x?a=1 HTTP/1.1\r\nHost: test\r\nX-Two:  2 \r\nContent-Length: 4\r\n\r\nbody";
  for (const std::size_t step : {1U, 2U, 7U, 1'000U}) {
    HttpReader reader(options);
    EXPECT_EQ(reader.next(), State::reading);
    ASSERT_EQ(feed(reader, text, step), State::whole) << step;
    const HttpRequest request = reader.request();
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.path, "/v1/x");
    EXPECT_EQ(request.query, "a=1");
    EXPECT_EQ(request.version, 11U);
    EXPECT_EQ(request.header("host"), "test");
    EXPECT_EQ(request.header("x-two"), "2");
    EXPECT_EQ(request.body, "body");
    EXPECT_FALSE(request.bytes_behind);
    EXPECT_TRUE(reader.keep_alive());
  }
}

TEST(HttpReader, ReadsRequestsThatCameTogether) {
  HttpReader reader(options);
  EXPECT_EQ(reader.next(), State::reading);
  ASSERT_EQ(feed(reader, "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.0\r\n\r\nGE"), State::whole);
  EXPECT_EQ(reader.request().path, "/a");
  EXPECT_TRUE(reader.request().bytes_behind);
  ASSERT_EQ(reader.next(), State::whole);
  EXPECT_EQ(reader.request().path, "/b");
  EXPECT_EQ(reader.request().version, 10U);
  EXPECT_FALSE(reader.keep_alive());
  EXPECT_EQ(reader.next(), State::reading);
  EXPECT_EQ(reader.came(0), State::cut);
}

TEST(HttpReader, AnEndBetweenRequestsIsNoneWithinOne) {
  HttpReader reader(options);
  EXPECT_EQ(reader.next(), State::reading);
  EXPECT_EQ(reader.came(0), State::ended);
  HttpReader within(options);
  EXPECT_EQ(within.next(), State::reading);
  EXPECT_EQ(feed(within, "G"), State::reading);
  EXPECT_EQ(within.came(0), State::cut);
}

TEST(HttpReader, RefusesWhatIsTooLargeOrNoHttp) {
  const std::string begin = "GET / HTTP/1.1\r\n";
  for (const std::size_t step : {1U, 100U, 10'000U}) {
    EXPECT_EQ(refused(begin + "X: " + std::string(500, 'x') + "\r\n\r\n", step), 431U);
    EXPECT_EQ(refused("GET /" + std::string(500, 'x') + " HTTP/1.1\r\n\r\n", step), 431U);
    EXPECT_EQ(refused(begin + "Content-Length: 51\r\n\r\n", step), 413U);
    EXPECT_EQ(
        refused(begin + "Transfer-Encoding: chunked\r\n\r\n33\r\n" + std::string(51, 'x'), step),
        413U);
    EXPECT_EQ(refused("no HTTP at all\r\n\r\n", step), 400U);
    EXPECT_EQ(refused(begin + "Content-Length: x\r\n\r\n", step), 400U);
    EXPECT_EQ(refused(begin + "Content-Length: 5\r\n\r\n12345", step), 0U);
  }
}

}  // namespace
}  // namespace ticker
