// The ring in one thread: order, laps, sleep flags, repair requests.
#include "gateway/ring/ring.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace ticker {
namespace {

using Read = Ring::Read;

Event numbered(std::uint64_t n) {
  Event event;
  event.seq = n;
  return event;
}

void publish(Ring& ring, std::uint64_t first, std::uint64_t last) {
  for (auto n = first; n <= last; ++n) ring.write(numbered(n));
  ring.commit();
}

void expect_records(Ring::Reader& reader, std::uint64_t first, std::uint64_t last) {
  Event event;
  for (auto n = first; n <= last; ++n) {
    ASSERT_EQ(reader.next(event), Read::record);
    ASSERT_EQ(event.seq, n);
  }
}

// An eventfd that tells how often it was rung.
class Bell {
 public:
  Bell() : fd_(::eventfd(0, EFD_NONBLOCK)) {}
  ~Bell() { ::close(fd_); }
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint64_t rung() const {
    std::uint64_t count = 0;
    return ::read(fd_, &count, sizeof count) == sizeof count ? count : 0;
  }

 private:
  const int fd_;
};

TEST(Ring, EveryReaderSeesEveryRecordInOrder) {
  Ring ring(8, 3);
  Ring::Reader* const readers[] = {&ring.reader(0), &ring.reader(1), &ring.reader(2)};
  for (std::uint64_t round = 0; round < 10; ++round) {
    publish(ring, round * 7 + 1, round * 7 + 7);
    for (Ring::Reader* const reader : readers)
      expect_records(*reader, round * 7 + 1, round * 7 + 7);
  }
}

TEST(Ring, IsEmptyBeforeTheFirstRecordAndAfterTheLast) {
  Ring ring(4, 1);
  auto& reader = ring.reader(0);
  Event event;
  EXPECT_EQ(reader.next(event), Read::empty);
  publish(ring, 1, 1);
  EXPECT_EQ(reader.backlog(), 1U);
  expect_records(reader, 1, 1);
  EXPECT_EQ(reader.next(event), Read::empty);
  EXPECT_EQ(reader.backlog(), 0U);
}

TEST(Ring, ShowsNoRecordBeforeItsCommit) {
  Ring ring(4, 1);
  auto& reader = ring.reader(0);
  ring.write(numbered(1));
  Event event;
  EXPECT_EQ(reader.next(event), Read::empty);
  ring.commit();
  expect_records(reader, 1, 1);
}

TEST(Ring, AReaderBeginsWithWhatComesAfterIt) {
  Ring ring(4, 1);
  publish(ring, 1, 3);
  auto& reader = ring.reader(0);
  publish(ring, 4, 5);
  expect_records(reader, 4, 5);
}

TEST(Ring, KeepsExactlyAsManyRecordsAsItHasSlots) {
  Ring ring(8, 1);
  auto& reader = ring.reader(0);
  publish(ring, 1, 8);
  expect_records(reader, 1, 8);
}

TEST(Ring, TellsAnOvertakenReaderHowManyRecordsItMissed) {
  Ring ring(8, 1);
  auto& reader = ring.reader(0);
  publish(ring, 1, 3);
  expect_records(reader, 1, 2);
  publish(ring, 4, 11);  // 3 to 11 are one more than fit
  Event event;
  EXPECT_EQ(reader.next(event), Read::lapped);
  EXPECT_EQ(reader.next(event), Read::lapped);  // until it skips
  EXPECT_EQ(reader.skip_to_newest(), 9U);
  EXPECT_EQ(reader.next(event), Read::empty);
}

TEST(Ring, ReadingGoesOnAfterALap) {
  Ring ring(4, 1);
  auto& reader = ring.reader(0);
  for (std::uint64_t lap = 0; lap < 5; ++lap) {
    publish(ring, lap * 100 + 1, lap * 100 + 50);
    Event event;
    ASSERT_EQ(reader.next(event), Read::lapped);
    ASSERT_EQ(reader.skip_to_newest(), 50U);
    publish(ring, lap * 100 + 51, lap * 100 + 54);
    expect_records(reader, lap * 100 + 51, lap * 100 + 54);
  }
}

TEST(Ring, ARecordOverwrittenBeforeItsCommitIsALapToo) {
  Ring ring(4, 1);
  auto& reader = ring.reader(0);
  publish(ring, 1, 4);
  ring.write(numbered(5));  // not committed, but record 1 is gone
  Event event;
  EXPECT_EQ(reader.next(event), Read::lapped);
  EXPECT_EQ(reader.skip_to_newest(), 4U);
  ring.commit();
  expect_records(reader, 5, 5);
}

TEST(Ring, OneLappedReaderDoesNotDisturbAnother) {
  Ring ring(4, 2);
  auto& quick = ring.reader(0);
  auto& slow = ring.reader(1);
  for (std::uint64_t n = 1; n <= 20; ++n) {
    publish(ring, n, n);
    expect_records(quick, n, n);
  }
  Event event;
  EXPECT_EQ(slow.next(event), Read::lapped);
  EXPECT_EQ(slow.skip_to_newest(), 20U);
}

TEST(Ring, WakesASleepingReaderOnceAndLeavesAnAwakeOneAlone) {
  const Bell sleeper, awake;
  Ring ring(8, 2);
  auto& reader = ring.reader(0, sleeper.fd());
  static_cast<void>(ring.reader(1, awake.fd()));
  ASSERT_TRUE(reader.may_sleep());
  publish(ring, 1, 2);
  publish(ring, 3, 4);
  EXPECT_EQ(sleeper.rung(), 1U);
  EXPECT_EQ(awake.rung(), 0U);
}

TEST(Ring, RefusesSleepWhileARecordWaits) {
  const Bell bell;
  Ring ring(8, 1);
  auto& reader = ring.reader(0, bell.fd());
  publish(ring, 1, 1);
  EXPECT_FALSE(reader.may_sleep());
  publish(ring, 2, 2);  // the refusal left it awake
  EXPECT_EQ(bell.rung(), 0U);
}

TEST(Ring, ACommitOfNothingWakesNobody) {
  const Bell bell;
  Ring ring(8, 1);
  auto& reader = ring.reader(0, bell.fd());
  ASSERT_TRUE(reader.may_sleep());
  ring.commit();
  EXPECT_EQ(bell.rung(), 0U);
  publish(ring, 1, 1);
  EXPECT_EQ(bell.rung(), 1U);
}

TEST(Ring, AReaderThatWokeByItselfIsNotWoken) {
  const Bell bell;
  Ring ring(8, 1);
  auto& reader = ring.reader(0, bell.fd());
  ASSERT_TRUE(reader.may_sleep());
  reader.awake();
  publish(ring, 1, 1);
  EXPECT_EQ(bell.rung(), 0U);
}

TEST(Ring, RepairRequestsOfAllReadersAreSeenOnceTogether) {
  const Bell writer;
  Ring ring(8, 2, writer.fd());
  auto& one = ring.reader(0);
  auto& two = ring.reader(1);
  EXPECT_FALSE(ring.take_repair_request());
  one.request_repair();
  one.request_repair();
  two.request_repair();
  EXPECT_GT(writer.rung(), 0U);
  EXPECT_TRUE(ring.take_repair_request());
  EXPECT_FALSE(ring.take_repair_request());
  two.request_repair();
  EXPECT_TRUE(ring.take_repair_request());
}

}  // namespace
}  // namespace ticker
