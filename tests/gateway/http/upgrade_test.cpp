#include "gateway/http/upgrade.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace ticker {
namespace {

using testing::HasSubstr;

std::vector<HttpHeader> good_headers() {
  return {{"Host", "test"},
          {"Connection", "keep-alive, Upgrade"},
          {"Upgrade", "WebSocket"},
          {"Sec-WebSocket-Version", "13"},
          {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
}

// Without the headers of this name, and with `more`.
std::vector<HttpHeader> changed(std::string_view name, const std::vector<HttpHeader>& more = {}) {
  std::vector<HttpHeader> headers = good_headers();
  std::erase_if(headers, [&](const HttpHeader& header) { return header.name == name; });
  headers.insert(headers.end(), more.begin(), more.end());
  return headers;
}

unsigned status_of(const std::vector<HttpHeader>& headers) {
  const auto refusal = refuse_handshake({.method = "GET", .headers = headers});
  if (!refusal) return 101;
  EXPECT_THAT(refusal->body, HasSubstr(R"({"error":{"code":")"));
  return refusal->status;
}

TEST(Handshake, IsAcceptedAsBrowsersSendIt) { EXPECT_EQ(status_of(good_headers()), 101U); }

TEST(Handshake, TokensMayStandInSeveralLines) {
  EXPECT_EQ(status_of(changed("Connection", {{"Connection", "x"}, {"connection", "UPGRADE"}})),
            101U);
}

TEST(Handshake, WhatAsksForNoUpgradeIsToldThatItMust) {
  for (const char* const name : {"Connection", "Upgrade"}) {
    const auto headers = changed(name);
    const auto refusal = refuse_handshake({.method = "GET", .headers = headers});
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->status, 426U);
    ASSERT_EQ(refusal->headers.size(), 1U);
    EXPECT_EQ(refusal->headers[0].name, "Upgrade");
    EXPECT_EQ(refusal->headers[0].value, "websocket");
  }
  const auto headers = good_headers();
  EXPECT_EQ(refuse_handshake({.method = "HEAD", .headers = headers})->status, 426U);
  EXPECT_EQ(refuse_handshake({.method = "GET", .version = 10, .headers = headers})->status, 426U);
}

TEST(Handshake, AnotherVersionIsToldTheRightOne) {
  for (const std::vector<HttpHeader>& more :
       {std::vector<HttpHeader>{},
        {{"Sec-WebSocket-Version", "8"}},
        {{"Sec-WebSocket-Version", "14"}},
        {{"Sec-WebSocket-Version", "13, 8"}},
        {{"Sec-WebSocket-Version", "13"}, {"Sec-WebSocket-Version", "8"}}}) {
    const auto headers = changed("Sec-WebSocket-Version", more);
    const auto refusal = refuse_handshake({.method = "GET", .headers = headers});
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->status, 426U);
    EXPECT_EQ(refusal->headers.back().name, "Sec-WebSocket-Version");
    EXPECT_EQ(refusal->headers.back().value, "13");
  }
}

TEST(Handshake, OneKeyOf16BytesIsExpected) {
  const auto with = [](const std::vector<HttpHeader>& keys) {
    return status_of(changed("Sec-WebSocket-Key", keys));
  };
  EXPECT_EQ(with({}), 400U);
  for (const char* const key :
       {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ= ", "dGhlIHNhbXBsZSBub25jZQ==x",
        "dGhlIHNhbXBsZSBub25*ZQ==", "dGhlIHNhbXBsZSBub25jZWE="}) {
    EXPECT_EQ(with({{"Sec-WebSocket-Key", key}}), 400U) << key;
  }
  const HttpHeader good = good_headers().back();
  EXPECT_EQ(with({good}), 101U);
  EXPECT_EQ(with({good, good}), 400U);
}

TEST(Handshake, OneHostIsExpected) {
  EXPECT_EQ(status_of(changed("Host")), 400U);
  EXPECT_EQ(status_of(changed("", {{"Host", "other"}})), 400U);
}

TEST(Handshake, NothingMayFollowBeforeItIsAnswered) {
  const auto headers = good_headers();
  const auto refusal =
      refuse_handshake({.method = "GET", .headers = headers, .bytes_behind = true});
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 400U);
}

}  // namespace
}  // namespace ticker
