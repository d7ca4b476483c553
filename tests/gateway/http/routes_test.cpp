#include "gateway/http/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace ticker {
namespace {

using testing::HasSubstr;

HttpAnswer told(std::string text) {
  HttpAnswer answer;
  answer.body = std::move(text);
  return answer;
}

Routes some_routes() {
  return {
      {.path = "/a", .handler = [](const HttpRequest&) { return told("a"); }},
      {.path = "/files/",
       .handler = [](const HttpRequest& request) { return told(std::string(request.path)); },
       .prefix = true},
      {.path = "/files/late", .handler = [](const HttpRequest&) { return told("never"); }},
      {.path = "/orders",
       .handler = [](const HttpRequest& request) { return told(std::string(request.body)); },
       .methods = "POST, DELETE"},
      {.path = "/fails",
       .handler = [](const HttpRequest&) -> HttpAnswer { throw std::runtime_error("x"); }},
      {.path = "/ws",
       .handler = [](const HttpRequest&) { return told("a WebSocket"); },
       .upgrades = true},
  };
}

const std::vector<HttpHeader> upgrade = {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}};

HttpAnswer ask(std::string_view target, std::string_view method = "GET",
               const std::vector<HttpHeader>& headers = {}, std::string_view body = "") {
  HttpRequest request{.method = method, .headers = headers, .body = body};
  request.set_target(target);
  return answer(some_routes(), request);
}

TEST(Routes, AnswerByPathOrItsBeginning) {
  EXPECT_EQ(ask("/a").body, "a");
  EXPECT_EQ(ask("/a?b").body, "a");
  EXPECT_EQ(ask("/files/x").body, "/files/x");
  EXPECT_EQ(ask("/files/late").body, "/files/late");  // the first one that fits
}

TEST(Routes, AnUnknownPathIs404InJson) {
  for (const char* const target : {"/", "/a/", "/A", "/file", "", "a", "/b"}) {
    const HttpAnswer answer = ask(target);
    EXPECT_EQ(answer.status, 404U) << target;
    EXPECT_THAT(answer.body, HasSubstr(R"("code":"not_found")"));
  }
  EXPECT_EQ(ask("/nowhere", "POST").status, 404U);
}

TEST(Routes, AnotherMethodIs405WithThoseAllowed) {
  for (const char* const method : {"POST", "OPTIONS", "get", "GET, HEAD", ""}) {
    const HttpAnswer answer = ask("/a", method);
    EXPECT_EQ(answer.status, 405U) << method;
    ASSERT_EQ(answer.headers.size(), 1U);
    EXPECT_EQ(answer.headers[0].name, "Allow");
    EXPECT_EQ(answer.headers[0].value, "GET, HEAD");
  }
  EXPECT_EQ(ask("/a", "HEAD").status, 200U);
  EXPECT_EQ(ask("/orders", "GET").status, 405U);
  EXPECT_EQ(ask("/orders", "DELETE").status, 200U);
  EXPECT_EQ(ask("/orders", "POST", {}, "one").body, "one");
}

TEST(Routes, AHandlerThatThrowsIs500) {
  const HttpAnswer answer = ask("/fails");
  EXPECT_EQ(answer.status, 500U);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"internal_error")"));
}

TEST(Routes, AnUpgradeIsForTheRouteThatHasOne) {
  EXPECT_EQ(ask("/ws", "GET", upgrade).body, "a WebSocket");
  EXPECT_EQ(ask("/nowhere", "GET", upgrade).status, 404U);
  EXPECT_EQ(ask("/a", "GET", upgrade).status, 400U);
  for (const char* const target : {"/nowhere", "/a"}) {
    EXPECT_TRUE(ask(target, "GET", upgrade).close);
  }
  EXPECT_FALSE(ask("/a").close);
}

}  // namespace
}  // namespace ticker
