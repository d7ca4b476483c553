// A small world for tests of the shard core: a market, a ring, shards without sockets, clients that
// read as fast as they are told to. Time stands still until a test moves it. One thread.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/fanout/shard_core.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"
#include "tests/gateway/events.hpp"
#include "tests/gateway/fanout/client_view.hpp"
#include "tests/gateway/fanout/fake_client.hpp"

namespace ticker {

/// One client, its socket and what it knows.
struct TestClient {
  TestClient(SlabPool& pool, const Limits& limits, const Framing& framing)
      : transport(pool, limits, framing) {}
  FakeClient transport;
  ClientView view;
  ClientId id;
  bool connected = true;

  /// Reads what its socket took.
  ClientView& read() {
    view.feed(std::exchange(transport.received, {}));
    return view;
  }
  [[nodiscard]] const Ledger& ledger() { return transport.outbox().ledger(); }
};

/// One shard without sockets.
struct TestShard {
  TestShard(const Limits& shard_limits, const InstrumentTable& table, Ring::Reader& reader,
            const Receipt& now, Served given = {})
      : limits(shard_limits),
        served(given),
        pool(limits.slab_bytes, limits.slabs_max, counters),
        core(
            limits, table, reader, pool, "e1", counters, [&now] { return now; }, served) {
    core.add_venue("sim");
  }

  TestClient& connect(std::uint64_t room = FakeClient::endless, FormatId format = 0) {
    TestClient& client = clients.emplace_back(pool, limits, served.formats[format].framing);
    client.transport.room = room;
    client.id = core.add_client(client.transport, std::to_string(clients.size()), format);
    return client;
  }
  void disconnect(TestClient& client, CloseReason reason = CloseReason::client_closed) {
    core.remove_client(client.id, reason);
    client.connected = false;
  }
  /// `symbols`: comma-separated. `more`: further keys of the request, a comma before each.
  void subscribe(TestClient& client, std::string_view channel, std::string_view symbols,
                 std::string_view op = "subscribe", std::string_view more = "") {
    std::string list = "\"";
    for (const char c : symbols) c == ',' ? list += "\",\"" : list += c;
    core.request(client.id, R"({"op":")" + std::string(op) + R"(","id":7,"channel":")" +
                                std::string(channel) + R"(","symbols":[)" + list + "\"]" +
                                std::string(more) + "}");
  }
  /// The client's socket takes this many bytes more.
  void allow(TestClient& client, std::uint64_t bytes) {
    client.transport.room = bytes;
    core.writable(client.id);
  }
  /// Drains the ring and brings everything to the sockets.
  void run() {
    while (core.drain(limits.drain_max) > 0) {
      while (core.flush()) {
      }
    }
    while (core.flush()) {
    }
  }

  const Limits& limits;
  const Served served;
  ShardCounters counters;
  SlabPool pool;
  ShardCore core;
  std::deque<TestClient> clients;
};

struct World {
  explicit World(const Limits& given = {}, std::size_t shard_count = 1, Served served = {})
      : limits(given),
        table(limits.instruments_max),
        ring(limits.ring_slots, shard_count),
        market(table, ring, market_counters),
        sink(market.sink("sim", nullptr)) {
    for (std::size_t i = 0; i < shard_count; ++i) {
      shards.emplace_back(limits, table, ring.reader(i), now, served);
    }
    sink.received(now);
  }

  TestShard& shard() { return shards.front(); }

  /// A price changes; `symbol` is the venue's own.
  void price(std::string_view symbol, std::string_view value, Field field = Field::bid) {
    feeds::TickerUpdate update;
    update.symbol = symbol;
    update.mask = bit(field);
    update.fields.set(field, decimal(value));
    sink.ticker(update);
    ring.commit();
  }
  void price(std::string_view symbol, std::int64_t value) { price(symbol, std::to_string(value)); }
  void trade(std::string_view symbol, std::string_view value = "1.5") {
    feeds::TradeUpdate update;
    update.symbol = symbol;
    update.price = decimal(value);
    update.size = decimal("2");
    update.side = Side::buy;
    update.trade_id = "t1";
    sink.trade(update);
    ring.commit();
  }
  void advance_ms(std::int64_t ms) {
    now.wall_us += ms * 1'000;
    now.steady_ns += ms * 1'000'000;
    sink.received(now);
  }
  void run() {
    for (TestShard& one : shards) one.run();
  }

  const Limits limits;
  Receipt now{1'700'000'000'000'000, 1'000'000'000};
  InstrumentTable table;
  Ring ring;
  MarketCounters market_counters;
  Market market;
  feeds::Sink& sink;
  std::deque<TestShard> shards;
};

/// Small queues, so that tests reach the bounds with little.
inline Limits small_limits() {
  Limits limits;
  limits.instruments_max = 64;
  limits.ring_slots = 4'096;
  limits.outbox_soft_bytes = 4'096;
  limits.outbox_hard_bytes = 16'384;
  limits.control_reserve_bytes = 16'384;
  limits.slab_bytes = 65'536;
  return limits;
}

/// The picture of one instrument as the shard itself has it now.
inline ClientView::Ticker board_ticker(TestShard& shard, const std::string& symbol) {
  const std::string ack =
      R"({"type":"subscribed","channel":"ticker","symbols":[")" + symbol + "\"]}";
  const auto pattern = shard.core.board().find(symbol);
  if (!pattern) return {};
  std::string bytes;
  for (const std::string& message : {ack, shard.core.snapshot_json(pattern->instrument)}) {
    bytes += {'\x81', '\x7e', static_cast<char>(message.size() >> 8),
              static_cast<char>(message.size() & 0xff)};
    if (message.size() < 126) {
      bytes.resize(bytes.size() - 4);
      bytes += {'\x81', static_cast<char>(message.size())};
    }
    bytes += message;
  }
  ClientView view;
  view.feed(bytes);
  return view.tickers[symbol];
}

/// Nothing broken, and every ticker and trade number as the shard has it.
inline void expect_true_picture(TestShard& shard, TestClient& client) {
  client.read();
  EXPECT_THAT(client.view.violations, testing::IsEmpty());
  for (const auto& [symbol, ticker] : client.view.tickers) {
    EXPECT_EQ(ticker, board_ticker(shard, symbol)) << symbol;
  }
  for (const auto& [symbol, trades] : client.view.trades) {
    const InstrumentId id = shard.core.board().find(symbol)->instrument;
    EXPECT_EQ(trades.seq, shard.core.board().at(id).trade_seq) << symbol;
  }
}

inline void expect_balanced(const Ledger& ledger) { EXPECT_TRUE(ledger.balances()); }

}  // namespace ticker
