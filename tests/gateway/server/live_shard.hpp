// A shard on its own thread behind a real port, fed by a market in the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <thread>

#include "feeds/base/clock.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"
#include "gateway/server/admission.hpp"
#include "gateway/server/listener.hpp"
#include "gateway/server/shard_loop.hpp"
#include "tests/gateway/events.hpp"
#include "tests/gateway/server/deadline.hpp"
#include "tests/gateway/server/test_client.hpp"

namespace ticker {

class LiveShard {
 public:
  explicit LiveShard(const Limits& given = {}, bool spin = false)
      : limits(given),
        table_(limits.instruments_max),
        ring_(limits.ring_slots, 1),
        market_(table_, ring_, market_counters_),
        sink_(market_.sink("sim", nullptr)),
        admission_(limits.clients_max) {
    Listeners listeners = listen_for_clients({"127.0.0.1", 0}, 1, false);
    port = listeners.port;
    loop_ = std::make_unique<ShardLoop>(ShardParts{
        0, limits, table_, ring_, counters, admission_, spin, "e1", {"sim"}, listeners.fds[0], [] {
          return std::string("[]");
        }});
    thread_ = std::thread([this] { loop_->run(); });
    price("A-B", 1);
    price("C-D", 1);
    wait_for_events(4);  // two instruments, two prices
  }
  ~LiveShard() { stop(); }
  LiveShard(const LiveShard&) = delete;
  LiveShard& operator=(const LiveShard&) = delete;

  void stop() {
    if (!thread_.joinable()) return;
    loop_->stop();
    thread_.join();
  }
  void destroy() {
    stop();
    loop_.reset();
  }

  void price(std::string_view symbol, std::int64_t value) {
    feeds::TickerUpdate update;
    update.symbol = symbol;
    update.mask = bit(Field::bid);
    update.fields.set(Field::bid, decimal(std::to_string(value)));
    sink_.received(clock_now());
    sink_.ticker(update);
    ring_.commit();
  }
  void trade(std::string_view symbol) {
    feeds::TradeUpdate update;
    update.symbol = symbol;
    update.price = decimal("1.5");
    update.size = decimal("2");
    sink_.received(clock_now());
    sink_.trade(update);
    ring_.commit();
  }
  void wait_for_events(std::uint64_t count) {
    EXPECT_TRUE(eventually([&] { return counters.events.get() >= count; }));
  }
  /// Clients gone for this reason.
  std::uint64_t closed(CloseReason reason) const {
    return counters.closed[static_cast<std::size_t>(reason)].get();
  }
  bool comes_to(const Counter& counter, std::uint64_t value) const {
    return eventually([&] { return counter.get() == value; });
  }
  bool ends_by(CloseReason reason) const {
    return eventually([&] { return closed(reason) == 1 && counters.clients.get() == 0; });
  }
  /// Runs on the shard's thread, to its end.
  void on_shard(const std::function<void(ShardCore&)>& task) {
    std::promise<void> done;
    loop_->post([&](ShardCore& core) {
      task(core);
      done.set_value();
    });
    done.get_future().wait();
  }

  const Limits limits;
  ShardCounters counters;
  std::uint16_t port = 0;

 private:
  InstrumentTable table_;
  Ring ring_;
  MarketCounters market_counters_;
  Market market_;
  feeds::Sink& sink_;
  Admission admission_;
  std::unique_ptr<ShardLoop> loop_;
  std::thread thread_;
};

}  // namespace ticker
