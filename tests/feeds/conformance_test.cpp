// Every frame of every capture is understood or deliberately ignored, kind by kind, exactly as the
// table beside the captures says (frames.tsv). Walks the registry and the folders; knows no venue.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "feeds/capture/recording.hpp"
#include "feeds/registry.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker::feeds {
namespace {

namespace fs = std::filesystem;

const std::map<Verdict, std::string> verdict_names = {{Verdict::data, "data"},
                                                      {Verdict::ignored, "ignored"},
                                                      {Verdict::unknown, "unknown"},
                                                      {Verdict::malformed, "malformed"}};

struct Counts {
  std::size_t frames = 0;
  std::size_t tickers = 0;
  std::size_t trades = 0;
  std::size_t books = 0;
  bool operator==(const Counts&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.frames << " frames, " << counts.tickers << " tickers, " << counts.trades
             << " trades, " << counts.books << " books";
}

/// By file, kind and verdict, separated by tabs.
using Table = std::map<std::string, Counts>;

std::vector<fs::path> capture_folders() {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(SOURCE_DIR "/feeds")) {
    if (fs::is_directory(entry.path() / "captures")) folders.push_back(entry.path() / "captures");
  }
  std::ranges::sort(folders);
  return folders;
}

std::vector<fs::path> captures_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".ndjson") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

/// frames.tsv, and the JSON pointers that it names.
Table read_table(const fs::path& folder, std::vector<std::string>& pointers) {
  constexpr std::string_view kind_line = "# kind: ";
  Table table;
  std::ifstream file(folder / "frames.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line.starts_with(kind_line) ? line.substr(kind_line.size()) : line);
    if (line.starts_with(kind_line)) {
      for (std::string pointer; cells >> pointer;) pointers.push_back(pointer);
    } else if (!line.starts_with('#') && !line.starts_with("file\t")) {
      std::string name;
      std::string kind;
      std::string verdict;
      Counts counts;
      cells >> name >> kind >> counts.frames >> verdict >> counts.tickers >> counts.trades >>
          counts.books;
      EXPECT_TRUE(cells) << line;
      EXPECT_TRUE(table.emplace(name + '\t' + kind + '\t' + verdict, counts).second) << line;
    }
  }
  return table;
}

/// What a frame says that it is, read without the adapter.
std::string kind_of(std::string_view frame, const std::vector<std::string>& pointers) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(frame);
  std::string kind;
  for (const std::string& pointer : pointers) {
    simdjson::ondemand::document document;
    std::string_view word;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return "none";
    if (document.at_pointer(pointer).get_string().get(word) != simdjson::SUCCESS) continue;
    if (const auto at = word.find('@'); at != std::string_view::npos) word.remove_prefix(at + 1);
    if (!kind.empty()) kind += '/';
    kind += word;
  }
  return kind.empty() ? "none" : kind;
}

Table count(const fs::path& folder, const std::vector<std::string>& pointers,
            std::set<std::string_view>& venues_heard) {
  Table table;
  for (const fs::path& path : captures_in(folder)) {
    std::string error;
    const auto recording = Recording::load(path, error);
    EXPECT_TRUE(recording) << error;
    if (!recording) continue;
    EXPECT_EQ(recording->malformed(), 0U) << path;
    std::map<const VenueEntry*, std::unique_ptr<Adapter>> adapters;
    for (const RecordedLine& line : recording->lines()) {
      if (line.kind != RecordedLine::Kind::received) continue;
      const VenueEntry* const entry = find_by_endpoint(line.endpoint);
      EXPECT_NE(entry, nullptr) << path << ": " << line.endpoint;
      if (entry == nullptr) continue;
      venues_heard.insert(entry->venue);
      auto& adapter = adapters[entry];
      if (adapter == nullptr) adapter = entry->make({});
      RecordingSink sink;
      const Verdict verdict = adapter->parse(line.frame, sink);
      Counts& counts = table[path.filename().string() + '\t' + kind_of(line.frame, pointers) +
                             '\t' + verdict_names.at(verdict)];
      ++counts.frames;
      counts.tickers += sink.tickers.size();
      counts.trades += sink.trades.size();
      counts.books += sink.books.size();
    }
  }
  return table;
}

TEST(Conformance, EveryFrameOfEveryCaptureIsWhatItsTableSays) {
  std::set<std::string_view> venues_heard;
  for (const fs::path& folder : capture_folders()) {
    std::vector<std::string> pointers;
    const Table expected = read_table(folder, pointers);
    ASSERT_FALSE(pointers.empty()) << folder;
    EXPECT_EQ(count(folder, pointers, venues_heard), expected) << folder;
    for (const auto& [key, counts] : expected) {
      EXPECT_FALSE(key.ends_with("unknown"))
          << "neither understood nor deliberately ignored: " << key;
      EXPECT_TRUE(!key.ends_with("malformed") || key.starts_with("written")) << key;
    }
  }
  for (const VenueEntry& entry : venues()) {
    EXPECT_TRUE(venues_heard.contains(entry.venue)) << "no capture of " << entry.venue;
  }
}

// A larger collection, where there is one: nothing in it may be unknown or malformed.
TEST(Conformance, EveryFrameOfALargerCollectionIsUnderstoodOrIgnored) {
  const char* const root = std::getenv("TICKER_CAPTURES");
  if (root == nullptr)
    GTEST_SKIP() << "TICKER_CAPTURES names a folder of captures to check as well";
  std::size_t frames = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".ndjson") continue;
    std::string error;
    const auto recording = Recording::load(entry.path(), error);
    ASSERT_TRUE(recording) << error;
    for (const RecordedLine& line : recording->lines()) {
      const VenueEntry* const venue = find_by_endpoint(line.endpoint);
      if (venue == nullptr || line.kind != RecordedLine::Kind::received) continue;
      RecordingSink sink;
      const Verdict verdict = venue->make({})->parse(line.frame, sink);
      EXPECT_TRUE(verdict == Verdict::data || verdict == Verdict::ignored) << line.frame;
      EXPECT_EQ(sink.overflows, 0) << line.frame;
      ++frames;
    }
  }
  EXPECT_GT(frames, 0U);
}

}  // namespace
}  // namespace ticker::feeds
