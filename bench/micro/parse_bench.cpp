// What it costs to understand a frame: simdjson's bare walk over the bytes (every key and value
// visited, none converted, the least that On-Demand can do), the adapter into a sink that only
// counts, and the adapter into market and ring. Frames are those of the captures, each with an id
// of its own, so that the market finds something new in every one. Updates of books end at the
// adapter here.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "feeds/capture/recording.hpp"
#include "feeds/registry.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"

namespace ticker::feeds {
namespace {

namespace json = simdjson::ondemand;

// Frames one behind the other, each with its padding, as a socket's buffer would hold them.
struct Frames {
  const VenueEntry* venue = nullptr;
  VenueOptions options;
  std::vector<char> bytes;
  std::vector<std::string_view> frames;
};

// Every key and value is visited, containers to their ends; nothing is converted.
bool walk(json::value& value) {
  const char first = std::string_view(value.raw_json_token()).front();
  if (first == '{') {
    json::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) return false;
    for (auto entry : object) {
      if (entry.error() != simdjson::SUCCESS) return false;
      json::field&& field = std::move(entry).value_unsafe();
      benchmark::DoNotOptimize(field.key().raw());
      if (!walk(field.value())) return false;
    }
  } else if (first == '[') {
    json::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return false;
    for (auto element : array) {
      if (element.error() != simdjson::SUCCESS) return false;
      json::value&& inner = std::move(element).value_unsafe();
      if (!walk(inner)) return false;
    }
  } else {
    std::string_view token = value.raw_json_token();
    benchmark::DoNotOptimize(token);
  }
  return true;
}

class CountingSink final : public Sink {
 public:
  void received(const Receipt&) override {}
  void ticker(const TickerUpdate& update) override {
    auto mask = update.mask;
    benchmark::DoNotOptimize(mask);
    ++said;
  }
  void trade(const TradeUpdate& update) override {
    auto order = update.order;
    benchmark::DoNotOptimize(order);
    ++said;
  }
  void book(const BookUpdate& update) override {
    benchmark::DoNotOptimize(update.bids.data());
    ++said;
  }
  void overflow() override {}
  void frame(Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
  std::uint64_t said = 0;
};

// What orders a frame: a number behind its key, between quotes or not (a time in milliseconds is
// one), or a time as text.
std::string next_order(const std::string& key, std::uint64_t number) {
  if (!key.starts_with("\"time")) return std::to_string(1'000'000'000'000 + number);
  std::string fraction = std::to_string(1'000'000 + number);
  return "2026-01-02T03:04:05." + fraction.substr(1) + "Z";
}

// The wire texts of a capture that hold `kind`, repeated, with what stands behind `order_key`
// rising.
Frames frames_of(const std::string& path, const std::string& order_key, const std::string& kind) {
  std::string error;
  const auto recording = Recording::load(SOURCE_DIR "/feeds/" + path, error);
  Frames made;
  if (!recording) return made;
  constexpr std::size_t count = 4'096;
  std::vector<std::string> texts;
  while (texts.size() < count) {
    const std::size_t before = texts.size();
    for (const RecordedLine& line : recording->lines()) {
      std::string text(line.frame);
      const auto key = text.find(order_key);
      if (line.kind != RecordedLine::Kind::received || key == std::string::npos) continue;
      if (text.find(kind) == std::string::npos) continue;
      made.venue = find_by_endpoint(line.endpoint);
      const auto at = key + order_key.size();
      const auto end = text.find_first_of(",}\"", at);
      texts.push_back(text.replace(at, end - at, next_order(order_key, texts.size())));
    }
    if (texts.size() == before) return {};
  }
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size() + Adapter::padding_bytes;
  made.bytes.resize(bytes);
  std::size_t at = 0;
  for (const std::string& text : texts) {
    std::memcpy(made.bytes.data() + at, text.data(), text.size());
    made.frames.emplace_back(made.bytes.data() + at, text.size());
    at += text.size() + Adapter::padding_bytes;
  }
  return made;
}

void report(benchmark::State& state, const Frames& frames) {
  std::size_t bytes = 0;
  for (const std::string_view frame : frames.frames) bytes += frame.size();
  state.counters["frame_bytes"] = static_cast<double>(bytes / frames.frames.size());
}

void bare_walk(benchmark::State& state, const Frames& frames) {
  json::parser parser;
  std::size_t next = 0;
  for (auto _ : state) {
    const std::string_view frame = frames.frames[next++ % frames.frames.size()];
    json::document document;
    json::value value;
    const simdjson::padded_string_view padded(frame.data(), frame.size(),
                                              frame.size() + Adapter::padding_bytes);
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
        document.get_value().get(value) != simdjson::SUCCESS || !walk(value)) {
      state.SkipWithError("the walk failed");
      break;
    }
  }
  report(state, frames);
}

void adapter_only(benchmark::State& state, const Frames& frames) {
  const auto adapter = frames.venue->make(frames.options);
  CountingSink sink;
  std::size_t next = 0;
  for (auto _ : state) {
    const Verdict verdict = adapter->parse(frames.frames[next++ % frames.frames.size()], sink);
    if (verdict != Verdict::data) state.SkipWithError("not understood");
  }
  report(state, frames);
}

void bytes_to_ring(benchmark::State& state, const Frames& frames) {
  const auto adapter = frames.venue->make(frames.options);
  InstrumentTable table(1'024);
  Ring ring(65'536, 1);
  MarketCounters counters;
  Market market(table, ring, counters);
  Sink& sink = market.sink(frames.venue->venue, adapter.get());
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == frames.frames.size()) {  // ids begin afresh
      sink.interrupted();
      next = 0;
    }
    sink.received({1'700'000'000'000'000, static_cast<std::int64_t>(next)});
    const std::string_view frame = frames.frames[next++];
    sink.frame(adapter->parse(frame, sink), frame);
    ring.commit();
  }
  report(state, frames);
}

struct Case {
  const char* name;
  const char* path;
  const char* order_key;
  const char* kind;
  const char* quotes;  // the stream that owns bid and ask
};
constexpr Case cases[] = {
    {"binance bookTicker", "binance/captures/bookTicker.ndjson", R"("u":)", "", "bookTicker"},
    {"binance depth", "binance/captures/depth.ndjson", R"("u":)", "", "depth"},
    {"binance aggTrade", "binance/captures/aggTrade.ndjson", R"("a":)", "", "bookTicker"},
    {"binance 24hrTicker", "binance/captures/written.ndjson", R"("E":)", "@ticker", "bookTicker"},
    {"coinbase ticker", "coinbase/captures/ticker.ndjson", R"("sequence":)", "", "ticker"},
    {"coinbase l2update", "coinbase/captures/level2.ndjson", R"("time":")", "l2update",
     "level2_batch"},
    {"coinbase match", "coinbase/captures/match.ndjson", R"("trade_id":)", R"("match")", "ticker"},
    {"kraken ticker", "kraken/captures/ticker.ndjson", R"("timestamp":")", "", "ticker"},
    {"kraken book", "kraken/captures/book.ndjson", R"("timestamp":")", "update", "book"},
    {"kraken trade", "kraken/captures/trade.ndjson", R"("trade_id":)", "", "ticker"},
    {"okx bbo-tbt", "okx/captures/written.ndjson", R"("ts":")",
     R"("bbo-tbt","instId":"BTC-USDT"},"d)", "bbo-tbt"},
    {"okx tickers", "okx/captures/tickers.ndjson", R"("ts":")", "", "tickers"},
    {"okx trades", "okx/captures/trades.ndjson", R"("tradeId":")", "", "bbo-tbt"},
    {"bybit orderbook.1", "bybit/captures/orderbook_1.ndjson", R"("cts":)", "", "orderbook.1"},
    {"bybit publicTrade", "bybit/captures/publicTrade.ndjson", R"("seq":)", R"("data":[)",
     "orderbook.1"},
};

bool is_book(const Case& each) {
  const std::string_view path = each.path;
  return path.ends_with("depth.ndjson") || path.ends_with("level2.ndjson") ||
         path.ends_with("book.ndjson");
}

const bool registered = [] {
  static std::vector<Frames> all;
  all.reserve(std::size(cases));
  for (const Case& each : cases) {
    Frames& frames = all.emplace_back(frames_of(each.path, each.order_key, each.kind));
    if (frames.venue == nullptr) {
      std::fprintf(stderr, "no frames in %s\n", each.path);
      std::exit(1);
    }
    frames.options.quotes = each.quotes;
    const std::string name = each.name;
    benchmark::RegisterBenchmark((name + " walk").c_str(),
                                 [&](benchmark::State& state) { bare_walk(state, frames); });
    benchmark::RegisterBenchmark((name + " adapter").c_str(),
                                 [&](benchmark::State& state) { adapter_only(state, frames); });
    if (is_book(each)) continue;  // what a book makes of its updates is another bench
    benchmark::RegisterBenchmark((name + " to_ring").c_str(),
                                 [&](benchmark::State& state) { bytes_to_ring(state, frames); });
  }
  return true;
}();

}  // namespace
}  // namespace ticker::feeds
