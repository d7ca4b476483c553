// The whole market, from a venue's words to numbered events: without a ring, and with one.
#include "gateway/market/market.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <tuple>

#include "gateway/ring/ring.hpp"
#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

using Kind = Event::Kind;

TEST_F(MarketTest, AnInstrumentIsIntroducedBeforeItsFirstData) {
  at(77);
  say("BTC-USDT", {{Field::bid, "1"}});
  trade("ETH-USDT");
  const auto events = told();
  ASSERT_EQ(kinds(events), "ititx");
  EXPECT_EQ(table_.at(events[0].instrument).name(), "test:BTC-USDT");
  EXPECT_EQ(events[1].instrument, events[0].instrument);
  EXPECT_EQ(table_.at(events[2].instrument).name(), "test:ETH-USDT");
  EXPECT_EQ(events[0].received.wall_us, 77);
  EXPECT_EQ(counters_.instruments.get(), 2U);
  EXPECT_EQ(this->events(Kind::instrument), 2U);
}

TEST_F(MarketTest, SeqRisesByExactlyOneAPublishedChange) {
  for (std::uint64_t n = 1; n <= 20; ++n) {
    const std::string price = std::to_string(n);
    say("A-B", {{Field::bid, price}});
    say("A-B", {{Field::bid, price}});  // changes nothing
    const std::string other = std::to_string(100 + n);
    say("C-D", {{Field::ask, other}});  // numbered apart
    std::uint64_t published = 0;
    for (const Event& event : told()) {
      if (event.kind != Kind::ticker) continue;
      ++published;
      ASSERT_EQ(event.seq, n);
    }
    ASSERT_EQ(published, 2U);
  }
  EXPECT_EQ(feed().unchanged.get(), 20U);
  EXPECT_EQ(events(Kind::ticker), 40U);
}

