// What feeds did, one series a venue. Their instruments are counted by status, never named. Where a
// feed keeps no connection (simulated, replay) nothing is told of one: an alert on «not up» must
// not ring for it.
#include <array>
#include <string_view>

#include "gateway/ops/metric_family.hpp"

namespace ticker {
namespace {

using Kind = MetricKind;
using Feeds = std::map<std::string, Metrics::Feed>;
using prometheus::MetricFamily;

constexpr MetricRow<FeedCounters> feed_rows[] = {
    {"ticker_number_overflows_total", "Numbers too large for a decimal; their field became null.",
     &FeedCounters::overflows},
    {"ticker_unchanged_total", "Updates that changed nothing and were not published.",
     &FeedCounters::unchanged},
    {"ticker_out_of_order_total", "Updates older than what is known, ignored.",
     &FeedCounters::out_of_order},
    {"ticker_instruments_rejected_total",
     "Instruments refused because the name is malformed or the table is full.",
     &FeedCounters::rejected},
    {"ticker_feed_connects_total", "Times the connections to the venue became live.",
     &FeedCounters::connects},
    {"ticker_feed_disconnects_total", "Times they were lost after that.",
     &FeedCounters::disconnects},
    {"ticker_feed_gaps_total",
     "Times an instrument became resyncing because an update was missing or wrong.",
     &FeedCounters::gaps},
    {"ticker_feed_repairs_total", "Times it became live again by a fresh snapshot.",
     &FeedCounters::repairs},
    {"ticker_feed_trade_gaps_total", "Gaps in trades told to clients.", &FeedCounters::trade_gaps},
    {"ticker_feed_order_resets_total", "Streams whose ids went back or jumped, taken up afresh.",
     &FeedCounters::order_resets},
};

constexpr std::array<std::string_view, feeds::verdict_count> verdict_names = {
    "data", "ignored", "unknown", "malformed"};

/// A family with a sample for each word, of every feed.
template <std::size_t count>
MetricFamily by_word(MetricFamily result, const Feeds& known, const char* label,
                     const std::array<std::string_view, count>& words,
                     std::array<Counter, count> FeedCounters::*counters) {
  for (const auto& [venue, feed] : known) {
    for (std::size_t i = 0; i < count; ++i) {
      add(result, number((feed.counters->*counters)[i]),
          {{"feed", venue}, {label, std::string(words[i])}});
    }
  }
  return result;
}

void collect_links(const Feeds& known, Families& all) {
  auto up = family("ticker_feed_up", "1 while all connections to the venue are there, else 0.",
                   Kind::gauge);
  auto states =
      family("ticker_feed_link_state",
             "1 for the state of the connections to the venue, 0 for all others.", Kind::gauge);
  for (const auto& [venue, feed] : known) {
    if (!feed.connected) continue;
    const auto state = static_cast<feeds::LinkState>(feed.counters->link_state.get());
    const bool is_up = state == feeds::LinkState::live || state == feeds::LinkState::silent;
    add(up, is_up ? 1 : 0, {{"feed", venue}});
    for (std::size_t i = 0; i < feeds::link_state_names.size(); ++i) {
      add(states, static_cast<std::size_t>(state) == i ? 1 : 0,
          {{"feed", venue}, {"state", std::string(feeds::link_state_names[i])}});
    }
  }
  if (up.metric.empty()) return;
  all.insert(all.end(), {up, states});
}

}  // namespace

void collect_feeds(const Feeds& known, Families& all) {
  all.push_back(by_word(family("ticker_events_total", "Events published, by kind.", Kind::counter),
                        known, "kind", event_kind_names, &FeedCounters::events));
  all.push_back(by_word(family("ticker_feed_frames_total",
                               "Frames from the venue, by what they were.", Kind::counter),
                        known, "verdict", verdict_names, &FeedCounters::frames));
  all.push_back(by_word(
      family("ticker_feed_instruments", "Instruments of the venue, by status.", Kind::gauge), known,
      "status", status_names, &FeedCounters::statuses));
  auto errors = family("ticker_parse_errors_total", "Frames from the venue that were malformed.",
                       Kind::counter);
  prometheus::MetricFamily repairs{"ticker_feed_repair_seconds",
                                   "From a missing or wrong update to being right again.",
                                   prometheus::MetricType::Histogram,
                                   {}};
  for (const auto& [venue, feed] : known) {
    constexpr auto malformed = static_cast<std::size_t>(feeds::Verdict::malformed);
    add(errors, number(feed.counters->frames[malformed]), {{"feed", venue}});
    repairs.metric.push_back(histogram_sample({&feed.counters->repair_time}, {{"feed", venue}}));
  }
  all.insert(all.end(), {errors, repairs});
  collect_links(known, all);
  for (const auto& row : feed_rows) {
    auto& added = all.emplace_back(family(row.name, row.help, row.kind));
    for (const auto& [venue, feed] : known) {
      add(added, number(feed.counters->*row.counter), {{"feed", venue}});
    }
  }
}

}  // namespace ticker
