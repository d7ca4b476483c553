// The ring between threads: no torn record, no lost wake-up. Meant for ThreadSanitizer as well.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#include <vector>

#include "gateway/ring/ring.hpp"
#include "tests/gateway/server/deadline.hpp"

namespace ticker {
namespace {

using Read = Ring::Read;
using Deadline = std::chrono::steady_clock::time_point;
constexpr std::size_t reader_count = 3;

bool over(Deadline deadline) { return std::chrono::steady_clock::now() > deadline; }

// Every word of the record follows from `n`: a mix of two records cannot pass `is_whole`.
Event whole(std::uint64_t n) {
  const auto times = [n](std::int64_t k) { return static_cast<std::int64_t>(n) * k; };
  Event event;
  event.kind = Event::Kind::ticker;
  event.flags = static_cast<std::uint8_t>(n);
  event.instrument = static_cast<InstrumentId>(n);
  event.seq = n;
  event.received = {times(3), times(5)};
  event.exchange_us = times(7);
  event.ticker.trade_seq = n * 11;
  event.ticker.since_us = times(13);
  event.ticker.changed = static_cast<FieldMask>(n);
  for (std::size_t i = 0; i < field_count; ++i) {
    event.ticker.fields.set(static_cast<Field>(i), {times(static_cast<std::int64_t>(i) + 17),
                                                    static_cast<std::int8_t>((n + i) % 19)});
  }
  return event;
}

bool is_whole(const Event& event) {
  const Event should = whole(event.seq);
  bool same = event.kind == should.kind && event.flags == should.flags &&
              event.instrument == should.instrument &&
              event.received.wall_us == should.received.wall_us &&
              event.received.steady_ns == should.received.steady_ns &&
              event.exchange_us == should.exchange_us &&
              event.ticker.trade_seq == should.ticker.trade_seq &&
              event.ticker.since_us == should.ticker.since_us &&
              event.ticker.changed == should.ticker.changed;
  for (std::size_t i = 0; i < field_count; ++i) {
    const Decimal mine = event.ticker.fields.get(static_cast<Field>(i));
    const Decimal right = should.ticker.fields.get(static_cast<Field>(i));
    same = same && mine.mantissa == right.mantissa && mine.scale == right.scale;
  }
  return same;
}

// What writer and readers tell each other beside the ring.
struct Pace {
  std::atomic<std::uint64_t> written{0};  // by the writer
  std::atomic<std::uint64_t> turns{0};    // looks of all readers
  std::atomic<std::size_t> finished{0};   // readers

  // The writer runs away from the readers by a few records only, so that they meet.
  void wait_for_a_turn() const {
    const std::uint64_t before = turns;
    for (int looks = 1; turns == before && finished < reader_count; ++looks) {
      if (looks % 16 == 0) std::this_thread::yield();
    }
  }
};

// A reader that idles now and then until the writer has overtaken it. Reads many records, but on a
// busy machine, where threads seldom meet, no longer than `enough` once it has a few.
struct LappedReader {
  static constexpr std::uint64_t records_wanted = 8'000, records_min = 100, laps_min = 10;
  std::uint64_t last = 0, records = 0, laps = 0, torn = 0, backward = 0, miscounted = 0;

  void run(Ring::Reader& reader, Pace& pace, Deadline enough, Deadline deadline) {
    while (!over(deadline)) {
      const bool few = records < records_min || laps < laps_min;
      if (!few && (records >= records_wanted || over(enough))) break;
      ++pace.turns;
      const bool waits = records / 10 > laps && pace.written <= last + 20;
      if (!waits && take(reader)) continue;
      if (++idle % 16 == 0) std::this_thread::yield();
    }
    ++pace.finished;
  }

 private:
  std::uint64_t idle = 0;

