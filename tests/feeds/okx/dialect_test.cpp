// What is said to OKX, to the letter, and how its lists of instruments are read.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "feeds/okx/okx.hpp"

namespace ticker::feeds::okx {
namespace {

using Texts = std::vector<std::string>;

Texts subscribed(const VenueOptions& options, const Texts& symbols) {
  return make_dialect(options)->subscribe(symbols);
}

TEST(OkxDialect, SubscribesToAllSymbolsInOneMessage) {
  EXPECT_EQ(subscribed({}, {"BTC-USDT", "ETH-USDT"}),
            Texts{R"({"op":"subscribe","args":[{"channel":"bbo-tbt","instId":"BTC-USDT"},)"
                  R"({"channel":"tickers","instId":"BTC-USDT"},)"
                  R"({"channel":"trades","instId":"BTC-USDT"},)"
                  R"({"channel":"bbo-tbt","instId":"ETH-USDT"},)"
                  R"({"channel":"tickers","instId":"ETH-USDT"},)"
                  R"({"channel":"trades","instId":"ETH-USDT"}]})"});
}

TEST(OkxDialect, AsksForTheChannelsThatAreWanted) {
  EXPECT_EQ(subscribed({.quotes = "books", .channels = {"ticker"}}, {"A-B"}),
            Texts{R"({"op":"subscribe","args":[{"channel":"books","instId":"A-B"},)"
                  R"({"channel":"tickers","instId":"A-B"}]})"});
  EXPECT_EQ(subscribed({.quotes = "tickers", .channels = {"ticker"}}, {"A-B"}),
            Texts{R"({"op":"subscribe","args":[{"channel":"tickers","instId":"A-B"}]})"});
  EXPECT_EQ(subscribed({.channels = {"trades"}}, {"A-B"}),
            Texts{R"({"op":"subscribe","args":[{"channel":"trades","instId":"A-B"}]})"});
  EXPECT_TRUE(subscribed({.channels = {}}, {"A-B"}).empty());
  EXPECT_TRUE(subscribed({}, {}).empty());
}

TEST(OkxDialect, KeepsEveryMessageBelow64KilobytesAndLosesNoSymbol) {
  Texts symbols;
  for (int i = 0; i < 2'000; ++i) symbols.push_back("ETH-USD-220624-" + std::to_string(i) + "-C");
  const Texts requests = subscribed({}, symbols);
  EXPECT_GT(requests.size(), 1U);
  std::size_t found = 0;
  std::string all;
  for (const std::string& request : requests) {
    EXPECT_LT(request.size(), 64U * 1024U);
    all += request;
  }
  for (const std::string& symbol : symbols) {
    found += all.find(R"({"channel":"trades","instId":")" + symbol + R"("})") != std::string::npos;
  }
  EXPECT_EQ(found, symbols.size());
}

TEST(OkxDialect, RefreshesQuotesByANewSubscription) {
  EXPECT_EQ(make_dialect({.quotes = "books"})->refresh("BTC-USDT"),
            (Texts{R"({"op":"unsubscribe","args":[{"channel":"books","instId":"BTC-USDT"}]})",
                   R"({"op":"subscribe","args":[{"channel":"books","instId":"BTC-USDT"}]})"}));
  EXPECT_EQ(make_dialect({})->snapshot_target("BTC-USDT"), "");
}

TEST(OkxDialect, KnowsTheVenuesLimits) {
  const auto dialect = make_dialect({});
  const Talk& talk = dialect->talk();
  EXPECT_EQ(talk.url, "wss://ws.okx.com:8443/ws/v5/public");
  EXPECT_EQ(talk.rest_url, "https://www.okx.com");
  EXPECT_EQ(talk.ping, "ping");
  EXPECT_LT(talk.ping_ms, 30'000U);
  EXPECT_EQ(talk.connects.count, 3U);
  EXPECT_EQ(talk.messages.count, 480U);
  EXPECT_EQ(talk.messages.window_ms, 3'600'000U);
  // An hour of nothing but pings leaves messages for repairs.
  EXPECT_LT(talk.messages.window_ms / talk.ping_ms, talk.messages.count);
  EXPECT_EQ(talk.quote_promise_ms, 0U);
  EXPECT_EQ(make_dialect({.quotes = "books"})->talk().quote_promise_ms, 60'000U);
  EXPECT_EQ(dialect->target("/ws/v5/public", {}), "/ws/v5/public");
}

std::string line(const std::string& type, const std::string& id, const std::string& contract,
                 const std::string& state, const std::string& family = "") {
  return R"({"instType":")" + type + R"(","instId":")" + id + R"(","baseCcy":"","quoteCcy":"",)" +
         R"("instFamily":")" + family + R"(","ctType":")" + contract + R"(","state":")" + state +
         R"(","tickSz":"0.1"})";
}
std::string list_of(const std::string& lines) {
  return R"({"code":"0","data":[)" + lines + R"(],"msg":""})";
}

struct Read {
  explicit Read(Category category) : dialect(make_dialect({.category = category})) {}
  bool operator()(const std::string& body) { return dialect->read_list(body, listed, next); }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const Listed& each : listed) {
      all += each.symbol + " " + each.name + (each.trading ? " open, " : " closed, ");
    }
    return all;
  }
  std::unique_ptr<Dialect> dialect;
  std::vector<Listed> listed;
  std::string next = "untouched";
};

