// The whole gateway but its process: simulated feed, ring, shard, real sockets. Once it runs, the
// feed thread and the shard allocate nothing, though some clients are slow and some stop reading.
// STEADY_SECONDS says how long that is watched.
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cstdlib>
#include <deque>
#include <memory>
#include <thread>

#include "feeds/base/clock.hpp"
#include "feeds/simulated/simulated.hpp"
#include "gateway/market/feed_loop.hpp"
#include "gateway/market/market.hpp"
#include "gateway/ring/ring.hpp"
#include "gateway/server/admission.hpp"
#include "gateway/server/listener.hpp"
#include "gateway/server/shard_loop.hpp"
#include "tests/gateway/server/deadline.hpp"
#include "tests/gateway/server/test_client.hpp"
#include "tests/steady/counting_allocator.hpp"

namespace ticker {
namespace {

constexpr std::size_t client_count = 200;
constexpr std::size_t slow_count = 20;      // read little
constexpr std::size_t stopping_count = 20;  // read nothing for a while, now and then

double seconds_watched() {
  const char* const given = std::getenv("STEADY_SECONDS");
  return given != nullptr ? std::atof(given) : 2;
}

class House {
 public:
  House() : market_(table_, ring_, market_counters_), feed_(market_, ring_, limits_, wake_fd_) {
    feed_.add_source(feeds::make_simulated({.symbols = 20, .rate = 4'000}, market_));
    Listeners listeners = listen_for_clients({"127.0.0.1", 0}, 1, false);
    port = listeners.port;
    shard_ = std::make_unique<ShardLoop>(ShardParts{0,
                                                    limits_,
                                                    table_,
                                                    ring_,
                                                    counters,
                                                    admission_,
                                                    false,
                                                    "e1",
                                                    {"sim"},
                                                    listeners.fds[0],
                                                    [] { return std::string("[]"); }});
    shard_thread_ = std::thread([this] {
      steady::is_counted = true;
      shard_->run();
    });
    feed_thread_ = std::thread([this] {
      steady::is_counted = true;
      feed_.run();
    });
  }
  ~House() {
    shard_->stop();
    shard_thread_.join();
    feed_.stop();
    feed_thread_.join();
    ::close(wake_fd_);
  }

  ShardCounters counters;
  std::uint16_t port = 0;

 private:
  static Limits limits() {
    Limits limits;
    limits.trades_kept = limits.trades_snapshot_max;   // soon full
    limits.lag_soft_ms = limits.lag_hard_ms = 60'000;  // this machine may be busy: no log
    return limits;
  }
  const Limits limits_ = limits();
  const int wake_fd_ = ::eventfd(0, EFD_NONBLOCK);
  InstrumentTable table_{limits_.instruments_max};
  Ring ring_{limits_.ring_slots, 1, wake_fd_};
  MarketCounters market_counters_;
  Market market_;
  FeedLoop feed_;
  Admission admission_{limits_.clients_max};
  std::unique_ptr<ShardLoop> shard_;
  std::thread shard_thread_, feed_thread_;
};

// Two hundred clients of different patience, on one thread.
class Crowd {
 public:
  explicit Crowd(std::uint16_t port) {
    for (std::size_t i = 0; i < client_count; ++i) {
      SocketClient& client = clients_.emplace_back(port, i < slow_count ? 16'384 : 0);
      EXPECT_TRUE(client.upgrade());
      const char* const more[] = {"", R"(,"interval_ms":100)", R"(,"fields":["bid","ask"])"};
      EXPECT_TRUE(
          client.send_text(R"({"op":"subscribe","id":1,"channel":"ticker","symbols":["sim:*"])" +
                           std::string(more[i % 3]) + "}"));
      EXPECT_TRUE(
          client.send_text(R"({"op":"subscribe","id":2,"channel":"trades","symbols":["sim:*"]})"));
    }
  }

  /// Reads for so long.
  void read_for(double seconds) {
    const std::int64_t begin_ns = clock_now().steady_ns;
    const auto end_ns = begin_ns + static_cast<std::int64_t>(seconds * 1e9);
    std::vector<char> bytes(262'144);
    for (std::int64_t now_ns = begin_ns; now_ns < end_ns; now_ns = clock_now().steady_ns) {
      const bool stopped = now_ns / 300'000'000 % 2 == 0;  // of every 600 ms the first half
      for (std::size_t i = 0; i < clients_.size(); ++i) {
        const bool slow = i < slow_count;
        if (!slow && i < slow_count + stopping_count && stopped) continue;
        ::recv(clients_[i].fd(), bytes.data(), slow ? 200 : bytes.size(), MSG_DONTWAIT);
      }
      ::poll(nullptr, 0, 2);
    }
  }

 private:
  std::deque<SocketClient> clients_;
};

TEST(Steady, FeedAndShardAllocateNothing) {
  House house;
  EXPECT_TRUE(eventually([&] { return house.counters.events.get() > 1'000; }));
  Crowd crowd(house.port);
  // Queues, lists and buffers find their size: nobody reads until each queue is full.
  ASSERT_TRUE(eventually([&] {
    const Ledger ledger = house.counters.ledger.read();
    return house.counters.conflating.get() == client_count && ledger.lost > client_count * 100;
  }));
  crowd.read_for(2);
  const auto blocked = house.counters.would_block.get();
  const auto merged = house.counters.ledger.read().merged;
  const auto sent = house.counters.ledger.read().sent;
  steady::allocations = 0;
  steady::counting = true;
  crowd.read_for(seconds_watched());
  steady::counting = false;
  EXPECT_EQ(steady::allocations.load(), 0U);
  EXPECT_EQ(house.counters.clients.get(), client_count);
  // It was worth watching.
  EXPECT_GT(house.counters.would_block.get(), blocked);
  EXPECT_GT(house.counters.ledger.read().merged, merged + 100);
  EXPECT_GT(house.counters.ledger.read().sent, sent + 1'000);
}

}  // namespace
}  // namespace ticker
