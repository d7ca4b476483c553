// A live venue from its list of instruments to its statuses, without a socket: OKX.
#include "feeds/live/live.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/feeds/live/fake_network.hpp"
#include "tests/feeds/recording_sink.hpp"
#include "tests/feeds/sink_directory.hpp"

namespace ticker::feeds {
namespace {

using testing::HasSubstr;

const VenueEntry& entry_of(std::string_view venue) {
  return *std::ranges::find(venues(), venue, &VenueEntry::venue);
}

const std::string okx_list =
    R"({"code":"0","data":[{"instId":"BTC-USDT","baseCcy":"BTC","quoteCcy":"USDT","state":"live"},)"
    R"({"instId":"ETH-USDT","baseCcy":"ETH","quoteCcy":"USDT","state":"live"},)"
    R"({"instId":"OLD-USDT","baseCcy":"OLD","quoteCcy":"USDT","state":"suspend"}]})";

class LiveTest : public testing::Test {
 protected:
  void make(std::string_view venue, VenueOptions options, FirstListing first = {}) {
    source = make_live({.entry = entry_of(venue),
                        .options = std::move(options),
                        .limits = limits,
                        .network = network,
                        .directory = directory,
                        .seed = 7},
                       std::move(first));
  }
  RecordingSink& heard() { return directory.sinks["okx"]; }
  [[nodiscard]] Receipt now() const {
    return {1'700'000'000'000'000 + now_ms * 1'000, now_ms * ms};
  }
  // One turn, and what becomes due at once.
  void turn() {
    for (int i = 0; i < 50; ++i) {
      due_ns = source->run(now(), 1'000);
      if (due_ns > now().steady_ns && !step_all()) return;
    }
  }
  bool step_all() {
    bool any = false;
    for (const auto& connection : network.connections) {
      if (connection->gone || connection->steps.size() == stepped[connection.get()]) continue;
      stepped[connection.get()] = connection->steps.size();
      connection->listener->stepped(now());
      any = true;
    }
    return any;
  }
  void pass(std::int64_t wait_ms) {
    for (const std::int64_t end = now_ms + wait_ms; now_ms < end;) {
      now_ms = std::min(end, std::max(now_ms + 1, (due_ns + ms - 1) / ms));
      turn();
    }
  }
  void hear(std::size_t connection, const std::string& frame) {
    network.hear(connection, frame, now());
    turn();
  }
  // The statuses told of one symbol, with their reasons.
  std::vector<std::string> told(std::string_view symbol) {
    std::vector<std::string> all;
    for (const HeardStatus& heard : heard().statuses_of) {
      if (heard.symbol != symbol) continue;
      all.emplace_back(status_names[static_cast<std::size_t>(heard.status)]);
      if (heard.reason == Reason::none) continue;
      all.back().append(" ").append(reason_names[static_cast<std::size_t>(heard.reason)]);
    }
    return all;
  }

  static constexpr std::int64_t ms = 1'000'000;
  FeedLimits limits;
  FakeNetwork network;
  RecordingDirectory directory;
  std::unique_ptr<Source> source;
  std::map<FakeNetwork::Connection*, std::size_t> stepped;
  std::int64_t now_ms = 1'000;
  std::int64_t due_ns = 0;
};

VenueOptions okx(std::string quotes) {
  VenueOptions options;
  options.symbols = {"BTC-USDT", "ETH-USDT"};
  options.quotes = std::move(quotes);
  return options;
}

std::string bbo(const std::string& symbol, const std::string& bid, const std::string& ask, int ts) {
  return R"({"arg":{"channel":"bbo-tbt","instId":")" + symbol + R"("},"data":[{"asks":[[")" + ask +
         R"(","1","0","1"]],"bids":[[")" + bid + R"(","1","0","1"]],"ts":"1700000000)" +
         std::to_string(100 + ts) + R"(","seqId":)" + std::to_string(ts) + "}]}";
}

std::string book(const std::string& symbol, const char* action, const std::string& bids,
                 const std::string& asks, int previous, int seq) {
  return R"({"arg":{"channel":"books","instId":")" + symbol + R"("},"action":")" + action +
         R"(","data":[{"asks":[)" + asks + R"(],"bids":[)" + bids +
         R"(],"ts":"1700000000100","checksum":0,"prevSeqId":)" + std::to_string(previous) +
         R"(,"seqId":)" + std::to_string(seq) + "}]}";
}

std::string trade(const std::string& symbol, int id) {
  return R"({"arg":{"channel":"trades","instId":")" + symbol + R"("},"data":[{"instId":")" +
         symbol + R"(","tradeId":")" + std::to_string(id) +
         R"(","px":"100","sz":"1","side":"buy","ts":"1700000001000","count":"1"}]})";
}

