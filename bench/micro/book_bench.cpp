// What an update of a book costs, from the adapter's word to the best bid and offer: the symbol
// found, the venue's rule followed, two levels placed, the sum verified where there is one, told to
// a sink that counts. Levels change size, or come and go, at a few prices near the best one, as
// they do in use; `far` ones anywhere in the book.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <vector>

#include "feeds/book/books.hpp"

namespace ticker::feeds {
namespace {

constexpr std::size_t instruments = 100;
constexpr std::size_t updates = 256;  // of each instrument, around and around

class CountingSink final : public Sink {
 public:
  void received(const Receipt&) override {}
  void ticker(const TickerUpdate& update) override {
    auto mask = update.mask;
    benchmark::DoNotOptimize(mask);
    ++said;
  }
  void trade(const TradeUpdate&) override {}
  void overflow() override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
  void status_of(std::string_view, Status, Reason) override { ++broken; }
  std::uint64_t said = 0;
  std::uint64_t broken = 0;
};

constexpr std::int64_t middle = 6'400'000;

BookLevel level(std::int64_t away, bool bid, std::int64_t size) {
  return {{bid ? middle - 1 - away : middle + 1 + away, 2}, {size * 100'000, 8}};
}

/// The levels of one update, and the sum after it.
struct Change {
  std::vector<BookLevel> bids;
  std::vector<BookLevel> asks;
  std::optional<std::uint32_t> checksum;
};

/// A market whose every instrument does the same: a snapshot, and changes that lead back to it.
class Feed {
 public:
  Feed(const BookRules& rules, std::size_t levels, std::int64_t reach)
      : rules_(rules), books_(rules, std::nullopt, sink_) {
    for (std::size_t i = 0; i < instruments; ++i) names_.push_back("PAIR" + std::to_string(i));
    const auto depth = static_cast<std::int64_t>(levels);
    for (std::int64_t away = 0; away < depth; ++away) {
      all_.bids.push_back(level(away, true, 7));
      all_.asks.push_back(level(away, false, 7));
    }
    std::mt19937_64 random(7);
    for (std::size_t i = 0; i < updates / 2; ++i) {
      const auto away = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(reach));
      const std::int64_t size = i % 2 == 0 ? 0 : static_cast<std::int64_t>(1 + random() % 5);
      for (const std::int64_t now : {size, std::int64_t{7}}) {
        changes_.push_back({{level(away, true, now)}, {level(away, false, now)}, {}});
      }
    }
    sum();
    for (std::size_t i = 0; i < instruments; ++i) snapshot();
  }

  void snapshot() {
    BookUpdate update = numbers(all_, next_name());
    update.snapshot = true;
    books_.book(update);
  }
  void change() {
    const std::string_view name = next_name();
    if (turn_ == 0) round_ = (round_ + 1) % changes_.size();
    books_.book(numbers(changes_[round_], name));
  }
  [[nodiscard]] const CountingSink& sink() const { return sink_; }

 private:
  // What the venue would send with each.
  void sum() {
    Book book(rules_);
    const auto said = [](const Change& change) {
      BookUpdate update;
      update.bids = change.bids;
      update.asks = change.asks;
      return update;
    };
    (void)book.replace(said(all_));
    for (Change& change : changes_) {
      (void)book.apply(said(change));
      change.checksum = book.checksum();
    }
  }
  std::string_view next_name() {
    if (++turn_ == instruments) turn_ = 0;
    if (turn_ == 0) ++number_;
    return names_[turn_];
  }
  BookUpdate numbers(const Change& change, std::string_view name) {
    BookUpdate update;
    update.symbol = name;
    update.first = update.last = number_;
    update.previous = static_cast<std::int64_t>(number_ - 1);
    update.checksum = change.checksum;
    update.bids = change.bids;
    update.asks = change.asks;
    return update;
  }

  const BookRules rules_;
  CountingSink sink_;
  Books books_;
  std::vector<std::string> names_;
  Change all_;
  std::vector<Change> changes_;
  std::size_t turn_ = instruments - 1;
  std::size_t round_ = updates - 1;
  std::uint64_t number_ = 1;
};

constexpr BookRules plain{};
constexpr BookRules counted{.sequence = BookRules::Sequence::step};
constexpr BookRules kraken{.checksum = BookRules::Checksum::kraken, .depth = 10};
constexpr BookRules okx{.sequence = BookRules::Sequence::chain,
                        .checksum = BookRules::Checksum::okx};

// A figure of books that broke is worth nothing.
void run(benchmark::State& state, const BookRules& rules, std::int64_t reach) {
  Feed feed(rules, static_cast<std::size_t>(state.range(0)), reach);
  for (auto _ : state) feed.change();
  if (feed.sink().broken != 0 || feed.sink().said == 0) state.SkipWithError("a book broke");
}

void Near(benchmark::State& state) { run(state, counted, 5); }
void Far(benchmark::State& state) { run(state, counted, state.range(0)); }
void NearWithKrakenSum(benchmark::State& state) { run(state, kraken, 5); }
void NearWithOkxSum(benchmark::State& state) { run(state, okx, 5); }

void Snapshot(benchmark::State& state) {
  Feed feed(plain, static_cast<std::size_t>(state.range(0)), 5);
  for (auto _ : state) feed.snapshot();
  if (feed.sink().broken != 0 || feed.sink().said == 0) state.SkipWithError("a book broke");
}

BENCHMARK(Near)->ArgName("levels")->Arg(10)->Arg(200)->Arg(1'000);
BENCHMARK(Far)->ArgName("levels")->Arg(200)->Arg(1'000);
BENCHMARK(NearWithKrakenSum)->ArgName("levels")->Arg(10);
BENCHMARK(NearWithOkxSum)->ArgName("levels")->Arg(400);
BENCHMARK(Snapshot)->ArgName("levels")->Arg(10)->Arg(1'000)->Arg(10'000);

}  // namespace
}  // namespace ticker::feeds
