// What an operator learns of one venue, through the sink that its source calls.
#include "gateway/market/venue_log.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/gateway/market/market_fixture.hpp"

namespace ticker {
namespace {

using feeds::LinkState;

class VenueLogTest : public MarketTest {};

TEST_F(VenueLogTest, VerdictsAndOverflowsAreCounted) {
  sink_->frame(feeds::Verdict::data, {});
  sink_->frame(feeds::Verdict::malformed, {});
  sink_->frame(feeds::Verdict::malformed, {});
  sink_->overflow();
  EXPECT_EQ(feed().frames[static_cast<std::size_t>(feeds::Verdict::data)].get(), 1U);
  EXPECT_EQ(feed().frames[static_cast<std::size_t>(feeds::Verdict::malformed)].get(), 2U);
  EXPECT_EQ(feed().overflows.get(), 1U);
}

TEST_F(VenueLogTest, TheStateOfItsConnectionsIsToldAndCounted) {
  std::vector<std::string> heard;
  market_.on_link(
      [&](std::string_view venue, LinkState state, std::string_view error, std::int64_t wall_us) {
        heard.push_back(std::string(venue) + ' ' +
                        std::string(feeds::link_state_names[static_cast<std::size_t>(state)]) +
                        ' ' + std::string(error) + ' ' + std::to_string(wall_us));
      });
  at(5);
  sink_->link(LinkState::connecting, "");
  sink_->link(LinkState::live, "");
  sink_->link(LinkState::silent, "");
  sink_->link(LinkState::live, "");
  sink_->link(LinkState::waiting, "connection lost");
  EXPECT_EQ(heard.back(), "test waiting connection lost 5");
  EXPECT_EQ(heard.size(), 5U);
  EXPECT_EQ(feed().connects.get(), 1U);
  EXPECT_EQ(feed().disconnects.get(), 1U);
  EXPECT_EQ(feed().link_state.get(), static_cast<std::uint64_t>(LinkState::waiting));
}

TEST_F(VenueLogTest, FramesThatAreNotUnderstoodAreShownInTheLogOnceASecond) {
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

TEST_F(VenueLogTest, TheLogTellsThatAVenueIsLostThatItIsBackAndWhatItRefused) {
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
