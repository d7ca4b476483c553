// One event's way through a shard: read from the ring, kept, encoded once, appended to the outbox
// of every subscriber, flushed. The clock is the real one; only sockets are missing: a transport
// takes all that it is offered, so what a send costs is not in these figures.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>

#include "bench/micro/samples.hpp"
#include "feeds/base/clock.hpp"
#include "gateway/fanout/shard_core.hpp"

namespace ticker::micro {
namespace {

constexpr std::size_t sample_count = 1'024;
constexpr std::string_view symbol = "sim:AAA-USDT";

class EndlessSocket final : public ClientHandle {
 public:
  EndlessSocket(SlabPool& pool, const Limits& limits)
      : outbox_(pool, limits, formats().front().framing) {}
  Outbox& outbox() override { return outbox_; }
  void flush() override { outbox_.consume(outbox_.bytes()); }
  void close(CloseReason) override {}

 private:
  Outbox outbox_;
};

/// A shard with one instrument and its subscribers. They subscribed in another order than the one
/// in which they came, so their outboxes are not visited in the order of memory.
class Shard {
 public:
  explicit Shard(std::size_t subscribers) {
    static_cast<void>(table_.add(symbol));
    core_.add_venue("sim");
    Samples samples;
    for (std::size_t i = 0; i < sample_count; ++i) events_.push_back(samples.ticker(0, 0));
    turn(1);
    std::vector<ClientId> ids;
    for (std::size_t i = 0; i < subscribers; ++i) {
      sockets_.push_back(std::make_unique<EndlessSocket>(pool_, limits_));
      ids.push_back(core_.add_client(*sockets_.back(), "0-1"));
    }
    std::shuffle(ids.begin(), ids.end(), std::mt19937_64(7));
    const std::string request = R"({"op":"subscribe","id":1,"channel":"ticker","symbols":[")" +
                                std::string(symbol) + "\"]}";
    for (const ClientId id : ids) core_.request(id, request);
    turn(1);
  }

  /// As a shard's turn: takes what is in the ring, then brings it to the sockets.
  void turn(int events) {
    for (int i = 0; i < events; ++i) {
      Event& event = events_[++seq_ % sample_count];
      event.seq = seq_;
      ring_.write(event);
    }
    ring_.commit();
    core_.drain(limits_.drain_max);
    while (core_.flush()) {
    }
  }

  [[nodiscard]] std::uint64_t delivered() const { return counters_.ledger.read().sent; }
  /// Nothing merged, lost or left lying, and no slab but the current one in use.
  [[nodiscard]] bool all_went_out() const {
    return counters_.ledger.read().offered == delivered() && pool_.used() == 1;
  }
  [[nodiscard]] std::size_t subscribers() const { return sockets_.size(); }

 private:
  const Limits limits_;
  InstrumentTable table_{limits_.instruments_max};
  Ring ring_{limits_.ring_slots, 1};
  ShardCounters counters_;
  SlabPool pool_{limits_.slab_bytes, limits_.slabs_max, counters_};
  ShardCore core_{limits_,   table_,   ring_.reader(0), pool_, "2cdf2ef1a807a4f4",
                  counters_, clock_now};
  std::vector<std::unique_ptr<EndlessSocket>> sockets_;
  std::vector<Event> events_;
  std::uint64_t seq_ = 0;
};

/// Kept from one repetition to the next: ten thousand requests take longer than the measurement.
Shard& shard_with(std::size_t subscribers) {
  static std::unique_ptr<Shard> shard;
  if (!shard || shard->subscribers() != subscribers) {
    shard.reset();
    shard = std::make_unique<Shard>(subscribers);
  }
  return *shard;
}

// The time is that of one event; without a subscriber, what every shard pays for every event.
void FanOut(benchmark::State& state) {
  Shard& shard = shard_with(static_cast<std::size_t>(state.range(0)));
  const auto events_a_turn = static_cast<int>(state.range(1));
  const std::uint64_t before = shard.delivered();
  while (state.KeepRunningBatch(events_a_turn)) shard.turn(events_a_turn);
  const std::uint64_t delivered = shard.delivered() - before;
  if (!shard.all_went_out() ||
      delivered != static_cast<std::uint64_t>(state.iterations()) * shard.subscribers()) {
    state.SkipWithError("not every event reached every socket");
  }
  if (delivered == 0) return;
  const auto deliveries = static_cast<double>(delivered);
  using benchmark::Counter;
  state.counters["deliveries/s"] = Counter(deliveries, Counter::kIsRate);
  state.counters["delivery_ns"] = Counter(deliveries * 1e-9, Counter::kIsRate | Counter::kInvert);
}

BENCHMARK(FanOut)
    ->ArgNames({"subscribers", "events_a_turn"})
    ->ArgsProduct({{0, 1, 100, 1'000, 10'000}, {1, 20}});

}  // namespace
}  // namespace ticker::micro
