// The ring alone: what the writer and a reader pay, how long a record takes to the other thread,
// and how many get through. The ring is as large as in the gateway.
#include <benchmark/benchmark.h>
#include <pthread.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "bench/micro/samples.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/ring/ring.hpp"

namespace ticker::micro {
namespace {

constexpr std::size_t sample_count = 1'024;
constexpr int batch = 64;               // records a commit where nothing else is said
constexpr std::uint64_t the_end = 0;    // `seq` of the record that ends a thread
constexpr int records_between = 4'096;  // pauses of the clock: they cost about a microsecond

std::vector<Event> samples() {
  Samples source;
  std::vector<Event> events;
  for (std::uint64_t i = 0; i < sample_count; ++i) events.push_back(source.ticker(0, 1 + i));
  return events;
}

Event end_mark() {
  Event event;
  event.seq = the_end;
  return event;
}

void Write(benchmark::State& state) {
  const std::vector<Event> events = samples();
  const auto readers = static_cast<std::size_t>(state.range(0));
  const auto records_a_commit = state.range(1);
  Ring ring(Limits{}.ring_slots, readers);
  for (std::size_t i = 0; i < readers; ++i) ring.reader(i);
  std::size_t i = 0;
  while (state.KeepRunningBatch(records_a_commit)) {
    for (std::int64_t n = 0; n < records_a_commit; ++n) ring.write(events[++i % sample_count]);
    ring.commit();
  }
}
BENCHMARK(Write)->ArgNames({"readers", "records_a_commit"})->ArgsProduct({{0, 1}, {1, batch}});

// On the thread that wrote: the records are in its cache.
void Read(benchmark::State& state) {
  const std::vector<Event> events = samples();
  Ring ring(Limits{}.ring_slots, 1);
  Ring::Reader& reader = ring.reader(0);
  Event event;
  std::int64_t records = 0;
  while (state.KeepRunningBatch(records_between)) {
    state.PauseTiming();
    for (std::size_t i = 0; i < records_between; ++i) ring.write(events[i % sample_count]);
    ring.commit();
    state.ResumeTiming();
    for (; reader.next(event) == Ring::Read::record; ++records) benchmark::DoNotOptimize(event);
  }
  if (records != state.iterations()) state.SkipWithError("not every record was read");
}
BENCHMARK(Read);

/// A core for the calling thread as long as this lives, if there are two: threads that share one
/// measure the scheduler. To be made after the other thread was: a thread inherits the cores of its
/// maker.
class Pinned {
 public:
  explicit Pinned(int place) {
    ::pthread_getaffinity_np(::pthread_self(), sizeof before_, &before_);
    if (CPU_COUNT(&before_) < 2) return;
    for (int core = 0; core < CPU_SETSIZE; ++core) {
      if (!CPU_ISSET(core, &before_) || place-- > 0) continue;
      cpu_set_t mine;
      CPU_ZERO(&mine);
      CPU_SET(core, &mine);
      ::pthread_setaffinity_np(::pthread_self(), sizeof mine, &mine);
      return;
    }
  }
  ~Pinned() { ::pthread_setaffinity_np(::pthread_self(), sizeof before_, &before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  cpu_set_t before_;
};

/// One of two threads that answer each other, each on a ring that the other reads. It spins, as a
/// shard with work does, or sleeps on its eventfd whenever the ring lets it.
class Partner {
 public:
  Partner(Ring& out, Ring& in, bool sleeps)
      : out_(out), fd_(::eventfd(0, EFD_CLOEXEC)), reader_(in.reader(0, fd_)), sleeps_(sleeps) {}
  ~Partner() { ::close(fd_); }
  Partner(const Partner&) = delete;
  Partner& operator=(const Partner&) = delete;

  void send(const Event& event) {
    out_.write(event);
    out_.commit();
  }
  void receive(Event& event) {
    while (reader_.next(event) != Ring::Read::record) {
      if (!sleeps_ || !reader_.may_sleep()) continue;
      std::uint64_t count = 0;
      [[maybe_unused]] const auto got = ::read(fd_, &count, sizeof count);
      reader_.awake();
    }
  }

 private:
  Ring& out_;
  const int fd_;
  Ring::Reader& reader_;
  const bool sleeps_;
};

double percentile(std::vector<std::uint32_t>& values, double share) {
  const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + rank, values.end());
  return values[static_cast<std::size_t>(rank)];
}

// From write to seen by the other thread: half of a round trip. The mean suffers from whoever else
// wants the two cores; the percentiles tell how much.
void Hop(benchmark::State& state) {
  const std::vector<Event> events = samples();
  const bool sleeps = state.range(0) != 0;
  Ring there(Limits{}.ring_slots, 1);
  Ring back(Limits{}.ring_slots, 1);
  Partner here(there, back, sleeps);
  Partner other(back, there, sleeps);
  std::jthread echo([&other] {
    const Pinned pinned(1);
    Event event;
    for (other.receive(event); event.seq != the_end; other.receive(event)) other.send(event);
  });
  const Pinned pinned(0);
  std::vector<std::uint32_t> round_trips_ns;
  round_trips_ns.reserve(static_cast<std::size_t>(state.max_iterations) / 2 + 1);
  Event event;
  std::size_t i = 0;
  auto then = std::chrono::steady_clock::now();
  while (state.KeepRunningBatch(2)) {
    here.send(events[++i % sample_count]);
    here.receive(event);
    const auto now = std::chrono::steady_clock::now();
    round_trips_ns.push_back(static_cast<std::uint32_t>((now - then).count()));
    then = now;
  }
  here.send(end_mark());
  state.counters["hop_p50_ns"] = percentile(round_trips_ns, 0.5) / 2;
  state.counters["hop_p99_ns"] = percentile(round_trips_ns, 0.99) / 2;
}
BENCHMARK(Hop)->ArgName("reader_sleeps")->Arg(0)->Arg(1)->UseRealTime();

/// A thread that reads all it can, as a shard drains; lapped, it goes on at the newest record.
class Drain {
 public:
  explicit Drain(Ring& ring) : reader_(ring.reader(0)), thread_([this] { run(); }) {}

