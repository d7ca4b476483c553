// What a peer says of itself becomes one short line and a time to wait.
#include "feeds/network/answer_head.hpp"

#include <gtest/gtest.h>

namespace ticker::feeds {
namespace {

constexpr std::int64_t now_us = 1'445'412'400'000'000;  // 2015-10-21 07:26:40

TEST(AnswerHead, PrintsAPeersWordsInOneShortLine) {
  EXPECT_EQ(printable("going away"), "going away");
  EXPECT_EQ(printable("a\r\nb\x1b[31m\xff"), "a??b?[31m?");
  EXPECT_EQ(printable(std::string(500, 'x')), std::string(120, 'x') + "...");
}

TEST(AnswerHead, WaitsForSecondsOrUntilADate) {
  EXPECT_EQ(read_retry_after("7", now_us), 7'000);
  EXPECT_EQ(read_retry_after("0", now_us), 0);
  EXPECT_EQ(read_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", now_us), 80'000);
  EXPECT_EQ(read_retry_after("Wed, 21 Oct 2015 07:26:00 GMT", now_us), 0);
}

TEST(AnswerHead, NeverWaitsForMoreThanADay) {
  EXPECT_EQ(read_retry_after("99999999", now_us), retry_after_max_ms);
  EXPECT_EQ(read_retry_after("Wed, 21 Oct 2099 07:28:00 GMT", now_us), retry_after_max_ms);
}

TEST(AnswerHead, TakesWhatIsNoTimeForNone) {
  for (const char* const value :
       {"", "soon", "-1", "1.5", "7 s", "99999999999999999999", "Wed, 21 Okt 2015 07:28:00 GMT",
        "Wed, 31 Feb 2016 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:00 UTC", "Wed, 21 Oct 2015"}) {
    EXPECT_EQ(read_retry_after(value, now_us), 0) << value;
  }
}

TEST(AnswerHead, BelievesATimeOnlyWithStatusesThatMeanIt) {
  for (const int status : {418, 429, 503}) {
    const Failure failure = failure_of("upgrade", status, "5", now_us);
    EXPECT_EQ(failure.text, "upgrade: HTTP " + std::to_string(status));
    EXPECT_EQ(failure.http_status, status);
    EXPECT_EQ(failure.retry_after_ms, 5'000) << status;
  }
  EXPECT_EQ(failure_of("upgrade", 301, "5", now_us).retry_after_ms, 0);
  EXPECT_EQ(failure_of("upgrade", 403, "5", now_us).retry_after_ms, 0);
}

}  // namespace
}  // namespace ticker::feeds
