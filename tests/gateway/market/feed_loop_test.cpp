// The feed thread: sources speak when they are due, sockets are served beside them, and neither
// keeps the other waiting.
#include "gateway/market/feed_loop.hpp"

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>

#include "feeds/base/clock.hpp"
#include "tests/feeds/network/ws_server.hpp"
#include "tests/gateway/server/deadline.hpp"

namespace ticker {
namespace {

using feeds::Peer;
using feeds::Source;
using feeds::WsServer;

class ScriptedSource final : public Source {
 public:
  using Script = std::function<std::int64_t(const Receipt&)>;
  explicit ScriptedSource(Script script) : script_(std::move(script)) {}
  std::int64_t run(const Receipt& now, std::size_t) override { return script_(now); }

 private:
  const Script script_;
};

struct Running {
  ~Running() {
    stop();
    ::close(wake_fd);
  }
  void add(ScriptedSource::Script script) {
    loop.add_source(std::make_unique<ScriptedSource>(std::move(script)));
  }
  void start() {
    thread = std::thread([this] { loop.run(); });
  }
  void stop() {
    if (!thread.joinable()) return;
    loop.stop();
    thread.join();
  }
  Limits limits;
  const int wake_fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  InstrumentTable table{16};
  Ring ring{1'024, 1, wake_fd};
  Ring::Reader& reader = ring.reader(0);
  MarketCounters counters;
  Market market{table, ring, counters};
  feeds::Sink& sink = market.sink("test", nullptr);
  FeedLoop loop{market, ring, limits, wake_fd};
  std::thread thread;
};

// Hears a wire that takes its steps by itself.
struct Wires final : feeds::WireListener {
  Wires(Running& running, const WsServer& server)
      : wire(running.loop.network().make_wire(
            {.host = "127.0.0.1", .port = server.port(), .tls = false}, *this)) {
    wire->begin(feeds::Step::resolve);
  }
  void stepped(const Receipt&) override {
    if (step == feeds::Step::upgrade) open = true;
    if (open) return;
    step = step == feeds::Step::resolve ? feeds::Step::connect : feeds::Step::upgrade;
    wire->begin(step);
  }
  void heard(std::string_view text, const Receipt&) override {
    if (on_heard) on_heard(text);
  }
  void pinged(const Receipt&) override {}
  void failed(const feeds::Failure&, const Receipt&) override { failed_too = true; }