TEST_F(LiveTest, MakesWhatIsConfiguredKnownBeforeAnythingIsReached) {
  make("okx", okx(""));
  turn();
  EXPECT_THAT(heard().introduced, testing::ElementsAre(testing::Pair("BTC-USDT", "BTC-USDT"),
                                                       testing::Pair("ETH-USDT", "ETH-USDT")));
  EXPECT_TRUE(network.connections.empty());
  ASSERT_EQ(network.requests.size(), 1U);
  EXPECT_EQ(network.requests[0].endpoint.host, "www.okx.com");
  EXPECT_EQ(network.requests[0].endpoint.target, "/api/v5/public/instruments?instType=SPOT");
}

TEST_F(LiveTest, ConnectsAndSubscribesOnceTheListIsThere) {
  make("okx", okx(""));
  turn();
  network.answer(200, okx_list, now());
  turn();
  ASSERT_EQ(network.connections.size(), 1U);
  const auto& connection = *network.connections[0];
  EXPECT_EQ(connection.endpoint.host, "ws.okx.com");
  EXPECT_EQ(connection.steps,
            (std::vector{Step::resolve, Step::connect, Step::secure, Step::upgrade}));
  ASSERT_EQ(connection.sent.size(), 1U);
  EXPECT_THAT(connection.sent[0], HasSubstr(R"("instId":"ETH-USDT")"));
  EXPECT_EQ(heard().links.back().first, LinkState::live);
  hear(0, bbo("BTC-USDT", "99", "101", 1));
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"pending", "live"}));
  EXPECT_EQ(told("ETH-USDT"), (std::vector<std::string>{"pending"}));
}

