// Every book of every capture is rebuilt: no gap, no crossed book, every sum as the venue sent it,
// and in the end the same best prices as a plain rebuild that keeps everything and trusts nothing
// of the house but its adapters. Walks the registry and the folders; knows venues only by how many
// books were recorded of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "feeds/capture/recording.hpp"
#include "feeds/registry.hpp"
#include "tests/feeds/book/books_fixture.hpp"

namespace ticker::feeds {
namespace {

namespace fs = std::filesystem;

std::uint32_t plain_crc32(const std::string& text) {
  std::uint32_t rest = ~0U;
  for (const char c : text) {
    rest ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) rest = (rest >> 1) ^ ((rest & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~rest;
}

/// The whole of one instrument's book, by the venue's own recipe.
class PlainBook {
 public:
  explicit PlainBook(const BookRules& rules) : rules_(rules) {}

  void take(const BookUpdate& update) {
    if (rules_.snapshot_by_request) {
      take_range(update);
    } else if (update.snapshot) {
      start(update);
    } else if (whole_) {
      apply(update);
    }
  }

  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::string best() const { return text(bids_.best()) + " / " + text(asks_.best()); }
  [[nodiscard]] std::uint32_t sum() const {
    return plain_crc32(rules_.checksum == BookRules::Checksum::kraken ? kraken_text() : okx_text());
  }

 private:
  void start(const BookUpdate& update) {
    bids_.clear();
    asks_.clear();
    whole_ = true;
    apply(update);
  }
  void apply(const BookUpdate& update) {
    for (const BookLevel& level : update.bids) bids_.set(level);
    for (const BookLevel& level : update.asks) asks_.set(level);
    if (rules_.depth == 0) return;
    bids_.cut(rules_.depth);
    asks_.cut(rules_.depth);
  }
  // All events are kept; a snapshot that has the first of them, or follows on it, is completed by
  // those that are newer.
  void take_range(const BookUpdate& update) {
    if (!update.snapshot) {
      events_.push_back({{update.bids.begin(), update.bids.end()},
                         {update.asks.begin(), update.asks.end()},
                         update});
      if (whole_) apply(update);
      return;
    }
    if (whole_ || events_.empty() || update.last + 1 < events_.front().numbers.first) return;
    start(update);
    for (const OwnUpdate& event : events_) {
      if (event.numbers.last > update.last) apply(event.get());
    }
  }
  [[nodiscard]] std::string kraken_text() const {
    std::string all;
    for (const PlainSide* const side : {&asks_, &bids_}) {
      int rank = 0;
      for (const auto& [price, size] : *side) {
        if (++rank > 10) break;
        for (std::string digits : {text(price), text(size)}) {
          std::erase(digits, '.');
          all += digits.substr(digits.find_first_not_of('0'));
        }
      }
    }
    return all;
  }
  [[nodiscard]] std::string okx_text() const {
    std::string all;
    auto bid = bids_.begin();
    auto ask = asks_.begin();
    const auto add = [&all](auto& level) {
      all += (all.empty() ? "" : ":") + text(level->first) + ":" + text(level->second);
      ++level;
    };
    for (int rank = 0; rank < 25; ++rank) {
      if (bid != bids_.end()) add(bid);
      if (ask != asks_.end()) add(ask);
    }
    return all;
  }

  const BookRules rules_;
  bool whole_ = false;
  PlainSide bids_{true};
  PlainSide asks_{false};
  std::vector<OwnUpdate> events_;
};

struct Counts {
  std::size_t updates = 0;  // of books, snapshots too
  std::size_t sums = 0;     // verified
  std::size_t books = 0;    // rebuilt to the end
  bool operator==(const Counts&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& counts) {
  return out << counts.updates << " updates, " << counts.sums << " sums, " << counts.books
             << " books";
}

/// One venue's books, by what its adapter says.
class Rebuild final : public Sink {
 public:
  explicit Rebuild(const BookRules& rules) : rules_(rules), books_(rules, std::nullopt, heard_) {}

  void book(const BookUpdate& update) override {
    const std::string symbol(update.symbol);
    PlainBook& plain = plain_.try_emplace(symbol, rules_).first->second;
    plain.take(update);
    books_.book(update);
    ++counts_.updates;
    if (!update.checksum || !plain.whole()) return;
    EXPECT_EQ(plain.sum(), *update.checksum) << symbol;
    EXPECT_TRUE(books_.whole(symbol)) << symbol;  // so it found the same sum
    ++counts_.sums;
  }
  [[nodiscard]] Counts finish() {
    for (const std::string& line : heard_.said) {
      const auto word = line.find(' ') + 1;
      if (line.compare(word, 6, "ticker") != 0) {
        ADD_FAILURE() << line;  // broken, and so repaired: neither may be
        continue;
      }
      last_[line.substr(0, word - 1)] = line.substr(word + 7);
    }
    for (const auto& [symbol, plain] : plain_) {
      EXPECT_EQ(books_.whole(symbol), plain.whole()) << symbol;
      if (!plain.whole()) continue;
      ++counts_.books;
      EXPECT_EQ(last_[symbol], plain.best()) << symbol;
    }
    return counts_;
  }

  void received(const Receipt&) override {}
  void ticker(const TickerUpdate&) override {}
  void trade(const TradeUpdate&) override {}
  void overflow() override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}

 private:
  const BookRules rules_;
  TextSink heard_;
  Books books_;
  std::map<std::string, PlainBook> plain_;
  std::map<std::string, std::string> last_;
  Counts counts_;
};

// Kraken's second version, derived from recordings of the first, says where it comes from only by
// the name of its folder.
std::string_view endpoint_of(const RecordedLine& line, const fs::path& path) {
  if (line.kind == RecordedLine::Kind::answered) return line.url;
  if (line.endpoint == "derived" && path.parent_path().filename() == "kraken_v2") {
    return "wss://ws.kraken.com/v2";
  }
  return line.endpoint;
}

// Path and query. Binance answered alike under the first version of its path, which is gone.
std::string target_of(std::string_view url) {
  std::string target(url.substr(url.find('/', url.find("://") + 3)));
  if (target.starts_with("/api/v1/")) target.replace(0, 8, "/api/v3/");
  return target;
}

struct Line {
  const VenueEntry* venue;
  RecordedLine line;
};

/// Captures below a folder, as one recording in the order of time.
class Collection {
 public:
  /// `cut_depth`: prices a side that were subscribed to where the venue cuts its books; 0: as many
  /// as its adapter says.
  explicit Collection(const fs::path& root, std::size_t cut_depth = 0) : cut_depth_(cut_depth) {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      // What people wrote as examples is no connection.
      const auto stem = entry.path().stem();
      if (entry.path().extension() == ".ndjson" && stem != "written" && stem != "samples_single") {
        paths.push_back(entry.path());
      }
    }
    std::ranges::sort(paths);
    for (const fs::path& path : paths) add(path);
    std::ranges::stable_sort(lines_, {}, [](const Line& line) { return line.line.received_us; });
  }

  /// By venue and stream of quotes, those of which books were heard.
  [[nodiscard]] std::map<std::string, Counts> rebuild() const {
    std::map<std::string, Counts> all;
    for (const VenueEntry& venue : venues()) {
      for (const std::string_view stream : venue.quotes) {
        const Counts counts = rebuild(venue, stream);
        if (counts.updates > 0) all[std::string(venue.venue) + " " + std::string(stream)] = counts;
      }
    }
    return all;
  }

 private:
  void add(const fs::path& path) {
    std::string error;
    auto recording = Recording::load(path, error);
    ASSERT_TRUE(recording) << error;
    for (const RecordedLine& line : recording->lines()) {
      const bool said =
          line.kind == RecordedLine::Kind::received || line.kind == RecordedLine::Kind::answered;
      const VenueEntry* const venue = said ? find_by_endpoint(endpoint_of(line, path)) : nullptr;
      if (venue != nullptr) lines_.push_back({venue, line});
    }
    recordings_.push_back(std::move(*recording));
  }

  [[nodiscard]] Counts rebuild(const VenueEntry& venue, std::string_view stream) const {
    const auto name = std::ranges::find(category_names, venue.categories.front());
    const auto adapter =
        venue.make({.category = static_cast<Category>(name - category_names.begin()),
                    .quotes = std::string(stream)});
    BookRules rules = adapter->book_rules();
    if (rules.depth != 0 && cut_depth_ != 0) rules.depth = cut_depth_;
    Rebuild books(rules);
    for (const auto& [speaker, line] : lines_) {
      if (speaker != &venue) continue;
      if (line.kind == RecordedLine::Kind::answered) {
        (void)adapter->parse_answer(target_of(line.url), line.frame, books);
      } else {
        (void)adapter->parse(line.frame, books);
      }
    }
    return books.finish();
  }

  const std::size_t cut_depth_;
  std::vector<Recording> recordings_;  // hold the lines' bytes
  std::vector<Line> lines_;
};

using Table = std::map<std::string, Counts>;

void PrintTo(const Table& table, std::ostream* out) {
  for (const auto& [name, counts] : table) *out << "\n  " << name << ": " << counts;
}

TEST(RebuiltBooks, OfTheCapturesAreThoseOfAPlainRebuildSumBySum) {
  const Table expected = {
      {"binance depth", {151, 0, 1}},         {"binance_us depth", {141, 0, 1}},
      {"bybit orderbook.200", {250, 0, 1}},   {"bybit_linear orderbook.200", {150, 0, 1}},
      {"coinbase level2_batch", {549, 0, 2}}, {"kraken book", {605, 605, 1}},
      {"okx books", {617, 617, 6}},
  };
  EXPECT_EQ(Collection(SOURCE_DIR "/feeds").rebuild(), expected);
}

TEST(RebuiltBooks, OfALargerCollectionAreThoseOfAPlainRebuildSumBySum) {
  const char* const root = std::getenv("TICKER_CAPTURES");
  if (root == nullptr) GTEST_SKIP() << "TICKER_CAPTURES names a folder of captures to rebuild";
  const Table expected = {
      {"binance depth", {3'422, 0, 11}},        {"binance_us depth", {365, 0, 4}},
      {"bybit orderbook.200", {250, 0, 1}},     {"bybit_linear orderbook.200", {794, 0, 2}},
      {"coinbase level2_batch", {4'814, 0, 5}}, {"kraken book", {2'014, 2'014, 3}},
      {"okx books", {3'871, 3'871, 11}},
  };
  EXPECT_EQ(Collection(root, 1'000).rebuild(), expected);
}

}  // namespace
}  // namespace ticker::feeds
