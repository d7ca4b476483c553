// Prints an outcome for programs: one JSON object. What it calls things is a contract: keys are
// added, never renamed.
#include <memory>
#include <sstream>

#include "bench/load/outcome.hpp"
#include "bench/load/text.hpp"

namespace ticker::load {

namespace {

const char* yes_or_no(bool value) { return value ? "true" : "false"; }

void latency(std::ostream& out, const char* key, const Histogram& all) {
  out << ",\"" << key << "\":{\"count\":" << all.count() << ",\"p50\":" << all.value_at(0.5)
      << ",\"p99\":" << all.value_at(0.99) << ",\"p999\":" << all.value_at(0.999)
      << ",\"max\":" << all.max() << '}';
}

void tally(std::ostream& out, const Tally& all) {
  out << ",\"messages\":" << all.messages << ",\"bytes\":" << all.bytes
      << ",\"deltas\":" << all.deltas << ",\"snapshots\":" << all.snapshots
      << ",\"snapshots_first\":" << all.snapshots_first
      << ",\"snapshots_again\":" << all.snapshots_again << ",\"trades\":" << all.trades
      << ",\"trades_snapshots\":" << all.trades_snapshots << ",\"gaps\":" << all.gaps
      << ",\"gaps_upstream\":" << all.gaps_upstream << ",\"lost\":" << all.lost
      << ",\"slow_notices\":" << all.slow_notices << ",\"merged\":" << all.merged()
      << ",\"merged_in_deltas\":" << all.merged_in_deltas
      << ",\"merged_in_snapshots\":" << all.merged_in_snapshots << ",\"ignored\":" << all.ignored
      << ",\"untimed\":" << all.untimed;
  latency(out, "sent_to_receipt_us", all.sent_to_receipt);
  latency(out, "recv_to_receipt_us", all.recv_to_receipt);
  latency(out, "request_to_answer_us", all.request_to_answer);
}

void faults(std::ostream& out, const Faults& all) {
  out << ",\"holes\":" << all.holes << ",\"unexpected\":" << all.unexpected
      << ",\"without_snapshot\":" << all.without_snapshot << ",\"unreadable\":" << all.unreadable
      << ",\"unclean\":" << all.unclean << ",\"disconnects\":{";
  const char* comma = "";
  for (const auto& [how, count] : all.disconnects) {
    out << comma << quoted(how) << ':' << count;
    comma = ",";
  }
  out << '}';
}

/// The members of a group's object, without its braces.
void group(std::ostream& out, const Outcome& outcome, GroupId id) {
  const auto i = static_cast<std::size_t>(id);
  const Group& of = outcome.groups[i];
  const Totals& totals = outcome.totals;
  const auto all = totals.counted(id);
  out << "\"clients\":" << of.wanted << ",\"connected\":" << of.connected
      << ",\"subscribed\":" << of.subscribed << ",\"stayed\":" << of.stayed
      << ",\"left\":" << of.left
      << ",\"messages_per_s\":" << per_second(all->messages, totals.seconds)
      << ",\"bytes_per_s\":" << per_second(all->bytes, totals.seconds);
  tally(out, *all);
  out << ",\"recv_to_receipt_p50_halves_us\":["
      << totals.first_half[i].recv_to_receipt.value_at(0.5) << ','
      << totals.second_half[i].recv_to_receipt.value_at(0.5) << ']';
  faults(out, of.faults);
}

/// Groups besides the fast one, null where nobody is in it.
void further_groups(std::ostream& out, const Options& options, const Outcome& outcome) {
  for (std::size_t i = 1; i < group_count; ++i) {
    out << ",\"" << group_names[i] << "\":";
    if (outcome.groups[i].wanted == 0) {
      out << "null";
      continue;
    }
    out << '{';
    if (static_cast<GroupId>(i) == GroupId::slow) {
      out << "\"bytes_per_s_each\":" << options.slow_bytes_per_second << ',';
    }
    group(out, outcome, static_cast<GroupId>(i));
    out << '}';
  }
}

void load_client(std::ostream& out, const Options& options, const Outcome& outcome) {
  const Totals& totals = outcome.totals;
  out << ",\"load_client\":{\"threads\":" << options.threads
      << ",\"cpu_user_s\":" << fixed(outcome.cpu_user_s, 3)
      << ",\"cpu_system_s\":" << fixed(outcome.cpu_system_s, 3)
      << ",\"busy_share\":" << fixed(totals.busy_share, 4)
      << ",\"starved_share\":" << fixed(totals.starved_share, 4)
      << ",\"starved\":" << yes_or_no(outcome.client_was_starved())
      << ",\"bottleneck\":" << yes_or_no(outcome.client_was_bottleneck())
      << ",\"late_us_max\":" << totals.late_us_max << ",\"requests_left_out\":" << totals.skipped;
  latency(out, "lag_us", totals.turns_us);
  out << '}';
}

void second(std::ostream& out, const Second& of) {
  out << "{\"begin_s\":" << fixed(of.begin_s, 3) << ",\"length_s\":" << fixed(of.length_s, 3)
      << ",\"counted\":" << yes_or_no(of.counted) << ",\"clients\":" << of.clients
      << ",\"messages\":" << of.messages << ",\"bytes\":" << of.bytes << ",\"recv_to_receipt_us\":["
      << of.p50_us << ',' << of.p99_us << ',' << of.p999_us << ',' << of.max_us
      << "],\"sent_to_receipt_us\":[" << of.sent_p50_us << ',' << of.sent_p99_us << ','
      << of.sent_p999_us << ',' << of.sent_max_us << "],\"busy_share\":" << fixed(of.busy_share, 4)
      << ",\"starved_share\":" << fixed(of.starved_share, 4) << ",\"lag_us\":[" << of.lag_p99_us
      << ',' << of.lag_max_us << "],\"late_us_max\":" << of.late_us_max;
  if (of.server_cpu_share >= 0) {
    out << ",\"server_cpu_share\":" << fixed(of.server_cpu_share, 3)
        << ",\"server_rss_bytes\":" << of.server_rss_bytes;
  }
  out << '}';
}

template <typename Values, typename Write>
void list(std::ostream& out, const char* key, const Values& values, const Write& write) {
  out << ",\"" << key << "\":[";
  const char* comma = "";
  for (const auto& value : values) {
    out << comma;
    write(out, value);
    comma = ",";
  }
  out << ']';
}

void counters(std::ostream& out, const char* key, const GatewayCounters& of) {
  out << '"' << key << "\":{\"offered\":" << of.offered << ",\"sent\":" << of.sent
      << ",\"merged\":" << of.merged << ",\"lost\":" << of.lost << ",\"abandoned\":" << of.abandoned
      << ",\"queued\":" << of.queued << ",\"lapped\":" << of.lapped << '}';
}

/// What the gateway counted, null when it was not asked.
void ledger(std::ostream& out, const Outcome& outcome) {
  out << ",\"ledger\":";
  if (!outcome.book) {
    out << "null";
    return;
  }
  out << '{';
  counters(out, "counted", outcome.book->to.since(outcome.book->from));
  out << ',';
  counters(out, "whole", outcome.book->end.since(outcome.book->begin));
  out << ",\"quiet\":" << yes_or_no(outcome.book->quiet);
  list(out, "compared", outcome.ledger, [](std::ostream& to, const Compared& line) {
    to << "{\"what\":" << quoted(line.what) << ",\"client\":" << line.client
       << ",\"gateway\":" << line.gateway << ",\"verdict\":" << quoted(verdict_name(line.verdict))
       << ",\"remark\":" << quoted(line.remark) << '}';
  });
  out << '}';
}

}  // namespace

std::string json_report(const Options& options, const Outcome& outcome) {
  std::ostringstream out;
  out << "{\"url\":" << quoted(options.url) << ",\"scenario\":" << quoted(options.scenario_name)
      << ",\"symbols_per_client\":" << options.taste.symbols_per_client
      << ",\"same_symbols\":" << yes_or_no(options.taste.same)
      << ",\"zipf\":" << fixed(options.taste.zipf, 3) << ",\"seed\":" << options.taste.seed
      << ",\"interval_ms\":" << options.wish.interval_ms
      << ",\"seconds\":" << fixed(outcome.totals.seconds, 3)
      << ",\"subscribed_s\":" << (outcome.subscribed_s ? fixed(*outcome.subscribed_s, 3) : "null")
      << ",\"counted_from_us\":" << outcome.counted_from_us
      << ",\"counted_to_us\":" << outcome.counted_to_us << ',';
  group(out, outcome, GroupId::fast);
  further_groups(out, options, outcome);
  load_client(out, options, outcome);
  ledger(out, outcome);
  if (outcome.server_cpu_share >= 0) {
    out << ",\"server_cpu_share\":" << fixed(outcome.server_cpu_share, 3);
  }
  const std::vector<std::string> reasons = failures(outcome);
  out << ",\"ok\":" << yes_or_no(reasons.empty());
  const auto as_text = [](std::ostream& to, const std::string& text) { to << quoted(text); };
  list(out, "reasons", reasons, as_text);
  list(out, "failed_by", outcome.failed_by, as_text);
  list(out, "series", outcome.series, second);
  out << "}\n";
  return out.str();
}

}  // namespace ticker::load
