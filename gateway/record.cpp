#include "gateway/record.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <random>

#include "feeds/base/clock.hpp"
#include "feeds/capture/recorder.hpp"
#include "feeds/network/network.hpp"
#include "gateway/base/log.hpp"
#include "gateway/live_feeds.hpp"

namespace ticker {
namespace {

namespace net = boost::asio;

// What venues say goes to the recorder; here only their troubles are heard.
class Troubles final : public feeds::Sink {
 public:
  explicit Troubles(std::string venue) : venue_(std::move(venue)) {}
  void received(const Receipt&) override {}
  void ticker(const feeds::TickerUpdate&) override {}
  void trade(const feeds::TradeUpdate&) override {}
  void overflow() override {}
  void frame(feeds::Verdict, std::string_view) override {}
  void interrupted() override {}
  void status(Status, Reason) override {}
  void link(feeds::LinkState state, std::string_view error) override {
    const auto name = feeds::link_state_names[static_cast<std::size_t>(state)];
    log(error.empty() ? LogLevel::info : LogLevel::warn,
        venue_ + " is " + std::string(name) + (error.empty() ? "" : ": " + shown(error)));
  }

 private:
  const std::string venue_;
};

class Directory final : public feeds::SinkDirectory {
 public:
  feeds::Sink& sink(std::string_view venue, const feeds::Adapter*) override {
    return sinks_.emplace_back(std::string(venue));
  }

 private:
  std::deque<Troubles> sinks_;
};

// A capture names the venue's own endpoints, so that it plays wherever it was recorded from.
class OwnEndpoints final : public feeds::Tap {
 public:
  OwnEndpoints(feeds::Tap& next, const feeds::VenueEntry& entry, const feeds::Talk& talk)
      : next_(next), entry_(entry), talk_(talk) {}
  void received(std::string_view url, std::string_view frame, const Receipt& at) override {
    next_.received(own(url), frame, at);
  }
  void sent(std::string_view url, std::string_view frame, const Receipt& at) override {
    next_.sent(own(url), frame, at);
  }
  void answered(std::string_view url, std::string_view body, const Receipt& at) override {
    const auto path = url.find('/', url.find("://") + 3);
    next_.answered(
        std::string(talk_.rest_url) + std::string(url.substr(std::min(path, url.size()))), body,
        at);
  }

 private:
  [[nodiscard]] std::string_view own(std::string_view url) const {
    return feeds::find_by_endpoint(url) == &entry_ ? url : talk_.url;
  }
  feeds::Tap& next_;
  const feeds::VenueEntry& entry_;
  const feeds::Talk& talk_;
};

struct Venue {
  std::unique_ptr<feeds::Dialect> dialect;
  std::unique_ptr<OwnEndpoints> tap;
  std::unique_ptr<feeds::Source> source;
};

}  // namespace

int record(const CommandLine& command) {
  const Config& config = command.config;
  feeds::Recorder recorder(command.record_file);
  auto listings = ask_listings(config);
  net::io_context context{1};
  const auto network = feeds::make_network(context);
  Directory directory;
  std::deque<Venue> venues;
  for (const std::string& feed : config.feeds) {
    const feeds::VenueEntry& entry = *find_venue(feed);
    const auto place = static_cast<std::size_t>(&entry - feeds::venues().data());
    Venue& venue = venues.emplace_back();
    venue.dialect = entry.make_dialect(config.venues[place]);
    venue.tap = std::make_unique<OwnEndpoints>(recorder, entry, venue.dialect->talk());
    venue.source = feeds::make_live({.entry = entry,
                                     .options = config.venues[place],
                                     .limits = config.limits,
                                     .network = *network,
                                     .directory = directory,
                                     .seed = std::random_device{}(),
                                     .tap = venue.tap.get()},
                                    std::move(listings[place]));
  }
  bool over = false;
  net::signal_set signals(context, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code&, int) { over = true; });
  const std::int64_t begin_ns = clock_now().steady_ns;
  const std::int64_t end_ns = command.record_seconds == 0
                                  ? INT64_MAX
                                  : begin_ns + std::int64_t{command.record_seconds} * 1'000'000'000;
  while (!over && !recorder.full()) {
    const Receipt now = clock_now();
    if (now.steady_ns >= end_ns) break;
    std::int64_t due_ns = std::min(end_ns, now.steady_ns + 1'000'000'000);
    for (Venue& venue : venues) due_ns = std::min(due_ns, venue.source->run(now, 1));
    (void)context.run_one_for(
        std::chrono::nanoseconds(std::max<std::int64_t>(due_ns - now.steady_ns, 0)));
  }
  const bool whole = recorder.flush();
  std::printf("recorded %llu frames in %s\n", static_cast<unsigned long long>(recorder.frames()),
              command.record_file.c_str());
  if (recorder.too_long() > 0) {
    std::printf("left out %llu messages too long for a capture's line\n",
                static_cast<unsigned long long>(recorder.too_long()));
  }
  if (!whole) std::fprintf(stderr, "ticker-gateway: the file is full, or the disk is\n");
  return whole ? 0 : 1;
}

}  // namespace ticker
