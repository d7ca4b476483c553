// What the values of a config must be to each other, and what they cost.
#include "gateway/config/config.hpp"

#include <gmock/gmock.h>

#include "gateway/config/config_table.hpp"
#include "gateway/fanout/streams.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Config, DefaultsKeepTheirOwnRules) {
  EXPECT_THAT(check_relations(Config{}), IsEmpty());
  Config config;
  for (const auto& setting : settings()) {
    const auto target = setting.target(config);
    if (const auto* const* number = std::get_if<std::uint32_t*>(&target)) {
      EXPECT_GE(**number, setting.min) << setting.key;
      EXPECT_LE(**number, setting.max) << setting.key;
    }
  }
}

/// The keys that a config breaks after `change`.
template <class Change>
std::vector<std::string> broken(Change change) {
  Config config;
  change(config);
  std::vector<std::string> keys;
  for (const auto& error : check_relations(config)) keys.push_back(error.where);
  return keys;
}

TEST(Config, RingSlotsAreAPowerOfTwoAndHoldFourTimesTheInstruments) {
  EXPECT_THAT(broken([](Config& c) { c.limits.ring_slots = 65'537; }),
              ElementsAre("limits.ring_slots"));
  EXPECT_THAT(broken([](Config& c) { c.limits.ring_slots = 32'768; }),
              ElementsAre("limits.ring_slots"));
  EXPECT_THAT(broken([](Config& c) {
                c.limits.instruments_max = 16'384;
                c.limits.ring_slots = 65'536;
              }),
              IsEmpty());
}

TEST(Config, OutboxBoundsRiseFromSoftToHardToReserve) {
  EXPECT_THAT(broken([](Config& c) { c.limits.outbox_soft_bytes = c.limits.outbox_hard_bytes; }),
              ElementsAre("limits.outbox_soft_bytes"));
  EXPECT_THAT(broken([](Config& c) { c.limits.control_reserve_bytes = 65'536; }),
              ElementsAre("limits.control_reserve_bytes"));
  EXPECT_THAT(broken([](Config& c) { c.limits.notsent_lowat_bytes = 262'145; }),
              ElementsAre("limits.notsent_lowat_bytes"));
}

TEST(Config, AnswersAndTradeSnapshotsFitASlab) {
  EXPECT_THAT(broken([](Config& c) { c.limits.slab_bytes = 65'536; }),
              ElementsAre("limits.slab_bytes"));
  EXPECT_THAT(broken([](Config& c) {
                c.limits.slab_bytes = 65'536;
                c.limits.message_bytes_max = 256;
                c.limits.symbols_per_request_max = 10;
                c.limits.trades_snapshot_max = 100;
              }),
              ElementsAre("limits.slab_bytes"));
}

TEST(Config, TradesThatASnapshotTellsAreKept) {
  EXPECT_THAT(broken([](Config& c) { c.limits.trades_kept = 49; }),
              ElementsAre("limits.trades_kept"));
  EXPECT_THAT(broken([](Config& c) { c.limits.trades_kept = 50; }), IsEmpty());
  EXPECT_THAT(broken([](Config& c) { c.limits.trades_kept = c.limits.trades_snapshot_max = 0; }),
              IsEmpty());
}

TEST(Config, AShardRefusesClientsBeforeItServesThoseItHasLess) {
  EXPECT_THAT(broken([](Config& c) { c.limits.lag_hard_ms = 249; }),
              ElementsAre("limits.lag_hard_ms"));
  EXPECT_THAT(broken([](Config& c) { c.limits.lag_hard_ms = 250; }), IsEmpty());
}

TEST(Config, FeedsNeedSymbolsThatFitAndFilesToReplay) {
  EXPECT_THAT(broken([](Config& c) { c.simulated.symbols = 10'001; }),
              ElementsAre("feeds.simulated.symbols"));
  EXPECT_THAT(broken([](Config& c) { c.feeds = {"replay"}; }), ElementsAre("feeds.replay.files"));
  EXPECT_THAT(broken([](Config& c) {
                c.feeds = {"replay"};
                c.replay.files = {"a"};
                c.simulated.symbols = 10'001;
              }),
              IsEmpty());
  EXPECT_THAT(broken([](Config& c) { c.feeds.clear(); }), ElementsAre("feed"));
  EXPECT_THAT(broken([](Config& c) {
                c.feeds = {"replay"};
                c.replay.files = {"a"};
                c.replay.speed = 0.0005;
              }),
              ElementsAre("feeds.replay.speed"));
}

TEST(Config, ClientsAndAdminHaveDifferentPorts) {
  EXPECT_THAT(broken([](Config& c) { c.admin = c.listen; }), ElementsAre("admin"));
  EXPECT_THAT(broken([](Config& c) {
                c.admin = {"0.0.0.0", c.listen.port};
              }),
              ElementsAre("admin"));
  EXPECT_THAT(broken([](Config& c) { c.admin.port = c.listen.port = 0; }), IsEmpty());
}

}  // namespace
}  // namespace ticker
