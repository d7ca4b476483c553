// Prints an outcome, for eyes or for programs.
#include <cstdio>
#include <memory>
#include <sstream>

#include "bench/load/outcome.hpp"

namespace ticker::load {

namespace {

Tally total_of(const Group& group) {
  Tally total = group.first_half;
  total.add(group.second_half);
  return total;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string per_second(std::uint64_t count, double seconds) {
  return fixed(seconds > 0 ? static_cast<double>(count) / seconds : 0, 0);
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) continue;  // control characters help nobody
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void json_latency(std::ostream& out, const char* key, const Histogram& all) {
  out << ",\"" << key << "\":{\"count\":" << all.count() << ",\"p50\":" << all.value_at(0.5)
      << ",\"p99\":" << all.value_at(0.99) << ",\"p999\":" << all.value_at(0.999)
      << ",\"max\":" << all.max() << '}';
}

/// The members of a group's object, without its braces.
void json_group(std::ostream& out, const Group& group, std::uint64_t stayed, double seconds) {
  const auto total = std::make_unique<Tally>(total_of(group));
  out << "\"clients\":" << group.wanted << ",\"connected\":" << group.connected
      << ",\"subscribed\":" << group.subscribed << ",\"stayed\":" << stayed
      << ",\"messages_per_s\":" << per_second(total->messages, seconds)
      << ",\"bytes_per_s\":" << per_second(total->bytes, seconds)
      << ",\"messages\":" << total->messages << ",\"deltas\":" << total->deltas
      << ",\"snapshots\":" << total->snapshots << ",\"snapshots_again\":" << total->snapshots_again
      << ",\"trades\":" << total->trades << ",\"trades_snapshots\":" << total->trades_snapshots
      << ",\"gaps\":" << total->gaps << ",\"gaps_upstream\":" << total->gaps_upstream
      << ",\"lost\":" << total->lost << ",\"merged\":" << total->merged()
      << ",\"ignored\":" << total->ignored << ",\"untimed\":" << total->untimed;
  json_latency(out, "sent_to_receipt_us", total->sent_to_receipt);
  json_latency(out, "recv_to_receipt_us", total->recv_to_receipt);
  out << ",\"recv_to_receipt_p50_halves_us\":[" << group.first_half.recv_to_receipt.value_at(0.5)
      << ',' << group.second_half.recv_to_receipt.value_at(0.5) << ']'
      << ",\"holes\":" << group.faults.holes << ",\"unexpected\":" << group.faults.unexpected
      << ",\"without_snapshot\":" << group.faults.without_snapshot
      << ",\"unreadable\":" << group.faults.unreadable << ",\"disconnects\":{";
  const char* comma = "";
  for (const auto& [how, count] : group.faults.disconnects) {
    out << comma << quoted(how) << ':' << count;
    comma = ",";
  }
  out << '}';
}

void text_latency(std::ostream& out, const char* title, const Histogram& all) {
  out << "  " << title << "  p50 " << all.value_at(0.5) << "  p99 " << all.value_at(0.99)
      << "  p99.9 " << all.value_at(0.999) << "  max " << all.max() << " µs  (" << all.count()
      << " frames)\n";
}

void text_group(std::ostream& out, const Group& group, std::uint64_t stayed, double seconds) {
  const auto total = std::make_unique<Tally>(total_of(group));
  out << "  clients         wanted " << group.wanted << "  connected " << group.connected
      << "  subscribed " << group.subscribed << "  stayed " << stayed << '\n'
      << "  rate            " << per_second(total->messages, seconds) << " messages/s  "
      << per_second(total->bytes, seconds) << " bytes/s\n"
      << "  messages        deltas " << total->deltas << "  snapshots " << total->snapshots
      << " (again " << total->snapshots_again << ")  merged " << total->merged() << "  ignored "
      << total->ignored << "  untimed " << total->untimed << '\n';
  if (total->trades + total->trades_snapshots + total->gaps > 0) {
    out << "  trades          " << total->trades << "  snapshots " << total->trades_snapshots
        << "  gaps " << total->gaps << " (upstream " << total->gaps_upstream << ")  lost "
        << total->lost << '\n';
  }
  text_latency(out, "sent→receipt  ", total->sent_to_receipt);
  text_latency(out, "recv→receipt  ", total->recv_to_receipt);
  out << "  recv→receipt p50 in the first half " << group.first_half.recv_to_receipt.value_at(0.5)
      << " µs, in the second half " << group.second_half.recv_to_receipt.value_at(0.5) << " µs\n"
      << "  sequence        holes " << group.faults.holes << "  unexpected "
      << group.faults.unexpected << "  without snapshot " << group.faults.without_snapshot
      << "  unreadable " << group.faults.unreadable << '\n'
      << "  disconnects    ";
  if (group.faults.disconnects.empty()) out << " none";
  for (const auto& [how, count] : group.faults.disconnects) out << ' ' << how << ": " << count;
  out << '\n';
}

void fail_if(std::vector<std::string>& out, std::uint64_t count, const std::string& what) {
  if (count > 0) out.push_back(std::to_string(count) + ' ' + what);
}

}  // namespace

std::vector<std::string> failures(const Outcome& outcome) {
  std::vector<std::string> out;
  fail_if(out, outcome.fast.wanted - outcome.fast.subscribed, "clients never subscribed");
  fail_if(out, outcome.fast.subscribed - outcome.fast_stayed, "clients were disconnected");
  fail_if(out, outcome.slow.wanted - outcome.slow.subscribed, "slow clients never subscribed");
  fail_if(out, outcome.fast.faults.holes + outcome.slow.faults.holes, "sequence holes");
  fail_if(out, outcome.fast.faults.without_snapshot, "subscriptions without a snapshot");
  fail_if(out, outcome.fast.faults.unexpected + outcome.slow.faults.unexpected,
          "messages of symbols never asked for");
  fail_if(out, outcome.fast.faults.unreadable + outcome.slow.faults.unreadable,
          "unreadable messages");
  return out;
}

std::string text_report(const Options& options, const Outcome& outcome) {
  std::ostringstream out;
  out << options.url << ", " << options.taste.symbols_per_client
      << (options.taste.same ? " symbols, the same for all clients" : " symbols a client")
      << ", seed " << options.taste.seed << ", " << fixed(outcome.seconds, 2)
      << " s counted, every message checked\n";
  text_group(out, outcome.fast, outcome.fast_stayed, outcome.seconds);
  if (outcome.slow.wanted > 0) {
    out << "slow clients, " << options.slow_bytes_per_second << " bytes/s each\n";
    text_group(out, outcome.slow, outcome.slow_stayed, outcome.seconds);
  }
  out << "this load client\n  cpu             " << fixed(outcome.cpu_user_s, 2) << " s user  "
      << fixed(outcome.cpu_system_s, 2) << " s system  busy " << fixed(outcome.busy_share * 100, 1)
      << " %  starved " << fixed(outcome.starved_share() * 100, 1) << " %\n";
  if (outcome.client_was_bottleneck()) {
    out << "  the load client was the bottleneck: doubt rate and latencies\n";
  }
  if (outcome.client_was_starved()) {
    out << "  the load client shared its core with others: doubt the latencies\n";
  }
  for (const std::string& reason : failures(outcome)) out << "FAILED: " << reason << '\n';
  return out.str();
}

std::string json_report(const Options& options, const Outcome& outcome) {
  std::ostringstream out;
  out << "{\"url\":" << quoted(options.url)
      << ",\"symbols_per_client\":" << options.taste.symbols_per_client
      << ",\"same_symbols\":" << (options.taste.same ? "true" : "false")
      << ",\"seed\":" << options.taste.seed << ",\"seconds\":" << fixed(outcome.seconds, 3)
      << ",\"counted_from_us\":" << outcome.counted_from_us
      << ",\"counted_to_us\":" << outcome.counted_to_us << ',';
  json_group(out, outcome.fast, outcome.fast_stayed, outcome.seconds);
  out << ",\"slow\":";
  if (outcome.slow.wanted > 0) {
    out << "{\"bytes_per_s_each\":" << options.slow_bytes_per_second << ',';
    json_group(out, outcome.slow, outcome.slow_stayed, outcome.seconds);
    out << '}';
  } else {
    out << "null";
  }
  out << ",\"load_client\":{\"cpu_user_s\":" << fixed(outcome.cpu_user_s, 3)
      << ",\"cpu_system_s\":" << fixed(outcome.cpu_system_s, 3)
      << ",\"busy_share\":" << fixed(outcome.busy_share, 4)
      << ",\"starved_share\":" << fixed(outcome.starved_share(), 4)
      << ",\"starved\":" << (outcome.client_was_starved() ? "true" : "false")
      << ",\"bottleneck\":" << (outcome.client_was_bottleneck() ? "true" : "false") << '}';
  const std::vector<std::string> reasons = failures(outcome);
  out << ",\"ok\":" << (reasons.empty() ? "true" : "false") << ",\"reasons\":[";
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    out << (i > 0 ? "," : "") << quoted(reasons[i]);
  }
  out << "]}\n";
  return out.str();
}

}  // namespace ticker::load