TEST_F(MarketTest, EveryChangeCarriesTheFullStateAndWhatItTouched) {
  say("A-B", {{Field::bid, "1.5"}, {Field::ask, "1.6"}});
  static_cast<void>(told());
  at(99);
  say("A-B", {{Field::bid, "1.5"}, {Field::ask, "1.7"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "t");
  const TickerBody& body = events[0].ticker;
  EXPECT_EQ(body.changed, bit(Field::ask));
  EXPECT_EQ(body.fields.get(Field::bid), decimal("1.5"));
  EXPECT_EQ(body.fields.get(Field::ask), decimal("1.7"));
  EXPECT_TRUE(body.fields.get(Field::last).is_null());
  EXPECT_EQ(events[0].received.wall_us, 99);
  EXPECT_EQ(events[0].received.steady_ns, 99'000);
  EXPECT_EQ(events[0].flags, 0);
}

TEST_F(MarketTest, ATradeCarriesWhatTheVenueSaid) {
  at(42);
  feeds::TradeUpdate update;
  update.symbol = "A-B";
  update.exchange_us = 41;
  update.price = decimal("10.50");
  update.size = decimal("0.001");
  update.side = Side::buy;
  update.trade_id = "4711";
  sink_->trade(update);
  const Event event = told().back();
  EXPECT_EQ(event.kind, Kind::trade);
  EXPECT_EQ(event.exchange_us, 41);
  EXPECT_EQ(event.received.wall_us, 42);
  EXPECT_EQ(event.trade.price.scale, 2);  // digits as they came
  EXPECT_EQ(event.trade.price, decimal("10.50"));
  EXPECT_EQ(event.trade.size, decimal("0.001"));
  EXPECT_EQ(event.trade.side, Side::buy);
  EXPECT_EQ(event.trade.id.view(), "4711");
}

TEST_F(MarketTest, ATickerCarriesTheNumberOfTheLastTradeBeforeIt) {
  trade("A-B");
  trade("A-B");
  say("A-B", {{Field::bid, "1"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "itxxt");
  EXPECT_EQ(events[1].ticker.trade_seq, 0U);
  EXPECT_EQ(events[4].ticker.trade_seq, 2U);
}

TEST_F(MarketTest, TheExchangeTimeIsOfThisChangeAndNeverCarriedOver) {
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.mask = bit(Field::bid);
  update.fields.set(Field::bid, decimal("1"));
  update.exchange_us = 1'234;
  sink_->ticker(update);
  EXPECT_EQ(told().back().exchange_us, 1'234);
  say("A-B", {{Field::bid, "2"}});
  EXPECT_EQ(told().back().exchange_us, 0);
}

TEST_F(MarketTest, AStatusDoesNotMakeOldValuesLookFresh) {
  at(10);
  say("A-B", {{Field::bid, "1"}});
  at(60);
  sink_->status(Status::stale, Reason::feed_silent);
  const Event event = told().back();
  EXPECT_EQ(event.received.wall_us, 10);
  EXPECT_EQ(event.received.steady_ns, 60'000);  // ages inside the process are of this change
  EXPECT_EQ(event.ticker.since_us, 60);
}

TEST_F(MarketTest, EachVenueHasOneSinkAndItsOwnInstruments) {
  EXPECT_EQ(&market_.sink("test", &spellings_), sink_);
  feeds::Sink& other = market_.sink("other", nullptr);
  ASSERT_NE(&other, sink_);
  say("A-B", {{Field::bid, "1"}});
  trade("A-B");
  feeds::TradeUpdate update;
  update.symbol = "A-B";
  update.price = update.size = decimal("1");
  other.trade(update);
  EXPECT_EQ(table_.size(), 2U);
  static_cast<void>(told());
  sink_->interrupted();
  sink_->status(Status::down, Reason::feed_stopped);
  const auto events = told();
  ASSERT_EQ(kinds(events), "gt");
  for (const Event& event : events) {
    EXPECT_EQ(table_.at(event.instrument).name(), "test:A-B");
  }
}

TEST_F(MarketTest, TheEndOfAFeedThreadIsTheStatusOfAllItsVenues) {
  feeds::Sink& other = market_.sink("other", nullptr);
  say("A-B", {{Field::bid, "1"}});
  feeds::TradeUpdate update;
  update.symbol = "A-B";
  update.price = update.size = decimal("1");
  other.trade(update);
  static_cast<void>(told());
  market_.status_of_all({90, 90'000}, Status::down, Reason::feed_stopped);
  const auto events = told();
  ASSERT_EQ(kinds(events), "tt");
  EXPECT_NE(events[0].instrument, events[1].instrument);
  for (const Event& event : events) {
    EXPECT_EQ(event.ticker.status, Status::down);
    EXPECT_EQ(event.ticker.since_us, 90);
  }
}

TEST_F(MarketTest, WhenTheFeedThreadEndsNoVenueCountsAsConnected) {
  std::vector<std::string> links;
  market_.on_link([&links](std::string_view venue, feeds::LinkState state, std::string_view error,
                           std::int64_t wall_us) {
    const auto name = feeds::link_state_names[static_cast<std::size_t>(state)];
    links.push_back(std::string(venue) + ' ' + std::string(name) + ' ' + std::to_string(wall_us) +
                    ' ' + std::string(error));
  });
  market_.sink("local", nullptr);  // never had a connection: nothing to tell
  sink_->link(feeds::LinkState::live, "");
  market_.status_of_all({90, 90'000}, Status::down, Reason::feed_stopped);
  EXPECT_THAT(links, testing::ElementsAre("test live 1 ", "test idle 90 the feed stopped"));
}

class SmallMarketTest : public MarketTest {
 protected:
  SmallMarketTest() : MarketTest(2) {}
};

TEST_F(SmallMarketTest, AFullTableRejectsNewcomersAndServesTheOthers) {
  say("A-B", {{Field::bid, "1"}});
  say("C-D", {{Field::bid, "1"}});
  say("E-F", {{Field::bid, "1"}});
  trade("E-F");
  EXPECT_EQ(kinds(told()), "itit");
  EXPECT_EQ(feed().rejected.get(), 2U);
  say("A-B", {{Field::bid, "2"}});
  trade("C-D");
  EXPECT_EQ(kinds(told()), "tx");
}

// A market with a sink of its own, and what it says in a short life.
void live(EventSink& events, const std::function<bool()>& repair_requested) {
  InstrumentTable table(16);
  MarketCounters counters;
  Market market(table, events, counters);
  feeds::Sink& sink = market.sink("test", nullptr);
  sink.received({1, 1'000});
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.mask = bit(Field::bid);
  update.fields.set(Field::bid, decimal("1.5"));
  sink.ticker(update);
  feeds::TradeUpdate trade;
  trade.symbol = "C-D";
  trade.price = trade.size = decimal("2");
  trade.trade_id = "t-1";
  sink.trade(trade);
  sink.interrupted();
  sink.status(Status::stale, Reason::feed_silent);
  static_cast<void>(market.repair(repair_requested(), 1'000'000'000, 10));
}

auto head(const Event& event) {
  return std::tuple(event.kind, event.flags, event.instrument, event.seq, event.received.wall_us,
                    event.received.steady_ns, event.exchange_us);
}

TEST(Market, EventsThroughARingAreThoseThatAnyOtherSinkGets) {
  RecordedEvents recorded;
  live(recorded, [] { return true; });
  Ring ring(64, 1);
  Ring::Reader& reader = ring.reader(0);
  reader.request_repair();
  live(ring, [&ring] { return ring.take_repair_request(); });
  ring.commit();
  const std::vector<Event> events = recorded.take();
  ASSERT_EQ(kinds(events), "ititxgttrititr");
  for (const Event& event : events) {
    Event read;
    ASSERT_EQ(reader.next(read), Ring::Read::record);
    EXPECT_EQ(head(read), head(event));
    if (event.kind != Kind::ticker) continue;
    EXPECT_EQ(read.ticker.changed, event.ticker.changed);
    EXPECT_EQ(read.ticker.status, event.ticker.status);
    EXPECT_EQ(read.ticker.trade_seq, event.ticker.trade_seq);
  }
  Event none;
  EXPECT_EQ(reader.next(none), Ring::Read::empty);
}

}  // namespace
}  // namespace ticker
