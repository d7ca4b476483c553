// Sums, maxima and percentiles over threads.
#include "bench/load/series.hpp"

#include <algorithm>

namespace ticker::load {

namespace {

double share(std::int64_t part_ns, std::int64_t whole_ns) {
  if (whole_ns <= 0) return 0;
  return std::clamp(static_cast<double>(part_ns) / static_cast<double>(whole_ns), 0.0, 1.0);
}

/// Work to do but no core to do it on, or waiting for one.
double starved(std::int64_t whole_ns, std::int64_t waited_ns, std::int64_t cpu_ns) {
  return share(whole_ns - waited_ns - cpu_ns, whole_ns);
}

}  // namespace

std::unique_ptr<Tally> Totals::counted(GroupId id) const {
  const auto i = static_cast<std::size_t>(id);
  auto sum = std::make_unique<Tally>(first_half[i]);
  sum->add(second_half[i]);
  return sum;
}

Second& Series::add(const std::vector<std::unique_ptr<Slice>>& slices) {
  const Slice& first = *slices.front();
  Second second{.begin_s = static_cast<double>(first.begin_ns - started_ns_) / 1e9,
                .counted = first.counted};
  const auto fast = std::make_unique<Tally>();
  const auto turns = std::make_unique<Histogram>();
  std::int64_t real_ns = 0;
  for (const auto& slice : slices) {
    const std::int64_t whole_ns = slice->ended_ns - slice->began_ns;
    real_ns += whole_ns;
    second.clients += slice->subscribed;
    for (const Tally& tally : slice->tallies) {
      second.messages += tally.messages;
      second.bytes += tally.bytes;
    }
    fast->add(slice->tallies[static_cast<std::size_t>(GroupId::fast)]);
    turns->add(slice->turns_us);
    second.busy_share = std::max(second.busy_share, 1 - share(slice->waited_ns, whole_ns));
    second.starved_share =
        std::max(second.starved_share, starved(whole_ns, slice->waited_ns, slice->cpu_ns));
    second.late_us_max = std::max(second.late_us_max, slice->late_us_max);
  }
  second.length_s = static_cast<double>(real_ns) / 1e9 / static_cast<double>(slices.size());
  const auto percentiles = [](const Histogram& all, auto& p50, auto& p99, auto& p999, auto& max) {
    p50 = all.value_at(0.5);
    p99 = all.value_at(0.99);
    p999 = all.value_at(0.999);
    max = all.max();
  };
  percentiles(fast->recv_to_receipt, second.p50_us, second.p99_us, second.p999_us, second.max_us);
  percentiles(fast->sent_to_receipt, second.sent_p50_us, second.sent_p99_us, second.sent_p999_us,
              second.sent_max_us);
  second.lag_p99_us = turns->value_at(0.99);
  second.lag_max_us = turns->max();
  add_to_totals(slices);
  return seconds_.emplace_back(second);
}

void Series::add_to_totals(const std::vector<std::unique_ptr<Slice>>& slices) {
  for (std::size_t thread = 0; thread < slices.size(); ++thread) {
    const Slice& slice = *slices[thread];
    for (const Tally& tally : slice.tallies) totals_->whole.add(tally);
    totals_->skipped += slice.skipped;
    if (!slice.counted) continue;
    const bool early = slice.begin_ns + slice.end_ns < from_ns_ + to_ns_;
    auto& half = early ? totals_->first_half : totals_->second_half;
    for (std::size_t i = 0; i < group_count; ++i) half[i].add(slice.tallies[i]);
    totals_->turns_us.add(slice.turns_us);
    totals_->late_us_max = std::max(totals_->late_us_max, slice.late_us_max);
    threads_[thread].counted_ns += slice.ended_ns - slice.began_ns;
    threads_[thread].waited_ns += slice.waited_ns;
    threads_[thread].cpu_ns += slice.cpu_ns;
  }
}

std::unique_ptr<Totals> Series::totals() const {
  auto out = std::make_unique<Totals>(*totals_);
  for (const Thread& thread : threads_) {
    out->seconds +=
        static_cast<double>(thread.counted_ns) / 1e9 / static_cast<double>(threads_.size());
    if (thread.counted_ns == 0) continue;
    out->busy_share = std::max(out->busy_share, 1 - share(thread.waited_ns, thread.counted_ns));
    out->starved_share =
        std::max(out->starved_share, starved(thread.counted_ns, thread.waited_ns, thread.cpu_ns));
  }
  return out;
}

}  // namespace ticker::load
