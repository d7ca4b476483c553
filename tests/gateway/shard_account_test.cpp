// The account of the shard core, after every step of a random world: nothing vanishes unseen, and
// every client's picture is true in the end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "gateway/shard_core.hpp"
#include "tests/gateway/shard_world.hpp"

namespace ticker {
namespace {

constexpr std::uint64_t endless = FakeTransport::endless;
constexpr int steps = 3'000;

Limits random_world_limits() {
  Limits limits = small_limits();
  limits.slab_bytes = 16'384;
  limits.slabs_max = 8;
  limits.trades_snapshot_max = 10;
  return limits;
}

/// Clients of different speed come, subscribe, stall and go, while prices and trades run.
class RandomWorld {
 public:
  explicit RandomWorld(unsigned seed)
      : world_(random_world_limits()), shard_(world_.shard()), random_(seed) {
    shard_.connect();
  }

  void step() {
    switch (pick(12)) {
      case 0:
        if (connected().size() < 8) shard_.connect(pick(2) == 0 ? endless : pick(20'000));
        break;
      case 1:
        if (pick(8) == 0) shard_.disconnect(client());
        break;
      case 2:
      case 3:
        request(client());
        break;
      case 4:
      case 5:
        shard_.allow(client(), pick(3) == 0 ? endless : pick(10'000));
        break;
      case 6:
        client().transport.room = pick(1'000);
        break;
      case 7:
        world_.advance_ms(static_cast<std::int64_t>(pick(300)));
        shard_.core.sweep();
        break;
      case 8:
        upstream();
        break;
      default:
        trade_and_quote();
    }
    if (pick(3) != 0) shard_.core.drain(pick(60));
    if (pick(3) != 0) shard_.core.flush();
    for (TestClient& one : shard_.clients) one.read();
  }

  void check() {
    ClientAccount sum;
    for (TestClient& one : shard_.clients) {
      const ClientAccount& account = one.account();
      expect_balanced(account);
      EXPECT_THAT(one.view.violations, testing::IsEmpty());
      sum.offered += account.offered;
      sum.sent += account.sent;
      sum.merged += account.merged;
      sum.lost += account.lost;
      sum.abandoned += account.abandoned;
      sum.queued += account.queued;
    }
    expect_balanced(sum);
    const ClientAccount all = shard_.counters.account.read();
    EXPECT_EQ(all.offered, all.sent + all.merged + all.lost + all.abandoned + all.queued);
    EXPECT_LE(shard_.pool.used(), world_.limits.slabs_max);
  }

  /// Everybody reads again; then the shard's account and all pictures must be complete.
  void settle() {
    for (TestClient* one : connected()) shard_.allow(*one, endless);
    shard_.run();
    shard_.core.sweep();
    shard_.run();
    check();
    ClientAccount sum;
    for (TestClient& one : shard_.clients) {
      sum.offered += one.account().offered;
      sum.sent += one.account().sent;
      sum.merged += one.account().merged;
      sum.lost += one.account().lost;
      sum.abandoned += one.account().abandoned;
      EXPECT_EQ(one.account().queued, 0U);
    }
    const ClientAccount all = shard_.counters.account.read();
    EXPECT_EQ(all.offered, sum.offered);
    EXPECT_EQ(all.sent, sum.sent);
    EXPECT_EQ(all.merged, sum.merged);
    EXPECT_EQ(all.lost, sum.lost);
    EXPECT_EQ(all.abandoned, sum.abandoned);
    for (TestClient* one : connected()) {
      expect_true_picture(shard_, *one);
      EXPECT_FALSE(one->transport.outbox().conflating());
    }
    EXPECT_EQ(shard_.counters.conflating.get(), 0U);
  }

  [[nodiscard]] ClientAccount account() const { return shard_.counters.account.read(); }

 private:
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }
  std::string name() { return std::string(1, static_cast<char>('A' + pick(12))) + "-X"; }

  std::vector<TestClient*> connected() {
    std::vector<TestClient*> all;
    for (TestClient& one : shard_.clients) {
      if (one.connected) all.push_back(&one);
    }
    return all;
  }
  TestClient& client() {
    if (connected().empty()) return shard_.connect();
    return *connected()[pick(connected().size())];
  }

  void request(TestClient& asking) {
    const char* const channel = pick(2) == 0 ? "ticker" : "trades";
    const std::string symbol = pick(3) == 0 ? "sim:*" : "sim:" + name();
    shard_.subscribe(asking, channel, symbol, pick(3) == 0 ? "unsubscribe" : "subscribe");
  }

  void upstream() {
    if (pick(4) == 0) world_.sink.interrupted();
    if (pick(4) == 0) world_.sink.status(Status::stale, Reason::feed_silent);
    world_.ring.commit();
  }

  void trade_and_quote() {
    for (std::uint64_t i = pick(40); i > 0; --i) {
      pick(2) == 0 ? world_.trade(name()) : world_.price(name(), ++price_);
    }
  }

  World world_;
  TestShard& shard_;
  std::mt19937_64 random_;
  std::int64_t price_ = 0;
};

class ShardAccount : public testing::TestWithParam<unsigned> {};

TEST_P(ShardAccount, BalancesAfterEveryStepOfARandomWorldAndEveryPictureIsTrueInTheEnd) {
  RandomWorld world(GetParam());
  for (int i = 0; i < steps; ++i) {
    world.step();
    world.check();
    if (i % 500 == 499) world.settle();
    if (HasFailure()) FAIL() << "seed " << GetParam() << ", step " << i;
  }
  // The world was wild enough to prove something.
  EXPECT_GT(world.account().merged, 100U);
  EXPECT_GT(world.account().lost, 10U);
  EXPECT_GT(world.account().abandoned, 10U);
  EXPECT_GT(world.account().sent, 1'000U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShardAccount, testing::Values(1U, 2U, 3U, 4U));

}  // namespace
}  // namespace ticker
