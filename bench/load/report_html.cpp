// The HTML report: one file, no script, nothing from elsewhere, light or dark as the reader has it.
#include <cmath>
#include <functional>
#include <sstream>

#include "bench/load/figures.hpp"
#include "bench/load/outcome.hpp"
#include "bench/load/svg_plot.hpp"
#include "bench/load/text.hpp"

namespace ticker::load {

namespace {

constexpr const char* head = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>ticker-load</title><style>
:root{--page:#fff;--text:#1a1d21;--quiet:#5b636d;--rule:#d9dee4;--outside:#8884;
--c0:#1f6fb2;--c1:#b85a00;--c2:#26794a;--c3:#8a3fb8;--good:#26794a;--bad:#c0262d}
@media(prefers-color-scheme:dark){:root{--page:#15181c;--text:#e6e9ed;--quiet:#9aa4af;
--rule:#343b43;--outside:#8883;--c0:#6db3f2;--c1:#f0a35e;--c2:#6ccf9a;--c3:#cf9bf2;
--good:#6ccf9a;--bad:#ff8086}}
body{background:var(--page);color:var(--text);font:15px/1.45 system-ui,sans-serif;
margin:0 auto;padding:24px 16px;max-width:1360px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:17px;margin:28px 0 8px}
p{margin:4px 0;max-width:80ch}code{font-size:13px;overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:20px}
figure{margin:0}figcaption{font-weight:600}svg{width:100%;height:auto;display:block}
svg text{fill:var(--quiet);font-size:11px}.grid{stroke:var(--rule);fill:none}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}.outside{fill:var(--outside)}
.strip{fill:transparent}.strip:hover{fill:var(--outside)}
.l0{stroke:var(--c0)}.l1{stroke:var(--c1)}.l2{stroke:var(--c2)}.l3{stroke:var(--c3)}
.key{font-weight:400;margin-left:8px}.k0{color:var(--c0)}.k1{color:var(--c1)}
.k2{color:var(--c2)}.k3{color:var(--c3)}
.wide{overflow-x:auto}table{border-collapse:collapse}
th,td{text-align:left;padding:3px 14px 3px 0;border-bottom:1px solid var(--rule)}
td.n{text-align:right;font-variant-numeric:tabular-nums}.quiet{color:var(--quiet)}
.good{color:var(--good)}.bad{color:var(--bad)}
</style></head><body>
)";

using Value = std::function<double(const Second&)>;

struct LineOf {
  const char* name;
  Value value;
};

std::string plot(const Outcome& outcome, const char* title, const char* unit, bool logarithmic,
                 const std::vector<LineOf>& lines) {
  Plot out{.title = title, .unit = unit, .logarithmic = logarithmic};
  for (const LineOf& line : lines) out.lines.push_back({.name = line.name, .values = {}});
  for (const Second& second : outcome.series) {
    // A moment is no second: rates and percentiles of it would be the loudest in the plot.
    if (second.length_s < 0.2) continue;
    out.x.push_back(second.begin_s + second.length_s);
    if (second.counted) {
      if (out.counted_to <= 0) out.counted_from = second.begin_s;
      out.counted_to = second.begin_s + second.length_s;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      out.lines[i].values.push_back(lines[i].value(second));
    }
  }
  return svg(out);
}

double ms(std::uint64_t us) { return us == 0 ? NAN : static_cast<double>(us) / 1e3; }
double rate(std::uint64_t count, const Second& second) {
  return static_cast<double>(count) / second.length_s;
}

void plots(std::ostream& out, const Outcome& outcome) {
  using S = const Second&;
  out << "<h2>Over time</h2><p class=\"quiet\">Shaded: not counted. Latencies are of the fast "
         "clients. Point at a second for its values.</p><div class=\"plots\">";
  out << plot(outcome, "Received to receipt", "ms", true,
              {{"p50", [](S s) { return ms(s.p50_us); }},
               {"p99", [](S s) { return ms(s.p99_us); }},
               {"p99.9", [](S s) { return ms(s.p999_us); }},
               {"max", [](S s) { return ms(s.max_us); }}});
  out << plot(outcome, "Sent to receipt", "ms", true,
              {{"p50", [](S s) { return ms(s.sent_p50_us); }},
               {"p99", [](S s) { return ms(s.sent_p99_us); }},
               {"p99.9", [](S s) { return ms(s.sent_p999_us); }},
               {"max", [](S s) { return ms(s.sent_max_us); }}});
  out << plot(outcome, "Delivered", "messages/s", false,
              {{"all", [](S s) { return rate(s.messages, s); }}});
  out << plot(outcome, "Delivered", "bytes/s", false,
              {{"all", [](S s) { return rate(s.bytes, s); }}});
  out << plot(outcome, "Clients", "subscribed", false,
              {{"all", [](S s) { return static_cast<double>(s.clients); }}});
  if (outcome.server_cpu_share >= 0) {
    out << plot(outcome, "Gateway CPU", "% of a core", false,
                {{"all", [](S s) { return s.server_cpu_share * 100; }}});
    out << plot(outcome, "Gateway memory", "bytes", false,
                {{"resident", [](S s) { return static_cast<double>(s.server_rss_bytes); }}});
  }
  out << plot(outcome, "This client", "% of its busiest thread", false,
              {{"busy", [](S s) { return s.busy_share * 100; }},
               {"starved", [](S s) { return s.starved_share * 100; }}});
  out << plot(outcome, "This client's lag", "ms", true,
              {{"turn p99", [](S s) { return ms(s.lag_p99_us); }},
               {"turn max", [](S s) { return ms(s.lag_max_us); }},
               {"late", [](S s) {
                  return s.late_us_max == 0 ? NAN : static_cast<double>(s.late_us_max) / 1e3;
                }}});
  out << "</div>";
}

void verdict(std::ostream& out, const Options& options, const Outcome& outcome) {
  out << "<h1>ticker-load: " << escaped(options.scenario_name) << "</h1><p><code>"
      << escaped(options.command) << "</code></p>";
  auto reasons = failures(outcome);
  for (const std::string& condition : outcome.failed_by)
    reasons.push_back("--fail-if " + condition);
  if (reasons.empty()) {
    out << "<p class=\"good\">Passed: every client stayed, and nothing was missing.</p>";
  }
  for (const std::string& reason : reasons) {
    out << "<p class=\"bad\">Failed: " << escaped(reason) << "</p>";
  }
  if (outcome.client_was_bottleneck()) {
    out << "<p class=\"bad\">The load client was the bottleneck: doubt rate and latencies.</p>";
  }
  if (outcome.client_was_starved()) {
    out << "<p class=\"bad\">The load client shared its core with others: doubt the "
           "latencies.</p>";
  }
}

void ledger(std::ostream& out, const Outcome& outcome) {
  if (!outcome.book) return;
  out << "<h2>Beside the gateway's ledger</h2><div class=\"wide\"><table><tr><th>whole run</th>"
         "<th>clients</th><th>gateway</th><th></th><th></th></tr>";
  for (const Compared& line : outcome.ledger) {
    const bool bad = line.verdict == Compared::Verdict::differs;
    out << "<tr><td>" << escaped(line.what) << "</td><td class=\"n\">" << grouped(line.client)
        << "</td><td class=\"n\">" << grouped(line.gateway) << "</td><td"
        << (bad ? " class=\"bad\"" : "") << '>' << verdict_name(line.verdict)
        << "</td><td class=\"quiet\">" << escaped(line.remark) << "</td></tr>";
  }
  out << "</table></div>";
}

void groups(std::ostream& out, const Outcome& outcome) {
  out << "<h2>Clients</h2><div class=\"wide\"><table><tr><th>group</th><th>wanted</th>"
         "<th>subscribed</th><th>stayed</th><th>messages</th><th>deltas</th><th>trades</th>"
         "<th>merged</th><th>lost</th><th>p50 ms</th><th>p99 ms</th><th>holes</th>"
         "<th>disconnects</th></tr>";
  for (std::size_t i = 0; i < group_count; ++i) {
    const Group& of = outcome.groups[i];
    if (of.wanted == 0) continue;
    const auto all = outcome.totals.counted(static_cast<GroupId>(i));
    out << "<tr><td>" << group_names[i] << "</td>";
    for (const std::uint64_t value : {of.wanted, of.subscribed, of.stayed, all->messages,
                                      all->deltas, all->trades, all->merged(), all->lost}) {
      out << "<td class=\"n\">" << grouped(value) << "</td>";
    }
    for (const double share : {0.5, 0.99}) {
      const auto us = static_cast<double>(all->recv_to_receipt.value_at(share));
      out << "<td class=\"n\">" << fixed(us / 1e3, 2) << "</td>";
    }
    out << "<td class=\"n\">" << of.faults.holes << "</td><td class=\"n\">"
        << of.faults.disconnected() << "</td></tr>";
  }
  out << "</table></div>";
}

void totals(std::ostream& out, const Outcome& outcome) {
  out << "<h2>Totals</h2><p class=\"quiet\">" << fixed(outcome.totals.seconds, 2)
      << " s counted. These names serve --fail-if.</p><div class=\"wide\"><table>";
  for (const Figure& figure : figures()) {
    const double value = figure.of(outcome);
    if (std::isnan(value)) continue;
    const bool whole = value == std::floor(value);
    out << "<tr><td>" << figure.name << "</td><td class=\"n\">"
        << (whole ? grouped(static_cast<std::uint64_t>(value)) : fixed(value, 2))
        << "</td><td class=\"quiet\">" << escaped(figure.meaning) << "</td></tr>";
  }
  out << "</table></div>";
}

}  // namespace

std::string html_report(const Options& options, const Outcome& outcome) {
  std::ostringstream out;
  out << head;
  verdict(out, options, outcome);
  plots(out, outcome);
  groups(out, outcome);
  ledger(out, outcome);
  totals(out, outcome);
  out << "</body></html>\n";
  return out.str();
}

}  // namespace ticker::load
