// Where load may go: this machine, and nowhere else.
#include "bench/load/target.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <cstring>

namespace ticker::load {
namespace {

TEST(LoadTarget, TakesLoopbackAddresses) {
  for (const char* url : {"ws://127.0.0.1:8080/v1/ws", "ws://127.3.2.1:1/", "ws://[::1]:8080/v1/ws",
                          "ws://localhost:8080/v1/ws", "ws://localhost"}) {
    Target target;
    EXPECT_EQ(parse_target(url, target), "") << url;
  }
}

TEST(LoadTarget, RefusesEveryOtherHost) {
  for (const char* url :
       {"ws://10.0.0.1:8080/v1/ws", "ws://0.0.0.0:8080/", "ws://[::]:8080/", "ws://[2001:db8::1]/",
        "ws://128.0.0.1/", "ws://example.com/", "ws://localhost.example.com/",
        "ws://127.0.0.1.example.com/", "ws://127.0.0.1@example.com/", "ws://[::ffff:10.0.0.1]/"}) {
    Target target;
    EXPECT_NE(parse_target(url, target), "") << url;
  }
}

TEST(LoadTarget, RefusesMalformedUrls) {
  for (const char* url : {"", "wss://127.0.0.1/", "http://127.0.0.1/", "ws://", "ws:///v1/ws",
                          "ws://127.0.0.1:0/", "ws://127.0.0.1:99999/", "ws://127.0.0.1:80x/",
                          "ws://[::1/", "ws://127.0.0.1/a b", "ws://127.0.0.1/a\r\nb"}) {
    Target target;
    EXPECT_NE(parse_target(url, target), "") << url;
  }
}

TEST(LoadTarget, KeepsHostPathAndPort) {
  Target target;
  ASSERT_EQ(parse_target("ws://127.0.0.1:18080/v1/ws?x=1", target), "");
  EXPECT_EQ(target.host, "127.0.0.1:18080");
  EXPECT_EQ(target.path, "/v1/ws?x=1");
  sockaddr_in address{};
  std::memcpy(&address, &target.address, sizeof address);
  EXPECT_EQ(ntohs(address.sin_port), 18080);
  ASSERT_EQ(parse_target("ws://127.0.0.1", target), "");
  EXPECT_EQ(target.path, "/");
}

TEST(LoadSources, AreLoopbackAddressesAndRangesOfThem) {
  std::vector<sockaddr_storage> sources;
  ASSERT_EQ(parse_sources("127.0.0.2-127.0.0.4,127.9.9.9", sources), "");
  ASSERT_EQ(sources.size(), 4U);
  sockaddr_in last{};
  std::memcpy(&last, &sources[3], sizeof last);
  EXPECT_EQ(last.sin_addr.s_addr, inet_addr("127.9.9.9"));
  EXPECT_EQ(last.sin_port, 0);
  EXPECT_EQ(parse_sources("", sources), "");
  EXPECT_TRUE(sources.empty());
  for (const char* wrong : {"10.0.0.1", "127.0.0.2-10.0.0.1", "127.0.0.4-127.0.0.2", "x", "::1",
                            "127.0.0.1-127.255.0.1", "127.0.0.2,,127.0.0.3"}) {
    EXPECT_NE(parse_sources(wrong, sources), "") << wrong;
  }
}

}  // namespace
}  // namespace ticker::load
