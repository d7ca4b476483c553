// Prints an outcome for eyes.
#include <algorithm>
#include <memory>
#include <sstream>

#include "bench/load/outcome.hpp"
#include "bench/load/text.hpp"

namespace ticker::load {

namespace {

void latency(std::ostream& out, const char* title, const Histogram& all) {
  out << "  " << title << "  p50 " << all.value_at(0.5) << "  p99 " << all.value_at(0.99)
      << "  p99.9 " << all.value_at(0.999) << "  max " << all.max() << " µs  (" << all.count()
      << ")\n";
}

void messages(std::ostream& out, const Tally& all) {
  out << "  messages        deltas " << all.deltas << "  snapshots " << all.snapshots << " (again "
      << all.snapshots_again << ")  merged " << all.merged() << "  ignored " << all.ignored
      << "  untimed " << all.untimed << '\n';
  if (all.trades + all.trades_snapshots + all.gaps == 0) return;
  out << "  trades          " << all.trades << "  snapshots " << all.trades_snapshots << "  gaps "
      << all.gaps << " (upstream " << all.gaps_upstream << ")  lost " << all.lost << '\n';
}

void faults(std::ostream& out, const Faults& all) {
  out << "  sequence        holes " << all.holes << "  unexpected " << all.unexpected
      << "  without snapshot " << all.without_snapshot << "  unreadable " << all.unreadable
      << "\n  disconnects    ";
  if (all.disconnects.empty()) out << " none";
  for (const auto& [how, count] : all.disconnects) out << ' ' << how << ": " << count;
  out << '\n';
}

void group(std::ostream& out, const Outcome& outcome, GroupId id) {
  const auto i = static_cast<std::size_t>(id);
  const Group& of = outcome.groups[i];
  const Totals& totals = outcome.totals;
  const auto all = totals.counted(id);
  out << "  clients         wanted " << of.wanted << "  connected " << of.connected
      << "  subscribed " << of.subscribed << "  stayed " << of.stayed;
  if (of.left > 0) out << "  left " << of.left;
  out << "\n  rate            " << per_second(all->messages, totals.seconds) << " messages/s  "
      << per_second(all->bytes, totals.seconds) << " bytes/s\n";
  messages(out, *all);
  latency(out, "sent→receipt  ", all->sent_to_receipt);
  latency(out, "recv→receipt  ", all->recv_to_receipt);
  if (all->request_to_answer.count() > 0) {
    latency(out, "request→answer", all->request_to_answer);
  }
  out << "  recv→receipt p50 in the first half "
      << totals.first_half[i].recv_to_receipt.value_at(0.5) << " µs, in the second half "
      << totals.second_half[i].recv_to_receipt.value_at(0.5) << " µs\n";
  faults(out, of.faults);
}

void load_client(std::ostream& out, const Options& options, const Outcome& outcome) {
  const Totals& totals = outcome.totals;
  out << "this load client, " << options.threads << (options.threads == 1 ? " thread" : " threads")
      << "\n  cpu             " << fixed(outcome.cpu_user_s, 2) << " s user  "
      << fixed(outcome.cpu_system_s, 2) << " s system  busy " << fixed(totals.busy_share * 100, 1)
      << " %  starved " << fixed(totals.starved_share * 100, 1) << " %\n";
  latency(out, "lag           ", totals.turns_us);
  out << "  late            at most " << totals.late_us_max << " µs behind what was due";
  if (totals.skipped > 0) out << "; requests left out: " << totals.skipped;
  out << '\n';
  if (outcome.client_was_bottleneck()) {
    out << "  the load client was the bottleneck: doubt rate and latencies\n";
  }
  if (outcome.client_was_starved()) {
    out << "  the load client shared its core with others: doubt the latencies\n";
  }
}

void ledger(std::ostream& out, const Outcome& outcome) {
  if (!outcome.book) return;
  const GatewayCounters counted = outcome.book->to.since(outcome.book->from);
  std::uint64_t frames = 0;
  for (std::size_t i = 0; i < group_count; ++i) {
    frames += outcome.totals.counted(static_cast<GroupId>(i))->data_frames();
  }
  out << "beside the gateway's ledger, clients : gateway\n"
      << "  counted time    delivered " << frames << " : " << counted.sent
      << " (frames were under way at both ends)\n";
  for (const Compared& line : outcome.ledger) {
    out << "  whole run       " << line.what << ' ' << line.client << " : " << line.gateway << "  "
        << verdict_name(line.verdict);
    if (!line.remark.empty()) out << " (" << line.remark << ')';
    out << '\n';
  }
}

void server(std::ostream& out, const Outcome& outcome) {
  if (outcome.server_cpu_share < 0) return;
  std::uint64_t rss = 0;
  for (const Second& second : outcome.series) rss = std::max(rss, second.server_rss_bytes);
  out << "the gateway's process\n  cpu             " << fixed(outcome.server_cpu_share * 100, 1)
      << " % of a core  memory at most " << fixed(static_cast<double>(rss) / 1e6, 1) << " MB\n";
}

}  // namespace

std::string text_report(const Options& options, const Outcome& outcome) {
  std::ostringstream out;
  out << options.url << ", " << options.scenario_name << ", " << options.taste.symbols_per_client
      << (options.taste.same ? " symbols, the same for all clients" : " symbols a client")
      << ", seed " << options.taste.seed << ", " << fixed(outcome.totals.seconds, 2)
      << " s counted, every message checked\n";
  if (outcome.subscribed_s) {
    out << "  all subscribed " << fixed(*outcome.subscribed_s, 2) << " s after the first connect\n";
  }
  group(out, outcome, GroupId::fast);
  const std::array<std::string, group_count> titles{
      "", "slow clients, " + std::to_string(options.slow_bytes_per_second) + " bytes/s each",
      "stopped clients", "churning clients"};
  for (std::size_t i = 1; i < group_count; ++i) {
    if (outcome.groups[i].wanted == 0) continue;
    out << titles[i] << '\n';
    group(out, outcome, static_cast<GroupId>(i));
  }
  server(out, outcome);
  load_client(out, options, outcome);
  ledger(out, outcome);
  for (const std::string& reason : failures(outcome)) out << "FAILED: " << reason << '\n';
  for (const std::string& condition : outcome.failed_by) {
    out << "FAILED by --fail-if: " << condition << '\n';
  }
  return out.str();
}

}  // namespace ticker::load
