#include "gateway/http/request.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ticker {
namespace {

HttpRequest request_of(std::string_view target, const std::vector<HttpHeader>& headers = {}) {
  HttpRequest request{.method = "GET", .headers = headers};
  request.set_target(target);
  return request;
}

TEST(HttpRequest, ATargetIsPathAndQuery) {
  const auto expect = [](std::string_view target, std::string_view path, std::string_view query) {
    EXPECT_EQ(request_of(target).path, path) << target;
    EXPECT_EQ(request_of(target).query, query) << target;
  };
  expect("/v1/snapshot?symbols=a", "/v1/snapshot", "symbols=a");
  expect("/v1/symbols", "/v1/symbols", "");
  expect("/?a?b", "/", "a?b");
  expect("?", "", "");
  expect("", "", "");
}

TEST(HttpRequest, HeadersAreFoundInWhateverCase) {
  const std::vector<HttpHeader> headers = {{"HOST", "a"}, {"host", "b"}, {"X-Empty", ""}};
  const HttpRequest request = request_of("/", headers);
  EXPECT_EQ(request.header("Host"), "a");
  EXPECT_EQ(request.count("Host"), 2U);
  EXPECT_EQ(request.header("x-empty"), "");
  EXPECT_FALSE(request.header("Hos"));
  EXPECT_EQ(request.count("Hosts"), 0U);
}

TEST(HttpRequest, TokensAreFoundInEveryLineOfAList) {
  const std::vector<HttpHeader> headers = {
      {"Connection", "keep-alive , \tUpgrade,,"}, {"connection", "x"}, {"Other", "y"}};
  const HttpRequest request = request_of("/", headers);
  for (const char* const token : {"keep-alive", "upgrade", "X"}) {
    EXPECT_TRUE(request.has_token("Connection", token)) << token;
  }
  for (const char* const token : {"y", "keep", "keep-alive , upgrade"}) {
    EXPECT_FALSE(request.has_token("Connection", token)) << token;
  }
}

TEST(HttpRequest, ParametersComeWithoutTheirEscapes) {
  const HttpRequest request = request_of("/?a=1&b=%2Fx%2g%&c&d=&a=2&=5");
  EXPECT_EQ(request.parameter("a"), "1");
  EXPECT_EQ(request.parameter("b"), "/x%2g%");
  EXPECT_EQ(request.parameter("c"), "");
  EXPECT_EQ(request.parameter("d"), "");
  EXPECT_EQ(request.parameter(""), "5");
  EXPECT_FALSE(request.parameter("e"));
  EXPECT_FALSE(request_of("/").parameter(""));
}

}  // namespace
}  // namespace ticker