  std::unique_ptr<feeds::Wire> wire;
  feeds::Step step = feeds::Step::resolve;
  std::atomic<bool> open{false};
  std::atomic<bool> failed_too{false};
  std::function<void(std::string_view)> on_heard;
};

void price(feeds::Sink& sink, std::int64_t value) {
  feeds::TickerUpdate update;
  update.symbol = "A-B";
  update.mask = bit(Field::bid);
  update.fields.set(Field::bid, Decimal{value, 0});
  sink.received(clock_now());
  sink.ticker(update);
}

// With sockets and without, which wait in different ways.
class FeedLoopAlone : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Sockets, FeedLoopAlone, testing::Bool());

TEST_P(FeedLoopAlone, AsksASourceWhenItIsDueAndNotBefore) {
  Running running;
  if (GetParam()) static_cast<void>(running.loop.network());
  std::atomic<int> runs{0};
  std::atomic<bool> early{false};
  std::int64_t due_ns = 0;
  running.add([&](const Receipt& now) {
    if (now.steady_ns < due_ns) early = true;
    ++runs;
    return due_ns = now.steady_ns + 300'000;
  });
  running.start();
  EXPECT_TRUE(eventually([&] { return runs >= 50; }));
  EXPECT_FALSE(early);
}

TEST_P(FeedLoopAlone, GoesOnAtOnceWithASourceThatHasMoreToSay) {
  Running running;
  if (GetParam()) static_cast<void>(running.loop.network());
  std::atomic<int> runs{0};
  running.add([&](const Receipt& now) { return ++runs < 100'000 ? now.steady_ns : Source::never; });
  running.start();
  EXPECT_TRUE(eventually([&] { return runs == 100'000; }));
}

TEST_P(FeedLoopAlone, WakesForAShardThatNeedsRepair) {
  Running running;
  if (GetParam()) static_cast<void>(running.loop.network());
  running.add([&](const Receipt&) {
    price(running.sink, 1);
    return Source::never;
  });
  running.start();
  ASSERT_TRUE(eventually([&] { return running.reader.backlog() == 2; }));
  running.reader.skip_to_newest();
  running.reader.request_repair();
  EXPECT_TRUE(eventually([&] { return running.reader.backlog() > 0; }));
}

TEST(FeedLoop, AsksItsSourcesAgainAfterAnythingThatASocketBrought) {
  const WsServer server([](Peer& peer) {
    peer.upgrade();
    static_cast<void>(peer.read_frame());
    peer.send_frame(feeds::text_frame, "now");
    static_cast<void>(peer.read_frame());
  });
  Running running;
  std::unique_ptr<Wires> wires;
  bool due = false;  // of the feed thread
  bool sent = false;
  std::atomic<bool> asked{false};
  running.add([&](const Receipt&) {
    if (due) asked = true;
    if (!wires) {
      wires = std::make_unique<Wires>(running, server);
      wires->on_heard = [&](std::string_view) { due = true; };
    }
    if (wires->open && !sent) sent = wires->wire->send("go");
    return Source::never;
  });
  running.start();
  EXPECT_TRUE(eventually([&] { return asked.load(); }));
  running.stop();
}

TEST(FeedLoop, ABusySocketKeepsNeitherSourcesNorTheRingWaiting) {
  std::atomic<bool> enough{false};
  const WsServer server([&](Peer& peer) {
    std::string many;
    for (int i = 0; i < 2'000; ++i) many += Peer::frame(feeds::text_frame, "x");
    peer.upgrade();
    while (!enough && peer.write(many)) {
    }
  });
  Running running;
  std::unique_ptr<Wires> wires;
  std::int64_t heard = 0;
  std::int64_t heard_before = 0;
  std::atomic<std::int64_t> most{0};
  std::atomic<std::int64_t> total{0};
  running.add([&](const Receipt&) {
    most = std::max(most.load(), heard - heard_before);
    heard_before = heard;
    total = heard;
    if (!wires) {
      wires = std::make_unique<Wires>(running, server);
      wires->on_heard = [&](std::string_view) { price(running.sink, ++heard); };
    }
    return Source::never;
  });
  running.start();
  EXPECT_TRUE(eventually([&] { return total > 20'000; }));
  EXPECT_LE(most, 256);
  enough = true;
  running.stop();
}

TEST(FeedLoop, WhatAHandlerThrowsStopsTheFeedsAndNotTheThread) {
  struct Guard {
    std::atomic<bool>& gone;
    ~Guard() { gone = true; }
  };
  const WsServer server([](Peer& peer) {
    peer.upgrade(Peer::frame(feeds::text_frame, "x"));
    static_cast<void>(peer.ends());
  });
  Running running;
  std::atomic<bool> gone{false};
  std::shared_ptr<Wires> wires;
  running.add([&, guard = std::make_shared<Guard>(gone)](const Receipt&) {
    price(running.sink, 1);
    if (!wires) {
      wires = std::make_shared<Wires>(running, server);
      wires->on_heard = [](std::string_view) { throw std::runtime_error("no room"); };
    }
    return Source::never;
  });
  running.start();
  ASSERT_TRUE(eventually([&] { return gone.load(); }));
  Event event;
  ASSERT_TRUE(eventually([&] {
    return running.reader.next(event) == Ring::Read::record && event.kind == Event::Kind::ticker &&
           event.ticker.status == Status::down;
  }));
  EXPECT_EQ(event.ticker.reason, Reason::feed_stopped);
  running.reader.request_repair();
  EXPECT_TRUE(eventually([&] { return running.reader.backlog() > 0; }));
  running.stop();
}

TEST(FeedLoop, SaysGoodbyeAndStopsAtOnceWithConnectionsOpen) {
  std::atomic<unsigned> opcode{0};
  const WsServer server([&](Peer& peer) {
    peer.upgrade();
    if (const auto frame = peer.read_frame()) opcode = frame->opcode;
    static_cast<void>(peer.ends());
  });
  Running running;
  auto wires = std::make_shared<std::unique_ptr<Wires>>();
  std::atomic<bool> open{false};
  running.add([&running, &server, &open, wires](const Receipt&) {
    if (!*wires) *wires = std::make_unique<Wires>(running, server);
    open = (*wires)->open.load();
    return Source::never;
  });
  wires.reset();  // the source alone has it
  running.start();
  ASSERT_TRUE(eventually([&] { return open.load(); }));
  const auto before = std::chrono::steady_clock::now();
  running.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - before, scaled(std::chrono::milliseconds(500)));
  EXPECT_TRUE(eventually([&] { return opcode == feeds::close_frame; }));
}

}  // namespace
}  // namespace ticker
