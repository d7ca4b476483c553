// Streams of a venue arrive interleaved, late and twice; what the market tells must be of the
// newest update heard of each stream, after every single frame. Frames are those of the venues'
// captures, shaken by a seed; the registry says which venues there are.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "feeds/capture/recording.hpp"
#include "feeds/registry.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"
#include "tests/feeds/recording_sink.hpp"

namespace ticker {
namespace {

namespace fs = std::filesystem;

/// Frames of one venue that say something, in the order of their capture.
struct Frames {
  std::vector<feeds::Recording> recordings;
  std::map<const feeds::VenueEntry*, std::vector<std::string_view>> by_venue;
};

Frames frames_of_all_venues() {
  Frames all;
  for (const auto& entry : fs::recursive_directory_iterator(SOURCE_DIR "/feeds")) {
    if (entry.path().extension() != ".ndjson") continue;
    std::string error;
    auto recording = feeds::Recording::load(entry.path(), error);
    EXPECT_TRUE(recording) << error;
    all.recordings.push_back(std::move(*recording));
    for (const feeds::RecordedLine& line : all.recordings.back().lines()) {
      if (line.kind != feeds::RecordedLine::Kind::received) continue;
      const feeds::VenueEntry* const venue = feeds::find_by_endpoint(line.endpoint);
      if (venue != nullptr) all.by_venue[venue].push_back(line.frame);
    }
  }
  return all;
}

/// Streams cut into each other: files are merged at random, some frames come late, some twice.
std::vector<std::string_view> shaken(const std::vector<std::string_view>& frames,
                                     std::mt19937_64& random) {
  std::vector<std::pair<std::uint64_t, std::string_view>> places;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    places.emplace_back(i * 4 + random() % 40, frames[i]);
    if (random() % 8 == 0) places.emplace_back(random() % (frames.size() * 4), frames[i]);
  }
  std::ranges::stable_sort(places, {}, [](const auto& place) { return place.first; });
  std::vector<std::string_view> out;
  for (const auto& [place, frame] : places) out.push_back(frame);
  return out;
}

/// What each field of each instrument must show: the value of the newest update of its stream.
class Truth {
 public:
  void hear(const std::string& name, const feeds::TickerUpdate& update) {
    std::uint64_t& newest = orders_[{name, update.stream}];
    if (update.order != 0 && update.order < newest) return;
    if (update.order != 0) newest = update.order;
    for (std::size_t i = 0; i < field_count; ++i) {
      const auto field = static_cast<Field>(i);
      if ((update.mask & bit(field)) != 0) values_[name].set(field, update.fields.get(field));
    }
  }
  Fields& of(const std::string& name) { return values_[name]; }

 private:
  std::map<std::pair<std::string, std::uint8_t>, std::uint64_t> orders_;
  std::map<std::string, Fields> values_;
};

/// Trades as the market tells them: each once, none behind a newer one. Several may share an order.
class TradesTold {
 public:
  void hear(const std::string& name, const feeds::HeardTrade& trade) {
    orders_[{name, trade.trade_id}] = trade.update.order;
  }
  bool in_order(const std::string& name, const std::string& id) {
    const std::uint64_t order = orders_.at({name, id});
    std::uint64_t& newest = newest_[name];
    if (order < newest || !told_.insert({name, id}).second) return false;
    newest = order;
    return true;
  }

 private:
  std::map<std::pair<std::string, std::string>, std::uint64_t> orders_;
  std::map<std::string, std::uint64_t> newest_;
  std::set<std::pair<std::string, std::string>> told_;
};

void expect_same(const Fields& told, const Fields& truth, std::string_view frame) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto field = static_cast<Field>(i);
    ASSERT_EQ(told.get(field), truth.get(field)) << field_names[i] << " after " << frame;
  }
}

// `events`: how many were told is added.
void expect_newest_values(const feeds::VenueEntry& venue,
                          const std::vector<std::string_view>& frames, std::uint64_t& events) {
  InstrumentTable table(256);
  Ring ring(4'096, 1);
  MarketCounters counters;
  Market market(table, ring, counters);
  Ring::Reader& reader = ring.reader(0);
  const auto adapter = venue.make({});
  feeds::Sink& sink = market.sink(venue.venue, adapter.get());
  Truth truth;
  TradesTold told;
  for (const std::string_view frame : frames) {
    sink.received({1, 1});
    feeds::RecordingSink heard;
    adapter->parse(frame, heard);
    for (const feeds::HeardTicker& update : heard.tickers) {
      truth.hear(std::string(venue.venue) + ':' + adapter->canonical(update.symbol), update.update);
    }
    for (const feeds::HeardTrade& trade : heard.trades) {
      told.hear(std::string(venue.venue) + ':' + adapter->canonical(trade.symbol), trade);
    }
    adapter->parse(frame, sink);
    ring.commit();
    std::map<InstrumentId, Event> states;  // the last ticker event told is the state of all fields
    Event event;
    while (reader.next(event) == Ring::Read::record) {
      if (event.kind == Event::Kind::ticker) states[event.instrument] = event;
      if (event.kind != Event::Kind::trade) continue;
      ASSERT_TRUE(told.in_order(std::string(table.at(event.instrument).name()),
                                std::string(event.trade.id.view())))
          << "a trade was told twice or late";
    }
    events += states.size();
    for (const auto& [instrument, state] : states) {
      expect_same(state.ticker.fields, truth.of(std::string(table.at(instrument).name())), frame);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(MarketStreams, NeverRunBackwardsHoweverTheyAreInterleaved) {
  const Frames all = frames_of_all_venues();
  ASSERT_EQ(all.by_venue.size(), feeds::venues().size());
  for (const auto& [venue, frames] : all.by_venue) {
    std::uint64_t events = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SCOPED_TRACE(std::string(venue->venue) + " seed " + std::to_string(seed));
      std::mt19937_64 random(seed);
      expect_newest_values(*venue, shaken(frames, random), events);
      if (HasFatalFailure()) return;
    }
    // Of a short capture a run may tell little: its last frame may have come first.
    EXPECT_GT(events, 20 * 10U) << venue->venue;
  }
}

}  // namespace
}  // namespace ticker