TEST(OkxDialect, ReadsTheListOfPairs) {
  Read read(Category::spot);
  EXPECT_EQ(read.dialect->list_target(), "/api/v5/public/instruments?instType=SPOT");
  ASSERT_TRUE(read(list_of(line("SPOT", "BTC-USDT", "", "live") + "," +
                           line("SPOT", "OLD-USDT", "", "suspend"))));
  EXPECT_EQ(read.text(), "BTC-USDT BTC-USDT open, OLD-USDT OLD-USDT closed, ");
  EXPECT_EQ(read.next, "");
}

TEST(OkxDialect, ReadsPerpetualAndDatedContractsOfItsKindAlone) {
  for (const auto& [category, expected] :
       {std::pair{Category::linear,
                  "BTC-USDT-SWAP BTC-USDT-SWAP open, BTC-USDT-261225 "
                  "BTC-USDT-261225 open, "},
        std::pair{Category::inverse, "BTC-USD-SWAP BTC-USD-SWAP open, "}}) {
    Read read(category);
    EXPECT_EQ(read.dialect->list_target(), "/api/v5/public/instruments?instType=SWAP");
    ASSERT_TRUE(read(list_of(line("SWAP", "BTC-USDT-SWAP", "linear", "live") + "," +
                             line("SWAP", "BTC-USD-SWAP", "inverse", "live"))));
    EXPECT_EQ(read.next, "/api/v5/public/instruments?instType=FUTURES");
    ASSERT_TRUE(read(list_of(line("FUTURES", "BTC-USDT-261225", "linear", "live"))));
    EXPECT_EQ(read.next, "");
    EXPECT_EQ(read.text(), expected);
  }
}

TEST(OkxDialect, ReadsOptionsFamilyByFamily) {
  Read read(Category::option);
  EXPECT_EQ(read.dialect->list_target(),
            "/api/v5/public/instruments?instType=OPTION&instFamily=BTC-USD");
  ASSERT_TRUE(read(list_of(line("OPTION", "BTC-USD-261225-90000-C", "", "live", "BTC-USD"))));
  EXPECT_EQ(read.next, "/api/v5/public/instruments?instType=OPTION&instFamily=ETH-USD");
  ASSERT_TRUE(read(list_of(line("OPTION", "ETH-USD-261225-9000-P", "", "live", "ETH-USD"))));
  EXPECT_EQ(read.next, "");
  EXPECT_EQ(read.listed.size(), 2U);
}

TEST(OkxDialect, RefusesAnAnswerThatIsNoList) {
  Read read(Category::spot);
  for (const char* body : {"", "{}", "[]", "null", R"({"code":"0"})", R"({"code":"0","data":1})",
                           R"({"code":"50011","data":[],"msg":"Too Many Requests"})",
                           R"({"code":"0","data":[{"instId":"A-B")"}) {
    EXPECT_FALSE(read(body)) << body;
    EXPECT_TRUE(read.listed.empty()) << body;
    EXPECT_EQ(read.next, "") << body;
  }
}

}  // namespace
}  // namespace ticker::feeds::okx