  // False: nothing there.
  bool take(Ring::Reader& reader) {
    Event event;
    switch (reader.next(event)) {
      case Read::empty:
        return false;
      case Read::lapped:
        ++laps;
        last += reader.skip_to_newest();
        return true;
      case Read::record:
        ++records;
        torn += is_whole(event) ? 0 : 1;
        backward += event.seq > last ? 0 : 1;
        miscounted += event.seq == last + 1 ? 0 : 1;  // what was missed is told exactly
        last = event.seq;
    }
    return true;
  }
};

TEST(RingThreads, EveryRecordReadIsWholeHoweverOftenTheWriterOvertakes) {
  const auto enough = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  const auto deadline = enough + scaled(std::chrono::seconds(60));
  Ring ring(2, reader_count);
  std::vector<LappedReader> results(reader_count);
  Pace pace;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < reader_count; ++i) {
    Ring::Reader& reader = ring.reader(i);
    threads.emplace_back([&, i] { results[i].run(reader, pace, enough, deadline); });
  }
  // Two slots: whoever reads the older one has the writer at its heels.
  for (std::uint64_t n = 1; pace.finished < reader_count; ++n) {
    ring.write(whole(n));
    ring.commit();
    pace.written = n;
    if (n % 4 == 0) pace.wait_for_a_turn();
  }
  threads.clear();
  for (const LappedReader& result : results) {
    EXPECT_GE(result.records, LappedReader::records_min);
    EXPECT_GE(result.laps, LappedReader::laps_min);
    EXPECT_EQ(result.torn, 0U);
    EXPECT_EQ(result.backward, 0U);
    EXPECT_EQ(result.miscounted, 0U);
  }
}

// Sleeps on its eventfd whenever the ring lets it, as a shard does.
class Sleeper {
 public:
  explicit Sleeper(Ring& ring, std::size_t index)
      : fd_(::eventfd(0, EFD_NONBLOCK)), reader_(ring.reader(index, fd_)) {}
  ~Sleeper() { ::close(fd_); }

  std::atomic<std::uint64_t> seen{0};
  std::uint64_t slept = 0;

  // False: asleep until the deadline although something was published.
  bool run(std::uint64_t last, Deadline deadline) {
    Event event;
    while (seen < last) {
      while (reader_.next(event) == Read::record) seen = event.seq;
      if (seen >= last || !reader_.may_sleep()) continue;
      ++slept;
      if (!sleep(deadline)) return false;
      reader_.awake();
    }
    return true;
  }

 private:
  bool sleep(Deadline deadline) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waiting{fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) != 1) return false;
    std::uint64_t count = 0;
    return ::read(fd_, &count, sizeof count) == sizeof count;
  }

  const int fd_;
  Ring::Reader& reader_;
};

TEST(RingThreads, NoWakeUpIsEverLost) {
  constexpr std::uint64_t last = 20'000;
  const auto deadline = std::chrono::steady_clock::now() + scaled(std::chrono::seconds(30));
  Ring ring(16, reader_count);  // no laps here: the writer waits
  Sleeper sleepers[reader_count] = {Sleeper(ring, 0), Sleeper(ring, 1), Sleeper(ring, 2)};
  std::atomic<std::size_t> in_time{0};
  std::vector<std::jthread> threads;
  for (Sleeper& sleeper : sleepers) {
    threads.emplace_back([&] { in_time += sleeper.run(last, deadline) ? 1U : 0U; });
  }
  for (std::uint64_t n = 1; n <= last; ++n) {
    ring.write(whole(n));
    // The commit comes just when the last reader saw the record before and goes to sleep.
    for (const Sleeper& sleeper : sleepers) {
      for (int turns = 1; sleeper.seen < n - 1 && !over(deadline); ++turns) {
        if (turns % 256 == 0) std::this_thread::yield();
      }
    }
    ring.commit();
  }
  threads.clear();
  EXPECT_EQ(in_time, reader_count);
  for (const Sleeper& sleeper : sleepers) {
    EXPECT_EQ(sleeper.seen, last);
    EXPECT_GT(sleeper.slept, 0U);
  }
}

}  // namespace
}  // namespace ticker
