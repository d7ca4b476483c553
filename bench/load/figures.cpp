// Names and values.
#include "bench/load/figures.hpp"

#include <cmath>
#include <limits>

namespace ticker::load {

namespace {

constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

double recv_ms(const Outcome& outcome, double share) {
  const auto all = outcome.totals.counted(GroupId::fast);
  return static_cast<double>(all->recv_to_receipt.value_at(share)) / 1e3;
}
double sent_ms(const Outcome& outcome, double share) {
  const auto all = outcome.totals.counted(GroupId::fast);
  return static_cast<double>(all->sent_to_receipt.value_at(share)) / 1e3;
}
double answer_ms(const Outcome& outcome, double share) {
  Histogram all;
  for (std::size_t i = 0; i < group_count; ++i) {
    all.add(outcome.totals.counted(static_cast<GroupId>(i))->request_to_answer);
  }
  return all.count() == 0 ? not_measured : static_cast<double>(all.value_at(share)) / 1e3;
}
/// A counter, summed over all groups in the counted time.
double counted(const Outcome& outcome, std::uint64_t (*of)(const Tally& tally)) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < group_count; ++i) {
    sum += of(*outcome.totals.counted(static_cast<GroupId>(i)));
  }
  return static_cast<double>(sum);
}
double per_s(const Outcome& outcome, std::uint64_t (*of)(const Tally& tally)) {
  return outcome.totals.seconds > 0 ? counted(outcome, of) / outcome.totals.seconds : 0;
}
double disconnects(const Outcome& outcome, GroupId id) {
  return static_cast<double>(outcome.group(id).faults.disconnected());
}
double rss_max_mb(const Outcome& outcome) {
  double max = not_measured;
  for (const Second& second : outcome.series) {
    if (second.server_cpu_share < 0) continue;
    max = std::fmax(max, static_cast<double>(second.server_rss_bytes) / 1e6);
  }
  return max;
}

using O = const Outcome&;
using T = const Tally&;

const std::vector<Figure> all{
    {"p50_ms", "recv_ts to receipt", [](O o) { return recv_ms(o, 0.5); }},
    {"p99_ms", "the same", [](O o) { return recv_ms(o, 0.99); }},
    {"p999_ms", "the same, p99.9", [](O o) { return recv_ms(o, 0.999); }},
    {"max_ms", "the same", [](O o) { return recv_ms(o, 1); }},
    {"sent_p50_ms", "sent_ts to receipt", [](O o) { return sent_ms(o, 0.5); }},
    {"sent_p99_ms", "the same", [](O o) { return sent_ms(o, 0.99); }},
    {"sent_p999_ms", "the same, p99.9", [](O o) { return sent_ms(o, 0.999); }},
    {"sent_max_ms", "the same", [](O o) { return sent_ms(o, 1); }},
    {"answer_p99_ms", "round of requests to its last answer, all clients",
     [](O o) { return answer_ms(o, 0.99); }},
    {"answer_max_ms", "the same", [](O o) { return answer_ms(o, 1); }},
    {"subscribed_s", "first connect to the last ack, in seconds",
     [](O o) { return o.subscribed_s.value_or(not_measured); }},
    {"messages_per_s", "text messages, all clients",
     [](O o) { return per_s(o, [](T t) { return t.messages; }); }},
    {"bytes_per_s", "bytes, frame headers included",
     [](O o) { return per_s(o, [](T t) { return t.bytes; }); }},
    {"merged", "changes that came folded into a later one",
     [](O o) { return counted(o, [](T t) { return t.merged(); }); }},
    {"lost", "trades that gaps named", [](O o) { return counted(o, [](T t) { return t.lost; }); }},
    {"gaps", "gaps announced", [](O o) { return counted(o, [](T t) { return t.gaps; }); }},
    {"ignored", "data older than what the client had",
     [](O o) { return counted(o, [](T t) { return t.ignored; }); }},
    {"snapshots_again", "snapshots that replaced older values",
     [](O o) { return counted(o, [](T t) { return t.snapshots_again; }); }},
    {"holes", "in sequences, whole run, all clients",
     [](O o) { return static_cast<double>(o.faults().holes); }},
    {"unexpected", "data of symbols never asked for",
     [](O o) { return static_cast<double>(o.faults().unexpected); }},
    {"unreadable", "messages without what their kind must have",
     [](O o) { return static_cast<double>(o.faults().unreadable); }},
    {"without_snapshot", "subscriptions that never began",
     [](O o) { return static_cast<double>(o.faults().without_snapshot); }},
    {"clients", "fast ones, still there at the end",
     [](O o) { return static_cast<double>(o.group(GroupId::fast).stayed); }},
    {"disconnects", "of fast clients", [](O o) { return disconnects(o, GroupId::fast); }},
    {"slow_disconnects", "of slow and stopped ones",
     [](O o) { return disconnects(o, GroupId::slow) + disconnects(o, GroupId::stopped); }},
    {"busy_percent", "this client, its busiest thread",
     [](O o) { return o.totals.busy_share * 100; }},
    {"starved_percent", "this client: work to do but no core",
     [](O o) { return o.totals.starved_share * 100; }},
    {"lag_p99_ms", "this client: turns of its loops",
     [](O o) { return static_cast<double>(o.totals.turns_us.value_at(0.99)) / 1e3; }},
    {"lag_max_ms", "the same",
     [](O o) { return static_cast<double>(o.totals.turns_us.max()) / 1e3; }},
    {"late_max_ms", "this client: behind what was due",
     [](O o) { return static_cast<double>(o.totals.late_us_max) / 1e3; }},
    {"server_cpu_percent", "of one core, counted time; needs --pid",
     [](O o) { return o.server_cpu_share < 0 ? not_measured : o.server_cpu_share * 100; }},
    {"server_rss_mb", "the most, in 10^6 bytes; needs --pid", rss_max_mb},
};

}  // namespace

const std::vector<Figure>& figures() { return all; }

}  // namespace ticker::load
