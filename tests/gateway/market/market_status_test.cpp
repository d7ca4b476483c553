// Interruptions, status, venues: what the market tells of all instruments at once.
#include <gmock/gmock.h>

#include <algorithm>

#include "gateway/base/log.hpp"
#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

using Kind = Event::Kind;

TEST_F(MarketTest, AnInterruptionIsOneNumberedGapForEachInstrumentThatTraded) {
  trade("A-B");
  trade("A-B");
  say("C-D", {{Field::bid, "1"}});  // never traded
  trade("E-F");
  static_cast<void>(told());
  at(50);
  sink_->interrupted();
  const auto events = told();
  ASSERT_EQ(kinds(events), "gg");
  EXPECT_EQ(table_.at(events[0].instrument).name(), "test:A-B");
  EXPECT_EQ(events[0].seq, 3U);
  EXPECT_EQ(events[0].gap.reason, Reason::upstream);
  EXPECT_EQ(events[0].received.wall_us, 50);
  EXPECT_EQ(table_.at(events[1].instrument).name(), "test:E-F");
  EXPECT_EQ(events[1].seq, 2U);
  trade("A-B");
  EXPECT_EQ(told().back().seq, 4U);
}

TEST_F(MarketTest, AfterAnInterruptionOrdersStartAfresh) {
  say("A-B", {{Field::bid, "10"}}, 100);
  trade("A-B", 200);
  sink_->interrupted();
  static_cast<void>(told());
  say("A-B", {{Field::bid, "11"}}, 1);
  trade("A-B", 2);
  EXPECT_EQ(kinds(told()), "tx");
  EXPECT_EQ(feed().out_of_order.get(), 0U);
}

TEST_F(MarketTest, AStatusIsPublishedForEveryInstrumentWhoseStatusChanges) {
  say("A-B", {{Field::bid, "1"}});
  say("C-D", {{Field::bid, "1"}});
  static_cast<void>(told());
  at(60);
  sink_->status(Status::stale, Reason::feed_silent);
  const auto events = told();
  ASSERT_EQ(kinds(events), "tt");
  for (const Event& event : events) {
    EXPECT_EQ(event.seq, 2U);
    EXPECT_EQ(event.ticker.changed, status_bit);
    EXPECT_EQ(event.ticker.status, Status::stale);
    EXPECT_EQ(event.ticker.reason, Reason::feed_silent);
    EXPECT_EQ(event.ticker.since_us, 60);
    EXPECT_EQ(event.exchange_us, 0);
  }
  at(61);
  sink_->status(Status::stale, Reason::feed_silent);
  EXPECT_EQ(kinds(told()), "");
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

TEST_F(MarketTest, AnotherReasonIsAChangeOfStatus) {
  say("A-B", {{Field::bid, "1"}});
  sink_->status(Status::down, Reason::feed_silent);
  at(70);
  sink_->status(Status::down, Reason::feed_stopped);
  const Event event = told().back();
  EXPECT_EQ(event.ticker.reason, Reason::feed_stopped);
  EXPECT_EQ(event.ticker.since_us, 70);
}

TEST_F(MarketTest, DataMakesAStaleInstrumentLiveAgainEvenIfNoValueChanged) {
  say("A-B", {{Field::bid, "1"}});
  sink_->status(Status::stale, Reason::feed_silent);
  static_cast<void>(told());
  at(80);
  say("A-B", {{Field::bid, "1"}});
  const auto events = told();
  ASSERT_EQ(kinds(events), "t");
  EXPECT_EQ(events[0].ticker.changed, status_bit);
  EXPECT_EQ(events[0].ticker.status, Status::live);
  EXPECT_EQ(events[0].ticker.reason, Reason::none);
  EXPECT_EQ(events[0].ticker.since_us, 80);
}

TEST_F(MarketTest, OutdatedDataDoesNotMakeAStaleInstrumentLive) {
  say("A-B", {{Field::bid, "1"}}, 9);
  trade("A-B", 9);
  sink_->status(Status::stale, Reason::feed_silent);
  static_cast<void>(told());
  say("A-B", {{Field::bid, "2"}}, 8);
  trade("A-B", 9);
  EXPECT_EQ(kinds(told()), "");
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

TEST_F(MarketTest, AVenueWithoutAnAdapterSpellsCanonically) {
  feeds::Sink& plain = market_.sink("plain", nullptr);
  feeds::TradeUpdate update;
  update.symbol = "BTCUSDT";
  update.price = update.size = decimal("1");
  plain.trade(update);
  EXPECT_EQ(table_.at(told()[0].instrument).name(), "plain:BTCUSDT");
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

TEST_F(MarketTest, VerdictsAndOverflowsAreCounted) {
  sink_->frame(feeds::Verdict::data, {});
  sink_->frame(feeds::Verdict::malformed, {});
  sink_->frame(feeds::Verdict::malformed, {});
  sink_->overflow();
  EXPECT_EQ(feed().frames[static_cast<std::size_t>(feeds::Verdict::data)].get(), 1U);
  EXPECT_EQ(feed().frames[static_cast<std::size_t>(feeds::Verdict::malformed)].get(), 2U);
  EXPECT_EQ(feed().overflows.get(), 1U);
}

TEST_F(MarketTest, FramesThatAreNotUnderstoodAreShownInTheLogOnceASecond) {
  testing::internal::CaptureStderr();
  start_log("info");
  sink_->frame(feeds::Verdict::data, "fine");
  sink_->frame(feeds::Verdict::ignored, "heartbeat");
  sink_->frame(feeds::Verdict::malformed, "{\"bro\nken");
  sink_->frame(feeds::Verdict::malformed, "again");
  sink_->frame(feeds::Verdict::unknown, "[]");
  at(1'000'001);
  sink_->frame(feeds::Verdict::malformed, "later");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, testing::HasSubstr("test: malformed frame of 9 bytes: {\"bro?ken\n"));
  EXPECT_THAT(text, testing::HasSubstr("test: unknown frame of 2 bytes: []\n"));
  EXPECT_THAT(text, testing::HasSubstr("bytes: later (1 more of these held back)\n"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 3);
}

TEST_F(MarketTest, TheLogTellsThatAVenueIsLostThatItIsBackAndWhatItRefused) {
  using feeds::LinkState;
  testing::internal::CaptureStderr();
  start_log("info");
  for (const LinkState state :
       {LinkState::connecting, LinkState::live, LinkState::silent, LinkState::live}) {
    sink_->link(state, "");
  }
  sink_->link(LinkState::waiting, "connection lost");
  sink_->link(LinkState::waiting, "held back");
  sink_->link(LinkState::live, "refused");
  const std::string text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, testing::MatchesRegex(".*info test is live\n.*warning test: connection lost\n"
                                          ".*info test is live\n.*warning test: refused\n"));
}

}  // namespace
}  // namespace ticker
