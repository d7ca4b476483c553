// The config file: what it may say, and how its mistakes are told, each with its line.
#include "gateway/config/config.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <iterator>

#include "gateway/config/config_table.hpp"

namespace ticker {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// Errors as a reader of the terminal sees them.
std::vector<std::string> lines(const std::vector<ConfigError>& errors) {
  std::vector<std::string> all;
  for (const auto& error : errors) all.push_back(error.where + ": " + error.what);
  return all;
}

std::vector<std::string> mistakes(std::string_view text) {
  Config config;
  return lines(apply_toml(text, "t.toml", "/", config));
}

std::string example() {
  std::ifstream file(SOURCE_DIR "/gateway/gateway.example.toml");
  return {std::istreambuf_iterator<char>(file), {}};
}

using Numbers = std::array<std::uint32_t, sizeof(Limits) / sizeof(std::uint32_t)>;

/// A config that differs from the defaults in everything.
Config distorted() {
  Config config;
  config.listen = {"::1", 1};
  config.admin = {"::1", 2};
  config.shards = 3;
  config.share_port = true;
  config.spin = true;
  config.log_level = "off";
  config.feeds = {"replay"};
  config.simulated = {1, 2, 3, feeds::SimulatedProfile::even};
  config.replay = {{"some"}, 7.0, true, true};
  for (feeds::VenueOptions& venue : config.venues) venue = {feeds::Category::option, "some"};
  Numbers numbers{};
  numbers.fill(7);
  config.limits = std::bit_cast<Limits>(numbers);
  return config;
}

TEST(ConfigFile, ExampleFileHoldsExactlyTheDefaults) {
  auto config = distorted();
  EXPECT_THAT(lines(apply_toml(example(), "example", "/", config)), IsEmpty());
  const Config defaults;
  EXPECT_EQ(config.listen.host, defaults.listen.host);
  EXPECT_EQ(config.listen.port, defaults.listen.port);
  EXPECT_EQ(config.admin.host, defaults.admin.host);
  EXPECT_EQ(config.admin.port, defaults.admin.port);
  EXPECT_EQ(config.shards, defaults.shards);
  EXPECT_EQ(config.share_port, defaults.share_port);
  EXPECT_EQ(config.spin, defaults.spin);
  EXPECT_EQ(config.log_level, defaults.log_level);
  EXPECT_EQ(config.feeds, defaults.feeds);
  EXPECT_EQ(config.simulated.symbols, defaults.simulated.symbols);
  EXPECT_EQ(config.simulated.rate, defaults.simulated.rate);
  EXPECT_EQ(config.simulated.seed, defaults.simulated.seed);
  EXPECT_EQ(config.simulated.profile, defaults.simulated.profile);
  EXPECT_EQ(config.replay.files, defaults.replay.files);
  EXPECT_EQ(config.replay.speed, defaults.replay.speed);
  EXPECT_EQ(config.replay.loop, defaults.replay.loop);
  EXPECT_EQ(config.replay.together, defaults.replay.together);
  for (std::size_t i = 0; i < defaults.venues.size(); ++i) {
    EXPECT_EQ(config.venues[i].category, defaults.venues[i].category);
    EXPECT_EQ(config.venues[i].trades, defaults.venues[i].trades);
    EXPECT_EQ(config.venues[i].quotes, defaults.venues[i].quotes);
  }
  EXPECT_EQ(std::bit_cast<Numbers>(config.limits), std::bit_cast<Numbers>(defaults.limits));
}

TEST(ConfigFile, ExampleFileNamesEveryKey) {
  Config config;
  Origins origins;
  EXPECT_THAT(apply_toml(example(), "example", "/", config, &origins), IsEmpty());
  for (const auto& setting : settings()) {
    EXPECT_TRUE(origins.contains(setting.key)) << setting.key;
  }
  EXPECT_EQ(origins.size(), settings().size());
}

TEST(ConfigFile, EveryLimitHasItsKey) {
  const auto keys = std::count_if(settings().begin(), settings().end(), [](const Setting& setting) {
    return setting.key.starts_with("limits.");
  });
  EXPECT_EQ(static_cast<std::size_t>(keys), Numbers{}.size());
}

TEST(ConfigFile, FileOverridesDefaultsAndLeavesTheRest) {
  Config config;
  const auto errors = apply_toml(
      "listen = \"[::1]:0\"\nadmin = \"localhost:9\"\nfeed = [\"replay\", \"simulated\"]\n"
      "[feeds.simulated]\nprofile = \"even\"\n[feeds.replay]\nspeed = 2\n"
      "[limits]\nclients_max = 5\n",
      "t.toml", "/", config);
  EXPECT_THAT(lines(errors), IsEmpty());
  EXPECT_EQ(config.listen.host, "::1");
  EXPECT_EQ(config.listen.port, 0);
  EXPECT_EQ(config.admin.host, "127.0.0.1");
  EXPECT_EQ(config.admin.port, 9);
  EXPECT_THAT(config.feeds, ElementsAre("replay", "simulated"));
  EXPECT_EQ(config.simulated.profile, feeds::SimulatedProfile::even);
  EXPECT_EQ(config.simulated.symbols, 100U);
  EXPECT_EQ(config.replay.speed, 2.0);
  EXPECT_EQ(config.limits.clients_max, 5U);
}

TEST(ConfigFile, TellsEveryMistakeWithItsLineFromTopToBottom) {
  EXPECT_THAT(mistakes("shards = 1000\n"
                       "log_level = \"loud\"\n"
                       "listen = 8080\n"
                       "share_port = \"yes\"\n"
                       "feed = [\"simulated\", \"simulatd\"]\n"
                       "admin = \"example.org:80\"\n"
                       "[limits]\n"
                       "ring_slot = 4096\n"
                       "clients_max = 2.5\n"
                       "drain_max = -1\n"),
              ElementsAre("t.toml:1: shards is 1000; allowed: a whole number from 0 to 256",
                          "t.toml:2: log_level is \"loud\"; allowed: \"debug\", \"info\", "
                          "\"warn\", \"error\", \"off\"",
                          "t.toml:3: listen is 8080; allowed: \"IPv4:PORT\", \"[IPv6]:PORT\" or "
                          "\"localhost:PORT\"",
                          "t.toml:4: share_port is \"yes\"; allowed: true or false",
                          StartsWith("t.toml:5: feed has the unknown element \"simulatd\"; did "
                                     "you mean \"simulated\"?; allowed: a list of \"simulated\", "),
                          StartsWith("t.toml:6: admin is \"example.org:80\"; allowed: "),
                          "t.toml:8: unknown key limits.ring_slot; did you mean limits.ring_slots?",
                          StartsWith("t.toml:9: limits.clients_max is 2.5; allowed: a whole"),
                          StartsWith("t.toml:10: limits.drain_max is -1; allowed: a whole")));
}

TEST(ConfigFile, KnowsAKeyThatStandsInTheWrongSection) {
  EXPECT_THAT(mistakes("symbols = 5\n"),
              ElementsAre("t.toml:1: unknown key symbols; did you mean feeds.simulated.symbols?"));
}

TEST(ConfigFile, NamesTheKeysOfASectionWhenNoneIsNear) {
  EXPECT_THAT(mistakes("[feeds.replay]\nzzzzzzzz = 5\n"),
              ElementsAre("t.toml:2: unknown key feeds.replay.zzzzzzzz; allowed: "
                          "feeds.replay.files, feeds.replay.speed, feeds.replay.loop, "
                          "feeds.replay.together"));
}

TEST(ConfigFile, SetsTheOptionsOfTheVenueThatItsSectionNames) {
  for (std::size_t i = 0; i < feeds::venues().size(); ++i) {
    const feeds::VenueEntry& entry = feeds::venues()[i];
    Config config;
    for (feeds::VenueOptions& venue : config.venues) {
      venue = {feeds::Category::option, "untouched", "untouched"};
    }
    const std::string text = "[feeds." + std::string(entry.venue) + "]\ncategory = \"" +
                             std::string(entry.categories.front()) + "\"\n" + "trades = \"" +
                             std::string(entry.trades.back()) + "\"\nquotes = \"" +
                             std::string(entry.quotes.back()) + "\"\n";
    EXPECT_THAT(apply_toml(text, "t.toml", ".", config), IsEmpty());
    for (std::size_t other = 0; other < config.venues.size(); ++other) {
      const bool named = other == i;
      EXPECT_EQ(config.venues[other].category,
                named ? feeds::default_options()[i].category : feeds::Category::option);
      EXPECT_EQ(config.venues[other].trades, named ? entry.trades.back() : "untouched");
      EXPECT_EQ(config.venues[other].quotes, named ? entry.quotes.back() : "untouched");
    }
  }
}

TEST(ConfigFile, NamesTheVenuesWhenASectionIsUnknown) {
  EXPECT_THAT(
      mistakes("[feeds.krakn]\ntrades = \"trade\"\n"),
      ElementsAre("t.toml:1: unknown key feeds.krakn; did you mean the section [feeds.kraken]?"));
  EXPECT_THAT(mistakes("[feeds.mars]\nx = 1\n"),
              ElementsAre("t.toml:1: unknown key feeds.mars; allowed: the sections "
                          "[feeds.simulated], [feeds.replay], [limits], [feeds.binance], "
                          "[feeds.binance_us], [feeds.coinbase], [feeds.kraken], "
                          "[feeds.okx], [feeds.bybit], [feeds.bybit_linear]"));
}

TEST(ConfigFile, RefusesUnknownSectionsAndValuesInTheirPlace) {
  EXPECT_THAT(
      mistakes("[feeds.olympusmons]\nx = 1\n"),
      ElementsAre(AllOf(StartsWith("t.toml:1: unknown key feeds.olympusmons; allowed: the "),
                        HasSubstr("[feeds.replay], [limits], [feeds.binance], "),
                        HasSubstr(", [feeds.kraken]"))));
  EXPECT_THAT(mistakes("[feeds.krakken]\nx = 1\n"),
              ElementsAre("t.toml:1: unknown key feeds.krakken; did you mean the section "
                          "[feeds.kraken]?"));
  EXPECT_THAT(mistakes("[limit]\n"),
              ElementsAre("t.toml:1: unknown key limit; did you mean the section [limits]?"));
  EXPECT_THAT(mistakes("limits = 3\n"),
              ElementsAre("t.toml:1: limits is a whole number; allowed: a section [limits]"));
  EXPECT_THAT(mistakes("[listen]\nport = 1\n"), ElementsAre(HasSubstr("listen is a section")));
}

TEST(ConfigFile, RefusesAFeedNamedTwiceAndListsOfOtherThings) {
  EXPECT_THAT(mistakes("feed = [\"replay\",\n\"replay\"]\n"),
              ElementsAre("t.toml:2: feed names \"replay\" twice; allowed: each once"));
  EXPECT_THAT(mistakes("feed = [1]\n"), ElementsAre(HasSubstr("feed has a whole number")));
  EXPECT_THAT(mistakes("feed = \"replay\"\n"), ElementsAre(HasSubstr("feed is a text")));
}

TEST(ConfigFile, TellsTheLineOfASyntaxError) {
  EXPECT_THAT(mistakes("shards = 1\nlisten = \n"), ElementsAre(StartsWith("t.toml:2: not TOML: ")));
  EXPECT_THAT(mistakes("shards = 1\nshards = 2\n"), ElementsAre(StartsWith("t.toml:2: not TOML")));
}

TEST(ConfigFile, FindsReplayFilesBesideTheConfigFile) {
  Config config;
  const auto errors = apply_toml("[feeds.replay]\nfiles = [\"../gateway/config/config.hpp\"]\n",
                                 "t.toml", SOURCE_DIR "/feeds", config);
  EXPECT_THAT(lines(errors), IsEmpty());
  EXPECT_THAT(config.replay.files, ElementsAre(SOURCE_DIR "/gateway/config/config.hpp"));
}

TEST(ConfigFile, RefusesReplayFilesThatAreMissingAFolderOrNamedTwice) {
  Config config;
  const auto errors = apply_toml(
      "[feeds.replay]\nfiles = [\n\"nowhere.rec\",\n\"gateway\",\n\"CMakeLists.txt\", "
      "\"./CMakeLists.txt\"]\n",
      "t.toml", SOURCE_DIR, config);
  EXPECT_THAT(lines(errors),
              ElementsAre("t.toml:3: feeds.replay.files names a file that is not there: " SOURCE_DIR
                          "/nowhere.rec",
                          "t.toml:4: feeds.replay.files names a folder: " SOURCE_DIR "/gateway",
                          "t.toml:5: feeds.replay.files names \"" SOURCE_DIR
                          "/CMakeLists.txt\" twice; allowed: each once"));
}

TEST(ConfigFile, SpeedTakesAnyNumberFromZeroButNotInfinity) {
  EXPECT_THAT(mistakes("[feeds.replay]\nspeed = 0\n"), IsEmpty());
  EXPECT_THAT(mistakes("[feeds.replay]\nspeed = 0.5\n"), IsEmpty());
  EXPECT_THAT(mistakes("[feeds.replay]\nspeed = inf\n"), ElementsAre(HasSubstr("is inf")));
  EXPECT_THAT(mistakes("[feeds.replay]\nspeed = nan\n"), ElementsAre(HasSubstr("is nan")));
  EXPECT_THAT(mistakes("[feeds.replay]\nspeed = -0.5\n"), ElementsAre(HasSubstr("is -0.5")));
}

}  // namespace
}  // namespace ticker
