// The command line: flags over file over defaults, and every mistake told at once.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gateway/config/config.hpp"

namespace ticker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct Run {
  CommandLine line;
  std::string out;
  std::string err;
};

Run run(std::vector<std::string> words) {
  words.insert(words.begin(), "ticker-gateway");
  std::vector<const char*> argv;
  for (const auto& word : words) argv.push_back(word.c_str());
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Run result;
  result.line = read_command_line(static_cast<int>(argv.size()), argv.data());
  result.out = testing::internal::GetCapturedStdout();
  result.err = testing::internal::GetCapturedStderr();
  return result;
}

using Action = CommandLine::Action;

/// A config file of one test, removed with it.
class CommandLineWithFile : public testing::Test {
 protected:
  std::string write(std::string_view text) {
    std::ofstream(path_) << text;
    return path_.string();
  }
  void TearDown() override { std::filesystem::remove(path_); }

  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".toml");
};

TEST(CommandLine, WithoutFlagsRunsTheDefaults) {
  const auto [line, out, err] = run({});
  EXPECT_EQ(line.action, Action::run);
  EXPECT_THAT(line.errors, IsEmpty());
  EXPECT_THAT(line.config.feeds, ElementsAre("simulated"));
  EXPECT_EQ(line.config.listen.port, 8080);
  EXPECT_EQ(out + err, "");
}

TEST_F(CommandLineWithFile, FlagsOverrideTheFile) {
  const auto file =
      write("listen = \"127.0.0.1:1\"\nadmin = \"127.0.0.1:2\"\nshards = 1\nlog_level = \"off\"\n");
  const auto line = run({"--config", file, "--listen", "[::1]:5", "--shards=2", "--share-port",
                         "--spin", "--log-level", "debug"})
                        .line;
  EXPECT_EQ(line.action, Action::run);
  EXPECT_EQ(line.config.listen.host, "::1");
  EXPECT_EQ(line.config.listen.port, 5);
  EXPECT_EQ(line.config.admin.port, 2);
  EXPECT_EQ(line.config.shards, 2U);
  EXPECT_EQ(line.config.log_level, "debug");
  EXPECT_TRUE(line.config.share_port);
  EXPECT_TRUE(line.config.spin);
}

TEST_F(CommandLineWithFile, FeedFlagsReplaceTheListOfTheFile) {
  const auto file = write("feed = [\"simulated\"]\n[feeds.replay]\nfiles = [\"" SOURCE_DIR
                          "/CMakeLists.txt\"]\n");
  EXPECT_THAT(run({"--config", file, "--feed", "replay"}).line.config.feeds, ElementsAre("replay"));
  EXPECT_THAT(run({"--config", file, "--feed", "replay", "--feed", "simulated"}).line.config.feeds,
              ElementsAre("replay", "simulated"));
}

TEST_F(CommandLineWithFile, TellsMistakesOfFlagsAndFileTogether) {
  const auto file = write("shards = -1\n[limits]\nring_slots = 5\nnothing = 1\n");
  const auto [line, out, err] = run({"--config", file, "--listen", "nowhere", "--shards", "many",
                                     "--feed", "mars", "--shard", "stray"});
  EXPECT_EQ(line.action, Action::exit);
  EXPECT_EQ(line.exit_code, 1);
  EXPECT_EQ(out, "");
  EXPECT_THAT(err, HasSubstr(file + ":1: shards is -1; allowed: a whole number from 0 to 256\n"));
  EXPECT_THAT(err, HasSubstr(file + ":3: limits.ring_slots is 5; allowed: a power of two"));
  EXPECT_THAT(err, HasSubstr(file + ":4: unknown key limits.nothing"));
  EXPECT_THAT(err, HasSubstr("--listen: is \"nowhere\"; allowed: "));
  EXPECT_THAT(err, HasSubstr("--shards: is \"many\"; allowed: a whole number from 0 to 256\n"));
  EXPECT_THAT(err, HasSubstr("--feed: has the unknown element \"mars\""));
  EXPECT_THAT(err, HasSubstr("--shard: unknown flag; did you mean --shards?\n"));
  EXPECT_THAT(err, HasSubstr("stray: stands alone"));
}

