// Rules of the comparison; bench/README.md tells them in words.
#include "bench/load/ledger.hpp"

#include <charconv>

namespace ticker::load {

namespace {

/// Adds up the samples of one name, over whatever labels; false when there is none.
bool sum_of(std::string_view metrics, std::string_view name, std::uint64_t& out) {
  out = 0;
  bool found = false;
  for (std::size_t at = 0; (at = metrics.find(name, at)) != std::string_view::npos;) {
    const bool line_begins = at == 0 || metrics[at - 1] == '\n';
    at += name.size();
    if (!line_begins || at >= metrics.size()) continue;
    const std::string_view rest = metrics.substr(at, metrics.find('\n', at) - at);
    if (rest[0] != ' ' && rest[0] != '{' && name.back() != '}') continue;  // a longer name
    const std::string_view number = rest.substr(rest.find_last_of(' ') + 1);
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{}) continue;
    out += static_cast<std::uint64_t>(value);
    found = true;
  }
  return found;
}

Compared delivered(const GatewayCounters& grown, const ClientCounts& clients, bool exact) {
  Compared line{.what = "delivered",
                .client = clients.whole.data_frames(),
                .gateway = grown.sent,
                .verdict = Compared::Verdict::differs};
  if (line.client == line.gateway) line.verdict = Compared::Verdict::equal;
  if (!exact && line.client < line.gateway) line.verdict = Compared::Verdict::possible;
  return line;
}

Compared merged(const GatewayCounters& grown, const ClientCounts& clients, bool exact) {
  Compared line{.what = "merged", .client = clients.whole.merged(), .gateway = grown.merged};
  // Streams merge before the door of the ledger, and a filter's seq counts other fields.
  if (!clients.plain || clients.whole.merged_in_deltas > 0 || grown.lapped > 0) {
    line.remark = "not the same things: intervals, filters or laps of the ring";
    return line;
  }
  line.verdict = Compared::Verdict::differs;
  if (line.client == line.gateway) line.verdict = Compared::Verdict::equal;
  if (line.client < line.gateway && (!exact || grown.abandoned > 0)) {
    line.verdict = Compared::Verdict::possible;
    line.remark = "the rest went with " + std::to_string(grown.abandoned) + " abandoned";
  }
  return line;
}

Compared lost(const GatewayCounters& grown, const ClientCounts& clients, bool exact) {
  Compared line{.what = "lost", .client = clients.whole.lost, .gateway = grown.lost};
  if (grown.lapped > 0) {
    line.remark = "gaps tell of laps of the ring, too";
    return line;
  }
  line.verdict = Compared::Verdict::differs;
  if (line.client == line.gateway) line.verdict = Compared::Verdict::equal;
  if (line.client < line.gateway && (!exact || grown.abandoned > 0)) {
    line.verdict = Compared::Verdict::possible;
    line.remark = "the rest was not announced before the goodbye";
  }
  return line;
}

}  // namespace

GatewayCounters GatewayCounters::since(const GatewayCounters& before) const {
  GatewayCounters grown = *this;
  grown.offered -= before.offered;
  grown.sent -= before.sent;
  grown.merged -= before.merged;
  grown.lost -= before.lost;
  grown.abandoned -= before.abandoned;
  grown.accepted -= before.accepted;
  grown.lapped -= before.lapped;
  return grown;
}

bool read_counters(std::string_view metrics, GatewayCounters& out) {
  const auto outcome = [metrics](const char* name, std::uint64_t& to) {
    const std::string key = std::string("ticker_ledger_frames_total{outcome=\"") + name + "\"}";
    return sum_of(metrics, key, to);
  };
  return outcome("offered", out.offered) && outcome("sent", out.sent) &&
         outcome("merged", out.merged) && outcome("lost", out.lost) &&
         outcome("abandoned", out.abandoned) &&
         sum_of(metrics, "ticker_ledger_queued_frames", out.queued) &&
         sum_of(metrics, "ticker_clients", out.clients) &&
         sum_of(metrics, "ticker_connections_accepted_total", out.accepted) &&
         sum_of(metrics, "ticker_ring_lapped_events_total", out.lapped);
}

std::string_view verdict_name(Compared::Verdict verdict) {
  switch (verdict) {
    case Compared::Verdict::equal:
      return "equal";
    case Compared::Verdict::possible:
      return "possible";
    case Compared::Verdict::differs:
      return "DIFFERS";
    case Compared::Verdict::untold:
      return "not comparable";
  }
  return "";
}

std::vector<Compared> compare(const LedgerBook& book, const ClientCounts& clients) {
  const GatewayCounters grown = book.end.since(book.begin);
  const bool others = book.begin.clients > 0 || grown.accepted > clients.connects;
  const bool exact = book.quiet && !others && clients.unclean == 0;
  std::vector<Compared> lines{delivered(grown, clients, exact), merged(grown, clients, exact),
                              lost(grown, clients, exact)};
  for (Compared& line : lines) {
    if (exact || line.verdict != Compared::Verdict::possible) continue;
    if (others)
      line.remark = "other clients were there";
    else if (!book.quiet)
      line.remark = "the gateway was not quiet within 10 s";
    else
      line.remark = std::to_string(clients.unclean) + " clients ended without a goodbye";
  }
  return lines;
}

}  // namespace ticker::load
