#include "gateway/gateway.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <deque>
#include <random>
#include <stdexcept>
#include <thread>
#include <utility>

#include "feeds/base/clock.hpp"
#include "feeds/replay/replay.hpp"
#include "feeds/simulated/simulated.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/thread_name.hpp"
#include "gateway/live_feeds.hpp"
#include "gateway/market/feed_loop.hpp"
#include "gateway/market/market.hpp"
#include "gateway/memory.hpp"
#include "gateway/ops/admin_routes.hpp"
#include "gateway/ops/metrics.hpp"
#include "gateway/ops/status.hpp"
#include "gateway/ops/venue_board.hpp"
#include "gateway/server/admission.hpp"
#include "gateway/server/descriptors.hpp"
#include "gateway/server/http_server.hpp"
#include "gateway/server/listener.hpp"
#include "gateway/server/shard_loop.hpp"

namespace ticker {
namespace {

// Names the market that numbers the instruments: new at every start.
std::string make_epoch() {
  std::random_device random;
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", random(), random());
  return text;
}

int make_wake_fd() {
  const int fd = ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (fd < 0) throw std::system_error(errno, std::system_category(), "eventfd");
  return fd;
}

}  // namespace

using Listings = std::vector<feeds::FirstListing>;

struct Gateway::Impl {
  explicit Impl(const Config& given)
      : config(given),
        listeners(listen_for_clients(config.listen, shard_count(config), config.share_port)),
        admin({.name = "admin",
               .address = config.admin,
               .routes = admin_routes({[this] { return metrics.text(); },
                                       [this] { return status(); }, [this] { return ready(); }}),
               .options = {.headers = admin_headers()}}) {
    market.on_venue([this](std::string_view venue, const FeedCounters& counters) {
      const bool connected = is_connected(venue);
      metrics.add_feed(std::string(venue), &counters, connected);
      board.add(venue, counters, connected ? VenueBoard::Kind::connected : VenueBoard::Kind::local);
      venues.emplace_back(venue);
    });
    market.on_link([this](std::string_view venue, feeds::LinkState state, std::string_view error,
                          std::int64_t wall_us) { board.linked(venue, state, error, wall_us); });
    metrics.set_market(&market_counters);
    tell_limits();
    auto listings = ask_listings(config);
    for (const std::string& feed : config.feeds) {
      feed_loop.add_source(make_source(feed, listings));
    }
    make_shards();
  }

  ~Impl() {
    stop();
    ::close(feed_wake_fd);
  }

  // The feed of a live venue has its name; a replay tells of venues without being connected.
  bool is_connected(std::string_view venue) const {
    return find_venue(venue) != nullptr &&
           std::ranges::find(config.feeds, venue) != config.feeds.end();
  }

  // What the limits add up to, and what the system allows of it.
  void tell_limits() const {
    log(LogLevel::info, text_of(memory_max(config)));
    const std::string room = "the limit of open files has room for " +
                             std::to_string(admission.connections_max()) + " connections";
    if (admission.connections_max() == config.limits.clients_max) {
      return log(LogLevel::info, "descriptors: " + room + ", as limits.clients_max asks");
    }
    log(LogLevel::warn, "limits.clients_max is " + std::to_string(config.limits.clients_max) +
                            ", but " + room +
                            "; raise it (ulimit -Hn, LimitNOFILE) or lower clients_max");
  }

  std::unique_ptr<feeds::Source> make_source(const std::string& feed, Listings& listings) {
    if (feed == "simulated") return feeds::make_simulated(config.simulated, market);
    if (const feeds::VenueEntry* const entry = find_venue(feed)) {
      const auto place = static_cast<std::size_t>(entry - feeds::venues().data());
      return feeds::make_live({.entry = *entry,
                               .options = config.venues.at(place),
                               .limits = config.limits,
                               .network = feed_loop.network(),
                               .directory = market,
                               .seed = std::random_device{}()},
                              std::move(listings.at(place)));
    }
    std::string error;
    feeds::ReplayOptions options = config.replay;
    options.venues = config.venues;
    std::vector<feeds::ReplayFile> files;
    auto source = feeds::make_replay(feeds::venues(), options, market, error, &files);
    if (!source) throw std::runtime_error("feed replay: " + error);
    for (const feeds::ReplayFile& file : files) report(file);
    return source;
  }

