// What reports are made of: numbers, escapes, axes; and that the page needs nothing from elsewhere.
#include <gtest/gtest.h>

#include <cmath>
#include <memory>

#include "bench/load/outcome.hpp"
#include "bench/load/process_sample.hpp"
#include "bench/load/svg_plot.hpp"
#include "bench/load/text.hpp"

namespace ticker::load {
namespace {

TEST(LoadText, EscapesForJsonAndForHtml) {
  EXPECT_EQ(quoted("a\"b\\c\nd"), R"("a\"b\\cd")");
  EXPECT_EQ(escaped("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
}

TEST(LoadText, WritesNumbersForEyes) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(1'234), "1,234");
  EXPECT_EQ(grouped(123'456'789), "123,456,789");
  EXPECT_EQ(short_number(0), "0");
  EXPECT_EQ(short_number(0.25), "0.25");
  EXPECT_EQ(short_number(1'500), "1.5k");
  EXPECT_EQ(short_number(999.7), "1k");
  EXPECT_EQ(short_number(12'345'678), "12.3M");
  EXPECT_EQ(short_number(120'000), "120k");
}

TEST(LoadPlot, ChoosesRoundTicksThatHoldAllValues) {
  EXPECT_EQ(ticks(0, 100, 4, false), (std::vector<double>{0, 50, 100}));
  EXPECT_EQ(ticks(0, 7, 4, false), (std::vector<double>{0, 2, 4, 6, 8}));
  EXPECT_EQ(ticks(0, 0, 4, false).size(), 2U);
  const auto powers = ticks(0.3, 250, 4, true);
  ASSERT_EQ(powers.size(), 5U);
  EXPECT_NEAR(powers.front(), 0.1, 1e-9);
  EXPECT_NEAR(powers.back(), 1'000, 1e-6);
  EXPECT_EQ(ticks(10, 10, 4, true).size(), 2U);
}

TEST(LoadPlot, BreaksALineWhereNothingWasMeasuredAndEscapesItsNames) {
  Plot plot{.title = "a<b", .unit = "ms", .x = {1, 2, 3, 4}};
  plot.lines.push_back({.name = "\"p50\"", .values = {1, NAN, 3, 4}});
  const std::string page = svg(plot);
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = page.find("<polyline", at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, 2U);
  EXPECT_EQ(page.find("a<b"), std::string::npos);
  EXPECT_EQ(page.find("\"p50\""), std::string::npos);
  EXPECT_EQ(page.find("nan"), std::string::npos);
}

TEST(LoadPlot, DrawsNothingAndEverythingEqualWithoutDividingByZero) {
  for (const bool logarithmic : {false, true}) {
    Plot plot{.title = "rate", .unit = "1/s", .logarithmic = logarithmic};
    plot.lines.push_back({.name = "all", .values = {}});
    for (const std::vector<double>& values : {std::vector<double>{}, {5.0}, {5.0, 5.0}, {0, 0}}) {
      plot.lines[0].values = values;
      plot.x.clear();
      for (std::size_t i = 0; i < values.size(); ++i) plot.x.push_back(static_cast<double>(i));
      const std::string page = svg(plot);
      EXPECT_EQ(page.find("nan"), std::string::npos);
      EXPECT_EQ(page.find("inf"), std::string::npos);
    }
  }
}

TEST(LoadHtmlReport, StandsAloneAndEscapesWhatItWasGiven) {
  Options options;
  options.command = "ticker-load --url '<script>alert(1)</script>'";
  const auto outcome = std::make_unique<Outcome>();
  outcome->ledger_mistake = "<b>no answer</b>";
  outcome->series = {{.begin_s = 0, .length_s = 1, .messages = 5},
                     {.begin_s = 1, .length_s = 1, .counted = true, .messages = 9, .p50_us = 70}};
  const std::string page = html_report(options, *outcome);
  for (const char* never : {"<script", "<b>", "http://", "https://", "@import", "url(", "src="}) {
    EXPECT_EQ(page.find(never), std::string::npos) << never;
  }
  EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.find("&lt;b&gt;no answer"), std::string::npos);
  EXPECT_NE(page.find("prefers-color-scheme:dark"), std::string::npos);
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(LoadProcessSample, ReadsTimesAndPagesBehindAnyName) {
  ProcessSample sample;
  ASSERT_TRUE(
      read_stat("42 (odd ) name) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 3 0 "
                "12345 1000000 777 18446744073709551615 1",
                sample));
  EXPECT_EQ(sample.cpu_ticks, 300U);
  EXPECT_EQ(sample.rss_pages, 777U);
  EXPECT_FALSE(read_stat("nothing", sample));
  EXPECT_FALSE(read_stat("42 (short) S 1", sample));
}

}  // namespace
}  // namespace ticker::load
