// Routes of the client port: what each path answers, without sockets.
#include "gateway/server/client_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/gateway/fanout/shard_world.hpp"

namespace ticker {
namespace {

using testing::HasSubstr;

class ClientRoutesTest : public testing::Test {
 protected:
  ClientRoutesTest() : world(limits_of_three()) {
    world.price("A-B", "1.50");
    world.price("C-D", "2");
    world.run();
  }
  static Limits limits_of_three() {
    Limits limits = small_limits();
    limits.symbols_per_request_max = 3;
    return limits;
  }
  HttpAnswer get(std::string_view target) { return ask("GET", target); }
  HttpAnswer ask(std::string_view method, std::string_view target,
                 const std::vector<HttpHeader>& headers = {}) {
    const Routes routes = client_routes({world.shard().core, world.limits, counters,
                                         [] { return std::string(R"([{"venue":"sim"}])"); },
                                         [this](Takeover&) { ++taken; }});
    HttpRequest request{.method = method, .headers = headers};
    request.set_target(target);
    return answer(routes, request);
  }
  static std::vector<HttpHeader> handshake() {
    return {{"Host", "test"},
            {"Connection", "Upgrade"},
            {"Upgrade", "websocket"},
            {"Sec-WebSocket-Version", "13"},
            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
  }
  static std::string_view header(const HttpAnswer& answer, std::string_view name) {
    for (const HttpHeader& one : answer.headers) {
      if (one.name == name) return one.value;
    }
    return {};
  }
  ShardCounters counters;
  int taken = 0;
  World world;
};

TEST_F(ClientRoutesTest, TheRootIsThePage) {
  for (const char* const target : {"/", "/?theme=dark", "/web/index.html"}) {
    const HttpAnswer answer = get(target);
    EXPECT_EQ(answer.status, 200U) << target;
    EXPECT_THAT(std::string(answer.content_type), HasSubstr("text/html"));
    EXPECT_THAT(answer.body, HasSubstr("<!doctype html"));
  }
}

TEST_F(ClientRoutesTest, AssetsHaveTheirType) {
  EXPECT_THAT(std::string(get("/web/app.js").content_type), HasSubstr("javascript"));
  EXPECT_THAT(std::string(get("/web/style.css").content_type), HasSubstr("text/css"));
}

TEST_F(ClientRoutesTest, WhatIsNotThereIsNotFound) {
  for (const char* const target :
       {"/nowhere", "/web/", "/web/nowhere.js", "/web/../main.cpp", "/v1", "/v1/symbols/", ""}) {
    const HttpAnswer answer = get(target);
    EXPECT_EQ(answer.status, 404U) << target;
    EXPECT_THAT(answer.body, HasSubstr(R"("code":"not_found")"));
  }
}

TEST_F(ClientRoutesTest, SymbolsAreListedWithVenueAndStatus) {
  const HttpAnswer answer = get("/v1/symbols");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, R"({"symbols":[{"symbol":"sim:A-B","venue":"sim","status":"live"},)"
                         R"({"symbol":"sim:C-D","venue":"sim","status":"live"}]})");
}

TEST_F(ClientRoutesTest, SnapshotsAreThoseOfTheStream) {
  const HttpAnswer answer = get("/v1/snapshot?symbols=sim:C-D,sim:A-B");
  EXPECT_EQ(answer.status, 200U);
  const auto& board = world.shard().core.board();
  const std::string first = world.shard().core.snapshot_json(board.find("sim:C-D")->instrument);
  const std::string second = world.shard().core.snapshot_json(board.find("sim:A-B")->instrument);
  EXPECT_EQ(answer.body, "{\"snapshots\":[" + first + "," + second + "]}");
  EXPECT_EQ(json_value(second, "bid"), R"("1.50")");
}

TEST_F(ClientRoutesTest, VenuesAreWhatTheirBoardTells) {
  const HttpAnswer answer = get("/v1/venues?x=1");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_EQ(answer.body, R"({"venues":[{"venue":"sim"}]})");
  EXPECT_EQ(ask("POST", "/v1/venues").status, 405U);
  EXPECT_EQ(get("/v1/venues/").status, 404U);
}

TEST_F(ClientRoutesTest, PercentEncodedNamesAreUnderstood) {
  const HttpAnswer plain = get("/v1/snapshot?symbols=sim:A-B,sim:C-D");
  EXPECT_EQ(get("/v1/snapshot?symbols=sim%3AA-B%2csim%3aC%2DD").body, plain.body);
  EXPECT_EQ(get("/v1/snapshot?x=1&symbols=sim:A-B,sim:C-D&y").body, plain.body);
}

TEST_F(ClientRoutesTest, BrokenEscapesStayAsTheyAre) {
  for (const char* const list : {"sim:A-B%", "sim:A-B%2", "sim:A-B%zz", "%"}) {
    EXPECT_EQ(get("/v1/snapshot?symbols=" + std::string(list)).status, 404U) << list;
  }
}

TEST_F(ClientRoutesTest, AnUnknownSymbolIsNamed) {
  const HttpAnswer answer = get("/v1/snapshot?symbols=sim:A-B,sim:X-Y");
  EXPECT_EQ(answer.status, 404U);
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"unknown_symbol")"));
  EXPECT_THAT(answer.body, HasSubstr("sim:X-Y"));
}

TEST_F(ClientRoutesTest, WildcardsAndNamesWithoutAVenueAreUnknown) {
  for (const char* const name : {"sim:*", "A-B", "sim:"}) {
    const HttpAnswer answer = get("/v1/snapshot?symbols=sim:A-B," + std::string(name));
    EXPECT_EQ(answer.status, 404U) << name;
    EXPECT_THAT(answer.body, HasSubstr(R"("code":"unknown_symbol")"));
  }
}

TEST_F(ClientRoutesTest, ASnapshotOfNothingIsABadRequest) {
  for (const char* const target :
       {"/v1/snapshot", "/v1/snapshot?symbols=", "/v1/snapshot?symbols", "/v1/snapshot?symbol=a"}) {
    EXPECT_EQ(get(target).status, 400U) << target;
  }
}

TEST_F(ClientRoutesTest, TooManySymbolsAreRefused) {
  EXPECT_EQ(get("/v1/snapshot?symbols=sim:A-B,sim:A-B,sim:A-B").status, 200U);
  const HttpAnswer answer = get("/v1/snapshot?symbols=sim:A-B,sim:A-B,sim:A-B,sim:A-B");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_THAT(answer.body, HasSubstr("too_many_symbols"));
}

TEST_F(ClientRoutesTest, WhateverANameBringsAlongTheAnswerIsJson) {
  for (const char* const name : {"%22%0a%5c", "%ff", "%00", "sim:%c3-USD", "%22%7d%7d"}) {
    const HttpAnswer answer = get("/v1/snapshot?symbols=" + std::string(name));
    EXPECT_EQ(answer.status, 404U) << name;
    const std::string error = json_value(answer.body, "error");  // also checks that it is UTF-8
    EXPECT_EQ(json_value(error, "code"), R"("unknown_symbol")") << name;
  }
}

TEST_F(ClientRoutesTest, OtherMethodsAreRefusedWithTheAllowedOnes) {
  for (const char* const target : {"/", "/v1/symbols", "/v1/snapshot?symbols=sim:A-B", "/v1/ws"}) {
    for (const char* const method : {"POST", "DELETE", "OPTIONS"}) {
      const HttpAnswer answer = ask(method, target);
      EXPECT_EQ(answer.status, 405U) << method << ' ' << target;
      EXPECT_EQ(header(answer, "Allow"), "GET, HEAD");
    }
    EXPECT_EQ(ask("HEAD", target).status, get(target).status);
  }
}

TEST_F(ClientRoutesTest, TheWebSocketPathWantsAnUpgrade) {
  EXPECT_EQ(get(websocket_path).status, 426U);
}

TEST_F(ClientRoutesTest, AHandshakeTakesTheConnectionOver) {
  HttpAnswer answer = ask("GET", websocket_path, handshake());
  ASSERT_TRUE(answer.takeover);
  auto headers = handshake();
  headers.push_back({"Sec-WebSocket-Protocol", "other, ticker.v1.json"});
  EXPECT_TRUE(ask("GET", websocket_path, headers).takeover);
  EXPECT_EQ(taken, 0);  // that is for the connection to do
}

TEST_F(ClientRoutesTest, AHandshakeForOtherSubprotocolsOnlyIsRefused) {
  auto headers = handshake();
  headers.push_back({"Sec-WebSocket-Protocol", "graphql-ws"});
  const HttpAnswer answer = ask("GET", websocket_path, headers);
  EXPECT_EQ(answer.status, 400U);
  EXPECT_THAT(answer.body, HasSubstr("unknown_subprotocol"));
  EXPECT_TRUE(answer.close);
}

TEST_F(ClientRoutesTest, AShardThatIsLateTakesNobody) {
  world.shard().core.lagged(world.limits.lag_soft_ms * 2'000);
  const HttpAnswer answer = ask("GET", websocket_path, handshake());
  EXPECT_EQ(answer.status, 503U);
  EXPECT_EQ(header(answer, "Retry-After"), "1");
  EXPECT_EQ(counters.refused_late.get(), 1U);
}

}  // namespace
}  // namespace ticker