  // What a capture holds that will not be played as a frame.
  static void report(const feeds::ReplayFile& file) {
    if (file.malformed > 0) {
      log(LogLevel::warn, file.path + ": " + std::to_string(file.malformed) + " of " +
                              std::to_string(file.lines) +
                              " lines are none of a capture, the first is line " +
                              std::to_string(file.first_malformed));
    }
    if (file.foreign > 0) {
      log(LogLevel::warn, file.path + ": " + std::to_string(file.foreign) +
                              " frames are of endpoints of no known venue");
    }
  }

  void make_shards() {
    for (std::uint32_t i = 0; i < listeners.fds.size(); ++i) {
      ShardCounters& counters = shard_counters.emplace_back();
      metrics.add_shard(&counters);
      shards.push_back(std::make_unique<ShardLoop>(
          ShardParts{i, config.limits, table, ring, counters, admission, config.spin, epoch, venues,
                     std::exchange(listeners.fds[i], -1), [this] { return board.venues_json(); }}));
    }
  }

  void start() {
    for (const auto& shard : shards) {
      threads.emplace_back([&shard, name = "shard-" + std::to_string(threads.size())] {
        name_thread(name);
        shard->run();
      });
    }
    admin.start();
    feed_thread = std::thread([this] {
      name_thread("feed");
      feed_loop.run();
    });
    running = true;
  }

  void stop() {
    if (!running) return;
    running = false;
    for (const auto& shard : shards) shard->stop();
    for (std::thread& thread : threads) thread.join();
    feed_loop.stop();
    feed_thread.join();
  }

  bool ready() const { return market_counters.instruments.get() > 0; }

  std::string status() {
    std::vector<const ShardCounters*> counters;
    for (const ShardCounters& shard : shard_counters) counters.push_back(&shard);
    std::vector<AskShard> ask;
    for (const auto& shard : shards) {
      ask.emplace_back([&shard](std::function<void(const ShardCore&)> question) {
        shard->post(std::move(question));
      });
    }
    return status_json({epoch, started, table.size(), board.venues_json()}, counters, ask);
  }

  const Config config;
  const std::string epoch = make_epoch();
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  const int feed_wake_fd = make_wake_fd();
  Listeners listeners;
  InstrumentTable table{config.limits.instruments_max};
  Ring ring{config.limits.ring_slots, listeners.fds.size(), feed_wake_fd};
  MarketCounters market_counters;
  VenueBoard board{clock_now};  // before the feeds that write on it
  Market market{table, ring, market_counters};
  FeedLoop feed_loop{market, ring, config.limits, feed_wake_fd, config.spin};
  Admission admission{allow_connections(config.limits.clients_max)};
  Metrics metrics;
  std::vector<std::string> venues;
  std::deque<ShardCounters> shard_counters;
  std::vector<std::unique_ptr<ShardLoop>> shards;
  std::vector<std::thread> threads;
  std::thread feed_thread;
  bool running = false;
  HttpServer admin;  // last: it asks all others
};

Gateway::Gateway(const Config& config) : impl_(std::make_unique<Impl>(config)) {}
Gateway::~Gateway() = default;

void Gateway::start() { impl_->start(); }
void Gateway::stop() { impl_->stop(); }

std::string Gateway::client_address() const {
  return text_of({impl_->config.listen.host, impl_->listeners.port});
}

std::string Gateway::admin_address() const {
  return text_of({impl_->config.admin.host, impl_->admin.port()});
}

}  // namespace ticker