TEST_F(LiveTest, GoesOnAskingForTheListAndNotBeforeTheVenueWantsIt) {
  make("okx", okx(""));
  turn();
  network.answer(429, "", now(), 90'000);
  EXPECT_TRUE(network.requests.empty());
  pass(89'000);
  EXPECT_TRUE(network.requests.empty());
  EXPECT_EQ(heard().links.back().second, "list of instruments: HTTP 429");
  pass(2'000);
  ASSERT_EQ(network.requests.size(), 1U);
  network.answer(200, "{}", now());  // none
  pass(limits.feed_backoff_max_ms);
  ASSERT_EQ(network.requests.size(), 1U);
  network.answer(200, okx_list, now());
  turn();
  EXPECT_EQ(network.connections.size(), 1U);
}

TEST_F(LiveTest, DoesNotAskAgainAtOnceWhenTheFirstRequestFailed) {
  make("okx", okx(""), {.failure = Failure{.text = "HTTP 418", .retry_after_ms = 60'000}});
  turn();
  pass(59'000);
  EXPECT_TRUE(network.requests.empty());
  pass(2'000);
  EXPECT_EQ(network.requests.size(), 1U);
}

TEST_F(LiveTest, TellsEachFailureEvenIfItReadsLikeTheOneBefore) {
  make("okx", okx(""));
  turn();
  network.answer(200, okx_list, now());
  turn();
  const auto lose = [&] {
    network.connections.back()->listener->failed({.text = "connection lost: End of file"}, now());
    turn();
  };
  const auto told_losses = [&] {
    return std::ranges::count(heard().links, "connection lost: End of file",
                              &std::pair<LinkState, std::string>::second);
  };
  lose();
  EXPECT_EQ(told_losses(), 1);
  pass(2 * limits.feed_backoff_min_ms);
  ASSERT_EQ(network.connections.size(), 2U);
  EXPECT_EQ(told_losses(), 1);
  lose();
  EXPECT_EQ(told_losses(), 2);
}

TEST_F(LiveTest, TellsWhatTheVenueRefusedRightAfterALostConnectionToo) {
  make("okx", okx(""));
  turn();
  network.answer(200, okx_list, now());
  turn();
  network.connections[0]->listener->failed({.text = "connection lost: End of file"}, now());
  turn();
  pass(2 * limits.feed_backoff_min_ms);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, R"({"event":"error","code":"60018","msg":"Wrong URL or channel:bbo-tbt,instId:ETH-USDT)"
          R"( doesn't exist. Please use the correct URL, channel and parameters referring to API)"
          R"( document.","connId":"a4d3ae55"})");
  EXPECT_EQ(told("ETH-USDT").back(), "down refused");
  EXPECT_THAT(heard().links.back().second, HasSubstr("the venue refused ETH-USDT"));
}

TEST_F(LiveTest, IsDownWithWhatALaterListDoesNotKnowOrTrade) {
  VenueOptions options = okx("");
  options.symbols = {"BTC-USDT", "OLD-USDT", "NOPE-USDT"};
  make("okx", options);
  turn();
  network.answer(200, okx_list, now());
  turn();
  EXPECT_EQ(told("OLD-USDT"), (std::vector<std::string>{"down unknown_symbol"}));
  EXPECT_EQ(told("NOPE-USDT"), (std::vector<std::string>{"down unknown_symbol"}));
  ASSERT_EQ(network.connections.size(), 1U);
  EXPECT_EQ(network.connections[0]->sent[0].find("NOPE"), std::string::npos);
}

TEST_F(LiveTest, NamesWhatTheListDoesNotHaveAndWhatMayBeMeant) {
  VenueOptions options;
  options.symbols = {"BTC-USDT", "eth/usdt", "OLD-USDT", "okx:BTC-USDT"};
  std::vector<Listed> listing;
  std::string next;
  ASSERT_TRUE(entry_of("okx").make_dialect(options)->read_list(okx_list, listing, next));
  EXPECT_THAT(unknown_symbols(entry_of("okx"), options, listing),
              testing::ElementsAre("okx does not know the symbol eth/usdt; did you mean ETH-USDT?",
                                   "okx does not trade now the symbol OLD-USDT",
                                   "okx does not know the symbol okx:BTC-USDT; did you mean "
                                   "BTC-USDT?"));
}

TEST_F(LiveTest, HearsWhatComesRightBehindTheUpgrade) {
  VenueOptions options;
  options.symbols = {"BTC-USDT"};
  make("binance", options, {.listing = Listing{{"BTCUSDT", "BTC-USDT", true}}});
  const std::string quote = R"({"stream":"btcusdt@bookTicker","data":{"u":7,"s":"BTCUSDT",)"
                            R"("b":"99","B":"1","a":"101","A":"1"}})";
  const std::string traded = R"({"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","s":"BTCUSDT",)"
                             R"("a":5,"p":"100","q":"1","T":1700000001000,"m":true}})";
  source->run(now(), 1);
  for (int i = 0; i < 4; ++i) {
    network.connections[0]->listener->stepped(now());
    if (i < 3) source->run(now(), 1);
  }
  for (const std::string& frame : {quote, traded}) network.hear(0, frame, now());
  turn();
  RecordingSink& sink = directory.sinks["binance"];
  ASSERT_FALSE(sink.statuses_of.empty());
  EXPECT_EQ(sink.statuses_of.back().status, Status::live);
  EXPECT_EQ(sink.trades.size(), 1U);
}

class OkxBooks : public LiveTest {
 protected:
  void SetUp() override {
    std::vector<Listed> listing;
    std::string next;
    ASSERT_TRUE(entry_of("okx").make_dialect({})->read_list(okx_list, listing, next));
    make("okx", okx("books"), {.listing = listing});
    turn();
    ASSERT_EQ(network.connections.size(), 1U);
    for (const char* symbol : {"BTC-USDT", "ETH-USDT"}) {
      hear(0, book(symbol, "snapshot", level("99"), level("101"), -1, 10));
    }
    heard().statuses_of.clear();
    heard().tickers.clear();
    sent = network.connections[0]->sent.size();
  }
  static std::string level(const std::string& price) { return "[\"" + price + R"(","1","0","1"])"; }

  [[nodiscard]] std::ptrdiff_t quotes() {
    return std::ranges::count_if(heard().tickers, [](const HeardTicker& ticker) {
      return (ticker.update.mask & bit(Field::bid)) != 0;
    });
  }

  std::size_t sent = 0;
};

TEST_F(OkxBooks, InvalidatesOneInstrumentAsksOnceAndIgnoresUpdatesUntilTheSnapshot) {
  hear(0, book("BTC-USDT", "update", level("100"), "", 11, 12));  // 10 was the last
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"resyncing sequence_gap"}));
  pass(1'000);
  const auto& all = network.connections[0]->sent;
  ASSERT_EQ(all.size(), sent + 2);
  EXPECT_THAT(all[sent], HasSubstr(R"("op":"unsubscribe")"));
  EXPECT_THAT(all[sent + 1], HasSubstr(R"("op":"subscribe")"));
  EXPECT_THAT(all[sent + 1], HasSubstr("BTC-USDT"));
  for (int i = 12; i < 30; ++i) {
    hear(0, book("BTC-USDT", "update", level("100"), "", i, i + 1));
  }
  EXPECT_TRUE(heard().tickers.empty());
  EXPECT_EQ(all.size(), sent + 2);
  hear(0, book("BTC-USDT", "snapshot", level("98"), level("102"), -1, 40));
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"resyncing sequence_gap", "live"}));
  ASSERT_EQ(heard().tickers.size(), 1U);
  EXPECT_EQ(heard().tickers[0].get(Field::bid), "98");
  EXPECT_TRUE(told("ETH-USDT").empty());
}

