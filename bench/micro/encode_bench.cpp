// Event to frame: the text, the frame's header, the bookkeeping of the slab. Paid once an event and
// shard, however many clients listen. Slabs are the gateway's; nobody holds them, so one is filled
// again and again, as in a shard whose clients keep up.
#include <benchmark/benchmark.h>

#include "bench/micro/samples.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/fanout/channel.hpp"

namespace ticker::micro {
namespace {

constexpr std::size_t sample_count = 1'024;  // a power of two; 160 KiB of events

struct World {
  World() : names(spellings(sample_count)) {
    for (std::string& name : names) name.insert(0, "sim:");
    Samples samples;
    for (std::uint32_t i = 0; i < sample_count; ++i) {
      View& view = views.emplace_back();
      view.symbol = names[i];
      view.ticker = samples.ticker(i, 1'000'000 + i);
      trades.push_back(samples.trade(i, 1'000'000 + i));
    }
  }

  std::vector<std::string> names;
  std::vector<View> views;
  std::vector<Event> trades;
  const Limits limits;
  ShardCounters counters;
  SlabPool pool{limits.slab_bytes, limits.slabs_max, counters};
  Encoder encoder{pool, "2cdf2ef1a807a4f4", counters};
  const Format& format = formats().front();
  const Channel& ticker_row = *channels()[0];
  const Channel& trades_row = *channels()[1];
};

template <typename Make>
void measure(benchmark::State& state, World& world, Make make) {
  Receipt now{start_us + 2'000'000, 1'000'100'000};
  std::uint64_t bytes = 0;
  std::size_t i = 0;
  for (auto _ : state) {
    i = (i + 1) % sample_count;
    ++now.wall_us;
    const Piece piece = make(i, Framer{world.encoder, world.format, now, world.limits});
    benchmark::DoNotOptimize(world.pool.bytes(piece));
    benchmark::ClobberMemory();
    bytes += piece.length;
  }
  state.counters["frame_bytes"] =
      benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kAvgIterations);
  if (world.pool.used() != 1) state.SkipWithError("slabs pile up");
}

void Delta(benchmark::State& state) {
  World world;
  measure(state, world, [&](std::size_t i, const Framer& framer) {
    const Event& event = world.views[i].ticker;
    return world.ticker_row.delta(framer, world.views[i],
                                  {.mask = event.ticker.changed,
                                   .prev = event.seq - 1,
                                   .merged = 1,
                                   .exchange_us = event.exchange_us,
                                   .received = event.received,
                                   .in_time = true});
  });
}

void Snapshot(benchmark::State& state) {
  World world;
  measure(state, world, [&](std::size_t i, const Framer& framer) {
    return world.ticker_row.snapshot(framer, world.views[i], all_fields, Resumed::not_asked);
  });
}

void Trade(benchmark::State& state) {
  World world;
  measure(state, world, [&](std::size_t i, const Framer& framer) {
    return world.trades_row.entry(framer, world.views[i], world.trades[i], true);
  });
}

BENCHMARK(Delta);
BENCHMARK(Snapshot);
BENCHMARK(Trade);

}  // namespace
}  // namespace ticker::micro
