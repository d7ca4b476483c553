// Plain HTTP of the client port: what each path answers, without sockets.
#include "gateway/server/http.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::HasSubstr;

class HttpTest : public testing::Test {
 protected:
  HttpTest() : world(limits_of_three()) {
    world.price("A-B", "1.50");
    world.price("C-D", "2");
    world.run();
  }
  static Limits limits_of_three() {
    Limits limits = small_limits();
    limits.symbols_per_request_max = 3;
    return limits;
  }
  HttpReply get(std::string_view target) { return ask("GET", target); }
  HttpReply ask(std::string_view method, std::string_view target) {
    return http_reply(method, target, world.shard().core, world.limits,
                      [] { return std::string(R"([{"venue":"sim"}])"); });
  }
  World world;
};

TEST_F(HttpTest, TheRootIsThePage) {
  for (const char* const target : {"/", "/?theme=dark", "/web/index.html"}) {
    const HttpReply reply = get(target);
    EXPECT_EQ(reply.status, 200U) << target;
    EXPECT_THAT(std::string(reply.content_type), HasSubstr("text/html"));
    EXPECT_THAT(reply.body, HasSubstr("<!doctype html"));
  }
}

TEST_F(HttpTest, AssetsHaveTheirType) {
  EXPECT_THAT(std::string(get("/web/app.js").content_type), HasSubstr("javascript"));
  EXPECT_THAT(std::string(get("/web/style.css").content_type), HasSubstr("text/css"));
}

TEST_F(HttpTest, WhatIsNotThereIsNotFound) {
  for (const char* const target :
       {"/nowhere", "/web/", "/web/nowhere.js", "/web/../main.cpp", "/v1", "/v1/symbols/", ""}) {
    const HttpReply reply = get(target);
    EXPECT_EQ(reply.status, 404U) << target;
    EXPECT_THAT(reply.body, HasSubstr(R"("code":"not_found")"));
  }
}

TEST_F(HttpTest, SymbolsAreListedWithVenueAndStatus) {
  const HttpReply reply = get("/v1/symbols");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(reply.body, R"({"symbols":[{"symbol":"sim:A-B","venue":"sim","status":"live"},)"
                        R"({"symbol":"sim:C-D","venue":"sim","status":"live"}]})");
}

TEST_F(HttpTest, SnapshotsAreThoseOfTheStream) {
  const HttpReply reply = get("/v1/snapshot?symbols=sim:C-D,sim:A-B");
  EXPECT_EQ(reply.status, 200U);
  const auto& board = world.shard().core.board();
  const std::string first = world.shard().core.snapshot_json(board.find("sim:C-D")->instrument);
  const std::string second = world.shard().core.snapshot_json(board.find("sim:A-B")->instrument);
  EXPECT_EQ(reply.body, "{\"snapshots\":[" + first + "," + second + "]}");
  EXPECT_EQ(json_value(second, "bid"), R"("1.50")");
}

TEST_F(HttpTest, VenuesAreWhatTheirBoardTells) {
  const HttpReply reply = get("/v1/venues?x=1");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "application/json");
  EXPECT_EQ(reply.body, R"({"venues":[{"venue":"sim"}]})");
  EXPECT_EQ(ask("POST", "/v1/venues").status, 405U);
  EXPECT_EQ(get("/v1/venues/").status, 404U);
}

TEST_F(HttpTest, PercentEncodedNamesAreUnderstood) {
  const HttpReply plain = get("/v1/snapshot?symbols=sim:A-B,sim:C-D");
  EXPECT_EQ(get("/v1/snapshot?symbols=sim%3AA-B%2csim%3aC%2DD").body, plain.body);
  EXPECT_EQ(get("/v1/snapshot?x=1&symbols=sim:A-B,sim:C-D&y").body, plain.body);
}

TEST_F(HttpTest, BrokenEscapesStayAsTheyAre) {
  for (const char* const list : {"sim:A-B%", "sim:A-B%2", "sim:A-B%zz", "%"}) {
    EXPECT_EQ(get("/v1/snapshot?symbols=" + std::string(list)).status, 404U) << list;
  }
}

TEST_F(HttpTest, AnUnknownSymbolIsNamed) {
  const HttpReply reply = get("/v1/snapshot?symbols=sim:A-B,sim:X-Y");
  EXPECT_EQ(reply.status, 404U);
  EXPECT_THAT(reply.body, HasSubstr(R"("code":"unknown_symbol")"));
  EXPECT_THAT(reply.body, HasSubstr("sim:X-Y"));
}

TEST_F(HttpTest, WildcardsAndNamesWithoutAVenueAreUnknown) {
  for (const char* const name : {"sim:*", "A-B", "sim:"}) {
    const HttpReply reply = get("/v1/snapshot?symbols=sim:A-B," + std::string(name));
    EXPECT_EQ(reply.status, 404U) << name;
    EXPECT_THAT(reply.body, HasSubstr(R"("code":"unknown_symbol")"));
  }
}

TEST_F(HttpTest, ASnapshotOfNothingIsABadRequest) {
  for (const char* const target :
       {"/v1/snapshot", "/v1/snapshot?symbols=", "/v1/snapshot?symbols", "/v1/snapshot?symbol=a"}) {
    EXPECT_EQ(get(target).status, 400U) << target;
  }
}

TEST_F(HttpTest, TooManySymbolsAreRefused) {
  EXPECT_EQ(get("/v1/snapshot?symbols=sim:A-B,sim:A-B,sim:A-B").status, 200U);
  const HttpReply reply = get("/v1/snapshot?symbols=sim:A-B,sim:A-B,sim:A-B,sim:A-B");
  EXPECT_EQ(reply.status, 400U);
  EXPECT_THAT(reply.body, HasSubstr("too_many_symbols"));
}

TEST_F(HttpTest, WhateverANameBringsAlongTheAnswerIsJson) {
  for (const char* const name : {"%22%0a%5c", "%ff", "%00", "sim:%c3-USD", "%22%7d%7d"}) {
    const HttpReply reply = get("/v1/snapshot?symbols=" + std::string(name));
    EXPECT_EQ(reply.status, 404U) << name;
    const std::string error = json_value(reply.body, "error");  // also checks that it is UTF-8
    EXPECT_EQ(json_value(error, "code"), R"("unknown_symbol")") << name;
  }
}

TEST_F(HttpTest, OtherMethodsAreRefusedWithTheAllowedOnes) {
  for (const char* const target : {"/", "/v1/symbols", "/v1/snapshot?symbols=sim:A-B", "/v1/ws"}) {
    for (const char* const method : {"POST", "DELETE", "OPTIONS"}) {
      const HttpReply reply = ask(method, target);
      EXPECT_EQ(reply.status, 405U) << method << ' ' << target;
      EXPECT_EQ(reply.allow, "GET, HEAD");
    }
    EXPECT_EQ(ask("HEAD", target).status, get(target).status);
  }
}

TEST_F(HttpTest, TheWebSocketPathWantsAnUpgrade) { EXPECT_EQ(get(websocket_path).status, 426U); }

}  // namespace
}  // namespace ticker
