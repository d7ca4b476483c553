// The log: what goes to stderr, and how a flood is held back.
#include "gateway/base/log.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <optional>
#include <string>

namespace ticker {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr std::int64_t second_ns = 1'000'000'000;

TEST(LogLimit, LetsOneLineASecondPassAndCountsTheOthers) {
  LogLimit limit;
  EXPECT_EQ(limit.pass(5), std::optional<std::uint64_t>(0));
  EXPECT_EQ(limit.pass(6), std::nullopt);
  EXPECT_EQ(limit.pass(4 + second_ns), std::nullopt);
  EXPECT_EQ(limit.pass(5 + second_ns), std::optional<std::uint64_t>(2));
  EXPECT_EQ(limit.pass(9 * second_ns), std::optional<std::uint64_t>(0));
}

TEST(Log, WritesToStderrFromItsLevelOn) {
  testing::internal::CaptureStderr();
  start_log("warn");
  log(LogLevel::info, "quiet");
  log(LogLevel::warn, "100% loud {}");
  start_log("off");
  log(LogLevel::error, "silent");
  start_log("info");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, MatchesRegex("....-..-..T..:..:..\\....Z warning 100% loud \\{\\}\n"));
}

// The writer may be the feed thread, and the pipe one that nobody reads.
TEST(Log, NeverWaitsForAReaderAndTellsWhatWasLost) {
  const int kept = ::dup(STDERR_FILENO);
  int pipe[2] = {-1, -1};
  ASSERT_EQ(::pipe(pipe), 0);
  ::dup2(pipe[1], STDERR_FILENO);
  start_log("info");
  for (int i = 0; i < 10'000; ++i) log(LogLevel::info, std::string(200, 'x'));
  std::string text(1 << 20, '\0');
  ASSERT_GT(::read(pipe[0], text.data(), text.size()), 0);
  log(LogLevel::info, "read again" + std::string(10'000, '.'));
  ::dup2(kept, STDERR_FILENO);
  ::close(kept);
  ::close(pipe[1]);
  text.resize(static_cast<std::size_t>(::read(pipe[0], text.data(), text.size())));
  ::close(pipe[0]);
  EXPECT_THAT(text, HasSubstr(" lines were lost: nobody read stderr\n"));
  EXPECT_THAT(text, HasSubstr("read again..."));
  EXPECT_LT(text.size(), 4'096U);
}

TEST(Log, ShowsTheBeginningOfAStrangeTextWithoutItsTricks) {
  EXPECT_EQ(shown("{\"a\":1}"), "{\"a\":1}");
  EXPECT_EQ(shown("a\nb\x1b[31m\x7f\xff"), "a?b?[31m??");
  EXPECT_EQ(shown(std::string(5'000, 'x')), std::string(200, 'x') + "...");
}

TEST(Log, TellsHowManyLinesWereHeldBack) {
  testing::internal::CaptureStderr();
  LogLimit limit;
  EXPECT_EQ(limit.pass(INT64_MIN / 2), std::optional<std::uint64_t>(0));
  EXPECT_EQ(limit.pass(INT64_MIN / 2), std::nullopt);
  log(limit, LogLevel::warn, "trouble");
  log(limit, LogLevel::warn, "trouble again");
  const auto text = testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, HasSubstr("trouble (1 more of these held back)\n"));
  EXPECT_THAT(text, Not(HasSubstr("again")));
}

}  // namespace
}  // namespace ticker
