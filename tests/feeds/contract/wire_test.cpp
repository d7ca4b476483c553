// A URL is read into an endpoint, or refused.
#include "feeds/contract/wire.hpp"

#include <gtest/gtest.h>

namespace ticker::feeds {
namespace {

std::string read(std::string_view url) {
  Endpoint out;
  if (!read_url(url, out)) return "none";
  return out.host + " " + out.port + " " + out.target + (out.tls ? " tls" : "");
}

TEST(Url, TakesTheSchemesOwnPortWhereThereIsNone) {
  EXPECT_EQ(read("wss://ws.example.org/v2"), "ws.example.org 443 /v2 tls");
  EXPECT_EQ(read("ws://ws.example.org/v2"), "ws.example.org 80 /v2");
  EXPECT_EQ(read("https://api.example.org/v2"), "api.example.org 443 /v2 tls");
  EXPECT_EQ(read("http://api.example.org/v2"), "api.example.org 80 /v2");
  EXPECT_EQ(read("wss://stream.example.org:9443/stream"), "stream.example.org 9443 /stream tls");
}

TEST(Url, KeepsPathAndQueryAsTheyAre) {
  EXPECT_EQ(read("wss://a.example/ws/b@c?streams=x/y@z:1&q=%20"),
            "a.example 443 /ws/b@c?streams=x/y@z:1&q=%20 tls");
  EXPECT_EQ(read("wss://a.example"), "a.example 443 / tls");
  EXPECT_EQ(read("wss://a.example:1"), "a.example 1 / tls");
  EXPECT_EQ(read("wss://a.example?x=1"), "a.example 443 /?x=1 tls");
}

TEST(Url, TakesIpv6HostsOutOfTheirBrackets) {
  EXPECT_EQ(read("ws://[::1]:8080/x"), "::1 8080 /x");
  EXPECT_EQ(read("wss://[2001:db8::7]"), "2001:db8::7 443 / tls");
  EXPECT_EQ(read("ws://[::ffff:127.0.0.1]/"), "::ffff:127.0.0.1 80 /");
  EXPECT_EQ(read("ws://[::1"), "none");
  EXPECT_EQ(read("ws://[]/"), "none");
  EXPECT_EQ(read("ws://[::1]8080/"), "none");
  EXPECT_EQ(read("ws://[localhost]/"), "none");
  EXPECT_EQ(read("ws://::1/"), "none");
}

TEST(Url, RefusesAUser) {
  EXPECT_EQ(read("wss://user@a.example/"), "none");
  EXPECT_EQ(read("wss://user:word@a.example/"), "none");
  EXPECT_EQ(read("wss://:@a.example:443/"), "none");
}

TEST(Url, RefusesPortsThatAreNone) {
  for (const char* const port : {"", "0", "65536", "-1", "+1", "80x", "x", " 80", "99999999999"}) {
    EXPECT_EQ(read("wss://a.example:" + std::string(port) + "/"), "none") << port;
  }
  EXPECT_EQ(read("wss://a.example:65535/"), "a.example 65535 / tls");
}

TEST(Url, RefusesRubbish) {
  for (const char* const url :
       {"", "wss", "wss:", "wss://", "wss:///x", "://a", "a.example", "ftp://a.example/", "WSS//a",
        " wss://a.example/", "wss://a example/", "wss://a.example/a b", "wss://a.example/\r\nX: y",
        "wss://a.example/#part", "wss://a.example\n", "wss://a\\b/", "wss://ü.example/"}) {
    EXPECT_EQ(read(url), "none") << url;
  }
  EXPECT_EQ(read("wss://a.example/" + std::string(1, '\0')), "none");
  EXPECT_EQ(read("wss://" + std::string(254, 'a') + "/"), "none");
}

TEST(Url, LeavesTheRestOfAnEndpointAlone) {
  Endpoint out{.host = "old", .port = "1", .ca_file = "ca.pem", .proxy_host = "proxy"};
  EXPECT_FALSE(read_url("rubbish", out));
  EXPECT_EQ(out.host, "old");
  EXPECT_TRUE(read_url("ws://new/", out));
  EXPECT_EQ(out.host, "new");
  EXPECT_EQ(out.ca_file, "ca.pem");
  EXPECT_EQ(out.proxy_host, "proxy");
}

}  // namespace
}  // namespace ticker::feeds
