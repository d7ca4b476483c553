// One row a metric: name, help text, and the counter it reads. Sums over shards unless the row
// says that each shard is worth a series of its own.
#include "gateway/ops/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <sstream>

#include "gateway/ops/metric_family.hpp"

namespace ticker {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;
using Kind = MetricKind;
template <class Owner>
using Row = MetricRow<Owner>;

constexpr Row<MarketCounters> market_rows[] = {
    {"ticker_instruments", "Instruments known.", &MarketCounters::instruments, Kind::gauge},
    {"ticker_repair_passes_total", "Complete passes that told every instrument again.",
     &MarketCounters::repair_passes},
    {"ticker_repair_records_total", "Events told again for shards that were lapped.",
     &MarketCounters::repair_records},
};

/// One series a shard: what tells a sick shard from its siblings.
constexpr Row<ShardCounters> by_shard_rows[] = {
    {"ticker_ring_events_total", "Events drained from the ring.", &ShardCounters::events},
    {"ticker_ring_laps_total", "Times the ring overtook the shard.", &ShardCounters::laps},
    {"ticker_ring_lapped_events_total", "Events the shard missed by being lapped.",
     &ShardCounters::lapped_events},
    {"ticker_ring_repairs_total", "Complete repairs after being lapped.", &ShardCounters::repairs},
    {"ticker_slabs_used", "Slabs of encoded bytes in use.", &ShardCounters::slabs_used,
     Kind::gauge},
    {"ticker_filters", "Field filters in use, at most filters_max.", &ShardCounters::filters,
     Kind::gauge},
    {"ticker_widened", "1 while intervals below 250 ms are served at 250 ms for overload.",
     &ShardCounters::widened, Kind::gauge},
    {"ticker_widened_total", "Times that began.", &ShardCounters::widenings},
    {"ticker_loop_lag_seconds", "Lag of the shard's loop at its last look.", &ShardCounters::lag_us,
     Kind::gauge, 1e-6},
};

constexpr Row<ShardCounters> summed_rows[] = {
    {"ticker_encoded_frames_total", "Frames encoded, each once however many clients get it.",
     &ShardCounters::encoded_frames},
    {"ticker_frames_sent_total", "Data frames accepted by client sockets.",
     &ShardCounters::frames_sent},
    {"ticker_bytes_sent_total", "Bytes accepted by client sockets.", &ShardCounters::bytes_sent},
    {"ticker_flushes_total", "Send calls on client sockets.", &ShardCounters::flushes},
    {"ticker_blocked_flushes_total", "Send calls that found the socket full.",
     &ShardCounters::would_block},
    {"ticker_clients", "WebSocket clients connected.", &ShardCounters::clients, Kind::gauge},
    {"ticker_connections", "TCP connections open, HTTP included.", &ShardCounters::connections,
     Kind::gauge},
    {"ticker_connections_accepted_total", "TCP connections accepted.", &ShardCounters::accepted},
    {"ticker_connections_refused_total", "Connections refused: all places were taken.",
     &ShardCounters::refused},
    {"ticker_clients_refused_total", "Clients refused with 503: a shard's loop was late.",
     &ShardCounters::refused_late},
    {"ticker_subscriptions", "Subscriptions: (client, channel, instrument).",
     &ShardCounters::subscriptions, Kind::gauge},
    {"ticker_streams", "Streams: (channel, instrument, interval class, filter) with listeners.",
     &ShardCounters::streams, Kind::gauge},
    {"ticker_tick_frames_total", "Frames made at the tick of an interval class.",
     &ShardCounters::ticks},
    {"ticker_resumed_total", "Subscriptions to an instrument that went on where the client was.",
     &ShardCounters::resumed},
    {"ticker_not_resumed_total", "Those that could not, and began with a snapshot.",
     &ShardCounters::not_resumed},
    {"ticker_conflating_clients", "Clients whose updates are being conflated.",
     &ShardCounters::conflating, Kind::gauge},
    {"ticker_requests_total", "Client requests read.", &ShardCounters::requests},
    {"ticker_request_errors_total", "Client requests answered with an error.",
     &ShardCounters::request_errors},
    {"ticker_gaps_sent_total", "Gap messages sent to clients.", &ShardCounters::gaps_sent},
    {"ticker_slabs_spilled_total", "Client queues copied to private memory to free a slab.",
     &ShardCounters::slabs_spilled},
};

struct Outcome {
  const char* label;
  std::uint64_t Ledger::*count;
};
constexpr Outcome outcomes[] = {
    {"offered", &Ledger::offered}, {"sent", &Ledger::sent},           {"merged", &Ledger::merged},
    {"lost", &Ledger::lost},       {"abandoned", &Ledger::abandoned},
};

using Shards = std::vector<const ShardCounters*>;

void collect_market(const MarketCounters& market, Families& all) {
  for (const auto& row : market_rows) {
    add(all.emplace_back(family(row.name, row.help, row.kind)), number(market.*row.counter));
  }
}

/// Sum of one counter over all shards.
template <class Read>
double sum(const Shards& shards, Read read) {
  double total = 0;
  for (const auto* shard : shards) total += number(read(*shard));
  return total;
}

void collect_shards(const Shards& shards, Families& all) {
  for (const auto& row : by_shard_rows) {
    auto& added = all.emplace_back(family(row.name, row.help, row.kind));
    for (std::size_t i = 0; i < shards.size(); ++i) {
      add(added, number(shards[i]->*row.counter) * row.scale, {{"shard", std::to_string(i)}});
    }
  }
  for (const auto& row : summed_rows) {
    add(all.emplace_back(family(row.name, row.help, row.kind)),
        sum(shards,
            [&](const ShardCounters& shard) -> const Counter& { return shard.*row.counter; }));
  }
}

void collect_ledger(const Shards& shards, Families& all) {
  auto& frames = all.emplace_back(family(
      "ticker_ledger_frames_total",
      "Frames handed to clients, by outcome: offered = sent + merged + lost + abandoned + queued.",
      Kind::counter));
  Ledger total;
  for (const auto* shard : shards) total += shard->ledger.read();
  for (const auto& outcome : outcomes) {
    add(frames, static_cast<double>(total.*outcome.count), {{"outcome", outcome.label}});
  }
  add(all.emplace_back(family("ticker_ledger_queued_frames",
                              "Frames waiting in the outboxes of clients.", Kind::gauge)),
      static_cast<double>(total.queued));

  auto& gone = all.emplace_back(family(
      "ticker_disconnects_total",
      "WebSocket clients gone, and handshakes that took too long, by reason.", Kind::counter));
  for (std::size_t reason = 0; reason < close_reason_count; ++reason) {
    const auto label = std::string(info(static_cast<CloseReason>(reason)).label);
    add(gone,
        sum(shards, [&](const ShardCounters& s) -> const Counter& { return s.closed[reason]; }),
        {{"reason", label}});
  }
}

MetricFamily histogram(const char* name, const char* help, const Shards& shards,
                       LatencyHistogram ShardCounters::*member) {
  std::vector<const LatencyHistogram*> histograms;
  for (const auto* shard : shards) histograms.push_back(&(shard->*member));
  return {name, help, MetricType::Histogram, {histogram_sample(histograms)}};
}

}  // namespace