TEST_F(CommandLineWithFile, ABrokenRelationNamesThePlaceThatSetItsKey) {
  const auto file = write("[limits]\n\noutbox_soft_bytes = 262144\n");
  EXPECT_THAT(run({"--config", file}).err, HasSubstr(file + ":3: limits.outbox_soft_bytes is"));
  EXPECT_THAT(run({"--admin", "127.0.0.1:8080"}).err, HasSubstr("--admin: admin is the address"));
}

TEST(CommandLine, AConfigFileThatCannotBeReadIsAMistake) {
  const auto [line, out, err] = run({"--config", "/nowhere.toml", "--listen", "x"});
  EXPECT_EQ(line.exit_code, 1);
  EXPECT_THAT(err, HasSubstr("--config: cannot read \"/nowhere.toml\""));
  EXPECT_THAT(err, HasSubstr("--listen: is \"x\""));
  EXPECT_THAT(run({"--config", "/"}).err, HasSubstr("--config: cannot read \"/\";"));
}

TEST(CommandLine, FlagsWithoutTheirValueAreMistakesLikeAnyOther) {
  const auto [line, out, err] = run({"--listen", "--config", "--shards", "--feed"});
  EXPECT_EQ(line.action, Action::exit);
  EXPECT_EQ(line.exit_code, 1);
  EXPECT_THAT(err, HasSubstr("--listen: is \"\"; allowed: "));
  EXPECT_THAT(err, HasSubstr("--config: cannot read \"\"; allowed: "));
  EXPECT_THAT(err, HasSubstr("--shards: is \"\"; allowed: "));
  EXPECT_THAT(err, HasSubstr("--feed: has the unknown element \"\""));
  EXPECT_THAT(line.errors, SizeIs(4));
}

TEST_F(CommandLineWithFile, CheckConfigSaysOkOrTheMistakes) {
  const auto good = run({"--check-config", "--config", write("shards = 1\n")});
  EXPECT_EQ(good.line.action, Action::check_config);
  EXPECT_EQ(good.line.exit_code, 0);
  EXPECT_THAT(good.out, "config ok\n");
  EXPECT_EQ(good.err, "");
  const auto bad = run({"--check-config", "--config", write("shards = true\n")});
  EXPECT_EQ(bad.line.action, Action::exit);
  EXPECT_EQ(bad.line.exit_code, 1);
  EXPECT_EQ(bad.out, "");
  EXPECT_THAT(bad.err, HasSubstr(":1: shards is true; allowed: a whole number"));
}

TEST_F(CommandLineWithFile, ACaptureThatCannotBePlayedNamesTheLineOfItsConfig) {
  const auto file =
      write("feed = [\"replay\"]\n[feeds.replay]\ntogether = true\nfiles = [\"" SOURCE_DIR
            "/README.md\"]\n");
  const auto [line, out, err] = run({"--check-config", "--config", file});
  EXPECT_EQ(line.exit_code, 1);
  EXPECT_THAT(err, HasSubstr(".toml:4: feeds.replay: " SOURCE_DIR "/README.md: no frame"));
}

TEST(CommandLine, VersionIsThatOfTheProject) {
  std::ifstream file(SOURCE_DIR "/CMakeLists.txt");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string before = " VERSION ";
  const auto begin = text.find(before, text.find("project(")) + before.size();
  const auto version = text.substr(begin, text.find(' ', begin) - begin);
  ASSERT_TRUE(version.find_first_not_of("0123456789.") == std::string::npos) << version;
  const auto [line, out, err] = run({"--version"});
  EXPECT_EQ(out, "ticker-gateway " + version + "\n");
  EXPECT_EQ(line.action, Action::exit);
  EXPECT_EQ(line.exit_code, 0);
}

TEST(CommandLine, HelpNamesEveryFlag) {
  const auto [line, out, err] = run({"--help"});
  EXPECT_EQ(line.action, Action::exit);
  EXPECT_EQ(line.exit_code, 0);
  for (const auto* flag : {"--config", "--listen", "--admin", "--shards", "--feed", "--share-port",
                           "--spin", "--check-config", "--log-level", "--version", "--help"}) {
    EXPECT_THAT(out, HasSubstr(flag));
  }
}

}  // namespace
}  // namespace ticker
