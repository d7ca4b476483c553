#include "feeds/replay/replay.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "feeds/book/books.hpp"
#include "feeds/replay/shifted_sink.hpp"
#include "feeds/replay/timeline.hpp"

namespace ticker::feeds {
namespace {

class Replay final : public Source {
 public:
  Replay(Venues known, const ReplayOptions& options, Timeline timeline, SinkDirectory& directory)
      : speed_(options.speed), loop_(options.loop), timeline_(std::move(timeline)) {
    const std::vector<VenueOptions> all =
        options.venues.empty() ? default_options(known) : options.venues;
    for (const VenueEntry* const entry : timeline_.venues) {
      const auto place = static_cast<std::size_t>(entry - known.data());
      std::unique_ptr<Adapter> adapter = entry->make(all.at(place));
      Sink& sink = directory.sink(entry->venue, adapter.get());
      auto books = std::make_unique<Books>(adapter->book_rules(), std::nullopt, sink);
      venues_.push_back({std::move(adapter), std::move(books)});
    }
  }

  std::int64_t run(const Receipt& now, std::size_t events_max) override {
    if (ended_) return never;
    if (!start_ns_) start_ns_ = now.steady_ns;
    for (std::size_t said = 0; said < events_max;) {
      if (next_ == timeline_.entries.size()) {
        if (const std::int64_t next = end(now); next > now.steady_ns) return next;
      }
      const TimelineEntry& entry = timeline_.entries[next_];
      if (const std::int64_t due = due_ns(entry.due_us); due > now.steady_ns) return due;
      restart(now);
      said += play(entry, now);
      ++next_;
    }
    return now.steady_ns;
  }

 private:
  struct Venue {
    std::unique_ptr<Adapter> adapter;
    std::unique_ptr<Books> sink;
  };

  // Returns how many events it was: some frames hold thousands, and a turn's limit is what keeps
  // the ring from being overrun before anybody may read it. A frame that says nothing counts too.
  std::size_t play(const TimelineEntry& entry, const Receipt& now) {
    const Venue& venue = venues_[entry.venue];
    venue.sink->received(now);
    if (entry.malformed) {
      venue.sink->frame(Verdict::malformed, {});
      return 1;
    }
    ShiftedSink shifted(*venue.sink, entry.received_us != RecordedLine::no_time,
                        now.wall_us - entry.received_us);
    const Verdict verdict = entry.target.empty()
                                ? venue.adapter->parse(entry.frame, shifted)
                                : venue.adapter->parse_answer(entry.target, entry.frame, shifted);
    venue.sink->frame(verdict, entry.frame);
    return std::max<std::size_t>(shifted.said(), 1);
  }

  // After the last line: the end, or the first line again after a pause. Returns when to go on.
  std::int64_t end(const Receipt& now) {
    if (loop_) {
      start_ns_ = due_ns(timeline_.entries.back().due_us + replay_loop_pause_us);
      next_ = 0;
      again_ = true;
      return *start_ns_;
    }
    for (const Venue& venue : venues_) {
      venue.sink->received(now);
      venue.sink->status(Status::down, Reason::replay_ended);
    }
    ended_ = true;
    return never;
  }

  // A second round begins: ids start afresh, trades between the rounds were never there.
  void restart(const Receipt& now) {
    if (!std::exchange(again_, false)) return;
    for (const Venue& venue : venues_) {
      venue.sink->received(now);
      venue.sink->interrupted();
    }
  }

  // Steady time of what is due `us` after the first line.
  [[nodiscard]] std::int64_t due_ns(std::int64_t us) const {
    if (speed_ == 0) return *start_ns_;
    if (speed_ == 1) return *start_ns_ + us * 1'000;
    constexpr double ahead_max_ns = 4e18;  // a century: any capture is over by then
    return *start_ns_ + static_cast<std::int64_t>(
                            std::min(static_cast<double>(us) * 1'000 / speed_, ahead_max_ns));
  }

  const double speed_;
  const bool loop_;
  const Timeline timeline_;
  std::vector<Venue> venues_;
  std::optional<std::int64_t> start_ns_;
  std::size_t next_ = 0;
  bool again_ = false;
  bool ended_ = false;
};

// Slower than a thousandth, the next line might be years away and its time not fit.
constexpr double speed_min = 0.001;

Timeline read(Venues known, const ReplayOptions& options, std::vector<std::string>& errors) {
  if (options.speed != 0 && !(options.speed >= speed_min && std::isfinite(options.speed))) {
    errors.emplace_back("speed must be 0 (as fast as it goes) or at least 0.001");
  }
  return read_timeline(known, options.files, options.together, errors);
}

}  // namespace

std::vector<std::string> check_replay(Venues known, const ReplayOptions& options) {
  std::vector<std::string> errors;
  (void)read(known, options, errors);
  return errors;
}

std::unique_ptr<Source> make_replay(Venues known, const ReplayOptions& options,
                                    SinkDirectory& directory, std::string& error,
                                    std::vector<ReplayFile>* files) {
  std::vector<std::string> errors;
  Timeline timeline = read(known, options, errors);
  if (files != nullptr) *files = timeline.files;
  error.clear();
  for (const std::string& mistake : errors) {
    if (!error.empty()) error += '\n';
    error += mistake;
  }
  if (!errors.empty()) return nullptr;
  return std::make_unique<Replay>(known, options, std::move(timeline), directory);
}

}  // namespace ticker::feeds
