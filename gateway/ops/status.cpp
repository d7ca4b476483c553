#include "gateway/ops/status.hpp"

#include <algorithm>
#include <future>
#include <memory>

#include "feeds/base/json_text.hpp"

namespace ticker {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t slowest_max = 20;
constexpr auto answer_time_max = 250ms;  // of all shards together; a stop may have to wait for it

struct ConnectionLine {
  std::uint64_t queued_bytes;
  std::string json;
};

std::string number(std::string_view key, std::uint64_t value) {
  return "\"" + std::string(key) + "\":" + std::to_string(value);
}

std::string ledger_json(const Ledger& ledger) {
  return "{" + number("offered", ledger.offered) + "," + number("sent", ledger.sent) + "," +
         number("merged", ledger.merged) + "," + number("lost", ledger.lost) + "," +
         number("abandoned", ledger.abandoned) + "," + number("queued", ledger.queued) + "}";
}

ConnectionLine line_of(const ShardCore::ClientStatus& client) {
  std::string json = "{\"connection\":";
  append_json_string(json, client.connection);
  json += "," + number("queued_bytes", client.queued_bytes);
  json += "," + number("subscriptions", client.subscriptions);
  json += std::string(",\"conflating\":") + (client.conflating ? "true" : "false");
  json += ",\"ledger\":" + ledger_json(client.ledger) + "}";
  return {client.queued_bytes, std::move(json)};
}

// Runs on the shard's thread.
std::string slowest_json(const ShardCore& core) {
  std::vector<ConnectionLine> lines;
  core.for_each_client(
      [&](const ShardCore::ClientStatus& client) { lines.push_back(line_of(client)); });
  const std::size_t count = std::min(slowest_max, lines.size());
  std::partial_sort(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count), lines.end(),
                    [](const ConnectionLine& a, const ConnectionLine& b) {
                      return a.queued_bytes > b.queued_bytes;
                    });
  std::string json = "[";
  for (std::size_t i = 0; i < count; ++i) json += (i > 0 ? "," : "") + lines[i].json;
  return json + "]";
}

// The shard is asked at once and answers while others are asked as well.
std::future<std::string> ask_slowest(const AskShard& shard) {
  const auto promise = std::make_shared<std::promise<std::string>>();
  shard([promise](const ShardCore& core) { promise->set_value(slowest_json(core)); });
  return promise->get_future();
}

std::string shard_json(const ShardCounters& counters) {
  std::string json = "{" + number("clients", counters.clients.get());
  json += "," + number("connections", counters.connections.get());
  json += "," + number("subscriptions", counters.subscriptions.get());
  json += "," + number("streams", counters.streams.get());
  json += "," + number("filters", counters.filters.get());
  json += "," + number("conflating", counters.conflating.get());
  json += std::string(",\"widened\":") + (counters.widened.get() != 0 ? "true" : "false");
  json += "," + number("slabs_used", counters.slabs_used.get());
  json += "," + number("laps", counters.laps.get());
  json += "," + number("repairs", counters.repairs.get());
  json += "," + number("lag_us", counters.lag_us.get());
  return json + ",\"ledger\":" + ledger_json(counters.ledger.read());
}

}  // namespace

std::string status_json(const StatusFacts& facts, const std::vector<const ShardCounters*>& counters,
                        const std::vector<AskShard>& shards) {
  const auto uptime = std::chrono::steady_clock::now() - facts.started;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(uptime).count();
  std::string json = "{\"version\":\"" TICKER_VERSION "\",";
  json += number("uptime_s", static_cast<std::uint64_t>(seconds));
  json += ",\"epoch\":\"" + facts.epoch + "\"," + number("instruments", facts.instruments);
  json += ",\"venues\":" + facts.venues;
  Ledger total;
  for (const ShardCounters* shard : counters) total += shard->ledger.read();
  std::vector<std::future<std::string>> answers;
  for (const auto& shard : shards) answers.push_back(ask_slowest(shard));
  const auto deadline = std::chrono::steady_clock::now() + answer_time_max;
  json += ",\"ledger\":" + ledger_json(total) + ",\"shards\":[";
  for (std::size_t i = 0; i < shards.size(); ++i) {
    if (i > 0) json += ',';
    json += shard_json(*counters[i]);
    const bool answered = answers[i].wait_until(deadline) == std::future_status::ready;
    json += answered ? ",\"answered\":true,\"slowest\":" + answers[i].get() + "}"
                     : ",\"answered\":false}";
  }
  return json + "]}";
}

}  // namespace ticker