TEST_F(OkxBooks, AsksAgainWhenNoSnapshotCame) {
  const auto asked = [&] {
    return std::ranges::count_if(network.connections[0]->sent, [](const std::string& text) {
      return text.find("unsubscribe") != std::string::npos;
    });
  };
  hear(0, book("BTC-USDT", "update", "", "", 11, 12));
  pass(limits.feed_repair_ms - 500);
  EXPECT_EQ(asked(), 1);
  pass(2'500);
  EXPECT_EQ(asked(), 2);
}

TEST_F(OkxBooks, ForgetsItsBooksWhenTheConnectionIsLost) {
  network.connections[0]->listener->failed({.text = "connection lost"}, now());
  turn();
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{"down disconnected"}));
  EXPECT_EQ(heard().interrupted_ones.size(), 2U);
  pass(1'000);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, book("BTC-USDT", "update", level("100"), "", 10, 12));  // of no snapshot
  EXPECT_TRUE(heard().tickers.empty());
  hear(1, book("BTC-USDT", "snapshot", level("90"), level("91"), -1, 20));
  EXPECT_EQ(told("BTC-USDT"),
            (std::vector<std::string>{"down disconnected", "resyncing reconnected", "live"}));
}

TEST_F(OkxBooks, ChangesTheConnectionOnANoticeWithoutAChangeOfStatus) {
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  ASSERT_EQ(network.connections.size(), 2U);
  hear(1, trade("BTC-USDT", 6));
  hear(0, trade("BTC-USDT", 5));
  hear(0, trade("BTC-USDT", 6));
  hear(1, book("BTC-USDT", "snapshot", level("97"), level("101"), -1, 50));
  hear(1, book("ETH-USDT", "snapshot", level("99"), level("101"), -1, 50));
  EXPECT_EQ(quotes(), 0);  // those of the successor's books wait
  EXPECT_EQ(heard().trades.size(), 2U);
  pass(limits.feed_overlap_ms + 100);
  EXPECT_TRUE(network.connections[0]->gone);
  EXPECT_FALSE(network.connections[1]->gone);
  EXPECT_TRUE(heard().statuses_of.empty());
  EXPECT_TRUE(heard().interrupted_ones.empty());
  EXPECT_EQ(quotes(), 2);
  ASSERT_EQ(heard().trades.size(), 3U);  // the market knows 6 by its id
  EXPECT_EQ(heard().trades[0].trade_id, "5");
  EXPECT_EQ(heard().trades[2].trade_id, "6");
}

TEST_F(OkxBooks, WaitsWithTheChangeUntilTheSuccessorKnowsEveryBook) {
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  hear(1, book("BTC-USDT", "snapshot", level("97"), level("101"), -1, 50));
  for (int i = 0; i < 5; ++i) {
    pass(1'000);
    hear(0, book("ETH-USDT", "update", "", "", 10, 10));
    hear(1, book("BTC-USDT", "update", "", "", 50, 50));
  }
  EXPECT_FALSE(network.connections[0]->gone);
  hear(1, book("ETH-USDT", "snapshot", level("99"), level("101"), -1, 50));
  pass(100);
  EXPECT_TRUE(network.connections[0]->gone);
}

TEST_F(OkxBooks, TakesTheSuccessorAtOnceWhenTheOldConnectionEndsBefore) {
  hear(0, R"({"event":"notice","code":"64008","msg":"soon closed","connId":"a"})");
  pass(500);
  hear(1, book("BTC-USDT", "snapshot", level("97"), level("101"), -1, 50));
  hear(1, trade("BTC-USDT", 9));
  network.connections[0]->listener->failed({.text = "closed"}, now());
  turn();
  EXPECT_EQ(told("BTC-USDT"), (std::vector<std::string>{}));
  EXPECT_EQ(told("ETH-USDT"), (std::vector<std::string>{"resyncing reconnected"}));
  EXPECT_EQ(heard().interrupted_ones.size(), 2U);
  EXPECT_EQ(heard().trades.back().trade_id, "9");
}

}  // namespace
}  // namespace ticker::feeds