  void join() { thread_.join(); }
  /// Read or missed so far; up to `batch` behind the truth.
  [[nodiscard]] std::uint64_t passed() const { return passed_.load(std::memory_order_acquire); }

  // After join.
  std::uint64_t records = 0, laps = 0, missed = 0;

 private:
  void run() {
    const Pinned pinned(1);
    Event event;
    do {
      const Ring::Read read = reader_.next(event);
      if (read == Ring::Read::record) {
        ++records;
        benchmark::DoNotOptimize(event);
        if (records % batch != 0) continue;
      } else if (read == Ring::Read::lapped) {
        ++laps;
        missed += reader_.skip_to_newest();
      }
      passed_.store(records + missed, std::memory_order_release);
    } while (records == 0 || event.seq != the_end);
  }

  Ring::Reader& reader_;
  alignas(64) std::atomic<std::uint64_t> passed_{0};
  std::jthread thread_;
};

// One writer as fast as it goes, one reader on another thread. Free, the writer laps the reader, as
// the gateway's would: what is missed is counted. Paced, it waits while the ring is half full
// (which the gateway never does), so all records come through: the rate that both hold.
void Throughput(benchmark::State& state) {
  const std::vector<Event> events = samples();
  const bool paced = state.range(0) != 0;
  Ring ring(Limits{}.ring_slots, 1);
  Drain drain(ring);
  const Pinned pinned(0);
  std::uint64_t written = 0;
  std::uint64_t passed = 0;
  while (state.KeepRunningBatch(batch)) {
    while (paced && written - passed > ring.slots() / 2) passed = drain.passed();
    for (int n = 0; n < batch; ++n) ring.write(events[++written % sample_count]);
    ring.commit();
  }
  while (drain.passed() + batch < written) std::this_thread::yield();
  ring.write(end_mark());
  ring.commit();
  drain.join();
  using benchmark::Counter;
  state.counters["read/s"] = Counter(static_cast<double>(drain.records), Counter::kIsRate);
  state.counters["laps/s"] = Counter(static_cast<double>(drain.laps), Counter::kIsRate);
  state.counters["missed_percent"] =
      100 * static_cast<double>(drain.missed) / static_cast<double>(written);
  if (paced && drain.missed != 0) state.SkipWithError("a paced writer lapped its reader");
}
BENCHMARK(Throughput)->ArgName("paced")->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
}  // namespace ticker::micro