void Metrics::add_feed(std::string venue, const FeedCounters* counters, bool connected) {
  const std::lock_guard lock(mutex_);
  feeds_.insert_or_assign(std::move(venue), Feed{counters, connected});
}

void Metrics::add_shard(const ShardCounters* counters) {
  const std::lock_guard lock(mutex_);
  shards_.push_back(counters);
}

void Metrics::set_market(const MarketCounters* counters) {
  const std::lock_guard lock(mutex_);
  market_ = counters;
}

std::vector<MetricFamily> Metrics::Collect() const {
  const std::lock_guard lock(mutex_);
  auto all = process_metrics();
  add(all.emplace_back(family("ticker_build_info", "Always 1; tells the version.", Kind::gauge)), 1,
      {{"version", TICKER_VERSION}});
  if (!feeds_.empty()) collect_feeds(feeds_, all);
  if (market_ != nullptr) collect_market(*market_, all);
  if (shards_.empty()) return all;
  collect_shards(shards_, all);
  collect_ledger(shards_, all);
  all.push_back(histogram("ticker_received_to_encoded_seconds",
                          "From receiving a venue's frame to encoding ours.", shards_,
                          &ShardCounters::received_to_encoded));
  all.push_back(histogram("ticker_received_to_written_seconds",
                          "From receiving a venue's frame to handing ours to the socket; one a "
                          "flush, its oldest frame.",
                          shards_, &ShardCounters::received_to_written));
  return all;
}

std::string Metrics::text() const {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, Collect());
  return std::move(out).str();
}

}  // namespace ticker
